package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"s1bot/s1"
)

// AlreadyIsolated warns of an endpoint that was isolated before anybody asked.
const AlreadyIsolated = "already isolated"

func agentTarget(call *Call, a s1.Agent) Target {
	t := Target{
		Kind: "agent", ID: string(a.ID), Name: firstNonEmpty(a.ComputerName, string(a.ID)), Account: a.AccountName, Site: a.SiteName, Group: a.GroupName, OS: a.OSName,
		User: a.User(), State: online(a.Online()), Server: a.Server(), Threats: a.ActiveThreats, Tags: a.TagNames(), Started: a.OSStartTime.Time,
		URL: call.Console.AgentURL(a.ID),
	}
	if !a.LastActiveDate.IsZero() {
		t.Seen = "last seen " + readable(a.LastActiveDate.Time, call.Caller)
	}
	if a.Server() {
		t.Warnings = append(t.Warnings, "server")
	}
	if a.Isolated() {
		t.Warnings = append(t.Warnings, AlreadyIsolated)
	}
	switch {
	case Gone(a) != "":
		t.Warnings = append(t.Warnings, Gone(a))
	case a.IsPendingUninstall:
		t.Warnings = append(t.Warnings, "to be uninstalled")
	}
	return t
}

func threatTarget(call *Call, t s1.Threat) Target {
	id := t.Identity()
	target := Target{
		Kind: "threat", ID: string(id), Name: firstNonEmpty(t.Name(), string(id)), Host: t.Host(), Agent: string(t.AgentID()),
		Account: t.AccountName(), Site: t.SiteName(), Group: t.GroupName(), OS: t.OS(), User: t.User(), State: strings.ToLower(t.Info.MitigationStatus.Label()), Server: t.Realtime.MachineType == "server",
		URL: call.Console.ThreatURL(id),
	}
	if !t.Info.CreatedAt.IsZero() {
		target.Seen = "found " + readable(t.Info.CreatedAt.Time, call.Caller)
	}
	if !t.Online() {
		target.Warnings = append(target.Warnings, "host is offline")
	}
	return target
}

func alertTarget(call *Call, a s1.Alert) Target {
	id := a.Identity()
	target := Target{
		Kind: "alert", ID: string(id), Name: firstNonEmpty(a.Name(), string(id)), Host: a.Host(), Agent: string(a.AgentID()), OS: a.OS(), User: a.User(),
		State: strings.ToLower(a.Info.IncidentStatus.Label()), Server: a.Detection.MachineType == "server", URL: call.Console.AlertURL(id),
	}
	if !a.Info.CreatedAt.IsZero() {
		target.Seen = "raised " + readable(a.Info.CreatedAt.Time, call.Caller)
	}
	return target
}

// Homeless reports whether nobody knows on which endpoint t is.
func (t Target) Homeless() bool { return (t.Kind == "threat" || t.Kind == "alert") && t.Agent == "" }

// Endpoints is how many endpoints the targets are, or are on; each one that nobody knows counts.
func (p Plan) Endpoints() int {
	known := map[string]bool{}
	for _, t := range p.Targets {
		switch {
		case t.Kind == "agent":
			known[t.ID] = true
		case t.Homeless():
			known[t.Kind+" "+t.ID] = true
		case t.Agent != "":
			known[t.Agent] = true
		}
	}
	return len(known)
}

// ActsOn is how many endpoints the plan acts on: its own, and where it reaches through threats those that they are on.
func (p Plan) ActsOn() int {
	if !p.OnHosts {
		p.Targets = slices.DeleteFunc(slices.Clone(p.Targets), func(t Target) bool { return t.Kind != "agent" })
	}
	return p.Endpoints()
}

func online(yes bool) string {
	if yes {
		return "online"
	}
	return "offline"
}

func firstNonEmpty(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

func targetsOf[T any](call *Call, things []T, target func(*Call, T) Target) []Target {
	targets := make([]Target, len(things))
	for i, thing := range things {
		targets[i] = target(call, thing)
	}
	return targets
}

// agentsNamed returns the endpoints that ids or names mean.
func agentsNamed(ctx context.Context, call *Call, param string, refs []s1.AgentID) ([]s1.Agent, error) {
	return agentDirectory().all(ctx, call, param, convert[string](refs))
}

// threatsWith returns the threats with these ids, in their order; one that the console does not know is an error.
func threatsWith(ctx context.Context, call *Call, param string, ids []s1.ThreatID) ([]s1.Threat, error) {
	found, err := call.Console.ThreatsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return inOrder(param, "threat", ids, found, s1.Threat.Identity)
}

// alertsWith does for alerts what threatsWith does for threats.
func alertsWith(ctx context.Context, call *Call, param string, ids []s1.AlertID) ([]s1.Alert, error) {
	found, err := call.Console.AlertsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return inOrder(param, "alert", ids, found, s1.Alert.Identity)
}

func inOrder[T any, ID ~string](param, noun string, ids []ID, found []T, identity func(T) ID) ([]T, error) {
	var ordered []T
	var unknown []string
	for _, id := range ids {
		i := slices.IndexFunc(found, func(thing T) bool { return identity(thing) == id })
		if i < 0 {
			unknown = append(unknown, string(id))
			continue
		}
		ordered = append(ordered, found[i])
	}
	if len(unknown) > 0 {
		e := wrong(param, "the console knows no %s with the id %s", noun, strings.Join(unknown[:min(len(unknown), 5)], ", "))
		e.Hint = "it may have been deleted, or lie outside what the bot's token may see"
		return nil, e
	}
	return ordered, nil
}

// maxTargets is how many things one command may touch: the console takes no more ids in one call.
const maxTargets = 5000

// tooMany refuses a selection that the console could not take.
func tooMany(param, noun string) error {
	e := wrong(param, "it matches more than %d %s", maxTargets, noun)
	e.Hint = "narrow it down"
	return e
}

func nothingMatches(param, noun string) error {
	e := wrong(param, "it matches no %s", noun)
	e.Hint = "nothing was changed"
	return e
}

// plural counts: "1 endpoint", "3 endpoints".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "ry"); ok { // query, entry; no day, no key
		return fmt.Sprintf("%d %sries", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// are counts with a verb: "1 endpoint is", "3 endpoints are".
func are(n int, noun string) string {
	if n == 1 {
		return plural(n, noun) + " is"
	}
	return plural(n, noun) + " are"
}
