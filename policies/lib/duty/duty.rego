# METADATA
# title: Duties by deadline
# description: What the rules about deadlines have in common; dates are joined after the decision.
package lib.duty

# Days count from the deadline's clock; without a fix within reach they may be others.
obligation(rule, deadline, days, params) := {
	"rule": concat(":", [rule, deadline.id]),
	"clock": deadline.clock,
	"days": {"patch": days, "mitigate": object.get(deadline, "mitigateDays", days)},
	"params": params,
}

# What is told apart here is what happens: no fix within reach starts a clock to mitigate, and none to patch.
kind("no-fix") := "mitigate"

kind(status) := "patch" if status != "no-fix"

of_kind(obligation, kind) := object.union(obligation, {"kind": kind, "days": obligation.days[kind]})
