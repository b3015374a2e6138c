# METADATA
# title: Match of a candidate patch
# description: |
#   Every key that is present must fit, within a key any value. An empty match fits every patch;
#   a key that is not known here fits none.
package lib.match

import data.lib.glob
import data.lib.ssvc

exact := {
	"arch",
	"automatable",
	"classification",
	"exploitation",
	"fixState",
	"packagePriority",
	"severity",
	"technicalImpact",
}

starred := {
	"origin",
	"package",
	"product",
	"purl",
	"release",
	"section",
	"sourcePackage",
	"stream",
	"version",
}

fits(match, candidate) if {
	every key, wanted in match {
		key_fits(key, wanted, candidate)
	}
}

key_fits("kev", wanted, candidate) if wanted == candidate.kev

key_fits("epss", wanted, candidate) if {
	is_number(candidate.epss)
	candidate.epss >= wanted
}

key_fits("cve", wanted, candidate) if {
	some pattern in wanted
	some cve in candidate.cves
	glob.fits(pattern, cve)
}

key_fits("advisory", wanted, candidate) if {
	some pattern in wanted
	some advisory in candidate.advisories
	glob.fits(pattern, advisory)
}

# One host is enough: one lock serves all hosts of a ring.
key_fits("exposure", wanted, candidate) if {
	some label in candidate.exposures
	object.get(ssvc.exposures, label, "unknown") in wanted
}

key_fits(key, wanted, candidate) if {
	key in exact
	candidate[key] in wanted
}

key_fits(key, wanted, candidate) if {
	key in starred
	some pattern in wanted
	glob.fits(pattern, candidate[key])
}
