# METADATA
# title: CISA BOD 26-04
# description: >-
#   Remediation time by four questions: known to be exploited, publicly exposed, automatable, technical
#   impact. Fix on upgrade has no date. Calendar days. @see CISA Binding Operational Directive 26-04; the
#   decision table cisa:BOD2604 1.0.0 of CERT/CC SSVC
# schemas:
#   - input: schema.decide_input
# custom:
#   id: deadlines/bod-26-04
#   severity: critical
#   remediation: Patch before the due date; where the row asks for it, triage the asset for a compromise first.
#   deadline: bod-26-04
#   reads: [exposure]
package rules.deadlines.bod_26_04

import data.lib.duty
import data.lib.ssvc

# KEV, publicly exposed, automatable (each no or yes), technical impact (partial or total).
outcomes := {
	"NNNP": "FSU",
	"NNNT": "FSU",
	"NNYP": "60D",
	"NNYT": "60D",
	"NYNP": "60D",
	"NYNT": "14D",
	"NYYP": "14D",
	"NYYT": "3D",
	"YNNP": "14D",
	"YNNT": "14D",
	"YNYP": "14D",
	"YNYT": "3DF",
	"YYNP": "14D",
	"YYNT": "3DF",
	"YYYP": "3D",
	"YYYT": "3DF",
}

days := {"60D": 60, "14D": 14, "3D": 3, "3DF": 3}

letters := {"no": "N", "yes": "Y", "partial": "P", "total": "T"}

default exposure := "unknown"

exposure := ssvc.exposures[input.context.labels.exposure]

known := {
	"exposure": exposure,
	"automatable": input.finding.automatable,
	"technicalImpact": input.finding.technicalImpact,
}

rows contains {"deadline": deadline, "row": row, "outcome": outcomes[row]} if {
	some deadline in input.context.baseline.deadlines
	deadline.kind == "bod-26-04"
	row := concat("", [
		yes_or_no(input.finding.kev),
		yes_or_no(ssvc.value(known.exposure, deadline, "exposure", "open") == "open"),
		letters[ssvc.value(known.automatable, deadline, "automatable", "yes")],
		letters[ssvc.value(known.technicalImpact, deadline, "technicalImpact", "total")],
	])
}

yes_or_no(true) := "Y"

yes_or_no(false) := "N"

assumed := concat(",", sort(ssvc.assumed(known)))

obligations contains duty.obligation("deadlines/bod-26-04", entry.deadline, days[entry.outcome], params) if {
	some entry in rows
	params := {"row": entry.row, "outcome": entry.outcome, "assumed": assumed}
}

# Without a date it is still an answer.
facts contains {
	"rule": "deadlines/bod-26-04",
	"effect": "fix-on-upgrade",
	"subject": entry.deadline.id,
	"params": {"row": entry.row, "assumed": assumed},
} if {
	some entry in rows
	entry.outcome == "FSU"
}
