package lib.own_test

import data.lib.own
import data.lib.samples_test as samples

duty := {"id": "dmz", "clock": "firstSeen", "days": 2}

test_nobody_says_anything if {
	own.facts == set() with input as samples.decide({})
	own.obligations == set() with input as samples.decide({})
	own.denials == set() with input as samples.change({}, [])
}

test_a_duty_more if {
	own.obligations == {{
		"rule": "custom/two-days:dmz",
		"clock": "firstSeen",
		"days": {"patch": 2, "mitigate": 2},
		"params": {"zone": "dmz"},
	}} with input as samples.decide({})
		with data.custom.two_days as {"obligations": [object.union(duty, {"params": {"zone": "dmz"}})]}
}

test_other_days_without_a_fix if {
	days := {o.days | some o in own.obligations} with input as samples.decide({})
		with data.custom.two_days as {"obligations": [object.union(duty, {"mitigateDays": 1})]}
	days == {{"patch": 2, "mitigate": 1}}
}

test_what_is_no_duty if {
	every patch in [
		{"id": 1},
		{"clock": "yesterday"},
		{"days": -1},
		{"days": 1.5},
		{"days": "2"},
		{"mitigateDays": -1},
		{"rule": "deadlines/kev"},
		{"params": {"a": []}},
		{"params": {"a": {}}},
		{"params": {"a": {1}}},
	] {
		own.obligations == set() with input as samples.decide({})
			with data.custom.x as {"obligations": [object.union(duty, patch)]}
		own.facts == {{
			"rule": "custom/x",
			"effect": "invalid",
			"params": {"in": "obligations"},
		}} with input as samples.decide({})
			with data.custom.x as {"obligations": [object.union(duty, patch)]}
	}
}

test_an_exception_that_does_not_count if {
	own.facts == {{
		"rule": "custom/x",
		"effect": "ignore",
		"subject": "exc-1",
	}} with input as samples.excepted("accept-risk", true, {})
		with data.custom.x as {"facts": [{"effect": "ignore", "subject": "exc-1"}]}
}

test_ignores_what_the_exception_did if {
	every effect, ignored in {"excepted": true, "mitigated": true, "ignore": false, "fixed": false} {
		fact := {"rule": "exceptions/x", "effect": effect, "subject": "exc-1"}
		count([true | own.ignores(fact)]) == count([true | ignored == true]) with input as samples.excepted("accept-risk", true, {})
			with data.custom.x as {"facts": [{"effect": "ignore", "subject": "exc-1"}]}
	}
}

test_ignores_nothing_else if {
	every fact in [
		{"rule": "exceptions/excepted", "effect": "excepted", "subject": "exc-2"},
		{"rule": "status/missing", "effect": "missing"},
	] {
		not own.ignores(fact) with input as samples.excepted("accept-risk", true, {})
			with data.custom.x as {"facts": [{"effect": "ignore", "subject": "exc-1"}]}
	}
}

test_an_update_that_nobody_wants if {
	own.facts == {{
		"rule": "custom/x",
		"effect": "rejected",
		"params": {"why": "games"},
	}} with input as samples.finding({"kind": "update"})
		with data.custom.x as {"facts": [{"effect": "rejected", "params": {"why": "games"}}]}
}

test_what_nobody_may_say if {
	every fact in [
		{"effect": "rejected"},
		{"effect": "fixed"},
		{"effect": "excepted", "subject": "exc-1"},
		{"effect": "missing"},
		{"effect": "ignore", "subject": "exc-2"},
		{"effect": "ignore"},
		{"effect": "ignore", "subject": "exc-1", "rule": "exceptions/known-exploited"},
		{"effect": "ignore", "subject": "exc-1", "params": {"a": [1]}},
		{},
		"ignore",
	] {
		own.facts == {{
			"rule": "custom/x",
			"effect": "invalid",
			"params": {"in": "facts"},
		}} with input as samples.excepted("accept-risk", true, {})
			with data.custom.x as {"facts": [fact]}
	}
}

test_a_vulnerability_is_never_unwanted if {
	every patch in [{"kind": "vulnerability"}, {"kind": "setting"}, {"kind": "update", "affected": "fixed"}] {
		{fact.effect | some fact in own.facts} == {"invalid"} with input as samples.finding(patch)
			with data.custom.x as {"facts": [{"effect": "rejected"}]}
	}
}

test_a_denial_denies_whatever_stands_in_it if {
	own.denials == {
		{"rule": "custom/frozen", "effect": "deny", "subject": "locks/a/b.lock.json"},
		{"rule": "custom/frozen", "effect": "deny", "subject": ""},
	} with input as samples.change({}, [])
		with data.custom.frozen as {"denials": [{"subject": "locks/a/b.lock.json"}, {"effect": "allow"}, {"subject": 1}]}
}
