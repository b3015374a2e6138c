package lib.ssvc_test

import data.lib.ssvc

test_known_exploited_is_active if {
	every told in {"none", "poc", "active", "unknown"} {
		ssvc.exploitation(true, told) == "active"
	}
}

test_else_as_the_record_says if ssvc.exploitation(false, "poc") == "poc"

test_a_known_value_counts if ssvc.value("no", {"assume": {"automatable": "yes"}}, "automatable", "yes") == "no"

test_an_unknown_one_is_assumed if {
	ssvc.value("unknown", {}, "automatable", "yes") == "yes"
	ssvc.value("unknown", {"assume": {"automatable": "no"}}, "automatable", "yes") == "no"
	ssvc.value("unknown", {"assume": {"exposure": "small"}}, "automatable", "yes") == "yes"
}

test_names_what_was_assumed if ssvc.assumed({"a": "unknown", "b": "yes", "c": "unknown"}) == {"a", "c"}
