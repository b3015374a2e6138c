package rules.exceptions.too_long_test

import data.lib.samples_test as samples
import data.rules.exceptions.excepted
import data.rules.exceptions.mitigated
import data.rules.exceptions.too_long

capped(days, patch) := samples.decide({
	"context": {"baseline": {"exceptionDays": {"high": 90}}},
	"finding": patch,
	"exceptions": [{"id": "exc-1", "decision": "mitigated", "controlled": true, "days": days}],
})

test_longer_than_allowed_does_not_count if {
	too_long.facts == {{
		"rule": "exceptions/too-long",
		"effect": "ignore",
		"subject": "exc-1",
		"params": {"days": 91, "maxDays": 90},
	}} with input as capped(91, {})
	excepted.facts == set() with input as capped(91, {})
	mitigated.facts == set() with input as capped(91, {})
}

test_as_long_as_allowed_counts if {
	too_long.facts == set() with input as capped(90, {})
	count(mitigated.facts) == 1 with input as capped(90, {})
}

test_a_severity_without_a_row_has_no_end if {
	too_long.facts == set() with input as capped(4000, {"severity": "low"})
}

test_a_baseline_that_says_nothing if {
	too_long.facts == set() with input as samples.excepted("accept-risk", false, {})
}
