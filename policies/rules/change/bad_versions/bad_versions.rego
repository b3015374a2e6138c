# METADATA
# title: No version that failed
# description: A change brings no package version into a lock that a hold names or that was halted.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/bad-versions
#   severity: critical
#   remediation: Refresh the proposal without it, or lift the halt or hold first if it was a mistake.
#   reads: []
package rules.change.bad_versions

facts contains {
	"rule": "change/bad-versions",
	"effect": "deny",
	"subject": concat(" ", [bad["package"], bad.version]),
	"params": {"by": bad.by, "id": bad.id},
} if {
	some bad in input.proposal.bad
}
