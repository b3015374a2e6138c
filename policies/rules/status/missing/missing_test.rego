package rules.status.missing_test

import data.lib.samples_test as samples
import data.rules.status.missing

verdict(name) := {"approval": {"verdict": name, "rule": null}}

test_missing if {
	missing.facts == {{
		"rule": "status/missing",
		"effect": "missing",
		"params": {"by": "security"},
	}} with input as samples.finding({})
}

test_nobody_approves_a_fix if {
	every name in {"none", "unmatched"} {
		count(missing.facts) == 1 with input as samples.finding(verdict(name))
	}
}

test_update_that_nobody_wants if {
	missing.facts == set() with input as samples.finding(object.union(
		verdict("unmatched"),
		{"kind": "update"},
	))
}

test_not_missing if {
	every patch in [
		{"affected": "fixed"},
		{"fix": "none"},
		verdict("waiting"),
		verdict("rejected"),
	] {
		missing.facts == set() with input as samples.finding(patch)
	}
}

test_nobody_said_what_is_wanted if {
	every context in [{"baseline": null}, {"unknown": "no-ring"}] {
		missing.facts == set() with input as samples.decide({"context": context})
	}
}
