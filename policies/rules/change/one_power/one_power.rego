# METADATA
# title: One power at a time
# description: >-
#   A change of the rules or of who holds which power does not travel together with a lock that is
#   judged by them.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/one-power
#   severity: critical
#   remediation: Make two proposals, the rules first.
#   reads: []
package rules.change.one_power

import data.lib.change

facts contains {
	"rule": "change/one-power",
	"effect": "deny",
	"subject": path.path,
	"params": {"class": path.class},
} if {
	count(change.locks) > 0
	some path in input.proposal.paths
	change.guards(path)
}
