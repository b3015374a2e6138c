# METADATA
# title: Held version
# description: A hold document names exactly this package version, so no lock may contain it.
# schemas:
#   - input: schema.approve_input
# custom:
#   id: approval/hold
#   severity: high
#   remediation: Wait for a newer version, or merge a proposal that removes the hold.
#   reads: []
package rules.approval.hold

facts contains {
	"rule": "approval/hold",
	"effect": "reject",
	"subject": concat("@", [input.candidate.package, input.candidate.version]),
	"params": {"action": "block"},
} if {
	input.candidate.held
}
