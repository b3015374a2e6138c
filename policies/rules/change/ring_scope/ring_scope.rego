# METADATA
# title: A ring's proposal touches its ring
# description: >-
#   A proposal named after one ring changes no lock of another, and one named after a baseline stays
#   in it.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/ring-scope
#   severity: high
#   remediation: Open an expedited proposal for all rings, or one proposal for each ring.
#   reads: []
package rules.change.ring_scope

import data.lib.change

of_one_ring := {"promote", "remediate", "rollback"}

# Kinds that came later stay in their baseline where the rules of then are asked for.
of_one_baseline := {"drift", "expedited"} if change.edition_two

else := {"expedited"}

facts contains {
	"rule": "change/ring-scope",
	"effect": "deny",
	"subject": lock,
	"params": {"scope": input.proposal.scope},
} if {
	some lock in change.locks
	not in_scope(lock, input.proposal)
}

in_scope(lock, proposal) if {
	proposal.kind in of_one_ring
	lock == concat("", ["locks/", proposal.scope, ".lock.json"])
}

in_scope(lock, proposal) if {
	proposal.kind in of_one_baseline
	startswith(lock, concat("", ["locks/", proposal.scope, "/"]))
}

in_scope(_, proposal) if not proposal.kind in (of_one_ring | of_one_baseline)
