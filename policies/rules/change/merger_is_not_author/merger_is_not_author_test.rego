package rules.change.merger_is_not_author_test

import data.lib.samples_test as samples
import data.rules.change.merger_is_not_author

test_author_denies if {
	merger_is_not_author.facts == {{
		"rule": "change/merger-is-not-author",
		"effect": "deny",
		"subject": "eve",
	}} with input as samples.merged({"authors": ["bot", "eve"]}, "eve", ["merger"])
}

test_approver_may_merge if merger_is_not_author.facts == set() with input as samples.merged({}, "ann", ["merger"])

test_not_merged_yet if merger_is_not_author.facts == set() with input as samples.change({}, [])
