package rules.exceptions.excepted_test

import data.lib.samples_test as samples
import data.rules.exceptions.excepted

test_any_other_exception if {
	every decision in {"accept-risk", "vendor-pending", "false-positive", "mitigated"} {
		excepted.facts == {{
			"rule": "exceptions/excepted",
			"effect": "excepted",
			"subject": "exc-1",
			"params": {"decision": decision, "controlled": false},
		}} with input as samples.excepted(decision, false, {})
	}
}

test_control_counts_for_known_exploited if {
	count(excepted.facts) == 1 with input as samples.excepted("accept-risk", true, {"kev": true})
}

test_no_control_does_not_count_for_known_exploited if {
	excepted.facts == set() with input as samples.excepted("accept-risk", false, {"kev": true})
}

test_mitigation_is_a_status_of_its_own if {
	excepted.facts == set() with input as samples.excepted("mitigated", true, {})
}
