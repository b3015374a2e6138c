# METADATA
# title: Excepted
# description: >-
#   An exception in force accepts the finding for a time. It is shown as excepted, never as fixed or not
#   affected.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: exceptions/excepted
#   severity: low
#   remediation: Patch before the exception ends.
#   reads: []
package rules.exceptions.excepted

import data.rules.exceptions.known_exploited
import data.rules.exceptions.too_long

facts contains {
	"rule": "exceptions/excepted",
	"effect": "excepted",
	"subject": exception.id,
	"params": {"decision": exception.decision, "controlled": exception.controlled},
} if {
	some exception in input.exceptions
	not mitigates(exception)
	not known_exploited.ignored(exception)
	not too_long.ignored(exception)
}

mitigates(exception) if {
	exception.decision == "mitigated"
	exception.controlled
}
