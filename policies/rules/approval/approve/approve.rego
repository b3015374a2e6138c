# METADATA
# title: First approve rule that fits
# description: >-
#   Approve rules are read in the order of the baseline; the first that fits the patch decides, alone.
# schemas:
#   - input: schema.approve_input
# custom:
#   id: approval/approve
#   severity: none
#   remediation: Nothing to do.
#   reads: []
package rules.approval.approve

import data.lib.match
import data.rules.approval.until_date

deciding := [approval |
	some approval in input.baseline.approve
	match.fits(approval.match, input.candidate)
	until_date.in_time(approval, input.candidate)
][0]

facts contains {"rule": "approval/approve", "effect": "match", "subject": deciding.id}
