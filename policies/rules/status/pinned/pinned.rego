# METADATA
# title: Held by the host
# description: The host itself holds the package, which beats the lock; the deadline runs.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/pinned
#   severity: medium
#   remediation: Release the hold on the host (apt-mark unhold), or write an exception.
#   reads: []
package rules.status.pinned

facts contains {"rule": "status/pinned", "effect": "pinned"} if {
	input.finding.affected == "affected"
	input.finding.held
}
