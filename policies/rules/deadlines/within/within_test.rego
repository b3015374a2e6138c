package rules.deadlines.within_test

import data.lib.samples_test as samples
import data.rules.deadlines.within

rows := [{"id": "mid", "kind": "within", "clock": "published", "severities": ["medium", "high"], "days": 90}]

test_severities_that_it_names if {
	every severity in {"medium", "high"} {
		within.obligations == {{
			"rule": "deadlines/within:mid",
			"clock": "published",
			"days": {"patch": 90, "mitigate": 90},
			"params": {},
		}} with input as samples.deadlines(rows, {}, {"severity": severity})
	}
}

test_no_others if {
	every severity in {"critical", "low", "none", "unknown"} {
		within.obligations == set() with input as samples.deadlines(rows, {}, {"severity": severity})
	}
}
