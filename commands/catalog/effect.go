package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"s1bot/s1"
)

// ClockSkew is how far the clocks of bot, console and endpoints may be apart. Whoever compares a
// time of the console's with the moment of an action allows for it; NTP keeps servers far closer,
// but endpoints are laptops.
const ClockSkew = time.Minute

// Progress is how far something is on one target.
type Progress int

// The stages of progress. Unseen is what the console does not tell about.
const (
	// The zero value is Waiting, which claims least.
	Waiting Progress = iota
	Applied
	Partly // at its end, and not all of it was done
	Failed
	Unseen
)

// An Effect is what the console shows once a command took hold on a target, and when it is overdue.
// One of its functions looks at a target of the kind; what it says beside the stage is why it
// failed, or what it waits for. One of the three functions is set, by what the command picks:
// endpoints, threats, or a script's tasks. They are pure and ask nothing: who watches reads the
// console, once for all targets. since is when the console said yes, less ClockSkew where that
// matters.
type Effect struct {
	Done     string        // what a target is then: "isolated"
	Reached  string        // the same in a table
	Overdue  time.Duration // after the console's yes
	Isolates bool          // it cuts endpoints off: the report of a shift says who asked for it
	Action   string        // of a mitigation that has no choice of one
	Agent    func(a s1.Agent, t Target, since time.Time) (Progress, string)
	Threat   func(found s1.Threat, action string, since time.Time) (Progress, string)
	Task     func(s1.ScriptTask) (Progress, string)
}

// ActionOf is what a run of the command does to threats; "" for what does nothing to them. Commands
// for one action have it in their Effect; mitigate-threats has it in its arguments.
func (e Effect) ActionOf(args json.RawMessage) string {
	var given struct {
		Action string `json:"mitigate-action"`
	}
	if e.Threat == nil {
		return ""
	}
	_ = json.Unmarshal(args, &given) // without one the threat's own status counts
	return PlainAction(cmp.Or(e.Action, given.Action))
}

// DoneBy is what a target is after an action, in a sentence.
func (e Effect) DoneBy(action string) string {
	words := map[string]string{
		"kill": "killed", "quarantine": "quarantined", "remediate": "remediated", "rollback": "rolled back", "unquarantine": "taken out of quarantine", "networkquarantine": "isolated",
	}
	if e.Threat == nil {
		return e.Done
	}
	return cmp.Or(words[action], e.Done)
}

// ReachedBy is what a table says of a target that the action has reached: not every action on a
// threat mitigates it. Taking a file out of quarantine leaves the threat "not mitigated", which is
// what was asked for.
func (e Effect) ReachedBy(action string) string {
	if e.Threat != nil && (action == "unquarantine" || action == "networkquarantine") {
		return "✅ done"
	}
	return e.Reached
}

// NotYet is the first line where the console said yes and endpoints have not done it, or not all of
// it: the console's yes is not the endpoint's. It is empty where all is done. Three names at most:
// it is the first line of the card and the text of the notification on a phone.
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

// Excess is the first line where the console counts more than was asked for; empty where it does not.
func Excess(affected, asked int) string {
	if affected <= asked {
		return ""
	}
	return fmt.Sprintf("The console reports %d affected, but you requested %d", affected, asked)
}

// ExcessAdvice is what to do then.
const ExcessAdvice = "It changed more than you requested and doesn't say what else: check the console."

// someOf is the first few of a list: a first line is short.
func someOf(list []string) string {
	words := strings.Join(list[:min(len(list), 3)], ", ")
	if more := len(list) - 3; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// Gone says why nothing that is asked of an endpoint can reach it any more; "" for one that may
// still follow. Such a host never comes back under this id, so a watch on it ends at once instead
// of running until it is overdue.
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
		return "is offline and about to be uninstalled"
	case !a.Online():
		return "is offline"
	}
	return ""
}

// NeedsRestart is what a mitigation waits for that is complete after the next start of the system.
const NeedsRestart = "needs a restart of the endpoint"

// PlainAction makes one word of the console's spellings of an action: commands write
// rollback-remediation, reports rollback_remediation, and both are rollback. Paths have
// rollback-remediation and un-quarantine where reports on the same action have rollback and
// unquarantine.
func PlainAction(action string) string {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(action))
	if plain == "rollbackremediation" {
		return "rollback"
	}
	return plain
}
