package rules.change.lock_author_test

import data.lib.samples_test as samples
import data.rules.change.lock_author

both := [samples.approval("ann", ["ops"]), samples.approval("cid", ["ops"])]

by_hand := {"kind": "manual", "botOnly": false, "authors": ["eve"], "reasons": ["the mirror is broken"]}

test_bot if lock_author.facts == set() with input as samples.change({}, [])

test_by_hand if lock_author.facts == set() with input as samples.change(by_hand, both)

denied(reasons, counted) := {{
	"rule": "change/lock-author",
	"effect": "deny",
	"subject": "servers/first",
	"params": {"reasons": reasons, "counted": counted, "required": 2},
}}

test_without_reason_denies if {
	lock_author.facts == denied(0, 2) with input as samples.change(object.union(by_hand, {"reasons": []}), both)
}

test_one_approver_denies if {
	lock_author.facts == denied(1, 1) with input as samples.change(by_hand, [both[0]])
}

test_other_documents_need_no_reason if {
	lock_author.facts == set() with input as samples.change(
		{"kind": "manual", "botOnly": false, "paths": [samples.path("baseline", "modified")]},
		[],
	)
}

test_not_in_edition_one if lock_author.facts == set() with input as samples.first_edition({"botOnly": false}, [])
