# METADATA
# title: Deadline for some severities
# description: The same days for each severity that the deadline names, such as medium and high within 90.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/within
#   severity: medium
#   remediation: Patch before the due date, or write an exception.
#   deadline: within
#   reads: []
package rules.deadlines.within

import data.lib.duty

obligations contains duty.obligation("deadlines/within", deadline, deadline.days, {}) if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "within"
	input.finding.severity in deadline.severities
}
