package rules.deadlines.ssvc_deployer_test

import data.lib.samples_test as samples
import data.rules.deadlines.ssvc_deployer

tree(patch) := [object.union(
	{"id": "tree", "kind": "ssvc-deployer", "clock": "fixAvailable", "days": {"immediate": 1, "out-of-cycle": 7, "scheduled": 60}},
	patch,
)]

# As CERT/CC tells them: exploitation, exposure, automatable, human impact, outcome.
table := [
	["none", "small", "no", "low", "defer"],
	["none", "small", "no", "medium", "defer"],
	["none", "small", "no", "high", "scheduled"],
	["none", "small", "no", "very-high", "scheduled"],
	["none", "small", "yes", "low", "defer"],
	["none", "small", "yes", "medium", "scheduled"],
	["none", "small", "yes", "high", "scheduled"],
	["none", "small", "yes", "very-high", "scheduled"],
	["none", "controlled", "no", "low", "defer"],
	["none", "controlled", "no", "medium", "scheduled"],
	["none", "controlled", "no", "high", "scheduled"],
	["none", "controlled", "no", "very-high", "scheduled"],
	["none", "controlled", "yes", "low", "scheduled"],
	["none", "controlled", "yes", "medium", "scheduled"],
	["none", "controlled", "yes", "high", "scheduled"],
	["none", "controlled", "yes", "very-high", "scheduled"],
	["none", "open", "no", "low", "defer"],
	["none", "open", "no", "medium", "scheduled"],
	["none", "open", "no", "high", "scheduled"],
	["none", "open", "no", "very-high", "scheduled"],
	["none", "open", "yes", "low", "scheduled"],
	["none", "open", "yes", "medium", "scheduled"],
	["none", "open", "yes", "high", "scheduled"],
	["none", "open", "yes", "very-high", "out-of-cycle"],
	["poc", "small", "no", "low", "defer"],
	["poc", "small", "no", "medium", "scheduled"],
	["poc", "small", "no", "high", "scheduled"],
	["poc", "small", "no", "very-high", "scheduled"],
	["poc", "small", "yes", "low", "scheduled"],
	["poc", "small", "yes", "medium", "scheduled"],
	["poc", "small", "yes", "high", "scheduled"],
	["poc", "small", "yes", "very-high", "scheduled"],
	["poc", "controlled", "no", "low", "defer"],
	["poc", "controlled", "no", "medium", "scheduled"],
	["poc", "controlled", "no", "high", "scheduled"],
	["poc", "controlled", "no", "very-high", "scheduled"],
	["poc", "controlled", "yes", "low", "scheduled"],
	["poc", "controlled", "yes", "medium", "scheduled"],
	["poc", "controlled", "yes", "high", "scheduled"],
	["poc", "controlled", "yes", "very-high", "out-of-cycle"],
	["poc", "open", "no", "low", "scheduled"],
	["poc", "open", "no", "medium", "scheduled"],
	["poc", "open", "no", "high", "scheduled"],
	["poc", "open", "no", "very-high", "out-of-cycle"],
	["poc", "open", "yes", "low", "scheduled"],
	["poc", "open", "yes", "medium", "scheduled"],
	["poc", "open", "yes", "high", "out-of-cycle"],
	["poc", "open", "yes", "very-high", "out-of-cycle"],
	["active", "small", "no", "low", "scheduled"],
	["active", "small", "no", "medium", "scheduled"],
	["active", "small", "no", "high", "out-of-cycle"],
	["active", "small", "no", "very-high", "out-of-cycle"],
	["active", "small", "yes", "low", "scheduled"],
	["active", "small", "yes", "medium", "out-of-cycle"],
	["active", "small", "yes", "high", "out-of-cycle"],
	["active", "small", "yes", "very-high", "out-of-cycle"],
	["active", "controlled", "no", "low", "scheduled"],
	["active", "controlled", "no", "medium", "scheduled"],
	["active", "controlled", "no", "high", "out-of-cycle"],
	["active", "controlled", "no", "very-high", "out-of-cycle"],
	["active", "controlled", "yes", "low", "out-of-cycle"],
	["active", "controlled", "yes", "medium", "out-of-cycle"],
	["active", "controlled", "yes", "high", "out-of-cycle"],
	["active", "controlled", "yes", "very-high", "out-of-cycle"],
	["active", "open", "no", "low", "scheduled"],
	["active", "open", "no", "medium", "out-of-cycle"],
	["active", "open", "no", "high", "out-of-cycle"],
	["active", "open", "no", "very-high", "immediate"],
	["active", "open", "yes", "low", "out-of-cycle"],
	["active", "open", "yes", "medium", "out-of-cycle"],
	["active", "open", "yes", "high", "immediate"],
	["active", "open", "yes", "very-high", "immediate"],
]

test_seventy_two_rows if count({array.slice(row, 0, 4) | some row in table}) == 72

test_rows_that_defer if {
	every row in [row | some row in table; row[4] == "defer"] {
		question := samples.deadlines(tree({}), {"exposure": row[1], "criticality": row[3]}, {"exploitation": row[0], "automatable": row[2]})
		ssvc_deployer.obligations == set() with input as question
		some fact in ssvc_deployer.facts with input as question
		fact.effect == "defer"
		fact.subject == "tree"
		fact.params.assumed == ""
	}
}

test_rows_with_a_date if {
	every row in [row | some row in table; row[4] != "defer"] {
		question := samples.deadlines(tree({}), {"exposure": row[1], "criticality": row[3]}, {"exploitation": row[0], "automatable": row[2]})
		ssvc_deployer.facts == set() with input as question
		count(ssvc_deployer.obligations) == 1 with input as question
		some obligation in ssvc_deployer.obligations with input as question
		obligation.params.outcome == row[4]
		obligation.days.patch == tree({})[0].days[row[4]]
	}
}

test_what_is_not_known_is_assumed_and_said if {
	some obligation in ssvc_deployer.obligations with input as samples.deadlines(tree({}), {}, {})
	obligation.params == {
		"row": "none OY high",
		"outcome": "scheduled",
		"assumed": "automatable,exploitation,exposure,humanImpact",
	}
}

test_the_deadline_says_what_is_assumed if {
	assume := {"exploitation": "poc", "exposure": "small", "automatable": "no", "humanImpact": "low"}
	some fact in ssvc_deployer.facts with input as samples.deadlines(tree({"assume": assume}), {}, {})
	fact.params.row == "poc SN low"
}

test_known_exploited_is_active_whatever_the_record_says if {
	some obligation in ssvc_deployer.obligations with input as samples.deadlines(
		tree({}),
		{"exposure": "open", "criticality": "critical"},
		{"kev": true, "exploitation": "none", "automatable": "yes"},
	)
	obligation.params == {"row": "active OY very-high", "outcome": "immediate", "assumed": ""}
}

test_no_such_deadline if {
	ssvc_deployer.obligations == set() with input as samples.finding({})
	ssvc_deployer.facts == set() with input as samples.finding({})
}
