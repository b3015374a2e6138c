package rules.change.approver_role_test

import data.lib.samples_test as samples
import data.rules.change.approver_role

test_without_role_ignored if {
	approver_role.facts == {{
		"rule": "change/approver-role",
		"effect": "ignore",
		"subject": "ann",
	}} with input as samples.change({}, [object.union(samples.approval("ann", []), {"roles": ["merger"]})])
}

test_with_role if approver_role.facts == set() with input as samples.change({}, [samples.approval("ann", [])])
