package rules.change.bot_never_merges_test

import data.lib.samples_test as samples
import data.rules.change.bot_never_merges

test_bot_denies if {
	bot_never_merges.facts == {{
		"rule": "change/bot-never-merges",
		"effect": "deny",
		"subject": "bot",
	}} with input as samples.merged({"autoRing": true}, "bot", ["merger"])
}

test_people_merge if bot_never_merges.facts == set() with input as samples.merged({}, "ann", ["merger"])

test_not_merged_yet if bot_never_merges.facts == set() with input as samples.change({}, [])
