# METADATA
# title: Facts about a change
# description: Which approvals count, and what kind of change it is.
# schemas:
#   - input: schema.change_input
package lib.change

# What decides who may do what.
guards(path) if path.class in {"config", "policy", "roles", "signers", "workflow"}

# Rules that came later judge only what lands on a commit whose roles.json asks for them.
edition_two if input.rules.edition >= 2

locks := {path.path | some path in input.proposal.paths; path.class == "lock"}

# More than one ring at once is the expedited lane, whatever the proposal calls itself.
wide if input.proposal.kind == "expedited"

wide if count(locks) > 1

# What the machine may do alone; a way back and the expedited lane are always for people.
ordinary := {"promote", "remediate"}

# The machine alone may move a lock of an automatic ring, and nothing else.
default automatic := false

automatic if {
	input.proposal.kind in ordinary
	input.proposal.autoRing
	input.proposal.botOnly
	not wide
	count(input.proposal.paths) > 0
	every path in input.proposal.paths {
		path.class == "lock"
		path.change != "deleted"
	}
	every author in input.proposal.authors {
		author == "bot"
	}
}

# A person counts once, however often they approved.
counted[approval.person] contains team if {
	some approval in input.approvals
	counts(approval)
	some team in array.concat([""], approval.teams)
}

counts(approval) if {
	approval.contentDigest == input.proposal.contentDigest
	"approver" in approval.roles
	not interested(approval.person)
}

# The bot never approves; whoever wrote, committed, signed or co-authored a commit does not judge it.
interested("bot")

interested(person) if startswith(person, "unknown:")

interested(person) if person in input.proposal.authors

# Two different people who stand for two different teams.
two_teams if {
	some one, ones in counted
	some other, others in counted
	one != other
	some mine in (ones - {""})
	some theirs in (others - {""})
	mine != theirs
}

# Said why, and two people found it good.
reasoned if {
	count(input.proposal.reasons) > 0
	count(counted) > 1
}

required := 0 if automatic

else := max([2, input.rules.requiredApprovals]) if wide

else := input.rules.requiredApprovals
