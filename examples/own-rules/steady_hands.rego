# METADATA
# title: Production is not patched in a hurry
# description: An expedited proposal may not reach a ring that is called prod.
# schemas:
#   - input: schema.change_input
# custom:
#   id: custom/steady-hands
#   severity: medium
#   remediation: Propose the other rings, and let production follow by promotion.
#   reads: []
package custom.steady_hands

denials contains {"subject": path.path} if {
	input.proposal.kind == "expedited"
	some path in input.proposal.paths
	path.class == "lock"
	endswith(path.path, "/prod.lock.json")
}
