package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"s1bot/bot/setup"
	"s1bot/commands"
	"s1bot/commands/refusal"
	"s1bot/s1"
)

// An area is something that the console can be asked for, and which commands need it.
//
// The names of permissions are the console's own, as an administrator finds them under roles.
type area struct {
	name, permission string
	serves           []string // commands, by their area in the catalog or by the one route that they need beside it
	everyRole        bool     // no role can lack the permission (specification), so a refusal is about the token's scope
	without          string   // what does not work where it is refused, if the commands do; "" for nothing
	ask              asking
}

// An asking reads an area. The note is what there is to say about it beside that it can be read.
type asking func(context.Context, s1.Query) (note string, err error)

// areas are all that the catalog's commands read. What they change lies below one of these paths and cannot be tried without changing it.
// Hunts and unified alerts have lines of their own.
func areas(client *s1.Client) []area {
	return []area{
		{name: "endpoints", permission: "Endpoints › View", serves: []string{"agents"}, ask: reads(client.AgentsPage)},
		{name: "applications", permission: "Endpoints › Show Applications", serves: []string{"agents/applications"}, ask: readsOf("endpoint", client.AgentsPage, func(a s1.Agent) s1.AgentID { return a.ID }, client.AgentApplications)},
		{name: "threats", permission: "Endpoint Threats › View", serves: []string{"threats", "events"}, ask: reads(client.ThreatsPage)},
		{name: "threat notes", permission: "Endpoint Threats › View", serves: []string{"threats/{id}/notes"}, ask: readsOf("threat", client.ThreatsPage, s1.Threat.Identity, oneRow(client.ThreatNotesPage))},
		{name: "threat events", permission: "Endpoint Threats › View", serves: []string{"threats/{id}/explore/events"}, ask: readsOf("threat", client.ThreatsPage, s1.Threat.Identity, oneRow(client.ThreatEventsPage))},
		{name: "threat analysis", permission: "Endpoint Threats › View", serves: []string{analysisRoute}, ask: anyAnalysis(client)},
		{name: "alerts", permission: "STAR Rule Alerts › View", serves: []string{"alerts"}, ask: anyAlert(client)},
		{name: "activities", permission: "Activity › View", serves: []string{"activities", "files"}, ask: reads(client.ActivitiesPage)},
		{name: "sites", permission: "Site › View", serves: []string{"sites"}, ask: reads(client.SitesPage)},
		{name: "groups", permission: "Groups › View", serves: []string{"groups"}, ask: reads(client.GroupsPage)},
		{name: "single groups", permission: "Groups › View", serves: []string{"groups/{id}"}, ask: readsOf("group", client.GroupsPage, func(g s1.Group) s1.GroupID { return g.ID }, client.Group)},
		{name: "accounts", permission: "Account › View", serves: []string{"accounts"}, everyRole: true, ask: reads(client.AccountsPage)},
		{name: "policy", permission: "Endpoint Policy › View", serves: []string{"policy"}, ask: anyPolicy(client)},
		{name: "account policy", permission: "Endpoint Policy › View", serves: []string{"accounts/{id}/policy"}, ask: readsOf("account", client.AccountsPage, func(a s1.Account) s1.AccountID { return a.ID }, client.AccountPolicy)},
		{name: "rules", permission: "STAR Custom Rules › View", serves: []string{"rules"}, ask: reads(client.RulesPage)},
		{name: "exclusions", permission: "Exclusions › View", serves: []string{"exclusions"}, ask: reads(client.ExclusionsPage)},
		{name: "blocklist", permission: "Blocklist › View", serves: []string{"blocklist"}, ask: reads(client.BlocklistPage)},
		{name: "hash verdicts", permission: "Blocklist › View", serves: []string{"hashes/{id}/verdict"}, ask: anyVerdict(client)},
		{name: "iocs", permission: "Threat Intelligence › View", serves: []string{"iocs"}, ask: reads(client.IOCsPage)},
		{name: "firewall", permission: "Firewall Control › View", serves: []string{"firewall"}, ask: reads(client.FirewallRulesPage)},
		{name: "scripts", permission: "RemoteOps › View", serves: []string{"scripts"}, ask: reads(client.ScriptsPage)},
		{name: "script tasks", permission: "RemoteOps › View", serves: []string{"remote-scripts/status"}, ask: noTask(client)},
		{name: "users", permission: "Users › View", without: "alerts can't be assigned to anybody", ask: reads(client.UsersPage)},
		{name: "system status", serves: []string{"system/status"}, ask: func(ctx context.Context, _ s1.Query) (string, error) {
			_, err := client.SystemStatus(ctx)
			return "", err
		}},
	}
}

func reads[T any](page func(context.Context, s1.Query) (s1.Page[T], error)) asking {
	return func(ctx context.Context, q s1.Query) (string, error) {
		_, err := page(ctx, q)
		return "", err
	}
}

// readsOf reads something of the first thing of a list. Where there is none nothing is tried: of a thing that nobody has, 404 is the right
// answer.
func readsOf[T, ID, R any](thing string, list func(context.Context, s1.Query) (s1.Page[T], error), id func(T) ID, read func(context.Context, ID) (R, error)) asking {
	return func(ctx context.Context, q s1.Query) (string, error) {
		found, err := list(ctx, q)
		if err != nil {
			return "not tested: the list of " + thing + "s can't be read", nil // which has a line of its own
		}
		if len(found.Items) == 0 {
			return "not tested: the console has no " + thing + " to try it on", nil
		}
		_, err = read(ctx, id(found.Items[0]))
		return "", err
	}
}

// oneRow reads one row of a list that belongs to a thing.
func oneRow[ID, T any](page func(context.Context, ID, s1.Query) (s1.Page[T], error)) func(context.Context, ID) (s1.Page[T], error) {
	return func(ctx context.Context, id ID) (s1.Page[T], error) { return page(ctx, id, s1.Query{}.WithLimit(1)) }
}

// checkAreas asks all of them at once: where the console hangs, nobody waits for each in turn.
func checkAreas(ctx context.Context, client *s1.Client) []setup.Finding {
	all := areas(client)
	findings := make([]setup.Finding, len(all))
	var asking sync.WaitGroup
	for i, area := range all {
		asking.Go(func() {
			findings[i] = setup.Finding{What: "Console area " + area.name, Note: "readable"}
			err := probe(ctx, func(ctx context.Context) error {
				note, err := area.ask(ctx, s1.Query{}.WithLimit(1))
				if note != "" {
					findings[i].Note = note
				}
				return err
			})
			judge(&findings[i], area, err)
		})
	}
	asking.Wait()
	return findings
}

// judge tells what it means that an area cannot be read. What lies outside the scope of a good
// token, has no license there, or is not there at all, is no fault of the settings: it is named, and the check goes on.
//
// An error fails the whole command, so it is for what somebody can and should mend.
func judge(found *setup.Finding, a area, err error) {
	var e *s1.Error
	if err == nil {
		return
	}
	if errors.As(err, &e) {
		refused := e.Reason == s1.MayNot || e.Reason == s1.LacksPermission
		switch {
		case e.Reason == s1.OutOfScope || a.everyRole && refused:
			found.Note = "outside the scope of this token, so these commands don't work (" + plainEnd(e.Message) + ")"
			return
		case s1.Absent(err):
			found.Note = "this console doesn't have it, so " + a.loss() + " (" + plainEnd(e.Message) + ")"
			return
		case e.Reason == s1.FeatureOff:
			found.Note = "not licensed or not turned on in this token's scope, so these commands don't work there (" + plainEnd(e.Message) + ")"
			return
		case a.without != "" && (errors.Is(err, s1.ErrForbidden) || errors.Is(err, s1.ErrUnauthorized)): // the token itself is good, or nothing would be tried
			found.Note = "not readable, so " + a.without + ": the token's role lacks " + a.permission
			return
		}
		found.Err = todo(err, refusal.Advice(e, a.permission))
		return
	}
	found.Err = todo(err, "the token's role needs "+a.permission)
}

// loss is what does not work on a console that lacks the area.
func (a area) loss() string {
	if a.without != "" {
		return a.without
	}
	return "these commands don't work here: " + commandList(a.serves...)
}

// commandList names the commands of some areas of the catalog, in their order there, and those that need one route. What needs a route of
// its own is no command of its area.
func commandList(serves ...string) string {
	var names []string
	for _, cmd := range commands.Known().Commands() {
		if slices.Contains(serves, cmd.Route) || cmd.Route == "" && slices.Contains(serves, cmd.Area) {
			names = append(names, cmd.Name)
		}
	}
	return strings.Join(names, ", ")
}

func plainEnd(message string) string { return strings.TrimSuffix(message, ".") }

// anyPolicy reads the tenant's policy or, with a token that does not reach it, the policy of a
// site.
//
// A token of the scope site may not read the tenant's policy; that is no fault of it.
func anyPolicy(client *s1.Client) asking {
	return func(ctx context.Context, q s1.Query) (string, error) {
		_, err := client.GlobalPolicy(ctx)
		if !errors.Is(err, s1.ErrForbidden) {
			return "", err
		}
		sites, siteErr := client.SitesPage(ctx, q)
		if siteErr != nil || len(sites.Items) == 0 {
			return "", err
		}
		if _, siteErr = client.SitePolicy(ctx, sites.Items[0].ID); siteErr != nil {
			return "", err
		}
		return "", nil
	}
}

// anyAlert reads the alerts of rules or, where a console has retired that list, the unified alerts, as the commands do.
func anyAlert(client *s1.Client) asking {
	return func(ctx context.Context, q s1.Query) (string, error) {
		_, err := client.AlertsPage(ctx, q)
		if !s1.IsRetired(err) || client.ProbeUnified(ctx) != nil {
			return "", err
		}
		return "this console has unified alerts only, so these commands use them: " + commandList("alerts"), nil
	}
}

// testFile is the SHA-1 of the EICAR test file, which every console knows.
const testFile = "3395856ce81f2b7382dee72602f798b642f14140"

func anyVerdict(client *s1.Client) asking {
	return func(ctx context.Context, _ s1.Query) (string, error) {
		_, err := client.HashReputation(ctx, testFile)
		return "", err
	}
}

// noTask asks for the tasks of a run that nobody started, of which there are none: the path wants the id of a run.
func noTask(client *s1.Client) asking {
	return func(ctx context.Context, q s1.Query) (string, error) {
		_, err := client.ScriptTasksPage(ctx, q.With("parentTaskId__in", "1000000000000000000"))
		return "", err
	}
}

const analysisRoute = "private/threats/{id}/analysis"

// anyAnalysis tries a path that is in no document of the vendor's. Where a console does not have it the command has another way.
func anyAnalysis(client *s1.Client) asking {
	ask := readsOf("threat", client.ThreatsPage, s1.Threat.Identity, client.ThreatAnalysis)
	return func(ctx context.Context, q s1.Query) (string, error) {
		note, err := ask(ctx, q)
		if s1.Absent(err) {
			return "this console doesn't have it; in its place, " + commandList(analysisRoute) + " shows what the list of threats has", nil
		}
		return note, err
	}
}
