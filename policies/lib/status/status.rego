# METADATA
# title: Order of statuses
# description: The first that holds wins. pending-reboot is joined after the decision and never decided here.
package lib.status

order := [
	"unknown",
	"ungoverned",
	"not-affected",
	"fixed",
	"mitigated",
	"excepted",
	"pinned",
	"rejected",
	"no-fix",
	"waiting",
	"missing",
]

# What an exception makes of a finding. It is told and not counted; the clock is that of the status beneath.
of_exceptions := {"excepted", "mitigated"}

winner(effects) := [status | some status in order; status in effects][0]

# Exceptions neither stop a clock nor start one.
clock_runs(effects, kind) if runs(winner(effects - of_exceptions), kind)

runs(status, _) if status in {"missing", "waiting", "pinned"}

# A rejected update is not wanted; a rejected security fix is still debt.
runs("rejected", "vulnerability")

# Without a fix within reach the clock is one to mitigate.
runs("no-fix", "vulnerability")
