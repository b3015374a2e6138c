# METADATA
# title: Rejected patch
# description: >-
#   A reject rule of the baseline fits the patch; rejection beats every approval, and blocking beats
#   allowing as a dependency.
# schemas:
#   - input: schema.approve_input
# custom:
#   id: approval/reject
#   severity: medium
#   remediation: Change the reject rule of the baseline if the patch is wanted after all.
#   reads: []
package rules.approval.reject

import data.lib.match

fitting := [rejection |
	some rejection in input.baseline.reject
	match.fits(rejection.match, input.candidate)
]

deciding := [rejection |
	some action in ["block", "allow-as-dependency"]
	some rejection in fitting
	rejection.action == action
][0]

facts contains {
	"rule": "approval/reject",
	"effect": "reject",
	"subject": rejection.id,
	"params": {"action": rejection.action},
} if {
	some rejection in fitting
}
