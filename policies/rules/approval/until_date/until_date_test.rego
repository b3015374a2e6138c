package rules.approval.until_date_test

import data.lib.samples_test as samples
import data.rules.approval.until_date

until(date) := [{"id": "frozen", "match": {}, "untilDate": date}]

test_day_itself_is_in_time if {
	until_date.facts == set() with input as samples.approve(until("2024-09-03"), {})
}

test_later_release_is_passed_over if {
	until_date.facts == {{
		"rule": "approval/until-date",
		"effect": "pass-over",
		"subject": "frozen",
		"params": {"untilDate": "2024-09-02", "releaseDate": "2024-09-03"},
	}} with input as samples.approve(until("2024-09-02"), {})
}

test_unknown_release_is_passed_over if {
	count(until_date.facts) == 1 with input as samples.approve(
		until("2024-09-03"),
		{"age": {"releaseDate": null}},
	)
}

test_rule_without_date if {
	until_date.facts == set() with input as samples.approve([{"id": "all", "match": {}}], {})
}

test_rule_that_does_not_fit_is_not_passed_over if {
	until_date.facts == set() with input as samples.approve(
		[{"id": "frozen", "match": {"kev": true}, "untilDate": "2000-01-01"}],
		{},
	)
}
