# METADATA
# title: Order of facts
# description: By rule, then subject, then the rest, so that two runs give the same bytes.
package lib.order

by_rule(facts) := [fact |
	some [_, _, fact] in sort([[fact.rule, object.get(fact, "subject", ""), fact] | some fact in facts])
]
