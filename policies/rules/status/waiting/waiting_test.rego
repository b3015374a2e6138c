package rules.status.waiting_test

import data.lib.samples_test as samples
import data.rules.status.waiting

verdict(name) := {"approval": {"verdict": name, "rule": "aged"}}

test_waiting if {
	waiting.facts == {{
		"rule": "status/waiting",
		"effect": "waiting",
		"params": {"by": "aged"},
	}} with input as samples.finding(verdict("waiting"))
}

test_other_verdicts if {
	every name in {"approved", "rejected", "unmatched", "none"} {
		waiting.facts == set() with input as samples.finding(verdict(name))
	}
}
