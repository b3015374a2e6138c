# METADATA
# title: No fix within reach
# description: No origin of the host offers a fix; none exists, or it lies in an origin that the host lacks.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/no-fix
#   severity: medium
#   remediation: Mitigate; or give the host the origin that carries the fix.
#   reads: []
package rules.status.no_fix

facts contains {"rule": "status/no-fix", "effect": "no-fix", "params": {"fix": input.finding.fix}} if {
	input.finding.affected == "affected"
	input.finding.fix in {"needs", "none"}
}
