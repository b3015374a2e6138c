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

# An exception never stops the clock: it is only not counted while the exception is in force.
running := {"missing", "waiting", "pinned", "excepted", "mitigated"}

winner(effects) := [status | some status in order; status in effects][0]

clock_runs(status, _) if status in running

# A rejected update is not wanted; a rejected security fix is still debt.
clock_runs("rejected", "vulnerability")

# Without a fix within reach the clock is one to mitigate.
clock_runs("no-fix", "vulnerability")
