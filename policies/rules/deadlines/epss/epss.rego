# METADATA
# title: Deadline for likely exploitation
# description: >-
#   Days to fix what the Exploit Prediction Scoring System expects to be exploited within 30 days with at
#   least this probability. What is not scored has no deadline here. @see https://www.first.org/epss/
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/epss
#   severity: high
#   remediation: Patch before the due date.
#   deadline: epss
#   reads: []
package rules.deadlines.epss

import data.lib.duty

obligations contains obligation if {
	is_number(input.finding.epss)
	some deadline in input.context.baseline.deadlines
	deadline.kind == "epss"
	input.finding.epss >= deadline.atLeast
	obligation := duty.obligation("deadlines/epss", deadline, deadline.days, {"atLeast": deadline.atLeast})
}
