# METADATA
# title: Exception too long
# description: >-
#   An exception that lasts longer than the baseline allows for the severity of the finding does not count
#   for it.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: exceptions/too-long
#   severity: high
#   remediation: Shorten the exception, and renew it when it ends; or patch.
#   reads: []
package rules.exceptions.too_long

facts contains {
	"rule": "exceptions/too-long",
	"effect": "ignore",
	"subject": exception.id,
	"params": {"days": exception.days, "maxDays": most},
} if {
	some exception in input.exceptions
	ignored(exception)
	most := input.context.baseline.exceptionDays[input.finding.severity]
}

ignored(exception) if exception.days > input.context.baseline.exceptionDays[input.finding.severity]
