package rules.change.exact_content_test

import data.lib.samples_test as samples
import data.rules.change.exact_content

test_stale_is_ignored if {
	exact_content.facts == {{
		"rule": "change/exact-content",
		"effect": "ignore",
		"subject": "ann",
		"params": {"approved": samples.stale},
	}} with input as samples.change({}, [object.union(
		samples.approval("ann", []),
		{"contentDigest": samples.stale},
	)])
}

test_exact if exact_content.facts == set() with input as samples.change({}, [samples.approval("ann", [])])
