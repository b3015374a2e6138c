package rules.change.one_power_test

import data.lib.samples_test as samples
import data.rules.change.one_power

test_guard_with_lock_denies if {
	every class in {"config", "policy", "roles", "signers", "workflow"} {
		one_power.facts == {{
			"rule": "change/one-power",
			"effect": "deny",
			"subject": concat("", [class, "/x.json"]),
			"params": {"class": class},
		}} with input as samples.change({"paths": [samples.lock, samples.path(class, "modified")]}, [])
	}
}

test_guard_alone if {
	one_power.facts == set() with input as samples.change({"paths": [samples.path("policy", "added")]}, [])
}

test_lock_with_hold if {
	one_power.facts == set() with input as samples.change(
		{"paths": [samples.lock, samples.path("hold", "added")]},
		[],
	)
}
