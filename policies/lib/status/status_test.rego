package lib.status_test

import data.lib.status

test_first_of_the_order_wins if status.winner({"missing", "excepted", "pinned"}) == "excepted"

test_other_effects_do_not_count if status.winner({"ignore", "missing"}) == "missing"

test_nothing_has_no_winner if not status.winner({"ignore"})

test_clock_runs_for_open if {
	every name in {"missing", "waiting", "pinned", "excepted", "mitigated"} {
		status.clock_runs(name, "update")
	}
}

test_clock_does_not_run_for_closed if {
	every name in {"unknown", "ungoverned", "not-affected", "fixed"} {
		not status.clock_runs(name, "vulnerability")
	}
}

test_rejected_fix_is_debt if status.clock_runs("rejected", "vulnerability")

test_rejected_update_is_not_wanted if not status.clock_runs("rejected", "update")

test_without_a_fix_there_is_a_clock_for_vulnerabilities_alone if {
	status.clock_runs("no-fix", "vulnerability")
	not status.clock_runs("no-fix", "update")
}
