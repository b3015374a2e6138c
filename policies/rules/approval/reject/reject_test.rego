package rules.approval.reject_test

import data.lib.samples_test as samples
import data.rules.approval.reject

openssl := {"id": "no-openssl", "match": {"sourcePackage": ["openssl"]}, "action": "allow-as-dependency", "reason": "x"}

libs := {"id": "no-libs", "match": {"section": ["libs"]}, "action": "block", "reason": "x"}

nginx := {"id": "no-nginx", "match": {"sourcePackage": ["nginx"]}, "action": "block", "reason": "x"}

test_fits if {
	reject.facts == {{
		"rule": "approval/reject",
		"effect": "reject",
		"subject": "no-openssl",
		"params": {"action": "allow-as-dependency"},
	}} with input as samples.reject([nginx, openssl], {})
}

test_blocking_is_stricter if {
	reject.deciding.id == "no-libs" with input as samples.reject([openssl, libs], {})
}

test_order_decides_among_equals if {
	reject.deciding.id == "first" with input as samples.reject(
		[object.union(libs, {"id": "first"}), libs],
		{},
	)
}

test_nothing_fits if {
	not reject.deciding with input as samples.reject([nginx], {})
	reject.facts == set() with input as samples.reject([nginx], {})
}
