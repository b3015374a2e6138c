package lib.change_test

import data.lib.change
import data.lib.samples_test as samples

bot_lock := {"autoRing": true}

ann := samples.approval("ann", ["ops"])

ben := samples.approval("ben", ["security"])

test_edition_two if change.edition_two with input as samples.change({}, [])

test_edition_one if not change.edition_two with input as samples.first_edition({}, [])

test_automatic if {
	every kind in ["promote", "remediate"] {
		change.automatic with input as samples.change(object.union(bot_lock, {"kind": kind}), [])
	}
}

test_not_automatic if {
	every patch in [
		{"autoRing": false},
		{"botOnly": false},
		{"kind": "expedited"},
		{"kind": "rollback"},
		{"kind": "manual"},
		{"authors": ["bot", "eve"]},
		{"paths": []},
		{"paths": [samples.lock, samples.second_lock]},
		{"paths": [samples.lock, samples.path("hold", "added")]},
		{"paths": [object.union(samples.lock, {"change": "deleted"})]},
	] {
		not change.automatic with input as samples.change(object.union(bot_lock, patch), [])
	}
}

test_one_lock_is_not_wide if not change.wide with input as samples.change({}, [])

test_expedited_is_wide if change.wide with input as samples.change({"kind": "expedited"}, [])

test_two_locks_are_wide if {
	change.wide with input as samples.change(
		{"kind": "manual", "paths": [samples.lock, samples.second_lock]},
		[],
	)
}

test_required if {
	change.required == 0 with input as samples.change(bot_lock, [])
	change.required == 1 with input as samples.change({}, [])
	change.required == 2 with input as samples.change({"kind": "expedited"}, [])
}

test_expedited_keeps_a_higher_number if {
	change.required == 3 with input as object.union(
		samples.change({"kind": "expedited"}, []),
		{"rules": {"requiredApprovals": 3}},
	)
}

test_counts_each_person_once if {
	object.keys(change.counted) == {"ann"} with input as samples.change({}, [ann, ann])
}

test_counts_people_without_a_team if {
	change.counted == {"cid": {""}} with input as samples.change({}, [samples.approval("cid", [])])
}

test_counts_only_what_counts if {
	every approval in [
		object.union(ann, {"contentDigest": samples.stale}),
		object.union(ann, {"roles": ["merger"]}),
		samples.approval("bot", ["ops"]),
		samples.approval("eve", ["ops"]),
		samples.approval("unknown:x@example.org", ["ops"]),
	] {
		change.counted == {} with input as samples.change({"authors": ["bot", "eve"]}, [approval])
	}
}

test_two_teams if change.two_teams with input as samples.change({}, [ann, ben])

test_one_team_is_not_two if {
	not change.two_teams with input as samples.change({}, [ann, samples.approval("cid", ["ops"])])
}

test_one_person_of_two_teams_is_not_two if {
	not change.two_teams with input as samples.change({}, [samples.approval("cid", ["ops", "security"])])
}

test_no_team_is_no_second_team if {
	not change.two_teams with input as samples.change({}, [ann, samples.approval("cid", [])])
}

test_reasoned if change.reasoned with input as samples.change({"reasons": ["why"]}, [ann, ben])

test_not_reasoned if {
	not change.reasoned with input as samples.change({"reasons": []}, [ann, ben])
	not change.reasoned with input as samples.change({"reasons": ["why"]}, [ann])
}
