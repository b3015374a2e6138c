# METADATA
# title: PCI DSS, requirement 6.3.3
# description: >-
#   Critical vulnerabilities within one month of release (version 4.0: high ones, too); all others within
#   the time that the entity's own ranking sets. A severity that is not known counts as critical unless
#   the ranking says otherwise. A month is counted as 30 days. @see PCI DSS v4.0.1, 6.3.1 and 6.3.3
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/pci-dss
#   severity: high
#   remediation: Patch before the due date.
#   deadline: pci-dss
#   reads: []
package rules.deadlines.pci_dss

import data.lib.duty

month := 30

within_a_month := {"4.0.1": {"critical"}, "4.0": {"critical", "high"}}

obligations contains duty.obligation("deadlines/pci-dss", deadline, days, params) if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "pci-dss"
	version := object.get(deadline, "version", "4.0.1")
	some days, ranking in ranked(deadline, version, input.finding.severity)
	params := {"version": version, "ranking": ranking}
}

# Days, and whose ranking they come from. The standard's month is the most that a ranking can give.
ranked(deadline, version, severity) := {min([month, object.get(deadline, ["days", severity], month)]): "standard"} if {
	severity in within_a_month[version]
} else := {deadline.days[severity]: "entity"} if {
	severity in object.keys(object.get(deadline, "days", {}))
} else := {month: "assumed critical"} if {
	severity == "unknown"
} else := {}
