# METADATA
# title: Nothing can be said
# description: The asset could not be read or placed, or no comparator knows the advisory's range.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/unknown
#   severity: high
#   remediation: Make the reason go away (see params.why); an unknown asset is never counted as patched.
#   reads: []
package rules.status.unknown

facts contains {"rule": "status/unknown", "effect": "unknown", "params": {"why": input.context.unknown}} if {
	input.context.unknown != null
}

facts contains {"rule": "status/unknown", "effect": "unknown", "params": {"why": "not-comparable"}} if {
	input.finding.affected == "unknown"
}
