# METADATA
# title: Approved until a date
# description: >-
#   An approve rule with untilDate holds only for patches released on or before that day; a patch
#   without a release date does not fit.
# schemas:
#   - input: schema.approve_input
# custom:
#   id: approval/until-date
#   severity: low
#   remediation: Move untilDate of the approve rule forward when the newer patches are wanted.
#   reads: []
package rules.approval.until_date

import data.lib.match

facts contains {
	"rule": "approval/until-date",
	"effect": "pass-over",
	"subject": approval.id,
	"params": {"untilDate": approval.untilDate, "releaseDate": input.candidate.age.releaseDate},
} if {
	some approval in input.baseline.approve
	match.fits(approval.match, input.candidate)
	not in_time(approval, input.candidate)
}

in_time(approval, _) if not "untilDate" in object.keys(approval)

in_time(approval, candidate) if {
	is_string(candidate.age.releaseDate)
	candidate.age.releaseDate <= approval.untilDate
}
