# METADATA
# title: Inputs for tests
# description: The plainest input of each entrypoint; a test says only what differs.
package lib.samples_test

digest := "sha256:1111111111111111111111111111111111111111111111111111111111111111"

stale := "sha256:2222222222222222222222222222222222222222222222222222222222222222"

candidate(patch) := object.union(
	{
		"stream": "debian:12:amd64",
		"product": "debian:12",
		"package": "libssl3",
		"sourcePackage": "openssl",
		"version": "3.0.15-1~deb12u1",
		"release": "1~deb12u1",
		"purl": "pkg:deb/debian/libssl3",
		"arch": "amd64",
		"origin": "Debian:bookworm-security",
		"classification": "security",
		"severity": "high",
		"advisories": ["CVE-2024-6119", "DSA-5764-1"],
		"cves": ["CVE-2024-6119"],
		"fixState": "complete",
		"kev": false,
		"epss": 0.2,
		"exploitation": "poc",
		"automatable": "no",
		"technicalImpact": "unknown",
		"exposures": ["internet", null],
		"section": "libs",
		"packagePriority": "optional",
		"held": false,
		"age": {"firstSeen": 3, "published": 5, "behind": 3, "releaseDate": "2024-09-03"},
	},
	patch,
)

approve(approvals, patch) := {
	"baseline": {"id": "servers", "approve": approvals, "reject": []},
	"candidate": candidate(patch),
}

reject(rejections, patch) := {
	"baseline": {"id": "servers", "approve": [{"id": "all", "match": {}}], "reject": rejections},
	"candidate": candidate(patch),
}

decide(patch) := object.union(
	{
		"context": {
			"baseline": {
				"id": "servers",
				"mode": "propose",
				"deadlines": [
					{
						"id": "sla",
						"kind": "severity-sla",
						"clock": "firstSeen",
						"days": {"critical": 3, "high": 14, "medium": 30, "low": 90, "unknown": 30},
					},
					{"id": "exploited", "kind": "kev", "clock": "kevAdded", "days": 14},
				],
				"exceptionDays": {},
			},
			"ring": "first",
			"unknown": null,
			"labels": {},
		},
		"finding": {
			"kind": "vulnerability",
			"stream": "debian:12:amd64",
			"severity": "high",
			"kev": false,
			"exploitation": "unknown",
			"automatable": "unknown",
			"technicalImpact": "unknown",
			"epss": null,
			"scopes": [],
			"fix": "available",
			"held": false,
			"affected": "affected",
			"vex": "none",
			"approval": {"verdict": "approved", "rule": "security"},
		},
		"exceptions": [],
	},
	patch,
)

finding(patch) := decide({"finding": patch})

# A finding under other deadlines, on an asset with these labels.
deadlines(list, labels, patch) := decide({
	"context": {"baseline": {"deadlines": list}, "labels": labels},
	"finding": patch,
})

exception(decision, controlled) := {"id": "exc-1", "decision": decision, "controlled": controlled, "days": 30}

excepted(decision, controlled, patch) := decide({
	"finding": patch,
	"exceptions": [exception(decision, controlled)],
})

lock := {"path": "locks/servers/first.lock.json", "class": "lock", "change": "modified"}

second_lock := {"path": "locks/servers/second.lock.json", "class": "lock", "change": "modified"}

path(class, change) := {"path": concat("", [class, "/x.json"]), "class": class, "change": change}

approval(person, teams) := {
	"person": person,
	"teams": teams,
	"roles": ["approver"],
	"contentDigest": digest,
}

# proposal: what differs from a remediation of one ring by the bot.
change(proposal, approvals) := {
	"proposal": object.union(
		{
			"kind": "remediate",
			"scope": "servers/first",
			"contentDigest": digest,
			"paths": [lock],
			"authors": ["bot"],
			"botOnly": true,
			"autoRing": false,
			"bad": [],
			"reasons": [],
			"differences": [],
			"exceptions": [],
			"coverage": [],
		},
		proposal,
	),
	"approvals": approvals,
	"merger": null,
	"rules": {
		"requiredApprovals": 1,
		"edition": 2,
		"exceptionDays": 90,
		"exceptionRenewals": 1,
	},
}

first_edition(proposal, approvals) := object.union(change(proposal, approvals), {"rules": {"edition": 1}})

difference(class, key, effect) := {
	"document": concat("", [class, "/x.json"]),
	"class": class,
	"change": key,
	"item": null,
	"effect": effect,
	"from": 1,
	"to": 2,
}

merged(proposal, person, roles) := object.union(
	change(proposal, [approval("ann", ["ops"])]),
	{"merger": {"person": person, "roles": roles}},
)
