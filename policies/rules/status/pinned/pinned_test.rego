package rules.status.pinned_test

import data.lib.samples_test as samples
import data.rules.status.pinned

test_held_by_the_host if {
	pinned.facts == {{"rule": "status/pinned", "effect": "pinned"}} with input as samples.finding({"held": true})
}

test_not_held if pinned.facts == set() with input as samples.finding({})

test_held_but_fixed if {
	pinned.facts == set() with input as samples.finding({"held": true, "affected": "fixed"})
}
