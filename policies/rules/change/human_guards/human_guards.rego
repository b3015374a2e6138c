# METADATA
# title: People guard the guards
# description: >-
#   What decides who may do what (config, policies, roles, signers, workflows) changes only with the
#   approval of a person.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/human-guards
#   severity: critical
#   remediation: Ask an approver who did not work on the change.
#   reads: []
package rules.change.human_guards

import data.lib.change

facts contains {"rule": "change/human-guards", "effect": "deny", "subject": path.path} if {
	some path in input.proposal.paths
	change.guards(path)
	count(change.counted) == 0
}
