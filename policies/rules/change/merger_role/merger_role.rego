# METADATA
# title: Merger role
# description: Only people with the role merger merge, except where the machine alone may move the lock.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/merger-role
#   severity: high
#   remediation: Ask somebody with the role merger.
#   reads: []
package rules.change.merger_role

import data.lib.change

facts contains {"rule": "change/merger-role", "effect": "deny", "subject": input.merger.person} if {
	input.merger != null
	not change.automatic
	not "merger" in input.merger.roles
}
