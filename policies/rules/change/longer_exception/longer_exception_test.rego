package rules.change.longer_exception_test

import data.lib.samples_test as samples
import data.rules.change.longer_exception

ann := samples.approval("ann", ["ops"])

ben := samples.approval("ben", ["security"])

cid := samples.approval("cid", ["ops"])

granted(days, renewals) := {"exceptions": [{
	"document": "exceptions/x.json",
	"days": days,
	"renewals": renewals,
}]}

denied(days, renewals, counted, two_teams) := {{
	"rule": "change/longer-exception",
	"effect": "deny",
	"subject": "exceptions/x.json",
	"params": {
		"days": days,
		"renewals": renewals,
		"counted": counted,
		"required": 2,
		"twoTeams": two_teams,
	},
}}

test_as_long_as_agreed if {
	longer_exception.facts == set() with input as samples.change(granted(90, 1), [ann])
}

test_one_day_longer_denies if {
	longer_exception.facts == denied(91, 0, 1, false) with input as samples.change(granted(91, 0), [ann])
}

test_one_renewal_more_denies if {
	longer_exception.facts == denied(30, 2, 1, false) with input as samples.change(granted(30, 2), [ann])
}

test_two_of_one_team_deny if {
	longer_exception.facts == denied(91, 0, 2, false) with input as samples.change(granted(91, 0), [ann, cid])
}

test_two_of_two_teams_are_not_enough_where_two_are_usual if {
	count(longer_exception.facts) == 1 with input as object.union(
		samples.change(granted(91, 0), [ann, ben]),
		{"rules": {"requiredApprovals": 2}},
	)
}

test_two_teams if {
	longer_exception.facts == set() with input as samples.change(granted(366, 9), [ann, ben])
}

test_own_limits if {
	longer_exception.facts == set() with input as object.union(
		samples.change(granted(366, 9), [ann]),
		{"rules": {"exceptionDays": 366, "exceptionRenewals": 9}},
	)
}

test_not_in_edition_one if {
	longer_exception.facts == set() with input as samples.first_edition(granted(91, 0), [])
}
