# METADATA
# title: The perimeter has two days
# description: >-
#   Serious weaknesses of assets in the perimeter are fixed within two days, and an accepted risk does not
#   count there. Updates that close no vulnerability are not wanted there.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: custom/perimeter
#   severity: high
#   remediation: Patch within two days, or move the asset out of the perimeter.
#   reads: [zone]
package custom.perimeter

inside if input.context.labels.zone == "perimeter"

# One more duty. It can only make a due date earlier.
obligations contains {
	"id": "two-days",
	"clock": "fixAvailable",
	"days": 2,
	"mitigateDays": 1,
	"params": {"severity": input.finding.severity},
} if {
	inside
	input.finding.kind == "vulnerability"
	input.finding.severity in {"critical", "high"}
}

# An exception that does not count for this finding.
facts contains {"effect": "ignore", "subject": exception.id, "params": {"decision": exception.decision}} if {
	inside
	some exception in input.exceptions
	exception.decision == "accept-risk"
}

# The one thing that own rules may relax: an update that nobody wants.
facts contains {"effect": "rejected"} if {
	inside
	input.finding.kind == "update"
	input.finding.affected == "affected"
}
