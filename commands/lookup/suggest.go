package lookup

import (
	"context"
	"regexp"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/unified"
)

type search func(ctx context.Context, call *catalog.Call, typed string) ([]render.Option, error)

// All says how everything is found that a parameter can name. What a row has: how the word is read,
// who may see the box (those who may run the list command), which key of filters takes the ids, and
// what the box asks the console for.
func All() []catalog.Lookup {
	return []catalog.Lookup{
		catalog.LookupOf[s1.AgentID](catalog.IdKind("agent", "agents", "Names of endpoints work as well as ids.", FindAgents),
			catalog.Lookup{ListedBy: "list-agents", Filter: "agentIds", Search: searchBox((*s1.Client).AgentsPage, agentQuery, agentOption)}),
		catalog.LookupOf[s1.ThreatID](catalog.Early(catalog.IdKind("threat", "threats", "The id, the threat's address in the console, or its name.", findThreats)),
			catalog.Lookup{ListedBy: "get-threat", Search: searchBox((*s1.Client).ThreatsPage, freeQuery("ids", "createdAt"), threatOption)}),
		catalog.LookupOf[s1.AlertID](alertKind(), catalog.Lookup{ListedBy: "get-alerts", Search: searchAlerts}),
		catalog.LookupOf[unified.ID](unifiedKind(), catalog.Lookup{ListedBy: "list-unified-alerts", Search: searchUnified}),
		catalog.LookupOf[s1.SiteID](catalog.IdKind("site", "sites", "Names of sites work as well as ids.", findSites),
			catalog.Lookup{ListedBy: "get-sites", Filter: "siteIds", Search: searchBox((*s1.Client).SitesPage, namedQuery("siteIds", "query"), siteOption)}),
		catalog.LookupOf[s1.GroupID](catalog.IdKind("group", "groups", "Names of groups work as well as ids.", FindGroups),
			catalog.Lookup{ListedBy: "get-groups", Filter: "groupIds", Search: searchBox((*s1.Client).GroupsPage, namedQuery("groupIds", "query"), groupOption)}),
		catalog.LookupOf[s1.AccountID](catalog.IdKind("account", "accounts", "Names of accounts work as well as ids.", findAccounts),
			catalog.Lookup{ListedBy: "list-accounts", Filter: "accountIds", Search: searchBox((*s1.Client).AccountsPage, namedQuery("accountIds", "name__contains"), accountOption)}),
		catalog.LookupOf[s1.RuleID](catalog.IdKind("rule", "rules", "Names of rules work as well as ids.", findRules),
			catalog.Lookup{ListedBy: "get-star-custom-rules", Search: searchRules()}),
		catalog.LookupOf[s1.ScriptID](catalog.ByNumber(catalog.IdKind("script", "scripts", "Names of scripts work as well as ids.", findScripts)),
			catalog.Lookup{ListedBy: "get-scripts", Search: searchBox((*s1.Client).ScriptsPage, scriptQuery, scriptOption)}),
		catalog.LookupOf[s1.ExclusionID](catalog.ByNumber(catalog.IdKind("exclusion", "exclusions", "The excluded value works as well as ids.", findExclusions)),
			catalog.Lookup{ListedBy: "get-exclusions", Search: searchExclusions()}),
		catalog.LookupOf[s1.BlocklistID](catalog.ByNumber(catalog.IdKind("blocklist item", "blocklist", "A hash works as well as the ids of its items.", FindBlocked)),
			catalog.Lookup{ListedBy: "get-black-list", Search: searchBlocklist()}),
		catalog.LookupOf[s1.TaskID](catalog.IdKind("task", TaskBox, "The id.", nil), catalog.Lookup{}),
		catalog.LookupOf[s1.NoteID](catalog.NoteKind(), catalog.Lookup{}),
		{Box: RunBox},
		{Box: "iocs", ListedBy: "list-iocs", Search: searchIOCs},
		{Box: "collections", ListedBy: "get-threat", Search: searchCollections()},
		{Box: catalog.SearchQueries, Own: true, Search: catalog.OwnQueries},
	}
}

// searchBox asks for one page of rows and makes options of them. One page, because a box shows 30
// and the next key narrows it down. Rows without an id cannot be chosen and are left out.
func searchBox[T any](page func(*s1.Client, context.Context, s1.Query) (s1.Page[T], error), query func(string) s1.Query, option func(T) render.Option) search {
	return func(ctx context.Context, call *catalog.Call, typed string) ([]render.Option, error) {
		found, err := page(call.Console, ctx, query(typed).WithLimit(catalog.MaxSuggestions))
		options := []render.Option{}
		for _, row := range found.Items {
			if o := option(row); o.Value != "" {
				options = append(options, o)
			}
		}
		return options, err
	}
}

// addressForm is an address, or the beginning of one. From the second digit group on: "10" alone
// may begin a host's name.
var addressForm = regexp.MustCompile(`^\d{1,3}(\.\d{0,3}){1,3}$`)

// agentQuery asks for what a typed word can be: an id, a part of an address, a part of a name.
// Below two characters the console refuses to search names; its full text is asked instead.
func agentQuery(typed string) s1.Query {
	q := s1.Query{}.SortedBy("computerName", s1.Ascending)
	switch {
	case s1.LooksLikeID(typed):
		return q.With("ids", typed)
	case addressForm.MatchString(typed):
		return q.With("networkInterfaceInet__contains", typed)
	case catalog.Searchable(typed):
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

// namedQuery searches by name, in the order of names. One typed character is not sent where the key
// ends in __contains: the console would refuse it while the person types on.
func namedQuery(ids, name string) func(string) s1.Query {
	return func(typed string) s1.Query {
		q := s1.Query{}.SortedBy("name", s1.Ascending)
		switch {
		case s1.LooksLikeID(typed):
			return q.With(ids, typed)
		case typed != "" && (catalog.Searchable(typed) || !strings.HasSuffix(name, "__contains")):
			return q.With(name, typed)
		}
		return q
	}
}

func agentOption(a s1.Agent) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", a.ComputerName, a.SiteName, a.OSName, text.Online(a.Online())), Value: string(a.ID)}
}

func threatOption(t s1.Threat) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", t.Name(), t.Host(), t.Info.IncidentStatus.Label()), Value: string(t.Identity())}
}

func alertOption(a s1.Alert) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", a.Name(), a.Host(), string(a.Rule.Severity)), Value: string(a.Identity())}
}

func siteOption(s s1.Site) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", s.Name, s.AccountName), Value: string(s.ID)}
}

func groupOption(g s1.Group) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", g.Name, text.Plural(g.TotalAgents, "endpoint")), Value: string(g.ID)}
}

func accountOption(a s1.Account) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", a.Name, a.State.Label()), Value: string(a.ID)}
}
