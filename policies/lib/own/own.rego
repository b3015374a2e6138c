# METADATA
# title: Rules of the policy repository
# description: |
#   What packages custom.<name> say. They choose neither the name under which they speak nor what counts:
#   a duty more, an exception that does not count, an update that nobody wants, a denial. Anything else
#   that they say is `invalid`, and nothing is decided from it.
package lib.own

import data.lib.duty
import data.lib.status as statuses

clocks := {"published", "fixAvailable", "firstSeen", "kevAdded", "kevDue"}

# METADATA
# description: A duty more can only make a due date earlier, or make one where there was none.
# schemas:
#   - input: schema.decide_input
obligations contains duty.obligation(rule(name), asked, asked.days, object.get(asked, "params", {})) if {
	some name
	some asked in data.custom[name].obligations
	is_duty(asked)
}

# METADATA
# schemas:
#   - input: schema.decide_input
facts contains object.union(fact, {"rule": rule(name)}) if {
	some name
	some fact in data.custom[name].facts
	may_say(fact)
}

# METADATA
# description: Nothing is dropped in silence, for it may have been meant to tighten.
# schemas:
#   - input: schema.decide_input
facts contains {"rule": rule(name), "effect": "invalid", "params": {"in": "facts"}} if {
	some name
	some fact in data.custom[name].facts
	not may_say(fact)
}

facts contains {"rule": rule(name), "effect": "invalid", "params": {"in": "obligations"}} if {
	some name
	some asked in data.custom[name].obligations
	not is_duty(asked)
}

# METADATA
# description: Whatever stands in it, a denial denies.
# schemas:
#   - input: schema.change_input
denials contains {"rule": rule(name), "effect": "deny", "subject": subject(denial)} if {
	some name
	some denial in data.custom[name].denials
}

# An exception that an own rule ignores has no effect on this finding.
ignores(fact) if {
	fact.effect in statuses.of_exceptions
	some own in facts
	own.effect == "ignore"
	own.subject == fact.subject
}

rule(name) := concat("/", ["custom", replace(name, "_", "-")])

subject(denial) := denial.subject if is_string(denial.subject)

else := ""

may_say(fact) if {
	fact.effect == "ignore"
	fact.subject in {exception.id | some exception in input.exceptions}
	well_formed(fact, {"effect", "subject", "params"})
}

# The one thing that an own rule may relax: what closes no vulnerability need not be wanted.
may_say(fact) if {
	fact.effect == "rejected"
	input.finding.kind == "update"
	input.finding.affected == "affected"
	well_formed(fact, {"effect", "params"})
}

is_duty(asked) if {
	is_string(asked.id)
	asked.clock in clocks
	whole(asked.days)
	whole(object.get(asked, "mitigateDays", 0))
	well_formed(asked, {"id", "clock", "days", "mitigateDays", "params"})
}

whole(number) if {
	is_number(number)
	number >= 0
	floor(number) == number
}

well_formed(said, known) if {
	object.keys(said) - known == set()
	every value in object.get(said, "params", {}) {
		not is_array(value)
		not is_object(value)
		not is_set(value)
	}
}
