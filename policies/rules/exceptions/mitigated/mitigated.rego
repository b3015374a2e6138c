# METADATA
# title: Mitigated
# description: An exception in force says that a named compensating control makes the finding harmless for now.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: exceptions/mitigated
#   severity: low
#   remediation: Keep the control in force, patch before the exception ends.
#   reads: []
package rules.exceptions.mitigated

import data.rules.exceptions.too_long

facts contains {"rule": "exceptions/mitigated", "effect": "mitigated", "subject": exception.id} if {
	some exception in input.exceptions
	exception.decision == "mitigated"
	exception.controlled
	not too_long.ignored(exception)
}
