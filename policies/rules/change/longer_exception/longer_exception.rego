# METADATA
# title: Longer exceptions need more
# description: >-
#   A risk accepted for longer, or again and again, needs one approval more, and people who stand for two
#   different teams.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/longer-exception
#   severity: high
#   remediation: Ask an approver of another team too, or end the exception earlier.
#   reads: []
package rules.change.longer_exception

import data.lib.change

facts contains {
	"rule": "change/longer-exception",
	"effect": "deny",
	"subject": exception.document,
	"params": {
		"days": exception.days,
		"renewals": exception.renewals,
		"counted": count(change.counted),
		"required": input.rules.requiredApprovals + 1,
		"twoTeams": two_teams,
	},
} if {
	change.edition_two
	some exception in input.proposal.exceptions
	long(exception)
	not enough
}

long(exception) if exception.days > input.rules.exceptionDays

long(exception) if exception.renewals > input.rules.exceptionRenewals

enough if {
	two_teams
	count(change.counted) > input.rules.requiredApprovals
}

default two_teams := false

two_teams if change.two_teams
