package rules.change.known_authors_test

import data.lib.samples_test as samples
import data.rules.change.known_authors

by(authors) := samples.change({"authors": authors}, [])

test_unknown_denies if {
	known_authors.facts == {{
		"rule": "change/known-authors",
		"effect": "deny",
		"subject": "unknown:x@example.org",
	}} with input as by(["ann", "unknown:x@example.org"])
}

test_nobody_denies if {
	known_authors.facts == {{
		"rule": "change/known-authors",
		"effect": "deny",
		"params": {"authors": 0},
	}} with input as by([])
}

test_known if known_authors.facts == set() with input as by(["ann", "bot"])
