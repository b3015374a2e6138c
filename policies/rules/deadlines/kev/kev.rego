# METADATA
# title: Deadline for known exploited
# description: >-
#   Days to fix what is exploited in the wild, whatever its severity. @see CISA KEV catalogue, BOD 22-01
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/kev
#   severity: critical
#   remediation: Patch before the due date.
#   deadline: kev
#   reads: []
package rules.deadlines.kev

import data.lib.duty

obligations contains duty.obligation("deadlines/kev", deadline, deadline.days, {}) if {
	input.finding.kev
	some deadline in input.context.baseline.deadlines
	deadline.kind == "kev"
}
