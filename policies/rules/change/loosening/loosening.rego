# METADATA
# title: Nobody loosens a control alone
# description: >-
#   Who may do what, trusted sources and limits, deadlines and rings that merge by themselves become looser
#   only with the approval of two people.
# schemas:
#   - input: schema.change_input
# custom:
#   id: change/loosening
#   severity: critical
#   remediation: Ask a second approver, or leave the control as strict as it is.
#   reads: []
package rules.change.loosening

import data.lib.change

# What a change of these kinds may do is not known from its keys.
powers := {"policy", "roles", "signers", "workflow"}

config_controls := {"document", "labels", "limits", "intel.limits", "packages.sources"}

baseline_controls := {"document", "deadlines", "exceptionDays", "rings.merge"}

facts contains {
	"rule": "change/loosening",
	"effect": "deny",
	"subject": difference.document,
	"params": {
		"change": difference.change,
		"item": difference.item,
		"counted": count(change.counted),
		"required": 2,
	},
} if {
	change.edition_two
	count(change.counted) < 2
	some difference in input.proposal.differences
	difference.effect == "loosened"
	control(difference)
}

control(difference) if difference.class in powers

control(difference) if {
	difference.class == "config"
	concerns(difference, config_controls)
}

control(difference) if {
	difference.class == "baseline"
	concerns(difference, baseline_controls)
}

concerns(difference, controls) if {
	some key in controls
	startswith(concat("", [difference.change, "."]), concat("", [key, "."]))
}
