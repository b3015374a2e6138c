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

# Without a fix within reach there is a clock to mitigate, and none to patch, whatever else is decided.
kind(fix) := "mitigate" if fix in {"needs", "none"}

kind(fix) := "patch" if fix in {"available", "released"}

of_kind(obligation, kind) := object.union(obligation, {"kind": kind, "days": obligation.days[kind]})
