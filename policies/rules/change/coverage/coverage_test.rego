package rules.change.coverage_test

import data.lib.samples_test as samples
import data.rules.change.coverage

both := [samples.approval("ann", ["ops"]), samples.approval("cid", ["ops"])]

change(coverage, reasons) := {
	"kind": "manual",
	"paths": [samples.path("baseline", "modified")],
	"coverage": coverage,
	"reasons": reasons,
}

lost := {"kind": "none", "baselines": "databases", "labels": "role=db"}

tie := {"kind": "two", "baselines": "databases, servers", "labels": null}

denied(reasons, counted) := {{
	"rule": "change/coverage",
	"effect": "deny",
	"subject": "databases",
	"params": {
		"kind": "none",
		"labels": "role=db",
		"reasons": reasons,
		"counted": counted,
		"required": 2,
	},
}}

test_none_lost if coverage.facts == set() with input as samples.change(change([], []), [])

test_lost_denies if {
	coverage.facts == denied(0, 2) with input as samples.change(change([lost], []), both)
}

test_reason_of_one_denies if {
	coverage.facts == denied(1, 1) with input as samples.change(change([lost], ["sold"]), [both[0]])
}

test_lost_on_purpose if {
	coverage.facts == set() with input as samples.change(change([lost], ["sold"]), both)
}

test_no_reason_is_good_enough_for_a_tie if {
	coverage.facts == {{
		"rule": "change/coverage",
		"effect": "deny",
		"subject": "databases, servers",
		"params": {"kind": "two", "labels": null},
	}} with input as samples.change(change([tie], ["so be it"]), both)
}

test_not_in_edition_one if {
	coverage.facts == set() with input as samples.first_edition(change([lost, tie], []), [])
}
