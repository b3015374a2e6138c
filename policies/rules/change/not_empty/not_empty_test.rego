package rules.change.not_empty_test

import data.lib.samples_test as samples
import data.rules.change.not_empty

test_empty_denies if {
	not_empty.facts == {{
		"rule": "change/not-empty",
		"effect": "deny",
		"subject": "servers/first",
	}} with input as samples.change({"paths": []}, [])
}

test_something if not_empty.facts == set() with input as samples.change({}, [])
