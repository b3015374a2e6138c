package rules.change.bot_paths_test

import data.lib.samples_test as samples
import data.rules.change.bot_paths

by_bot(path) := samples.change({"paths": [samples.lock, path]}, [])

test_own_paths if {
	every path in [
		samples.path("lock", "added"),
		samples.path("hold", "added"),
		samples.path("pins", "modified"),
		samples.path("exception", "deleted"),
	] {
		bot_paths.facts == set() with input as by_bot(path)
	}
}

test_foreign_path_denies if {
	bot_paths.facts == {{
		"rule": "change/bot-paths",
		"effect": "deny",
		"subject": "baseline/x.json",
		"params": {"class": "baseline", "change": "modified"},
	}} with input as by_bot(samples.path("baseline", "modified"))
}

test_bot_writes_no_exception if {
	every change in {"added", "modified"} {
		count(bot_paths.facts) == 1 with input as by_bot(samples.path("exception", change))
	}
}

test_people_write_what_they_like if {
	bot_paths.facts == set() with input as samples.change(
		{"botOnly": false, "paths": [samples.path("policy", "added")]},
		[],
	)
}
