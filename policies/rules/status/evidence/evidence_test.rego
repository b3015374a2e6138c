package rules.status.evidence_test

import data.lib.samples_test as samples
import data.rules.status.evidence

test_evidence if {
	every state in {"fixed", "not-affected"} {
		evidence.facts == {{
			"rule": "status/evidence",
			"effect": state,
		}} with input as samples.finding({"affected": state})
	}
}

test_no_evidence if {
	every state in {"affected", "unknown"} {
		evidence.facts == set() with input as samples.finding({"affected": state})
	}
}
