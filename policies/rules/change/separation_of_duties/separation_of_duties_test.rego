package rules.change.separation_of_duties_test

import data.lib.samples_test as samples
import data.rules.change.separation_of_duties

by(person) := samples.change({"authors": ["eve", "bot"]}, [samples.approval(person, ["ops"])])

test_author_is_ignored if {
	separation_of_duties.facts == {{
		"rule": "change/separation-of-duties",
		"effect": "ignore",
		"subject": "eve",
	}} with input as by("eve")
}

test_bot_is_ignored if count(separation_of_duties.facts) == 1 with input as by("bot")

test_unknown_is_ignored if count(separation_of_duties.facts) == 1 with input as by("unknown:x@example.org")

test_somebody_else_counts if separation_of_duties.facts == set() with input as by("ann")
