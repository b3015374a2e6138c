# METADATA
# title: Two teams for all rings at once
# description: A change that reaches several rings at once needs two people who stand for two different teams.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/two-teams
#   severity: critical
#   remediation: Ask an approver of another team, or send the change ring by ring.
#   reads: []
package rules.change.two_teams

import data.lib.change

facts contains {"rule": "change/two-teams", "effect": "deny", "subject": input.proposal.scope} if {
	change.wide
	not change.two_teams
}
