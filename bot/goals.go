package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/s1"
)

// clockSkew is how far the clocks of bot, console and endpoints may be apart.
const clockSkew = time.Minute

// A stage is how far something is on one target.
type stage int

// The stages. Unseen is what the console does not tell about.
const (
	waits stage = iota
	applied
	failed
	unseen
)

// A goal is what must come true at the console after a command ran, and when it is overdue. One of its functions looks at a target
// of the kind; why says why it failed.
type goal struct {
	reached string // what a target is then
	overdue time.Duration
	agent   func(a s1.Agent, t commands.Target, since time.Time) (is stage, why string)
	threat  func(found s1.Threat, action string, since time.Time) (is stage, why string)
	task    func(s1.ScriptTask) (is stage, why string)
}

// goals are those of the commands whose effect the console tells later.
func goals() map[string]goal {
	mitigation := goal{reached: "✅ mitigated", overdue: 15 * time.Minute, threat: mitigated}
	return map[string]goal{
		"disconnect-agent-from-network": {reached: "⛔ isolated", overdue: 10 * time.Minute, agent: network(s1.NetworkDisconnected)},
		"connect-agent-to-network":      {reached: "✅ on the network", overdue: 10 * time.Minute, agent: network(s1.NetworkConnected)},
		"shutdown-endpoints":            {reached: "⚪ off", overdue: 15 * time.Minute, agent: switchedOff},
		"restart-endpoints":             {reached: "✅ restarted", overdue: 15 * time.Minute, agent: restarted},
		"initiate-scan":                 {reached: "✅ scan begun", overdue: 30 * time.Minute, agent: scanning},
		"mitigate-threats":              mitigation,
		"kill-processes":                mitigation,
		"quarantine-files":              mitigation,
		"rollback-remediation":          mitigation,
		"run-script":                    {reached: "✅ completed", overdue: time.Hour, task: ran},
	}
}

// reachedBy is what a target is when the action has reached the goal: not every action on a threat mitigates it.
func (g goal) reachedBy(action string) string {
	if g.threat != nil && (action == "unquarantine" || action == "networkquarantine") {
		return "✅ done"
	}
	return g.reached
}

func network(want s1.NetworkStatus) func(s1.Agent, commands.Target, time.Time) (stage, string) {
	return func(a s1.Agent, _ commands.Target, _ time.Time) (stage, string) {
		if a.NetworkStatus == want {
			return applied, ""
		}
		return waits, ""
	}
}

// switchedOff: the console does not reach endpoints that are off with a shutdown, and does not keep it for them.
func switchedOff(a s1.Agent, t commands.Target, since time.Time) (stage, string) {
	switch {
	case a.Online():
		return waits, ""
	case t.State == presence(false) && !a.LastActiveDate.After(since):
		return failed, "off already, and a shutdown does not wait for it"
	}
	return applied, ""
}

// restarted looks at when the system started, which the endpoint says by its own clock.
func restarted(a s1.Agent, t commands.Target, since time.Time) (stage, string) {
	switch {
	case a.OSStartTime.After(t.Started) && a.OSStartTime.After(since.Add(-10*clockSkew)):
		return applied, ""
	case !a.Online() && t.State == presence(false) && !a.LastActiveDate.After(since):
		return failed, "off, and a restart does not wait for it"
	case a.OSStartTime.IsZero() && a.Online():
		return unseen, ""
	}
	return waits, ""
}

// scanning: a scan takes hours; what was asked for is that it begins.
func scanning(a s1.Agent, _ commands.Target, since time.Time) (stage, string) {
	switch {
	case a.ScanAbortedAt.After(since) && !a.ScanStartedAt.After(a.ScanAbortedAt.Time):
		return failed, "the scan was aborted"
	case a.ScanStatus == "started" || a.ScanStartedAt.After(since):
		return applied, ""
	}
	return waits, ""
}

// ran is a script's end on one endpoint.
func ran(t s1.ScriptTask) (stage, string) {
	switch {
	case t.Status == s1.TaskCompleted:
		return applied, ""
	case t.Status.Ended():
		return failed, strings.ToLower(first(t.DetailedStatus, t.StatusText, t.Status.Label()))
	}
	return waits, ""
}

// mitigated looks at the endpoint's report on the action; where there is none since it was asked for, at what became of the threat.
func mitigated(t s1.Threat, action string, since time.Time) (stage, string) {
	report, told := reportOn(t, action)
	status := strings.ToLower(report.Status)
	good, bad, fresh := strings.Contains(status, "success"), strings.Contains(status, "fail"), report.LastUpdate.After(since)
	switch {
	case told && bad && fresh:
		return failed, strings.TrimSpace(action + " failed")
	case told && good && fresh:
		return applied, ""
	case told && !good && !bad:
		return waits, "" // pending, or sent to the endpoint
	case action == "networkquarantine":
		return network(s1.NetworkDisconnected)(s1.Agent{NetworkStatus: t.Realtime.NetworkStatus}, commands.Target{}, since)
	case action == "unquarantine" && t.Info.MitigationStatus == s1.NotMitigated, action != "unquarantine" && t.Mitigated():
		return applied, ""
	}
	return waits, ""
}

// reportOn is the newest report on an action. The console spells actions with and without hyphens and underscores.
func reportOn(t s1.Threat, action string) (newest s1.MitigationReport, told bool) {
	for _, r := range t.MitigationStatus {
		if plainAction(r.Action) == action && (!told || r.LastUpdate.After(newest.LastUpdate.Time)) {
			newest, told = r, true
		}
	}
	return newest, told
}

func plainAction(action string) string {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(action))
	if plain == "rollbackremediation" {
		return "rollback"
	}
	return plain
}

// actionOf is what a request does to threats.
func actionOf(req approvals.Request) string {
	named := map[string]string{"kill-processes": "kill", "quarantine-files": "quarantine", "rollback-remediation": "rollback"}
	if action, ok := named[req.Command]; ok {
		return action
	}
	var args struct {
		Action string `json:"mitigate-action"`
	}
	_ = json.Unmarshal(req.Args, &args) // without one the threat's own status counts
	return plainAction(args.Action)
}

// mayTake is how long a script was given.
func mayTake(req approvals.Request) time.Duration {
	var args struct {
		Seconds int `json:"script-runtime-timeout-seconds"`
	}
	_ = json.Unmarshal(req.Args, &args) // without one the usual time counts
	return time.Duration(args.Seconds) * time.Second
}

// A sight is what the console says of the endpoints and threats among some targets, and of the tasks of a script.
type sight struct {
	agents  map[string]s1.Agent
	threats map[string]s1.Threat
	tasks   map[string]s1.ScriptTask // by endpoint
}

// stageOf is how far a goal is on a target, why it failed if it did, and what people call it.
func (s sight) stageOf(g goal, t commands.Target, action string, since time.Time) (is stage, why, name string, online bool) {
	switch {
	case !s.has(t):
		return failed, "gone", t.Name, true
	case g.task != nil:
		task, begun := s.tasks[t.ID]
		online = s.agents[t.ID].Online()
		if begun {
			is, why = g.task(task)
		}
		return is, why, t.Name, online
	case t.Kind == "agent" && g.agent != nil:
		a := s.agents[t.ID]
		is, why = g.agent(a, t, since)
		return is, why, t.Name, a.Online()
	case t.Kind == "threat" && g.threat != nil:
		found := s.threats[t.ID]
		is, why = g.threat(found, action, since)
		return is, why, strings.TrimSuffix(t.Name+" on "+t.Host, " on "), found.Online()
	}
	return unseen, "", t.Name, true
}

// offline ends the words about a target that waits because its endpoint is off.
const offline = " is offline"

// allOffline tells whether nothing waits but what is off.
func allOffline(waiting []string) bool {
	return !slices.ContainsFunc(waiting, func(w string) bool { return !strings.HasSuffix(w, offline) })
}
