package lib.status_test

import data.lib.status

test_first_of_the_order_wins if status.winner({"missing", "excepted", "pinned"}) == "excepted"

test_other_effects_do_not_count if status.winner({"ignore", "missing"}) == "missing"

test_nothing_has_no_winner if not status.winner({"ignore"})

test_clock_runs_for_open if {
	every name in {"missing", "waiting", "pinned"} {
		status.clock_runs({name}, "update")
	}
}

test_clock_does_not_run_for_closed if {
	every name in {"unknown", "ungoverned", "not-affected", "fixed"} {
		not status.clock_runs({name}, "vulnerability")
	}
}

test_rejected_fix_is_debt if status.clock_runs({"rejected", "missing"}, "vulnerability")

test_rejected_update_is_not_wanted if not status.clock_runs({"rejected", "waiting"}, "update")

test_without_a_fix_there_is_a_clock_for_vulnerabilities_alone if {
	status.clock_runs({"no-fix"}, "vulnerability")
	not status.clock_runs({"no-fix"}, "update")
}

test_the_clock_is_that_of_the_status_beneath_exceptions if {
	every exception in {"excepted", "mitigated"} {
		status.clock_runs({exception, "missing"}, "update")
		status.clock_runs({exception, "rejected"}, "vulnerability")
		not status.clock_runs({exception, "rejected"}, "update")
		not status.clock_runs({exception, "fixed", "missing"}, "vulnerability")
		not status.clock_runs({exception}, "vulnerability")
	}
}
