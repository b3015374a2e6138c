# METADATA
# title: Our own evidence
# description: >-
#   The installed version is not affected, or already fixed; no exception is needed and none can change
#   it.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/evidence
#   severity: none
#   remediation: Nothing to do.
#   reads: []
package rules.status.evidence

facts contains {"rule": "status/evidence", "effect": input.finding.affected} if {
	input.finding.affected in {"fixed", "not-affected"}
}
