package rules.deadlines.epss_test

import data.lib.samples_test as samples
import data.rules.deadlines.epss

rows := [
	{"id": "likely", "kind": "epss", "clock": "firstSeen", "atLeast": 0.1, "days": 14},
	{"id": "very", "kind": "epss", "clock": "firstSeen", "atLeast": 0.5, "days": 3},
]

test_at_least if {
	reached := [[0.5, {"likely", "very"}], [0.1, {"likely"}], [0, set()]]
	every step in reached {
		found := epss.obligations with input as samples.deadlines(rows, {}, {"epss": step[0]})
		{obligation.rule | some obligation in found} == {concat(":", ["deadlines/epss", id]) | some id in step[1]}
	}
}

test_not_scored if epss.obligations == set() with input as samples.deadlines(rows, {}, {"epss": null})

test_says_from_where_on if {
	some obligation in epss.obligations with input as samples.deadlines(rows, {}, {"epss": 0.1})
	obligation.params == {"atLeast": 0.1}
	obligation.days.patch == 14
}
