# METADATA
# title: Patchwarden policy
# description: The only entrypoints. Rules emit facts; what they mean together is decided here.
package main

import data.lib.duty
import data.lib.order
import data.lib.own
import data.lib.status as statuses
import data.rules.approval.age
import data.rules.approval.approve as approving
import data.rules.approval.hold
import data.rules.approval.reject
import data.rules.approval.unmatched
import data.rules.approval.until_date
import data.rules.change.approver_role
import data.rules.change.auto_ring
import data.rules.change.bad_versions
import data.rules.change.bot_never_merges
import data.rules.change.bot_paths
import data.rules.change.coverage
import data.rules.change.enough_approvals
import data.rules.change.exact_content
import data.rules.change.human_guards
import data.rules.change.known_authors
import data.rules.change.lock_author
import data.rules.change.longer_exception
import data.rules.change.loosening
import data.rules.change.merger_is_not_author
import data.rules.change.merger_role
import data.rules.change.not_empty
import data.rules.change.one_power
import data.rules.change.ring_scope
import data.rules.change.separation_of_duties
import data.rules.change.two_teams
import data.rules.deadlines.bod_26_04
import data.rules.deadlines.container_escape
import data.rules.deadlines.epss
import data.rules.deadlines.kev
import data.rules.deadlines.kev_due
import data.rules.deadlines.pci_dss
import data.rules.deadlines.severity_sla
import data.rules.deadlines.ssvc_deployer
import data.rules.deadlines.within
import data.rules.exceptions.excepted
import data.rules.exceptions.known_exploited
import data.rules.exceptions.mitigated
import data.rules.exceptions.too_long
import data.rules.status.evidence
import data.rules.status.missing
import data.rules.status.no_fix
import data.rules.status.pinned
import data.rules.status.rejected
import data.rules.status.ungoverned
import data.rules.status.unknown
import data.rules.status.vendor_statement
import data.rules.status.waiting

# METADATA
# title: Is this patch wanted?
# description: >-
#   One baseline and one candidate patch; a hold, then a rejection, then the first approve rule that
#   fits.
# entrypoint: true
# schemas:
#   - input: schema.approve_input
approve := object.union(approve_verdict, {"reasons": order.by_rule(approve_facts)})

approve_verdict := {"verdict": "rejected", "rule": "hold", "action": "block", "waitDays": 0} if {
	count(hold.facts) > 0
} else := {
	"verdict": "rejected",
	"rule": reject.deciding.id,
	"action": reject.deciding.action,
	"waitDays": 0,
} if {
	reject.deciding
} else := {"verdict": "waiting", "rule": approving.deciding.id, "waitDays": age.wait_days} if {
	age.wait_days > 0
} else := {"verdict": "approved", "rule": approving.deciding.id, "waitDays": 0} if {
	approving.deciding
} else := {"verdict": "unmatched", "rule": null, "waitDays": 0}

approve_facts contains fact if {
	some facts in [
		age.facts,
		approving.facts,
		hold.facts,
		reject.facts,
		unmatched.facts,
		until_date.facts,
	]
	some fact in facts
}

# METADATA
# title: How does a finding stand?
# description: One context and one finding class; the first status that holds, and the clocks that run.
# entrypoint: true
# schemas:
#   - input: schema.decide_input
decide := {
	"status": decide_status,
	"reasons": order.by_rule(decide_facts | decide_undated),
	"obligations": order.by_rule(decide_obligations),
}

decide_facts contains fact if {
	some facts in [
		evidence.facts,
		excepted.facts,
		known_exploited.facts,
		missing.facts,
		mitigated.facts,
		no_fix.facts,
		own.facts,
		pinned.facts,
		rejected.facts,
		too_long.facts,
		ungoverned.facts,
		unknown.facts,
		unmatched.consequences,
		vendor_statement.facts,
		waiting.facts,
	]
	some fact in facts
}

decide_effects := {fact.effect | some fact in decide_facts; not own.ignores(fact)}

decide_status := statuses.winner(decide_effects)

decide_clock_runs if statuses.clock_runs(decide_effects, input.finding.kind)

decide_obligations contains duty.of_kind(obligation, duty.kind(input.finding.fix)) if {
	decide_clock_runs
	some obligations in [
		bod_26_04.obligations,
		container_escape.obligations,
		epss.obligations,
		kev.obligations,
		kev_due.obligations,
		own.obligations,
		pci_dss.obligations,
		severity_sla.obligations,
		ssvc_deployer.obligations,
		within.obligations,
	]
	some obligation in obligations
}

# A duty without a date is told where its clock would run.
decide_undated contains fact if {
	decide_clock_runs
	some fact in (bod_26_04.facts | ssvc_deployer.facts)
}

# METADATA
# title: May this change land?
# description: >-
#   A proposal's content, its approvals and its merger; nothing that denies it, and a reason that allows
#   it.
# entrypoint: true
# schemas:
#   - input: schema.change_input
change := {"allowed": change_allowed, "reasons": order.by_rule(change_facts)}

default change_allowed := false

change_allowed if {
	effects := {fact.effect | some fact in change_facts}
	"allow" in effects
	not "deny" in effects
}

change_facts contains fact if {
	some facts in [
		approver_role.facts,
		auto_ring.facts,
		bad_versions.facts,
		bot_never_merges.facts,
		bot_paths.facts,
		coverage.facts,
		enough_approvals.facts,
		exact_content.facts,
		human_guards.facts,
		known_authors.facts,
		lock_author.facts,
		longer_exception.facts,
		loosening.facts,
		merger_is_not_author.facts,
		merger_role.facts,
		not_empty.facts,
		one_power.facts,
		own.denials,
		ring_scope.facts,
		separation_of_duties.facts,
		two_teams.facts,
	]
	some fact in facts
}
