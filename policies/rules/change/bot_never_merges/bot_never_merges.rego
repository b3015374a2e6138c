# METADATA
# title: The bot never merges
# description: The bot approves and merges nothing.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/bot-never-merges
#   severity: critical
#   remediation: Let a person merge, or let the forge merge an automatic ring.
#   reads: []
package rules.change.bot_never_merges

facts contains {"rule": "change/bot-never-merges", "effect": "deny", "subject": "bot"} if {
	input.merger.person == "bot"
}
