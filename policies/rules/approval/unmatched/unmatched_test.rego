package rules.approval.unmatched_test

import data.lib.samples_test as samples
import data.rules.approval.unmatched

test_no_rule_fits if {
	unmatched.facts == {{
		"rule": "approval/unmatched",
		"effect": "unmatched",
		"subject": "libssl3@3.0.15-1~deb12u1",
	}} with input as samples.approve([{"id": "exploited", "match": {"kev": true}}], {})
}

test_a_rule_fits if {
	unmatched.facts == set() with input as samples.approve([{"id": "all", "match": {}}], {})
}

nobody := {"approval": {"verdict": "unmatched", "rule": null}}

test_update_is_not_wanted if {
	unmatched.consequences == {{
		"rule": "approval/unmatched",
		"effect": "rejected",
	}} with input as samples.finding(object.union(nobody, {"kind": "update"}))
}

test_vulnerability_stays_debt if {
	unmatched.consequences == {{
		"rule": "approval/unmatched",
		"effect": "unapproved",
	}} with input as samples.finding(nobody)
}

test_approved_has_no_consequence if {
	unmatched.consequences == set() with input as samples.finding({})
}

test_fixed_has_no_consequence if {
	unmatched.consequences == set() with input as samples.finding(object.union(nobody, {"affected": "fixed"}))
}
