# METADATA
# title: No approve rule fits
# description: >-
#   A patch that no approve rule of the baseline fits is not wanted. A vulnerability that it would close
#   stays open.
# schemas:
#   - input: schema.approve_input
# custom:
#   id: approval/unmatched
#   severity: medium
#   remediation: Add an approve rule for the patch to the baseline, or a reject rule that says why not.
#   reads: []
package rules.approval.unmatched

import data.rules.approval.approve

facts contains {
	"rule": "approval/unmatched",
	"effect": "unmatched",
	"subject": concat("@", [input.candidate.package, input.candidate.version]),
} if {
	not approve.deciding
}

# METADATA
# description: What that means for a finding. Security debt is never hidden by a baseline that forgot it.
# schemas:
#   - input: schema.decide_input
consequences contains {"rule": "approval/unmatched", "effect": effect} if {
	input.finding.affected == "affected"
	input.finding.approval.verdict == "unmatched"
	effect := consequence(input.finding.kind)
}

consequence("update") := "rejected"

consequence(kind) := "unapproved" if kind != "update"
