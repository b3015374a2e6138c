package rules.status.ungoverned_test

import data.lib.samples_test as samples
import data.rules.status.ungoverned

test_no_baseline if {
	ungoverned.facts == {{
		"rule": "status/ungoverned",
		"effect": "ungoverned",
	}} with input as samples.decide({"context": {"baseline": null}})
}

test_two_baselines_is_not_none if {
	ungoverned.facts == set() with input as samples.decide({"context": {
		"baseline": null,
		"unknown": "two-baselines",
	}})
}

test_governed if ungoverned.facts == set() with input as samples.decide({})
