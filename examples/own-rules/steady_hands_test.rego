package custom.steady_hands_test

import data.custom.steady_hands
import data.lib.samples_test as samples
import data.main

prod := {"path": "locks/servers/prod.lock.json", "class": "lock", "change": "modified"}

people := [samples.approval("ann", ["ops"]), samples.approval("ben", ["security"])]

test_denied_in_production if {
	steady_hands.denials == {{"subject": "locks/servers/prod.lock.json"}} with input as samples.change(
		{"kind": "expedited", "paths": [prod]},
		people,
	)
}

test_two_teams_do_not_help if {
	change := main.change with input as samples.change({"kind": "expedited", "paths": [prod]}, people)
	not change.allowed
}

test_allowed_elsewhere if {
	change := main.change with input as samples.change({"kind": "expedited", "scope": "servers"}, people)
	change.allowed
}
