package rules.deadlines.kev_due_test

import data.lib.samples_test as samples
import data.rules.deadlines.kev_due

rows := [{"id": "cisa", "kind": "kev-due"}]

test_on_the_day_of_the_catalogue if {
	kev_due.obligations == {{
		"rule": "deadlines/kev-due:cisa",
		"clock": "kevDue",
		"days": {"patch": 0, "mitigate": 0},
		"params": {},
	}} with input as samples.deadlines(rows, {}, {"kev": true})
}

test_not_exploited if kev_due.obligations == set() with input as samples.deadlines(rows, {}, {})
