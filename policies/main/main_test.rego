package main_test

import data.lib.samples_test as samples
import data.main

all := {"id": "all", "match": {}}

aged := {"id": "aged", "match": {}, "afterDays": 7}

block := {"id": "no-libs", "match": {"section": ["libs"]}, "action": "block", "reason": "x"}

verdict(result) := object.remove(result, ["reasons"])

test_hold_beats_all if {
	result := main.approve with input as samples.reject([block], {"held": true})
	verdict(result) == {"verdict": "rejected", "rule": "hold", "action": "block", "waitDays": 0}
	count(result.reasons) == 3
}

test_reject_beats_approve if {
	result := main.approve with input as samples.reject([block], {})
	verdict(result) == {"verdict": "rejected", "rule": "no-libs", "action": "block", "waitDays": 0}
}

test_waiting if {
	result := main.approve with input as samples.approve([aged, all], {})
	verdict(result) == {"verdict": "waiting", "rule": "aged", "waitDays": 4}
}

test_approved if {
	result := main.approve with input as samples.approve([all, aged], {})
	verdict(result) == {"verdict": "approved", "rule": "all", "waitDays": 0}
}

test_unmatched if {
	result := main.approve with input as samples.approve([], {})
	verdict(result) == {"verdict": "unmatched", "rule": null, "waitDays": 0}
}

excepted := {"exceptions": [samples.exception("accept-risk", false)]}

mitigated := {"exceptions": [
	samples.exception("accept-risk", false),
	samples.exception("mitigated", true),
]}

no_fix := {"finding": {"fix": "none", "approval": {"verdict": "none"}}}

# Each line adds to the line above the fact that beats it.
test_first_status_wins if {
	steps := [
		["missing", {}],
		["waiting", {"finding": {"approval": {"verdict": "waiting"}}}],
		["no-fix", no_fix],
		["rejected", {"finding": {"approval": {"verdict": "rejected"}}}],
		["pinned", {"finding": {"held": true}}],
		["excepted", excepted],
		["mitigated", mitigated],
		["fixed", {"finding": {"affected": "fixed"}}],
		["not-affected", {"finding": {"affected": "not-affected"}}],
		["ungoverned", {"context": {"baseline": null}}],
		["unknown", {"finding": {"affected": "unknown"}}],
	]
	every index, step in steps {
		patches := [patch | some [_, patch] in array.slice(steps, 0, index + 1)]
		result := main.decide with input as samples.decide(object.union_n(patches))
		result.status == step[0]
	}
}

test_both_clocks_run if {
	result := main.decide with input as samples.finding({"kev": true})
	[obligation.rule | some obligation in result.obligations] == [
		"deadlines/kev:exploited",
		"deadlines/severity-sla:sla",
	]
}

# What stands beneath the exception, and the clocks of it, by the kind of finding.
test_exceptions_neither_stop_a_clock_nor_start_one if {
	cases := [
		[{}, {"vulnerability": {"patch"}, "update": {"patch"}}],
		[{"approval": {"verdict": "waiting"}}, {"vulnerability": {"patch"}, "update": {"patch"}}],
		[{"approval": {"verdict": "rejected"}}, {"vulnerability": {"patch"}, "update": set()}],
		[{"approval": {"verdict": "unmatched"}}, {"vulnerability": {"patch"}, "update": set()}],
		[{"fix": "none", "approval": {"verdict": "none"}}, {"vulnerability": {"mitigate"}, "update": set()}],
		[{"held": true}, {"vulnerability": {"patch"}, "update": {"patch"}}],
	]
	every case in cases {
		every kind, clocks in case[1] {
			every exceptions in [[], excepted.exceptions, mitigated.exceptions] {
				sample := samples.decide({"finding": object.union(case[0], {"kind": kind}), "exceptions": exceptions})
				result := main.decide with input as sample
				{obligation.kind | some obligation in result.obligations} == clocks
			}
		}
	}
}

test_nothing_is_said_of_duties_of_an_update_that_nobody_wants if {
	bod := [{"id": "bod", "kind": "bod-26-04", "clock": "fixAvailable"}]
	unwanted := {"kind": "update", "approval": {"verdict": "rejected"}, "automatable": "no", "technicalImpact": "total"}
	sample := samples.deadlines(bod, {"exposure": "internal"}, unwanted)
	result := main.decide with input as object.union(sample, excepted)
	result.status == "excepted"
	{reason.rule | some reason in result.reasons} == {"exceptions/excepted", "status/rejected"}
}

test_without_a_fix_the_clock_is_one_to_mitigate if {
	result := main.decide with input as samples.decide(no_fix)
	kinds := {obligation.kind | some obligation in result.obligations}
	kinds == {"mitigate"}
}

test_a_duty_without_a_date_is_a_reason if {
	bod := [{"id": "bod", "kind": "bod-26-04", "clock": "fixAvailable"}]
	unlikely := {"automatable": "no", "technicalImpact": "total"}
	result := main.decide with input as samples.deadlines(bod, {"exposure": "internal"}, unlikely)
	result.obligations == []
	"fix-on-upgrade" in {reason.effect | some reason in result.reasons}
}

test_no_duty_where_no_clock_runs if {
	bod := [{"id": "bod", "kind": "bod-26-04", "clock": "fixAvailable"}]
	result := main.decide with input as samples.deadlines(bod, {}, {"affected": "fixed"})
	result.obligations == []
	{reason.rule | some reason in result.reasons} == {"status/evidence"}
}

test_change_allowed_by_approval if {
	result := main.change with input as samples.merged({}, "ann", ["merger"])
	result.allowed
	count(result.reasons) == 2
}

test_change_allowed_by_automatic_ring if {
	result := main.change with input as samples.change({"autoRing": true}, [])
	result == {
		"allowed": true,
		"reasons": [{"rule": "change/auto-ring", "effect": "allow", "subject": "servers/first"}],
	}
}

test_one_denial_is_enough if {
	result := main.change with input as samples.merged({}, "bot", ["merger"])
	not result.allowed
}

test_change_without_approval if {
	result := main.change with input as samples.change({}, [])
	not result.allowed
}

test_own_rules_tighten if {
	result := main.decide with input as samples.excepted("mitigated", true, {})
		with data.custom.x as {
			"facts": [{"effect": "ignore", "subject": "exc-1"}],
			"obligations": [{"id": "dmz", "clock": "firstSeen", "days": 2}],
		}
	result.status == "missing"
	[obligation.rule | some obligation in result.obligations] == ["custom/x:dmz", "deadlines/severity-sla:sla"]
	{reason.effect | some reason in result.reasons} == {"ignore", "missing", "mitigated"}
}

test_own_rules_run_no_clock_of_what_is_closed if {
	result := main.decide with input as samples.finding({"affected": "fixed"})
		with data.custom.x as {"obligations": [{"id": "dmz", "clock": "firstSeen", "days": 2}]}
	result.obligations == []
}

test_own_rules_relax_nothing_but_updates if {
	every kind, status in {"vulnerability": "missing", "update": "rejected"} {
		result := main.decide with input as samples.finding({"kind": kind})
			with data.custom.x as {"facts": [{"effect": "rejected"}]}
		result.status == status
	}
}

test_own_rules_deny_a_change if {
	sample := samples.change({}, [samples.approval("ann", ["ops"])])
	before := main.change with input as sample
	before.allowed
	after := main.change with input as sample
		with data.custom.x as {"denials": [{"subject": "servers/first"}]}
	not after.allowed
}
