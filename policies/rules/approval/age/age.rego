# METADATA
# title: Age of a patch
# description: >-
#   The deciding approve rule waits until the patch is old enough, but no longer than maxTotalDays for a
#   package that is always superseded.
# schemas:
#   - input: schema.approve_input
# custom:
#   id: approval/age
#   severity: low
#   remediation: Wait, or write an approve rule without afterDays for what cannot wait.
#   reads: []
package rules.approval.age

import data.rules.approval.approve

after_days := object.get(approve.deciding, "afterDays", 0)

# Where the day of publication is not known, the day of first sight is the safe one: it is later.
clock := "published" if {
	approve.deciding.clock == "published"
	is_number(input.candidate.age.published)
} else := "firstSeen"

age := input.candidate.age[clock]

remaining contains after_days - age

remaining contains approve.deciding.maxTotalDays - input.candidate.age.behind

default wait_days := 0

wait_days := max([0, min(remaining)])

facts contains {
	"rule": "approval/age",
	"effect": "wait",
	"subject": approve.deciding.id,
	"params": {"clock": clock, "age": age, "afterDays": after_days, "waitDays": wait_days},
} if {
	wait_days > 0
}

facts contains {
	"rule": "approval/age",
	"effect": "end-wait",
	"subject": approve.deciding.id,
	"params": {"behind": input.candidate.age.behind, "maxTotalDays": approve.deciding.maxTotalDays},
} if {
	wait_days == 0
	age < after_days
}
