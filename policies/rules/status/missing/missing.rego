# METADATA
# title: Patch missing
# description: A patch exists, nothing speaks against it, and the asset does not have it.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/missing
#   severity: high
#   remediation: Merge the remediation proposal of the baseline.
#   reads: []
package rules.status.missing

facts contains {
	"rule": "status/missing",
	"effect": "missing",
	"params": {"by": input.finding.approval.rule},
} if {
	input.context.baseline.deadlines
	input.context.unknown == null
	input.finding.affected == "affected"
	input.finding.fix in {"available", "released"}
	input.finding.approval.verdict in {"approved", "none", "unmatched"}
	not unwanted
}

unwanted if {
	input.finding.kind == "update"
	input.finding.approval.verdict == "unmatched"
}
