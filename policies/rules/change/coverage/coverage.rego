# METADATA
# title: No host without a baseline or in two
# description: >-
#   A change leaves no asset in two baselines of the same priority, and one that leaves assets without any
#   says why (the trailer Reason of a commit) and is approved by two people. Judged by every label that an
#   asset could have.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/coverage
#   severity: critical
#   remediation: >-
#     Give one of two baselines another priority. Where assets are given up on purpose, add the line
#     "Reason: why" to the end of a commit message and ask a second approver.
#   reads: []
package rules.change.coverage

import data.lib.change

facts contains {
	"rule": "change/coverage",
	"effect": "deny",
	"subject": tie.baselines,
	"params": {"kind": "two", "labels": tie.labels},
} if {
	change.edition_two
	some tie in input.proposal.coverage
	tie.kind == "two"
}

facts contains {
	"rule": "change/coverage",
	"effect": "deny",
	"subject": loss.baselines,
	"params": {
		"kind": "none",
		"labels": loss.labels,
		"reasons": count(input.proposal.reasons),
		"counted": count(change.counted),
		"required": 2,
	},
} if {
	change.edition_two
	not change.reasoned
	some loss in input.proposal.coverage
	loss.kind == "none"
}
