package rules.status.rejected_test

import data.lib.samples_test as samples
import data.rules.status.rejected

verdict(name) := {"approval": {"verdict": name, "rule": "no-openssl"}}

test_rejected if {
	rejected.facts == {{
		"rule": "status/rejected",
		"effect": "rejected",
		"params": {"by": "no-openssl"},
	}} with input as samples.finding(verdict("rejected"))
}

test_other_verdicts if {
	every name in {"approved", "waiting", "unmatched", "none"} {
		rejected.facts == set() with input as samples.finding(verdict(name))
	}
}
