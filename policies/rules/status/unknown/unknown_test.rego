package rules.status.unknown_test

import data.lib.samples_test as samples
import data.rules.status.unknown

test_unknown_asset if {
	unknown.facts == {{
		"rule": "status/unknown",
		"effect": "unknown",
		"params": {"why": "no-source"},
	}} with input as samples.decide({"context": {"unknown": "no-source"}})
}

test_unknown_range if {
	unknown.facts == {{
		"rule": "status/unknown",
		"effect": "unknown",
		"params": {"why": "not-comparable"},
	}} with input as samples.finding({"affected": "unknown"})
}

test_known if unknown.facts == set() with input as samples.decide({})
