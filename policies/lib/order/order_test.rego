package lib.order_test

import data.lib.order

test_rule_then_subject if {
	order.by_rule({
		{"effect": "a", "rule": "z"},
		{"effect": "b", "rule": "m", "subject": "2"},
		{"effect": "c", "rule": "m", "subject": "1"},
		{"effect": "d", "rule": "m"},
	}) == [
		{"effect": "d", "rule": "m"},
		{"effect": "c", "rule": "m", "subject": "1"},
		{"effect": "b", "rule": "m", "subject": "2"},
		{"effect": "a", "rule": "z"},
	]
}
