package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// The effects that the console tells later. Overdue is when the card begins to warn: long enough that
// an endpoint which is on has done it, short enough that somebody still looks. None of them is a
// limit of the console's.

// Isolation has taken hold when the endpoint itself says that it is disconnected. It waits in the
// console for one that is off.
func Isolation() *catalog.Effect {
	return &catalog.Effect{Done: "isolated", Isolates: true, Reached: "⛔ isolated", Overdue: 10 * time.Minute, Agent: network(s1.NetworkDisconnected)}
}

// Reconnection is the way back from an isolation, and waits in the same way.
func Reconnection() *catalog.Effect {
	return &catalog.Effect{Done: "reconnected", Reached: "✅ on the network", Overdue: 10 * time.Minute, Agent: network(s1.NetworkConnected)}
}

// PowerOff has taken hold when the endpoint is off; see switchedOff for one that was off before.
func PowerOff() *catalog.Effect {
	return &catalog.Effect{Done: "shut down", Reached: "⚪ off", Overdue: 15 * time.Minute, Agent: switchedOff}
}

// Reboot has taken hold when the system started after the command was given; being on is no sign of
// it, since an endpoint is on before and after.
func Reboot() *catalog.Effect {
	return &catalog.Effect{Done: "restarted", Reached: "✅ restarted", Overdue: 15 * time.Minute, Agent: restarted}
}

// DiskScan has taken hold when the scan has begun: a full one takes hours, and nobody waits for it.
func DiskScan() *catalog.Effect {
	return &catalog.Effect{Done: "scanning", Reached: "✅ scan started", Overdue: 30 * time.Minute, Agent: scanning}
}

// Mitigation is the effect of one action, or of the one in the arguments where action is empty.
func Mitigation(action string) *catalog.Effect {
	return &catalog.Effect{Done: "mitigated", Reached: "✅ mitigated", Overdue: 15 * time.Minute, Action: action, Threat: mitigated}
}

// ScriptEnd is over when the endpoint's own task has ended, well or not: scripts may run for hours,
// and the console's yes says only that there is a task.
func ScriptEnd() *catalog.Effect {
	return &catalog.Effect{Done: "run", Reached: "✅ completed", Overdue: time.Hour, Task: ran}
}

// The two states in between (connecting, disconnecting) count as waiting: the agent has the command
// and has not said that it is done.
func network(want s1.NetworkStatus) func(s1.Agent, catalog.Target, time.Time) (catalog.Progress, string) {
	return func(a s1.Agent, _ catalog.Target, _ time.Time) (catalog.Progress, string) {
		if a.NetworkStatus == want {
			return catalog.Applied, ""
		}
		return catalog.Waiting, ""
	}
}

// switchedOff: the console does not reach endpoints that are off with a shutdown, and does not keep
// it for them. Where the state before the action is not known, an endpoint that is off now counts
// as shut down.
func switchedOff(a s1.Agent, t catalog.Target, since time.Time) (catalog.Progress, string) {
	switch {
	case a.Online():
		return catalog.Waiting, ""
	case t.State == text.Online(false) && !a.LastActiveDate.After(since):
		return catalog.Failed, "already off, and a shutdown doesn't wait for it to come back"
	}
	return catalog.Applied, ""
}

// restarted looks at when the system started, which the endpoint says by its own clock. Two starts
// are told apart by that one clock; the comparison with ours allows ten minutes, because endpoints'
// clocks are worse than servers'.
func restarted(a s1.Agent, t catalog.Target, since time.Time) (catalog.Progress, string) {
	switch {
	case a.OSStartTime.After(t.Started) && a.OSStartTime.After(since.Add(-10*catalog.ClockSkew)):
		return catalog.Applied, ""
	case !a.Online() && t.State == text.Online(false) && !a.LastActiveDate.After(since):
		return catalog.Failed, "off, and a restart doesn't wait for it to come back"
	case a.OSStartTime.IsZero() && a.Online():
		return catalog.Unseen, ""
	}
	return catalog.Waiting, ""
}

// scanning: a scan takes hours; what was asked for is that it begins. An abort that is newer than
// the last start is this scan's.
func scanning(a s1.Agent, _ catalog.Target, since time.Time) (catalog.Progress, string) {
	switch {
	case a.ScanAbortedAt.After(since) && !a.ScanStartedAt.After(a.ScanAbortedAt.Time):
		return catalog.Failed, "the scan was aborted"
	case a.ScanStatus == "started" || a.ScanStartedAt.After(since):
		return catalog.Applied, ""
	}
	return catalog.Waiting, ""
}

// ran is a script's end on one endpoint. TaskPartly (partially_completed) is an end for the
// console, and not a success.
func ran(t s1.ScriptTask) (catalog.Progress, string) {
	switch {
	case t.Status == s1.TaskCompleted:
		return catalog.Applied, ""
	case t.Status == s1.TaskPartly:
		return catalog.Partly, strings.ToLower(cmp.Or(t.DetailedStatus, t.StatusText, t.Status.Label()))
	case t.Status.Ended():
		return catalog.Failed, strings.ToLower(cmp.Or(t.DetailedStatus, t.StatusText, t.Status.Label()))
	}
	return catalog.Waiting, ""
}

// mitigated looks at the endpoint's report on the action; where there is none since it was asked
// for, at what became of the threat. Where no report comes, the threat's own status is all there is.
func mitigated(t s1.Threat, action string, since time.Time) (catalog.Progress, string) {
	if report, told := reportOn(t, action); told {
		is, why := reported(report, cmp.Or(action, "the action"))
		if is == catalog.Waiting || report.LastUpdate.After(since) {
			return is, why
		}
	}
	switch {
	case action == "networkquarantine":
		return network(s1.NetworkDisconnected)(s1.Agent{NetworkStatus: t.Realtime.NetworkStatus}, catalog.Target{}, since)
	case action == "unquarantine" && t.Info.MitigationStatus == s1.NotMitigated, action != "unquarantine" && t.Mitigated():
		return catalog.Applied, ""
	}
	return catalog.Waiting, ""
}

// Words of reports, without hyphens and underscores. A word that is not among them is quoted rather
// than taken for something.
var (
	// Parts of words hold for longer than a list of values would, to which each release of the
	// console may add.
	ended   = []string{"fail", "cancel", "abort", "expire", "timeout", "timedout", "reject", "denied", "notsupported", "notfound", "error"}
	ongoing = []string{"pending", "sent", "progress", "started", "queued", "received", "running"}
)

// reported is what an endpoint's report says: an end, or what is waited for. The order of the cases
// matters: a success that waits for a reboot is not one yet, and a partial success is not all of
// it.
func reported(r s1.MitigationReport, action string) (catalog.Progress, string) {
	status := catalog.PlainAction(r.Status)
	has := func(part string) bool { return strings.Contains(status, part) }
	switch {
	case has("reboot") || has("restart"):
		return catalog.Waiting, catalog.NeedsRestart
	case has("partial") || has("partly"):
		return catalog.Partly, action + " partly done" + counted(r.ActionsCounters)
	case slices.ContainsFunc(ended, has):
		return catalog.Failed, action + " " + strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(r.Status)) + counted(r.ActionsCounters)
	case has("success") || status == "done" || status == "mitigated":
		return catalog.Applied, ""
	case slices.ContainsFunc(ongoing, has):
		return catalog.Waiting, ""
	case status == "":
		return catalog.Waiting, ""
	}
	return catalog.Waiting, "the console reports “" + r.Status + "”"
}

// counted says of how many, where the report does: " (2 of 3 succeeded, 1 not found)".
func counted(c s1.ActionCounters) string {
	if c.Total == 0 {
		return ""
	}
	words := fmt.Sprintf("%d of %d succeeded", c.Success, c.Total)
	if c.NotFound > 0 {
		words += fmt.Sprintf(", %d not found", c.NotFound)
	}
	if c.PendingReboot > 0 {
		words += fmt.Sprintf(", %d after a restart", c.PendingReboot)
	}
	return " (" + words + ")"
}

// reportOn is the newest report on an action. The console spells actions with and without hyphens
// and underscores.
func reportOn(t s1.Threat, action string) (newest s1.MitigationReport, told bool) {
	for _, r := range t.MitigationStatus {
		if catalog.PlainAction(r.Action) == action && (!told || r.LastUpdate.After(newest.LastUpdate.Time)) {
			newest, told = r, true
		}
	}
	return newest, told
}
