package rules.deadlines.container_escape_test

import data.lib.samples_test as samples
import data.rules.deadlines.container_escape

rows := [{"id": "escape", "kind": "container-escape", "clock": "fixAvailable"}]

serious := {"critical", "high", "unknown"}

test_a_serious_one_in_scope if {
	every severity in serious {
		container_escape.obligations == {{
			"rule": "deadlines/container-escape:escape",
			"clock": "fixAvailable",
			"days": {"patch": 3, "mitigate": 3},
			"params": {},
		}} with input as samples.deadlines(rows, {}, {"severity": severity, "scopes": ["escape"]})
	}
}

test_the_rest if {
	every severity in {"medium", "low", "none"} {
		container_escape.obligations == set() with input as samples.deadlines(
			rows,
			{},
			{"severity": severity, "scopes": ["escape"]},
		)
	}
}

test_other_packages if {
	container_escape.obligations == set() with input as samples.deadlines(rows, {}, {"severity": "critical"})
}

test_own_days_and_severities if {
	own := [object.union(rows[0], {"days": 1, "severities": ["medium"]})]
	some obligation in container_escape.obligations with input as samples.deadlines(
		own,
		{},
		{"severity": "medium", "scopes": ["escape"]},
	)
	obligation.days.patch == 1
	container_escape.obligations == set() with input as samples.deadlines(
		own,
		{},
		{"severity": "critical", "scopes": ["escape"]},
	)
}
