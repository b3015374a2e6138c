# METADATA
# title: Merger is no author
# description: Whoever wrote a change does not put it into force.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/merger-is-not-author
#   severity: critical
#   remediation: Ask a merger who did not work on the change.
#   reads: []
package rules.change.merger_is_not_author

facts contains {"rule": "change/merger-is-not-author", "effect": "deny", "subject": input.merger.person} if {
	input.merger.person in input.proposal.authors
}
