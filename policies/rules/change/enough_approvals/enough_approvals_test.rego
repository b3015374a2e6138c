package rules.change.enough_approvals_test

import data.lib.samples_test as samples
import data.rules.change.enough_approvals

test_too_few if {
	enough_approvals.facts == {{
		"rule": "change/enough-approvals",
		"effect": "deny",
		"params": {"counted": 0, "required": 1},
	}} with input as samples.change({}, [])
}

test_enough if {
	enough_approvals.facts == {
		{"rule": "change/enough-approvals", "effect": "count", "subject": "ann"},
		{
			"rule": "change/enough-approvals",
			"effect": "allow",
			"params": {"counted": 1, "required": 1},
		},
	} with input as samples.change({}, [samples.approval("ann", [])])
}

test_automatic_needs_none if {
	enough_approvals.facts == set() with input as samples.change({"autoRing": true}, [])
}
