package rules.deadlines.kev_test

import data.lib.samples_test as samples
import data.rules.deadlines.kev

test_known_exploited if {
	kev.obligations == {{
		"rule": "deadlines/kev:exploited",
		"clock": "kevAdded",
		"days": {"patch": 14, "mitigate": 14},
		"params": {},
	}} with input as samples.finding({"kev": true})
}

test_not_exploited if kev.obligations == set() with input as samples.finding({})
