# METADATA
# title: Approver role
# description: Only people with the role approver approve.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/approver-role
#   severity: high
#   remediation: Ask somebody with the role approver, or give the role in roles.json.
#   reads: []
package rules.change.approver_role

facts contains {"rule": "change/approver-role", "effect": "ignore", "subject": approval.person} if {
	some approval in input.approvals
	not "approver" in approval.roles
}
