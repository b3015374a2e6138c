# METADATA
# title: Known authors
# description: Somebody known must stand behind every commit.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/known-authors
#   severity: critical
#   remediation: Sign the commits with a key of allowed-signers that belongs to a person of roles.json.
#   reads: []
package rules.change.known_authors

facts contains {"rule": "change/known-authors", "effect": "deny", "subject": author} if {
	some author in input.proposal.authors
	startswith(author, "unknown:")
}

facts contains {"rule": "change/known-authors", "effect": "deny", "params": {"authors": 0}} if {
	count(input.proposal.authors) == 0
}
