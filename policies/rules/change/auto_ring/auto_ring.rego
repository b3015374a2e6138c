# METADATA
# title: Automatic ring
# description: The bot alone moved the lock of a ring with merge auto; no approval is needed.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/auto-ring
#   severity: low
#   remediation: Set merge to human on the ring if people should look first.
#   reads: []
package rules.change.auto_ring

import data.lib.change

facts contains {"rule": "change/auto-ring", "effect": "allow", "subject": input.proposal.scope} if {
	change.automatic
}
