# METADATA
# title: Approved exactly this
# description: An approval binds to one content; one of other content does not count.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/exact-content
#   severity: high
#   remediation: Look at the content as it is now and approve again.
#   reads: []
package rules.change.exact_content

facts contains {
	"rule": "change/exact-content",
	"effect": "ignore",
	"subject": approval.person,
	"params": {"approved": approval.contentDigest},
} if {
	some approval in input.approvals
	approval.contentDigest != input.proposal.contentDigest
}
