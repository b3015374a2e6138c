package rules.approval.approve_test

import data.lib.samples_test as samples
import data.rules.approval.approve

exploited := {"id": "exploited", "match": {"kev": true}}

frozen := {"id": "frozen", "match": {}, "untilDate": "2000-01-01"}

all := {"id": "all", "match": {}}

security := {"id": "security", "match": {"classification": ["security"]}}

test_first_that_fits_decides if {
	approve.facts == {{
		"rule": "approval/approve",
		"effect": "match",
		"subject": "security",
	}} with input as samples.approve([exploited, frozen, security, all], {})
}

test_nothing_fits if {
	not approve.deciding with input as samples.approve([exploited, frozen], {})
	approve.facts == set() with input as samples.approve([], {})
}
