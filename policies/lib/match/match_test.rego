package lib.match_test

import data.lib.match
import data.lib.samples_test as samples

fits(wanted) if match.fits(wanted, samples.candidate({}))

test_empty_fits_all if fits({})

test_every_key_fits if {
	every wanted in [
		{"classification": ["update", "security"]},
		{"severity": ["critical", "high"]},
		{"advisory": ["DSA-*"]},
		{"package": ["libssl*"]},
		{"sourcePackage": ["openssl"]},
		{"arch": ["amd64", "all"]},
		{"origin": ["Debian:bookworm*"]},
		{"stream": ["debian:12:*"]},
		{"section": ["libs"]},
		{"packagePriority": ["optional"]},
		{"kev": false},
		{"cve": ["CVE-2024-*"]},
		{"product": ["debian:12"]},
		{"version": ["3.0.*"]},
		{"release": ["1~deb12u1"]},
		{"purl": ["pkg:deb/debian/libssl*"]},
		{"epss": 0.2},
		{"exploitation": ["poc", "active"]},
		{"automatable": ["no"]},
		{"technicalImpact": ["total", "unknown"]},
		{"fixState": ["complete"]},
		{"exposure": ["open"]},
		{"exposure": ["small", "unknown"]},
	] {
		fits(wanted)
	}
}

test_every_key_can_miss if {
	every wanted in [
		{"classification": ["update"]},
		{"severity": ["critical"]},
		{"advisory": ["DSA-1*"]},
		{"package": ["openssl"]},
		{"sourcePackage": ["libssl*"]},
		{"arch": ["arm64"]},
		{"origin": ["Ubuntu:*"]},
		{"stream": ["debian:11:*"]},
		{"section": ["net"]},
		{"packagePriority": ["required"]},
		{"kev": true},
		{"cve": ["DSA-*"]},
		{"product": ["debian:1"]},
		{"version": ["3.1*"]},
		{"release": ["1"]},
		{"purl": ["pkg:rpm/*"]},
		{"epss": 0.3},
		{"exploitation": ["none"]},
		{"automatable": ["yes", "unknown"]},
		{"technicalImpact": ["total"]},
		{"fixState": ["partial", "none"]},
		{"exposure": ["controlled", "small"]},
	] {
		not fits(wanted)
	}
}

test_all_keys_must_fit if not fits({"package": ["libssl3"], "kev": true})

test_unknown_key_fits_nothing if not fits({"color": ["libs"]})

test_not_scored_reaches_no_score if not match.fits({"epss": 0}, samples.candidate({"epss": null}))

test_no_release_fits_none if not match.fits({"release": ["1*"]}, samples.candidate({"release": null}))

test_missing_section_fits_no_section if {
	not match.fits({"section": ["libs"]}, samples.candidate({"section": null}))
}
