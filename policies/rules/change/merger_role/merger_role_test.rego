package rules.change.merger_role_test

import data.lib.samples_test as samples
import data.rules.change.merger_role

test_without_role_denies if {
	merger_role.facts == {{
		"rule": "change/merger-role",
		"effect": "deny",
		"subject": "ann",
	}} with input as samples.merged({}, "ann", ["approver"])
}

test_with_role if merger_role.facts == set() with input as samples.merged({}, "ann", ["merger"])

test_automatic_ring_needs_no_merger if {
	merger_role.facts == set() with input as samples.merged({"autoRing": true}, "ann", [])
}

test_not_merged_yet if merger_role.facts == set() with input as samples.change({}, [])
