# METADATA
# title: One power at a time
# description: >-
#   A change of the rules or of who holds which power does not travel together with a lock that is
#   judged by them, and neither does one of what is wanted: a baseline, a calendar, an exception but its end.
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

facts contains {
	"rule": "change/one-power",
	"effect": "deny",
	"subject": path.path,
	"params": {"class": path.class},
} if {
	change.edition_two
	count(change.locks) > 0
	some path in input.proposal.paths
	wanted(path)
}

wanted(path) if path.class in {"baseline", "calendar"}

wanted(path) if {
	path.class == "exception"
	path.change != "deleted"
}
