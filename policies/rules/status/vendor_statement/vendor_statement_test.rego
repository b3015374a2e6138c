package rules.status.vendor_statement_test

import data.lib.samples_test as samples
import data.rules.status.vendor_statement

test_trusted_statement if {
	every state in {"fixed", "not-affected"} {
		vendor_statement.facts == {{
			"rule": "status/vendor-statement",
			"effect": state,
		}} with input as samples.finding({"vex": state})
	}
}

test_not_enough_for_known_exploited if {
	vendor_statement.facts == {{
		"rule": "status/vendor-statement",
		"effect": "ignore",
		"params": {"says": "not-affected"},
	}} with input as samples.finding({"vex": "not-affected", "kev": true})
}

test_nothing_said if {
	vendor_statement.facts == set() with input as samples.finding({})
}

test_what_cannot_be_compared_stays_unknown if {
	vendor_statement.facts == set() with input as samples.finding({"vex": "fixed", "affected": "unknown"})
}
