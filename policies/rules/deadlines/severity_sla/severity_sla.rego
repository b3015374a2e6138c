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
#   deadline: severity-sla
#   reads: []
package rules.deadlines.severity_sla

import data.lib.duty

obligations contains duty.obligation("deadlines/severity-sla", deadline, days, {}) if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "severity-sla"
	days := deadline.days[input.finding.severity]
}
