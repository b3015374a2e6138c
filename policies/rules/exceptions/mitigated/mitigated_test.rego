package rules.exceptions.mitigated_test

import data.lib.samples_test as samples
import data.rules.exceptions.mitigated

test_mitigated_with_a_control if {
	mitigated.facts == {{
		"rule": "exceptions/mitigated",
		"effect": "mitigated",
		"subject": "exc-1",
	}} with input as samples.excepted("mitigated", true, {"kev": true})
}

test_mitigated_by_nothing if {
	mitigated.facts == set() with input as samples.excepted("mitigated", false, {})
}

test_other_decisions if {
	mitigated.facts == set() with input as samples.excepted("accept-risk", true, {})
}
