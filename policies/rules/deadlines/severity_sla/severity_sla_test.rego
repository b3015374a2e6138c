package rules.deadlines.severity_sla_test

import data.lib.samples_test as samples
import data.rules.deadlines.severity_sla

test_days_of_the_severity if {
	severity_sla.obligations == {{
		"rule": "deadlines/severity-sla:sla",
		"clock": "firstSeen",
		"days": {"patch": 14, "mitigate": 14},
		"params": {},
	}} with input as samples.finding({})
}

test_unknown_has_its_own_row if {
	some obligation in severity_sla.obligations with input as samples.finding({"severity": "unknown"})
	obligation.days.patch == 30
}

test_none_without_a_row if {
	severity_sla.obligations == set() with input as samples.finding({"severity": "none"})
}

test_no_baseline if {
	severity_sla.obligations == set() with input as samples.decide({"context": {"baseline": null}})
}
