package rules.change.loosening_test

import data.lib.samples_test as samples
import data.rules.change.loosening

ann := samples.approval("ann", ["ops"])

cid := samples.approval("cid", ["ops"])

loosened(class, change) := samples.difference(class, change, "loosened")

differs(difference) := {"differences": [difference]}

test_a_control_denies if {
	every difference in [
		loosened("roles", "approvals.required"),
		loosened("roles", "roles.approver"),
		loosened("signers", "document"),
		loosened("policy", "document"),
		loosened("workflow", "document"),
		loosened("config", "limits.growth"),
		loosened("config", "intel.limits.jump"),
		loosened("config", "packages.sources"),
		loosened("config", "packages.sources.signature"),
		loosened("config", "labels.role"),
		loosened("config", "document"),
		loosened("baseline", "deadlines.days"),
		loosened("baseline", "deadlines"),
		loosened("baseline", "exceptionDays.high"),
		loosened("baseline", "rings.merge"),
	] {
		loosening.facts == {{
			"rule": "change/loosening",
			"effect": "deny",
			"subject": difference.document,
			"params": {"change": difference.change, "item": null, "counted": 1, "required": 2},
		}} with input as samples.change(differs(difference), [ann])
	}
}

test_two_people if {
	loosening.facts == set() with input as samples.change(
		differs(loosened("roles", "approvals.required")),
		[ann, cid],
	)
}

test_everything_else_is_as_usual if {
	every difference in [
		samples.difference("roles", "approvals.required", "tightened"),
		samples.difference("baseline", "deadlines", "tightened"),
		loosened("baseline", "approve"),
		loosened("baseline", "rings.merges"),
		loosened("config", "fleet.sources"),
		loosened("exception", "validUntil"),
		loosened("hold", "document"),
		loosened("calendar", "document"),
	] {
		loosening.facts == set() with input as samples.change(differs(difference), [ann])
	}
}

test_not_in_edition_one if {
	loosening.facts == set() with input as samples.first_edition(
		differs(loosened("roles", "approvals.required")),
		[],
	)
}
