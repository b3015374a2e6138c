package rules.change.bad_versions_test

import data.lib.samples_test as samples
import data.rules.change.bad_versions

bad := {"package": "openssl", "version": "3.0.15-1~deb12u1", "by": "halt", "id": "sha256:ab"}

test_halted_denies if {
	bad_versions.facts == {{
		"rule": "change/bad-versions",
		"effect": "deny",
		"subject": "openssl 3.0.15-1~deb12u1",
		"params": {"by": "halt", "id": "sha256:ab"},
	}} with input as samples.change({"bad": [bad]}, [])
}

test_each_denies if {
	held := object.union(bad, {"by": "hold", "id": "openssl-3.0.15"})
	count(bad_versions.facts) == 2 with input as samples.change({"bad": [bad, held]}, [])
}

test_nothing_bad if bad_versions.facts == set() with input as samples.change({}, [])
