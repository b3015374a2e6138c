package rules.change.two_teams_test

import data.lib.samples_test as samples
import data.rules.change.two_teams

ann := samples.approval("ann", ["ops"])

ben := samples.approval("ben", ["security"])

test_one_team_denies if {
	two_teams.facts == {{
		"rule": "change/two-teams",
		"effect": "deny",
		"subject": "servers",
	}} with input as samples.change(
		{"kind": "expedited", "scope": "servers"},
		[ann, samples.approval("cid", ["ops"])],
	)
}

test_two_teams if two_teams.facts == set() with input as samples.change({"kind": "expedited"}, [ann, ben])

test_one_ring_needs_no_second_team if two_teams.facts == set() with input as samples.change({}, [ann])
