# METADATA
# title: Enough approvals
# description: So many different people approved exactly this content; each counts once.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/enough-approvals
#   severity: high
#   remediation: Ask for the approvals that are missing.
#   reads: []
package rules.change.enough_approvals

import data.lib.change

facts contains {
	"rule": "change/enough-approvals",
	"effect": "deny",
	"params": {"counted": count(change.counted), "required": change.required},
} if {
	count(change.counted) < change.required
}

facts contains {"rule": "change/enough-approvals", "effect": "count", "subject": person} if {
	some person, _ in change.counted
}

facts contains {
	"rule": "change/enough-approvals",
	"effect": "allow",
	"params": {"counted": count(change.counted), "required": change.required},
} if {
	change.required > 0
	count(change.counted) >= change.required
}
