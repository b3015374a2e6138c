package rules.deadlines.bod_26_04_test

import data.lib.samples_test as samples
import data.rules.deadlines.bod_26_04

directive(patch) := [object.union({"id": "bod", "kind": "bod-26-04", "clock": "fixAvailable"}, patch)]

# As CISA tells them: KEV, exposed, automatable, impact, and what follows.
table := [
	["no", "no", "no", "partial", "fix on system upgrade"],
	["yes", "no", "no", "partial", "14 days"],
	["no", "yes", "no", "partial", "60 days"],
	["no", "no", "yes", "partial", "60 days"],
	["no", "no", "no", "total", "fix on system upgrade"],
	["yes", "yes", "no", "partial", "14 days"],
	["yes", "no", "yes", "partial", "14 days"],
	["no", "yes", "yes", "partial", "14 days"],
	["yes", "no", "no", "total", "14 days"],
	["no", "yes", "no", "total", "14 days"],
	["no", "no", "yes", "total", "60 days"],
	["yes", "yes", "yes", "partial", "3 days"],
	["yes", "yes", "no", "total", "3 days & forensic investigation"],
	["yes", "no", "yes", "total", "3 days & forensic investigation"],
	["no", "yes", "yes", "total", "3 days"],
	["yes", "yes", "yes", "total", "3 days & forensic investigation"],
]

days := {
	"60 days": 60,
	"14 days": 14,
	"3 days": 3,
	"3 days & forensic investigation": 3,
}

exposure := {"yes": "internet", "no": "internal"}

test_sixteen_rows if count({array.slice(row, 0, 4) | some row in table}) == 16

test_rows_without_a_date if {
	every row in [row | some row in table; not row[4] in object.keys(days)] {
		question := samples.deadlines(directive({}), {"exposure": exposure[row[1]]}, {"kev": row[0] == "yes", "automatable": row[2], "technicalImpact": row[3]})
		bod_26_04.obligations == set() with input as question
		some fact in bod_26_04.facts with input as question
		fact.effect == "fix-on-upgrade"
		fact.subject == "bod"
		fact.params.assumed == ""
	}
}

test_rows_with_a_date if {
	every row in [row | some row in table; row[4] in object.keys(days)] {
		question := samples.deadlines(directive({}), {"exposure": exposure[row[1]]}, {"kev": row[0] == "yes", "automatable": row[2], "technicalImpact": row[3]})
		bod_26_04.facts == set() with input as question
		count(bod_26_04.obligations) == 1 with input as question
		some obligation in bod_26_04.obligations with input as question
		obligation.days == {"patch": days[row[4]], "mitigate": days[row[4]]}
		endswith(obligation.params.outcome, "F") == row[4] < 0
	}
}

test_what_is_not_known_is_assumed_and_said if {
	some obligation in bod_26_04.obligations with input as samples.deadlines(directive({}), {}, {})
	obligation.days.patch == 3
	obligation.params == {
		"row": "NYYT",
		"outcome": "3D",
		"assumed": "automatable,exposure,technicalImpact",
	}
}

test_the_deadline_says_what_is_assumed if {
	some obligation in bod_26_04.obligations with input as samples.deadlines(
		directive({"assume": {"exposure": "small", "technicalImpact": "partial"}}),
		{},
		{},
	)
	obligation.params.row == "NNYP"
}

test_a_label_that_says_nothing_is_not_known if {
	some obligation in bod_26_04.obligations with input as samples.deadlines(
		directive({}),
		{"exposure": "somewhere"},
		{"automatable": "yes", "technicalImpact": "total"},
	)
	obligation.params.assumed == "exposure"
}

test_no_such_deadline if {
	bod_26_04.obligations == set() with input as samples.finding({"kev": true})
	bod_26_04.facts == set() with input as samples.finding({})
}
