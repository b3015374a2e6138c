package rules.approval.age_test

import data.lib.samples_test as samples
import data.rules.approval.age

rule(patch) := [object.union({"id": "aged", "match": {}}, patch)]

test_no_wait_without_after_days if {
	age.wait_days == 0 with input as samples.approve(rule({}), {})
	age.facts == set() with input as samples.approve(rule({}), {})
}

test_waits_for_first_sight if {
	age.facts == {{
		"rule": "approval/age",
		"effect": "wait",
		"subject": "aged",
		"params": {"clock": "firstSeen", "age": 3, "afterDays": 7, "waitDays": 4},
	}} with input as samples.approve(rule({"afterDays": 7}), {})
}

test_old_enough_on_the_day if {
	age.wait_days == 0 with input as samples.approve(rule({"afterDays": 3}), {})
	age.facts == set() with input as samples.approve(rule({"afterDays": 3}), {})
}

test_clock_of_publication if {
	age.wait_days == 2 with input as samples.approve(rule({"afterDays": 7, "clock": "published"}), {})
}

test_unknown_publication_falls_back_to_first_sight if {
	age.wait_days == 4 with input as samples.approve(
		rule({"afterDays": 7, "clock": "published"}),
		{"age": {"published": null}},
	)
}

test_superseded_for_long_ends_the_wait if {
	age.facts == {{
		"rule": "approval/age",
		"effect": "end-wait",
		"subject": "aged",
		"params": {"behind": 30, "maxTotalDays": 30},
	}} with input as samples.approve(rule({"afterDays": 7, "maxTotalDays": 30}), {"age": {"behind": 30}})
}

test_end_of_the_wait_can_come_first if {
	age.wait_days == 1 with input as samples.approve(
		rule({"afterDays": 7, "maxTotalDays": 30}),
		{"age": {"behind": 29}},
	)
}

test_longer_maximum_changes_nothing if {
	age.wait_days == 4 with input as samples.approve(rule({"afterDays": 7, "maxTotalDays": 30}), {})
}

test_no_rule_no_wait if {
	age.wait_days == 0 with input as samples.approve([], {})
	age.facts == set() with input as samples.approve([], {})
}
