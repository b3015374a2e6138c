# METADATA
# title: Patch rejected
# description: A reject rule or a hold forbids the patch that would close the finding.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/rejected
#   severity: medium
#   remediation: Wait for a newer version, change the reject rule, or write an exception.
#   reads: []
package rules.status.rejected

facts contains {
	"rule": "status/rejected",
	"effect": "rejected",
	"params": {"by": input.finding.approval.rule},
} if {
	input.finding.affected == "affected"
	input.finding.approval.verdict == "rejected"
}
