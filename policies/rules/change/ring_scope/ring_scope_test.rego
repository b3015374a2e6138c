package rules.change.ring_scope_test

import data.lib.samples_test as samples
import data.rules.change.ring_scope

test_own_ring if {
	every kind in {"promote", "remediate", "rollback"} {
		ring_scope.facts == set() with input as samples.change({"kind": kind}, [])
	}
}

test_other_ring_denies if {
	ring_scope.facts == {{
		"rule": "change/ring-scope",
		"effect": "deny",
		"subject": "locks/servers/second.lock.json",
		"params": {"scope": "servers/first"},
	}} with input as samples.change({"paths": [samples.lock, samples.second_lock]}, [])
}

test_expedited_stays_in_its_baseline if {
	ring_scope.facts == set() with input as samples.change(
		{"kind": "expedited", "scope": "servers", "paths": [samples.lock, samples.second_lock]},
		[],
	)
	count(ring_scope.facts) == 2 with input as samples.change(
		{"kind": "expedited", "scope": "server", "paths": [samples.lock, samples.second_lock]},
		[],
	)
}

test_manual_names_no_ring if {
	ring_scope.facts == set() with input as samples.change({"kind": "manual", "scope": "fix"}, [])
}

test_drift_stays_in_its_baseline if {
	both := [samples.lock, samples.second_lock]
	ring_scope.facts == set() with input as samples.change({"kind": "drift", "scope": "servers", "paths": both}, [])
	elsewhere := {"kind": "drift", "scope": "server", "paths": both}
	count(ring_scope.facts) == 2 with input as samples.change(elsewhere, [])
	ring_scope.facts == set() with input as samples.first_edition(elsewhere, [])
}
