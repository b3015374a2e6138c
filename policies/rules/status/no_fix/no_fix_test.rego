package rules.status.no_fix_test

import data.lib.samples_test as samples
import data.rules.status.no_fix

test_no_fix if {
	every fix in {"none", "needs"} {
		no_fix.facts == {{
			"rule": "status/no-fix",
			"effect": "no-fix",
			"params": {"fix": fix},
		}} with input as samples.finding({"fix": fix})
	}
}

test_fix if {
	every fix in {"available", "released"} {
		no_fix.facts == set() with input as samples.finding({"fix": fix})
	}
}
