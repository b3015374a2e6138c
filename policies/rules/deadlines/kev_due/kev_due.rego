# METADATA
# title: Due date of the catalogue
# description: The day on which CISA's catalogue of known exploited vulnerabilities itself wants it fixed.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/kev-due
#   severity: critical
#   remediation: Patch before the due date.
#   deadline: kev-due
#   reads: []
package rules.deadlines.kev_due

import data.lib.duty

obligations contains obligation if {
	input.finding.kev
	some deadline in input.context.baseline.deadlines
	deadline.kind == "kev-due"
	obligation := duty.obligation("deadlines/kev-due", object.union(deadline, {"clock": "kevDue"}), 0, {})
}
