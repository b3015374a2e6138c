# METADATA
# title: No baseline selects the asset
# description: Nobody has said what is wanted for this asset.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/ungoverned
#   severity: medium
#   remediation: Write a baseline that selects the asset.
#   reads: []
package rules.status.ungoverned

facts contains {"rule": "status/ungoverned", "effect": "ungoverned"} if {
	not input.context.baseline.deadlines
	input.context.unknown == null
}
