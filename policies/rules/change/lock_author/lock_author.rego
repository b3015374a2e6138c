# METADATA
# title: A lock by hand has a reason
# description: >-
#   Locks are the bot's. A lock that a person wrote, or that anybody added to, says why (the trailer Reason
#   of a commit) and is approved by two people.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/lock-author
#   severity: critical
#   remediation: >-
#     Let the bot propose it, or add the line "Reason: why" to the end of a commit message and ask a second
#     approver.
#   reads: []
package rules.change.lock_author

import data.lib.change

facts contains {
	"rule": "change/lock-author",
	"effect": "deny",
	"subject": input.proposal.scope,
	"params": {
		"reasons": count(input.proposal.reasons),
		"counted": count(change.counted),
		"required": 2,
	},
} if {
	change.edition_two
	not input.proposal.botOnly
	not change.reasoned
	count(change.locks) > 0
}
