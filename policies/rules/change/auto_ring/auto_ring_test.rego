package rules.change.auto_ring_test

import data.lib.samples_test as samples
import data.rules.change.auto_ring

test_automatic if {
	auto_ring.facts == {{
		"rule": "change/auto-ring",
		"effect": "allow",
		"subject": "servers/first",
	}} with input as samples.change({"autoRing": true}, [])
}

test_human_ring if auto_ring.facts == set() with input as samples.change({}, [])
