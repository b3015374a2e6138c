# METADATA
# title: Something to decide
# description: A proposal that changes nothing has no content that anybody could approve.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/not-empty
#   severity: medium
#   remediation: Close the proposal.
#   reads: []
package rules.change.not_empty

facts contains {"rule": "change/not-empty", "effect": "deny", "subject": input.proposal.scope} if {
	count(input.proposal.paths) == 0
}
