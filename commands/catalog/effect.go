package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/s1"
)

// ClockSkew is how far the clocks of bot, console and endpoints may be apart.
const ClockSkew = time.Minute

// Progress is how far something is on one target.
type Progress int

// The stages of progress. Unseen is what the console does not tell about.
const (
	Waiting Progress = iota
	Applied
	Partly // at its end, and not all of it was done
	Failed
	Unseen
)

// An Effect is what the console shows once a command took hold on a target, and when it is overdue. One of its functions looks at a
// target of the kind; what it says beside the stage is why it failed, or what it waits for.
type Effect struct {
	Done    string        // what a target is then: "isolated"
	Reached string        // the same in a table
	Overdue time.Duration // after the console's yes
	Action  string        // of a mitigation that has no choice of one
	Agent   func(a s1.Agent, t Target, since time.Time) (Progress, string)
	Threat  func(found s1.Threat, action string, since time.Time) (Progress, string)
	Task    func(s1.ScriptTask) (Progress, string)
}

// The effects that the console tells later.
func Isolation() *Effect {
	return &Effect{Done: "isolated", Reached: "⛔ isolated", Overdue: 10 * time.Minute, Agent: network(s1.NetworkDisconnected)}
}

func Reconnection() *Effect {
	return &Effect{Done: "reconnected", Reached: "✅ on the network", Overdue: 10 * time.Minute, Agent: network(s1.NetworkConnected)}
}

func PowerOff() *Effect {
	return &Effect{Done: "shut down", Reached: "⚪ off", Overdue: 15 * time.Minute, Agent: switchedOff}
}

func Reboot() *Effect {
	return &Effect{Done: "restarted", Reached: "✅ restarted", Overdue: 15 * time.Minute, Agent: restarted}
}

func DiskScan() *Effect {
	return &Effect{Done: "scanning", Reached: "✅ scan begun", Overdue: 30 * time.Minute, Agent: scanning}
}

// Mitigation is the effect of one action, or of the one in the arguments where action is empty.
func Mitigation(action string) *Effect {
	return &Effect{Done: "mitigated", Reached: "✅ mitigated", Overdue: 15 * time.Minute, Action: action, Threat: mitigated}
}

func ScriptEnd() *Effect {
	return &Effect{Done: "run", Reached: "✅ completed", Overdue: time.Hour, Task: ran}
}

// ActionOf is what a run of the command does to threats; "" for what does nothing to them.
func (e Effect) ActionOf(args json.RawMessage) string {
	var given struct {
		Action string `json:"mitigate-action"`
	}
	if e.Threat == nil {
		return ""
	}
	_ = json.Unmarshal(args, &given) // without one the threat's own status counts
	return PlainAction(text.FirstNonEmpty(e.Action, given.Action))
}

// DoneBy is what a target is after an action, in a sentence.
func (e Effect) DoneBy(action string) string {
	words := map[string]string{
		"kill": "killed", "quarantine": "quarantined", "remediate": "remediated", "rollback": "rolled back", "unquarantine": "taken out of quarantine", "networkquarantine": "isolated",
	}
	if e.Threat == nil {
		return e.Done
	}
	return text.FirstNonEmpty(words[action], e.Done)
}

// ReachedBy is what a table says of a target that the action has reached: not every action on a threat mitigates it.
func (e Effect) ReachedBy(action string) string {
	if e.Threat != nil && (action == "unquarantine" || action == "networkquarantine") {
		return "✅ done"
	}
	return e.Reached
}

// NotYet is the first line where the console said yes and endpoints have not done it, or not all of it: the console's yes is not the
// endpoint's. It is empty where all is done.
func NotYet(done string, applied, total int, waiting, failed []string) string {
	head := "Accepted, not " + done
	if applied > 0 {
		head = fmt.Sprintf("%d of %d %s", applied, total, done)
	}
	switch {
	case len(waiting) > 0 && applied > 0:
		return head + ", not yet: " + someOf(waiting)
	case len(waiting) > 0:
		return head + " yet: " + someOf(waiting)
	case len(failed) > 0 && applied > 0:
		return head + "; not done: " + someOf(failed)
	case len(failed) > 0:
		return head + ": " + someOf(failed)
	}
	return ""
}

// someOf is the first few of a list: a first line is short.
func someOf(list []string) string {
	words := strings.Join(list[:min(len(list), 3)], ", ")
	if more := len(list) - 3; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// Gone says why nothing that is asked of an endpoint can reach it any more; "" for one that may still follow.
func Gone(a s1.Agent) string {
	switch {
	case a.IsDecommissioned:
		return "decommissioned"
	case a.IsUninstalled:
		return "uninstalled"
	}
	return ""
}

// Presence is whether an endpoint talks to the console, and whether it will for long.
func Presence(a s1.Agent) string {
	switch {
	case Gone(a) != "":
		return "is " + Gone(a)
	case a.IsPendingUninstall && a.Online():
		return "is about to be uninstalled"
	case a.IsPendingUninstall:
		return "is offline and to be uninstalled"
	case !a.Online():
		return "is offline"
	}
	return ""
}

func network(want s1.NetworkStatus) func(s1.Agent, Target, time.Time) (Progress, string) {
	return func(a s1.Agent, _ Target, _ time.Time) (Progress, string) {
		if a.NetworkStatus == want {
			return Applied, ""
		}
		return Waiting, ""
	}
}

// switchedOff: the console does not reach endpoints that are off with a shutdown, and does not keep it for them.
func switchedOff(a s1.Agent, t Target, since time.Time) (Progress, string) {
	switch {
	case a.Online():
		return Waiting, ""
	case t.State == text.Online(false) && !a.LastActiveDate.After(since):
		return Failed, "off already, and a shutdown does not wait for it"
	}
	return Applied, ""
}

// restarted looks at when the system started, which the endpoint says by its own clock.
func restarted(a s1.Agent, t Target, since time.Time) (Progress, string) {
	switch {
	case a.OSStartTime.After(t.Started) && a.OSStartTime.After(since.Add(-10*ClockSkew)):
		return Applied, ""
	case !a.Online() && t.State == text.Online(false) && !a.LastActiveDate.After(since):
		return Failed, "off, and a restart does not wait for it"
	case a.OSStartTime.IsZero() && a.Online():
		return Unseen, ""
	}
	return Waiting, ""
}

// scanning: a scan takes hours; what was asked for is that it begins.
func scanning(a s1.Agent, _ Target, since time.Time) (Progress, string) {
	switch {
	case a.ScanAbortedAt.After(since) && !a.ScanStartedAt.After(a.ScanAbortedAt.Time):
		return Failed, "the scan was aborted"
	case a.ScanStatus == "started" || a.ScanStartedAt.After(since):
		return Applied, ""
	}
	return Waiting, ""
}

// ran is a script's end on one endpoint.
func ran(t s1.ScriptTask) (Progress, string) {
	switch {
	case t.Status == s1.TaskCompleted:
		return Applied, ""
	case t.Status == s1.TaskPartly:
		return Partly, strings.ToLower(text.FirstNonEmpty(t.DetailedStatus, t.StatusText, t.Status.Label()))
	case t.Status.Ended():
		return Failed, strings.ToLower(text.FirstNonEmpty(t.DetailedStatus, t.StatusText, t.Status.Label()))
	}
	return Waiting, ""
}

// mitigated looks at the endpoint's report on the action; where there is none since it was asked for, at what became of the threat.
func mitigated(t s1.Threat, action string, since time.Time) (Progress, string) {
	if report, told := reportOn(t, action); told {
		is, why := reported(report, cmp.Or(action, "the action"))
		if is == Waiting || report.LastUpdate.After(since) {
			return is, why
		}
	}
	switch {
	case action == "networkquarantine":
		return network(s1.NetworkDisconnected)(s1.Agent{NetworkStatus: t.Realtime.NetworkStatus}, Target{}, since)
	case action == "unquarantine" && t.Info.MitigationStatus == s1.NotMitigated, action != "unquarantine" && t.Mitigated():
		return Applied, ""
	}
	return Waiting, ""
}

// Words of reports, without hyphens and underscores. A word that is not among them is quoted rather than taken for something.
var (
	ended   = []string{"fail", "cancel", "abort", "expire", "timeout", "timedout", "reject", "denied", "notsupported", "notfound", "error"}
	ongoing = []string{"pending", "sent", "progress", "started", "queued", "received", "running"}
)

// NeedsRestart is what a mitigation waits for that is complete after the next start of the system.
const NeedsRestart = "needs a restart of the endpoint"

// reported is what an endpoint's report says: an end, or what is waited for.
func reported(r s1.MitigationReport, action string) (Progress, string) {
	status := PlainAction(r.Status)
	has := func(part string) bool { return strings.Contains(status, part) }
	switch {
	case has("reboot") || has("restart"):
		return Waiting, NeedsRestart
	case has("partial") || has("partly"):
		return Partly, action + " done in part" + counted(r.ActionsCounters)
	case slices.ContainsFunc(ended, has):
		return Failed, action + " " + strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(r.Status)) + counted(r.ActionsCounters)
	case has("success") || status == "done" || status == "mitigated":
		return Applied, ""
	case slices.ContainsFunc(ongoing, has):
		return Waiting, ""
	case status == "":
		return Waiting, ""
	}
	return Waiting, "the console reports “" + r.Status + "”"
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

// reportOn is the newest report on an action. The console spells actions with and without hyphens and underscores.
func reportOn(t s1.Threat, action string) (newest s1.MitigationReport, told bool) {
	for _, r := range t.MitigationStatus {
		if PlainAction(r.Action) == action && (!told || r.LastUpdate.After(newest.LastUpdate.Time)) {
			newest, told = r, true
		}
	}
	return newest, told
}

func PlainAction(action string) string {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(action))
	if plain == "rollbackremediation" {
		return "rollback"
	}
	return plain
}
