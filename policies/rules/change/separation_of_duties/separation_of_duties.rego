# METADATA
# title: Separation of duties
# description: >-
#   Whoever wrote, committed, signed or co-authored a change does not approve it, and neither does the
#   bot.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/separation-of-duties
#   severity: critical
#   remediation: Ask somebody who did not work on the change.
#   reads: []
package rules.change.separation_of_duties

import data.lib.change

facts contains {
	"rule": "change/separation-of-duties",
	"effect": "ignore",
	"subject": approval.person,
} if {
	some approval in input.approvals
	change.interested(approval.person)
}
