# METADATA
# title: Deadline for container escapes
# description: >-
#   What runs containers is a boundary: a serious weakness in one of these packages may let a container
#   reach its host. 72 hours, unless the deadline says otherwise.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/container-escape
#   severity: critical
#   remediation: Patch the container runtime or the kernel, then restart what runs on the old one.
#   deadline: container-escape
#   reads: []
package rules.deadlines.container_escape

import data.lib.duty

obligations contains obligation if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "container-escape"
	deadline.id in input.finding.scopes
	input.finding.severity in object.get(deadline, "severities", ["critical", "high", "unknown"])
	days := object.get(deadline, "days", 3)
	obligation := duty.obligation("deadlines/container-escape", deadline, days, {})
}
