package rules.deadlines.pci_dss_test

import data.lib.samples_test as samples
import data.rules.deadlines.pci_dss

row(patch) := [object.union({"id": "pci", "kind": "pci-dss", "clock": "fixAvailable"}, patch)]

severities := ["critical", "high", "medium", "low", "none", "unknown"]

test_days_by_severity_and_whose_ranking_they_are if {
	month := [30, "standard"]
	assumed := [30, "assumed critical"]
	cases := [
		[{}, {"critical": month, "unknown": assumed}],
		[{"version": "4.0"}, {"critical": month, "high": month, "unknown": assumed}],
		[
			{"days": {"high": 60, "medium": 90, "unknown": 45}},
			{"critical": month, "high": [60, "entity"], "medium": [90, "entity"], "unknown": [45, "entity"]},
		],
		# A ranking may be stricter than the standard, and not laxer.
		[
			{"version": "4.0", "days": {"high": 14}},
			{"critical": month, "high": [14, "standard"], "unknown": assumed},
		],
		[
			{"version": "4.0", "days": {"high": 60}},
			{"critical": month, "high": month, "unknown": assumed},
		],
	]
	every step in cases {
		duties := {severity: [obligation.days.patch, obligation.params.ranking] |
			some severity in severities
			found := pci_dss.obligations with input as samples.deadlines(row(step[0]), {}, {"severity": severity})
			some obligation in found
		}
		duties == step[1]
	}
}

test_names_the_version if {
	some obligation in pci_dss.obligations with input as samples.deadlines(row({}), {}, {"severity": "critical"})
	obligation.rule == "deadlines/pci-dss:pci"
	obligation.params.version == "4.0.1"
}
