package lookup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/text"
	"s1bot/s1"
)

// AgentsKnown returns the endpoints with these ids, in their order, and the ids that the console
// does not know; if it knows none, that is an error. Unknown ids are simply missing from the
// console's 200. A list from which one is missing is still of use, so it is no error.
func AgentsKnown(ctx context.Context, call *catalog.Call, ids []s1.AgentID) (agents []s1.Agent, unknown []string, err error) {
	found, err := agentsByID(ctx, call, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		i := slices.IndexFunc(found, func(a s1.Agent) bool { return a.ID == id })
		if i < 0 {
			unknown = append(unknown, string(id))
			continue
		}
		agents = append(agents, found[i])
	}
	if len(agents) == 0 {
		_, err = InOrder("agent-ids", "endpoint", ids, found, func(a s1.Agent) s1.AgentID { return a.ID })
	}
	return agents, unknown, err
}

// AgentTargets is what the commands that act on endpoints take: ids or names, and a filter. Where
// both are given, both hold. disconnect, shutdown and restart refuse a call without ids, groupIds
// or filterId; connect, broadcast, scan and move take an empty filter for every endpoint. All of
// them get ids from here, and nothing but ids.
type AgentTargets struct {
	Agents []s1.AgentID   `json:"agent-ids,omitzero" help:"The endpoints to act on, by name or id."`
	Filter agentSelection `json:"filter,omitzero" help:"The endpoints to act on, by a filter with the console's keys."`
}

func (p *AgentTargets) OneOf() []string { return []string{"agent-ids", "filter"} }

func (p *AgentTargets) Check() error {
	if len(p.Agents) == 0 && p.Filter.IsZero() {
		return catalog.Missing(p.OneOf()...)
	}
	return nil
}

// Resolve returns the endpoints meant, and pins the parameters to their ids. Decommissioned
// endpoints are left out, and said to be: the console does nothing with them, and the outcome would
// read as half a failure.
func (p *AgentTargets) Resolve(ctx context.Context, call *catalog.Call) ([]s1.Agent, catalog.Plan, error) {
	var agents []s1.Agent
	var err error
	if len(p.Agents) > 0 {
		agents, err = AgentsNamed(ctx, call, "agent-ids", p.Agents)
	}
	if err == nil && !p.Filter.IsZero() {
		agents, err = p.filtered(ctx, call, agents)
	}
	if err != nil {
		return nil, catalog.Plan{}, err
	}
	named := len(p.Agents) > 0
	agents, left := WithoutDecommissioned(agents)
	if len(agents) == 0 {
		return nil, catalog.Plan{}, catalog.Wrong("agent-ids", "every endpoint it names is decommissioned")
	}
	p.Agents, p.Filter = AgentIDs(agents), agentSelection{}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, agents, AgentTarget)}
	plan.Leave(named, left)
	return agents, plan, nil
}

// filtered returns what the filter selects, of named if there are any.
func (p *AgentTargets) filtered(ctx context.Context, call *catalog.Call, named []s1.Agent) ([]s1.Agent, error) {
	found, err := p.Filter.Agents(ctx, call, "filter")
	if err != nil || len(p.Agents) == 0 {
		return found, err
	}
	both := slices.DeleteFunc(named, func(a s1.Agent) bool { return !slices.Contains(AgentIDs(found), a.ID) })
	if len(both) == 0 {
		return nil, catalog.NothingMatches("filter", "endpoint of agent-ids")
	}
	return both, nil
}

// AgentIDs are the ids of endpoints, in their order.
func AgentIDs(agents []s1.Agent) []s1.AgentID {
	ids := make([]s1.AgentID, len(agents))
	for i, a := range agents {
		ids[i] = a.ID
	}
	return ids
}

// WithoutDecommissioned leaves out endpoints that are no longer managed, and says which in a
// sentence.
func WithoutDecommissioned(agents []s1.Agent) (kept []s1.Agent, left []string) {
	var gone []s1.Agent
	for _, a := range agents {
		if a.IsDecommissioned {
			gone = append(gone, a)
		} else {
			kept = append(kept, a)
		}
	}
	if n := len(gone); n > 0 {
		left = append(left, text.Are(n, "decommissioned endpoint")+" left out"+ByName(gone))
	}
	return kept, left
}

// ByName ends a sentence about endpoints with their names.
func ByName(agents []s1.Agent) string {
	var names []string
	for _, a := range agents {
		names = append(names, cmp.Or(a.ComputerName, string(a.ID)))
	}
	return " (" + text.Shorten(strings.Join(names, ", "), 200) + ")."
}

// OfflineNote says what happens to endpoints that do not talk to the console now. what continues
// "are offline:". It differs by action: an isolation waits for an endpoint, a shutdown does not.
func OfflineNote(agents []s1.Agent, what string) []string {
	n := 0
	var notes []string
	for _, a := range agents {
		switch name := cmp.Or(a.ComputerName, string(a.ID)); {
		case catalog.Gone(a) != "":
			notes = append(notes, name+" is "+catalog.Gone(a)+": it no longer carries out requests.")
		case a.IsPendingUninstall:
			notes = append(notes, name+" "+catalog.Presence(a)+": once the agent is gone, it no longer carries out requests.")
		case !a.Online():
			n++
		}
	}
	if len(notes) > maxMatches {
		notes = append(notes[:maxMatches], fmt.Sprintf("… and %d more uninstalled or about to be.", len(notes)-maxMatches))
	}
	if n > 0 {
		notes = append(notes, text.Are(n, "endpoint")+" offline: "+what+".")
	}
	return notes
}

// OfflineThen is OfflineNote for a card that stays: it tells how things were at the console's yes,
// and is true when they have changed. A card in a channel is read for days.
func OfflineThen(agents []s1.Agent, what string) []string {
	notes := OfflineNote(agents, what)
	for i, note := range notes {
		notes[i] = wasOffline.Replace(note)
	}
	return notes
}

var wasOffline = strings.NewReplacer(" is offline: ", " was offline then: ", " are offline: ", " were offline then: ")

// AgentChange is AgentOutcome of what changes an endpoint's place on the network.
func AgentChange(ctx context.Context, call *catalog.Call, agents []s1.AgentID, affected int, done, offline string) change.Outcome {
	return AgentOutcome(ctx, call, agents, affected, done, offline, func(a s1.Agent) string { return networkWord(a.NetworkStatus) })
}

// networkWord says where on the network an endpoint is.
func networkWord(n s1.NetworkStatus) string {
	words := map[s1.NetworkStatus]string{
		s1.NetworkConnected: "on the network", s1.NetworkConnecting: "being reconnected", s1.NetworkDisconnected: "isolated", s1.NetworkDisconnecting: "being isolated",
	}
	return cmp.Or(words[n], "network "+strings.ToLower(n.Label()))
}

// AgentOutcome looks at the endpoints after the console's yes, to tell them by name and, in the
// words of state, how far they are. What cannot be read then takes nothing from the outcome.
// affected counts queued commands, so a card that is made now says accepted; what is applied
// already is counted by the command's Effect.
func AgentOutcome(ctx context.Context, call *catalog.Call, agents []s1.AgentID, affected int, done, offline string, state func(s1.Agent) string) change.Outcome {
	c := change.Outcome{
		Noun: "endpoint", Done: done, Result: s1.ActionResult{Affected: affected}, States: map[string]string{},
		Why: "The endpoints are gone, decommissioned, in that state already, or the bot's token isn't allowed to change them.",
	}
	found, err := call.Console.AgentsByID(ctx, agents[:min(len(agents), change.MaxShown)])
	if err != nil {
		c.Notes = append(c.Notes, "I couldn't read the state of the endpoints.")
	}
	if state != nil {
		for _, a := range found {
			c.States[string(a.ID)] = state(a)
		}
	}
	c.Targets = change.Known(call, "agent", agents, found, AgentTarget)
	if offline != "" {
		c.Notes = append(c.Notes, OfflineThen(found, offline)...)
	}
	c.Actions = change.Opens(c.Targets)
	if e := call.Command.Effect; e != nil && e.Agent != nil {
		return c.Await(e.Done, agentProgress(found, func(a s1.Agent, t catalog.Target) (catalog.Progress, string) {
			return e.Agent(a, t, call.Now.Add(-catalog.ClockSkew))
		}))
	}
	return c
}

// agentProgress says how far an endpoint is, and what of it is in the way. An endpoint that was not
// read (beyond MaxShown, or the look-up failed) waits: to claim it done would be a guess.
func agentProgress(found []s1.Agent, at func(s1.Agent, catalog.Target) (catalog.Progress, string)) func(catalog.Target) (catalog.Progress, string) {
	return func(t catalog.Target) (catalog.Progress, string) {
		i := slices.IndexFunc(found, func(a s1.Agent) bool { return string(a.ID) == t.ID })
		if i < 0 {
			return catalog.Waiting, ""
		}
		is, why := at(found[i], t)
		return is, cmp.Or(why, catalog.Presence(found[i]))
	}
}

// EndpointsBy is an agentSelection that stands alone in its form, and so has a search box of its own.
type EndpointsBy struct{ agentSelection }

func (EndpointsBy) Kind() catalog.Kind {
	k := agentSelection{}.Kind()
	k.Beside = false
	return k
}

// SiteNamed returns the site that an id or a name means. One that is given by id need not be in the
// list: a token may act on a site that it may not list. Moving endpoints to a site needs no right
// to list sites.
func SiteNamed(ctx context.Context, call *catalog.Call, param string, ref s1.SiteID) (s1.Site, error) {
	found, err := SiteDirectory().All(ctx, call, param, []string{string(ref)})
	var refused *s1.Error
	if s1.LooksLikeID(string(ref)) && errors.As(err, &refused) {
		return s1.Site{ID: ref, Name: string(ref)}, nil
	}
	if err != nil {
		return s1.Site{}, err
	}
	return found[0], nil
}

// AgentTarget is an endpoint as plans, policies and cards know it. Account, Site and Group are
// names, which is what rules are written with.
func AgentTarget(call *catalog.Call, a s1.Agent) catalog.Target {
	t := catalog.Target{
		Kind: "agent", ID: string(a.ID), Name: cmp.Or(a.ComputerName, string(a.ID)), Account: a.AccountName, Site: a.SiteName, Group: a.GroupName, OS: a.OSName,
		User: a.User(), State: text.Online(a.Online()), Server: a.Server(), Threats: a.ActiveThreats, Tags: a.TagNames(), Started: a.OSStartTime.Time,
		URL: call.Console.AgentURL(a.ID),
	}
	if !a.LastActiveDate.IsZero() {
		t.Seen = "last seen " + catalog.Readable(a.LastActiveDate.Time, call.Caller)
	}
	if a.Server() {
		t.Warnings = append(t.Warnings, "server")
	}
	if a.Isolated() {
		t.Warnings = append(t.Warnings, catalog.AlreadyIsolated)
	}
	switch {
	case catalog.Gone(a) != "":
		t.Warnings = append(t.Warnings, catalog.Gone(a))
	case a.IsPendingUninstall:
		t.Warnings = append(t.Warnings, "about to be uninstalled")
	}
	return t
}

// AgentsNamed returns the endpoints that ids or names mean.
func AgentsNamed(ctx context.Context, call *catalog.Call, param string, refs []s1.AgentID) ([]s1.Agent, error) {
	return agentDirectory().All(ctx, call, param, catalog.Convert[string](refs))
}
