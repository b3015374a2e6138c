# METADATA
# title: Inputs of stakeholder-specific categorization
# description: >-
#   Facts in the words of SSVC, and what a deadline says is to be assumed where they are not known.
#   @see https://certcc.github.io/SSVC/
package lib.ssvc

exposures := {
	"open": "open",
	"internet": "open",
	"public": "open",
	"controlled": "controlled",
	"partner": "controlled",
	"internal": "controlled",
	"small": "small",
	"isolated": "small",
}

impacts := {
	"low": "low",
	"medium": "medium",
	"high": "high",
	"very-high": "very-high",
	"critical": "very-high",
}

# What is exploited in the wild is so whatever the record says, which may be older.
exploitation(true, _) := "active"

exploitation(false, told) := told

# known: the value, or "unknown"; assumed: what the deadline says, or else the product.
value(known, _, _, _) := known if known != "unknown"

value("unknown", deadline, key, otherwise) := object.get(deadline, ["assume", key], otherwise)

assumed(known) := {key | some key, value in known; value == "unknown"}
