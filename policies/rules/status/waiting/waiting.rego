# METADATA
# title: Patch not old enough
# description: The approve rule that fits the patch lets it age first.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/waiting
#   severity: low
#   remediation: Wait, or write an approve rule without afterDays for what cannot wait.
#   reads: []
package rules.status.waiting

facts contains {
	"rule": "status/waiting",
	"effect": "waiting",
	"params": {"by": input.finding.approval.rule},
} if {
	input.finding.affected == "affected"
	input.finding.approval.verdict == "waiting"
}
