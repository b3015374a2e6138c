# METADATA
# title: SSVC deployer tree
# description: >-
#   How urgent a patch is for who deploys it, by exploitation, exposure, automatable and human impact.
#   The baseline says how many days an outcome has; defer has none.
#   @see CERT/CC SSVC, deployer patch application priority 1.0.0
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/ssvc-deployer
#   severity: high
#   remediation: Patch before the due date.
#   deadline: ssvc-deployer
#   reads: [exposure, criticality]
package rules.deadlines.ssvc_deployer

import data.lib.duty
import data.lib.ssvc

# Exploitation; exposure (small, controlled, open) and automatable (no, yes); one letter for each human
# impact, from low to very high.
tree := {
	"none": {
		"SN": "DDSS",
		"SY": "DSSS",
		"CN": "DSSS",
		"CY": "SSSS",
		"ON": "DSSS",
		"OY": "SSSO",
	},
	"poc": {
		"SN": "DSSS",
		"SY": "SSSS",
		"CN": "DSSS",
		"CY": "SSSO",
		"ON": "SSSO",
		"OY": "SSOO",
	},
	"active": {
		"SN": "SSOO",
		"SY": "SOOO",
		"CN": "SSOO",
		"CY": "OOOO",
		"ON": "SOOI",
		"OY": "OOII",
	},
}

outcomes := {"D": "defer", "S": "scheduled", "O": "out-of-cycle", "I": "immediate"}

letters := {"small": "S", "controlled": "C", "open": "O", "no": "N", "yes": "Y"}

impacts := ["low", "medium", "high", "very-high"]

default exposure := "unknown"

exposure := ssvc.exposures[input.context.labels.exposure]

default impact := "unknown"

impact := ssvc.impacts[input.context.labels.criticality]

known := {
	"exploitation": ssvc.exploitation(input.finding.kev, input.finding.exploitation),
	"exposure": exposure,
	"automatable": input.finding.automatable,
	"humanImpact": impact,
}

rows contains {"deadline": deadline, "row": row, "outcome": outcome} if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "ssvc-deployer"
	exploitation := ssvc.value(known.exploitation, deadline, "exploitation", "none")
	group := concat("", [
		letters[ssvc.value(known.exposure, deadline, "exposure", "open")],
		letters[ssvc.value(known.automatable, deadline, "automatable", "yes")],
	])
	harm := ssvc.value(known.humanImpact, deadline, "humanImpact", "high")
	some i, name in impacts
	name == harm
	outcome := outcomes[substring(tree[exploitation][group], i, 1)]
	row := concat(" ", [exploitation, group, harm])
}

assumed := concat(",", sort(ssvc.assumed(known)))

obligations contains obligation if {
	some entry in rows
	days := entry.deadline.days[entry.outcome]
	params := {"row": entry.row, "outcome": entry.outcome, "assumed": assumed}
	obligation := duty.obligation("deadlines/ssvc-deployer", entry.deadline, days, params)
}

# Without a date it is still an answer.
facts contains {
	"rule": "deadlines/ssvc-deployer",
	"effect": "defer",
	"subject": entry.deadline.id,
	"params": {"row": entry.row, "assumed": assumed},
} if {
	some entry in rows
	entry.outcome == "defer"
}
