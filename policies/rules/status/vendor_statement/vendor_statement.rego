# METADATA
# title: Vendor statement
# description: >-
#   A vendor that the config trusts says that exactly this package is not affected, or fixed. About a known
#   exploited vulnerability its word alone is not enough.
# schemas:
#   - input: schema.decide_input
# custom:
#   id: status/vendor-statement
#   severity: low
#   remediation: >-
#     Nothing to do while the statement stands; for a known exploited vulnerability patch, or write an
#     exception that names a control.
#   reads: []
package rules.status.vendor_statement

facts contains {"rule": "status/vendor-statement", "effect": input.finding.vex} if {
	says_harmless
	not input.finding.kev
}

facts contains {
	"rule": "status/vendor-statement",
	"effect": "ignore",
	"params": {"says": input.finding.vex},
} if {
	says_harmless
	input.finding.kev
}

says_harmless if {
	input.finding.affected == "affected"
	input.finding.vex != "none"
}
