package rules.change.human_guards_test

import data.lib.samples_test as samples
import data.rules.change.human_guards

test_without_people_denies if {
	every class in {"config", "policy", "roles", "signers", "workflow"} {
		human_guards.facts == {{
			"rule": "change/human-guards",
			"effect": "deny",
			"subject": concat("", [class, "/x.json"]),
		}} with input as samples.change({"paths": [samples.path(class, "modified")]}, [])
	}
}

test_with_people if {
	human_guards.facts == set() with input as samples.change(
		{"paths": [samples.path("roles", "modified")]},
		[samples.approval("ann", [])],
	)
}

test_locks_are_no_guards if human_guards.facts == set() with input as samples.change({}, [])
