package lib.duty_test

import data.lib.duty

asked(patch) := duty.obligation("a/b", object.union({"id": "x", "clock": "published"}, patch), 30, {"row": "N"})

test_days_are_the_same_without_a_fix if {
	duty.of_kind(asked({}), "mitigate") == {
		"rule": "a/b:x",
		"kind": "mitigate",
		"clock": "published",
		"days": 30,
		"params": {"row": "N"},
	}
}

test_unless_the_deadline_says_otherwise if {
	duty.of_kind(asked({"mitigateDays": 3}), "mitigate").days == 3
	duty.of_kind(asked({"mitigateDays": 3}), "patch").days == 30
}

test_without_a_fix_within_reach_it_is_to_mitigate if {
	kinds := {fix: duty.kind(fix) | some fix in ["available", "released", "needs", "none"]}
	kinds == {"available": "patch", "released": "patch", "needs": "mitigate", "none": "mitigate"}
}
