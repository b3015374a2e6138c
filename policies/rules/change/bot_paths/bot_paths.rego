# METADATA
# title: Paths of the bot
# description: The bot writes locks, holds and pins, and deletes exceptions; nothing else.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/bot-paths
#   severity: critical
#   remediation: Close the proposal and find out who used the bot's key.
#   reads: []
package rules.change.bot_paths

facts contains {
	"rule": "change/bot-paths",
	"effect": "deny",
	"subject": path.path,
	"params": {"class": path.class, "change": path.change},
} if {
	input.proposal.botOnly
	some path in input.proposal.paths
	not allowed(path)
}

allowed(path) if path.class in {"hold", "lock", "pins"}

allowed(path) if {
	path.class == "exception"
	path.change == "deleted"
}
