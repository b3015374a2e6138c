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

with_lock(path) := {"paths": [samples.lock, path]}

test_what_is_wanted_with_lock_denies if {
	every path in [
		samples.path("baseline", "deleted"),
		samples.path("calendar", "modified"),
		samples.path("exception", "added"),
	] {
		one_power.facts == {{
			"rule": "change/one-power",
			"effect": "deny",
			"subject": path.path,
			"params": {"class": path.class},
		}} with input as samples.change(with_lock(path), [])
	}
}

test_lock_with_what_the_bot_writes if {
	every path in [
		samples.path("exception", "deleted"),
		samples.path("hold", "deleted"),
		samples.path("pins", "modified"),
	] {
		one_power.facts == set() with input as samples.change(with_lock(path), [])
	}
}

test_baseline_with_lock_in_edition_one if {
	one_power.facts == set() with input as samples.first_edition(with_lock(samples.path("baseline", "added")), [])
}
