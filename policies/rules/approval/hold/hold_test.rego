package rules.approval.hold_test

import data.lib.samples_test as samples
import data.rules.approval.hold

test_held_version_is_rejected if {
	hold.facts == {{
		"rule": "approval/hold",
		"effect": "reject",
		"subject": "libssl3@3.0.15-1~deb12u1",
		"params": {"action": "block"},
	}} with input as samples.approve([], {"held": true})
}

test_free_version_is_not if hold.facts == set() with input as samples.approve([], {})
