# METADATA
# title: Deadline by severity
# description: >-
#   Days to fix by severity, counted from the clock that the baseline names. A severity without a row
#   has no deadline.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/severity-sla
#   severity: high
#   remediation: Patch before the due date, or write an exception.
#   reads: []
package rules.deadlines.severity_sla

obligations contains {
	"rule": concat(":", ["deadlines/severity-sla", deadline.id]),
	"clock": deadline.clock,
	"days": deadline.days[input.finding.severity],
} if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "severity-sla"
}
