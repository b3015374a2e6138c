package custom.perimeter_test

import data.custom.perimeter
import data.lib.samples_test as samples
import data.main

inside := {"labels": {"zone": "perimeter"}}

test_serious_weaknesses_have_two_days if {
	perimeter.obligations == {{
		"id": "two-days",
		"clock": "fixAvailable",
		"days": 2,
		"mitigateDays": 1,
		"params": {"severity": "high"},
	}} with input as samples.decide({"context": inside})
}

test_other_weaknesses_have_the_days_of_the_baseline if {
	perimeter.obligations == set() with input as samples.decide({"context": inside, "finding": {"severity": "low"}})
}

test_nothing_is_said_elsewhere if {
	perimeter.obligations == set() with input as samples.decide({})
	perimeter.facts == set() with input as samples.excepted("accept-risk", true, {})
}

# What it means together with the rules of the product.
test_an_accepted_risk_is_missing_in_the_perimeter if {
	exceptions := [samples.exception("accept-risk", true)]
	decision := main.decide with input as samples.decide({"context": inside, "exceptions": exceptions})
	decision.status == "missing"
	"custom/perimeter:two-days" in {duty.rule | some duty in decision.obligations}
}

test_an_update_is_not_wanted_in_the_perimeter if {
	decision := main.decide with input as samples.decide({"context": inside, "finding": {"kind": "update"}})
	decision.status == "rejected"
	decision.obligations == []
}
