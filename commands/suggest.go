package commands

import (
	"context"
	"regexp"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

type search func(ctx context.Context, call *Call, typed string) ([]render.Option, error)

// allLookups says how everything is found that a parameter can name.
func allLookups() []Lookup {
	return []Lookup{
		lookupOf[s1.AgentID](idKind("agent", "agents", "Names of endpoints do as well as ids.", findAgents),
			Lookup{ListedBy: "list-agents", Filter: "agentIds", Search: searchBox((*s1.Client).AgentsPage, agentQuery, agentOption)}),
		lookupOf[s1.ThreatID](early(idKind("threat", "threats", "The id, the threat's address in the console, or its name.", findThreats)),
			Lookup{ListedBy: "get-threat", Search: searchBox((*s1.Client).ThreatsPage, freeQuery("ids", "createdAt"), threatOption)}),
		lookupOf[s1.AlertID](early(idKind("alert", "alerts", "The id, the alert's address in the console, or the name of its rule.", findAlerts)),
			Lookup{ListedBy: "get-alerts", Search: searchBox((*s1.Client).AlertsPage, freeQuery("ids", "alertInfoCreatedAt"), alertOption)}),
		lookupOf[s1.SiteID](idKind("site", "sites", "Names of sites do as well as ids.", findSites),
			Lookup{ListedBy: "get-sites", Filter: "siteIds", Search: searchBox((*s1.Client).SitesPage, namedQuery("siteIds", "query"), siteOption)}),
		lookupOf[s1.GroupID](idKind("group", "groups", "Names of groups do as well as ids.", findGroups),
			Lookup{ListedBy: "get-groups", Filter: "groupIds", Search: searchBox((*s1.Client).GroupsPage, namedQuery("groupIds", "query"), groupOption)}),
		lookupOf[s1.AccountID](idKind("account", "accounts", "Names of accounts do as well as ids.", findAccounts),
			Lookup{ListedBy: "list-accounts", Filter: "accountIds", Search: searchBox((*s1.Client).AccountsPage, namedQuery("accountIds", "name__contains"), accountOption)}),
		lookupOf[s1.RuleID](idKind("rule", "rules", "Names of rules do as well as ids.", findRules),
			Lookup{ListedBy: "get-star-custom-rules", Search: searchRules()}),
		lookupOf[s1.ScriptID](byNumber(idKind("script", "scripts", "Names of scripts do as well as ids.", findScripts)),
			Lookup{ListedBy: "get-scripts", Search: searchBox((*s1.Client).ScriptsPage, scriptQuery, scriptOption)}),
		lookupOf[s1.ExclusionID](byNumber(idKind("exclusion", "exclusions", "What is excluded does as well as ids.", findExclusions)),
			Lookup{ListedBy: "get-exclusions", Search: searchExclusions()}),
		lookupOf[s1.BlocklistID](byNumber(idKind("blocklist item", "blocklist", "A hash does as well as the ids of its items.", findBlocked)),
			Lookup{ListedBy: "get-black-list", Search: searchBlocklist()}),
		lookupOf[s1.TaskID](idKind("task", taskBox, "The id.", nil), Lookup{}),
		lookupOf[s1.NoteID](noteKind(), Lookup{}),
		{Box: runBox},
		{Box: "iocs", ListedBy: "list-iocs", Search: searchIOCs},
		{Box: "collections", ListedBy: "get-threat", Search: searchCollections()},
		{Box: searchQueries, Own: true, Search: ownQueries},
	}
}

// searchBox asks for one page of rows and makes options of them.
func searchBox[T any](page func(*s1.Client, context.Context, s1.Query) (s1.Page[T], error), query func(string) s1.Query, option func(T) render.Option) search {
	return func(ctx context.Context, call *Call, typed string) ([]render.Option, error) {
		found, err := page(call.Console, ctx, query(typed).WithLimit(maxSuggestions))
		options := []render.Option{}
		for _, row := range found.Items {
			if o := option(row); o.Value != "" {
				options = append(options, o)
			}
		}
		return options, err
	}
}

// addressForm is an address, or the beginning of one.
var addressForm = regexp.MustCompile(`^\d{1,3}(\.\d{0,3}){1,3}$`)

func agentQuery(typed string) s1.Query {
	q := s1.Query{}.SortedBy("computerName", s1.Ascending)
	switch {
	case s1.LooksLikeID(typed):
		return q.With("ids", typed)
	case addressForm.MatchString(typed):
		return q.With("networkInterfaceInet__contains", typed)
	case searchable(typed):
		return q.With("computerName__contains", typed)
	case typed != "":
		return q.With("query", typed)
	}
	return q
}

// freeQuery searches by the console's full text, newest first.
func freeQuery(ids, newest string) func(string) s1.Query {
	return func(typed string) s1.Query {
		q := s1.Query{}.SortedBy(newest, s1.Descending)
		switch {
		case s1.LooksLikeID(typed):
			return q.With(ids, typed)
		case typed != "":
			return q.With("query", typed)
		}
		return q
	}
}

// namedQuery searches by name, in the order of names.
func namedQuery(ids, name string) func(string) s1.Query {
	return func(typed string) s1.Query {
		q := s1.Query{}.SortedBy("name", s1.Ascending)
		switch {
		case s1.LooksLikeID(typed):
			return q.With(ids, typed)
		case typed != "" && (searchable(typed) || !strings.HasSuffix(name, "__contains")):
			return q.With(name, typed)
		}
		return q
	}
}

func agentOption(a s1.Agent) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", a.ComputerName, a.SiteName, a.OSName, online(a.Online())), Value: string(a.ID)}
}

func threatOption(t s1.Threat) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", t.Name(), t.Host(), t.Info.IncidentStatus.Label()), Value: string(t.Identity())}
}

func alertOption(a s1.Alert) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", a.Name(), a.Host(), string(a.Rule.Severity)), Value: string(a.Identity())}
}

func siteOption(s s1.Site) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", s.Name, s.AccountName), Value: string(s.ID)}
}

func groupOption(g s1.Group) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", g.Name, plural(g.TotalAgents, "endpoint")), Value: string(g.ID)}
}

func accountOption(a s1.Account) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", a.Name, a.State.Label()), Value: string(a.ID)}
}
