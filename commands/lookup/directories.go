package lookup

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// A UUID is taken too, with or without dashes: it is what other tools have of an endpoint.
func agentDirectory() directory[s1.Agent] {
	d := directory[s1.Agent]{
		noun: "endpoint", guess: guessAgents, Target: AgentTarget,
		gone: func(a s1.Agent) bool { return catalog.Gone(a) != "" },
		fits: func(a s1.Agent, name string) bool {
			return sameName(a.ComputerName, name) || PlainUUID(name) != "" && PlainUUID(a.UUID) == PlainUUID(name)
		},
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Agent, error) {
			return agentsByID(ctx, call, catalog.Convert[s1.AgentID](ids))
		},
	}
	d.Search = func(ctx context.Context, call *catalog.Call, names []string) ([]s1.Agent, error) {
		return agentsMatching(ctx, call, names, agentQueries(names), d.fits)
	}
	return d
}

// sameName tells whether two names are equal but for case and the blanks around them, which nobody
// sees: an endpoint called "LAB-7 " is found as LAB-7, and where there is a LAB-7 as well the person
// chooses.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// agentQueries ask for several names at once. computerName__contains takes ten values of at least
// two characters; a name of one character, or one with a comma, is asked for exactly.
func agentQueries(names []string) []s1.Query {
	var parts []string
	var queries []s1.Query
	for _, name := range names {
		switch {
		case PlainUUID(name) != "":
			queries = append(queries, s1.Query{}.With("uuid", name))
		case catalog.Searchable(name):
			parts = append(parts, name)
		default:
			queries = append(queries, s1.Query{"computerName": {name}})
		}
	}
	for chunk := range slices.Chunk(parts, catalog.MaxNames) {
		queries = append(queries, s1.Query{}.With("computerName__contains", chunk...))
	}
	return queries
}

// agentsMatching asks for parts of names and so for too much: what none of the names fits is not
// kept, be it a whole estate. Rows are read as they come: a fleet in which every name begins with
// DESKTOP- must not stand in memory.
func agentsMatching(ctx context.Context, call *catalog.Call, names []string, queries []s1.Query, fits func(s1.Agent, string) bool) ([]s1.Agent, error) {
	var found []s1.Agent
	for _, q := range queries {
		for agent, err := range call.Console.Agents(ctx, q) {
			if err != nil {
				return nil, fmt.Errorf("look up %s: %w", strings.Join(names, ", "), err)
			}
			if !slices.ContainsFunc(names, func(name string) bool { return fits(agent, name) }) {
				continue
			}
			if found = append(found, agent); len(found) > MaxNamesakes {
				e := catalog.Wrong("", "more than %d endpoints are called %s", MaxNamesakes, strings.Join(names, ", "))
				e.Hint = "give the ids of those you mean"
				return nil, e
			}
		}
	}
	return found, nil
}

// PlainUUID returns a uuid without its dashes, "" if text is none.
func PlainUUID(text string) string {
	text = strings.ToLower(strings.ReplaceAll(text, "-", ""))
	if uuidForm.MatchString(text) {
		return text
	}
	return ""
}

// guessAgents searches for the parts of a name, for one of them may be spelled right. 200 rows are
// a call's worth; the nearest name is then found by edit distance among them.
func guessAgents(ctx context.Context, call *catalog.Call, name string) ([]string, error) {
	fragments := fragmentsOf(name)
	if len(fragments) == 0 {
		return nil, nil
	}
	page, err := call.Console.AgentsPage(ctx, s1.Query{}.With("computerName__contains", fragments...).WithLimit(200))
	return NamesIn(page.Items, func(a s1.Agent) string { return a.ComputerName }), err
}

// fragmentsOf cuts a name into thirds: a slip or two leaves at least one of them as it should be.
func fragmentsOf(name string) []string {
	r := []rune(name)
	size := max(3, len(r)/3)
	var fragments []string
	for part := range slices.Chunk(r, size) {
		if s := string(part); catalog.Searchable(s) {
			fragments = append(fragments, s)
		}
	}
	return fragments[:min(len(fragments), catalog.MaxNames)]
}

// Sites have no key for exact names; query looks into names and more. A console has few enough
// sites that a mistyped name is compared with all of them.
func SiteDirectory() directory[s1.Site] {
	return directory[s1.Site]{
		noun: "site",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Site, error) {
			return s1.Collect(call.Console.Sites(ctx, s1.Query{"query": {name}}))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.SitesPage(ctx, s1.Query{}.WithLimit(1000))
			return NamesIn(page.Items, func(s s1.Site) string { return s.Name }), err
		},
		fits: func(s s1.Site, name string) bool { return sameName(s.Name, name) },
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Site, error) {
			return s1.Collect(call.Console.Sites(ctx, s1.Query{}.With("siteIds", ids...)))
		},
		Target: func(_ *catalog.Call, s s1.Site) catalog.Target {
			return catalog.Target{Kind: "site", ID: string(s.ID), Name: s.Name, Account: s.AccountName, Site: s.AccountName, State: s.State.Label()}
		},
	}
}

// Every site has a Default Group, so group names are ambiguous more often than not.
func GroupDirectory() directory[s1.Group] {
	return directory[s1.Group]{
		noun: "group",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Group, error) {
			return s1.Collect(call.Console.Groups(ctx, s1.Query{"query": {name}}))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.GroupsPage(ctx, s1.Query{}.WithLimit(1000))
			return NamesIn(page.Items, func(g s1.Group) string { return g.Name }), err
		},
		fits:   func(g s1.Group, name string) bool { return sameName(g.Name, name) },
		Target: GroupTarget,
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Group, error) {
			return s1.Collect(call.Console.Groups(ctx, s1.Query{}.With("groupIds", ids...)))
		},
	}
}

// GroupTarget tells groups of one name apart by their site, which a group knows by id only.
func GroupTarget(_ *catalog.Call, g s1.Group) catalog.Target {
	return catalog.Target{Kind: "group", ID: string(g.ID), Name: g.Name, Site: "site " + string(g.SiteID), State: text.Plural(g.TotalAgents, "endpoint")}
}

// A token of a site may not list accounts (403): names do not work then, ids do.
func AccountDirectory() directory[s1.Account] {
	return directory[s1.Account]{
		noun: "account",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Account, error) {
			if !catalog.Searchable(name) {
				return s1.Collect(call.Console.Accounts(ctx, s1.Query{"name": {name}}))
			}
			return s1.Collect(call.Console.Accounts(ctx, s1.Query{}.With("name__contains", name)))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.AccountsPage(ctx, s1.Query{}.WithLimit(1000))
			return NamesIn(page.Items, func(a s1.Account) string { return a.Name }), err
		},
		fits: func(a s1.Account, name string) bool { return sameName(a.Name, name) },
		Target: func(_ *catalog.Call, a s1.Account) catalog.Target {
			return catalog.Target{Kind: "account", ID: string(a.ID), Name: a.Name, State: a.State.Label()}
		},
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Account, error) {
			return s1.Collect(call.Console.Accounts(ctx, s1.Query{}.With("accountIds", ids...)))
		},
	}
}

func findThreats(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return threatDirectory().find(ctx, call, param, words)
}

// s1.IsRetired says what counts as such a console.
func findAlerts(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	ids, err := alertDirectory().find(ctx, call, param, words)
	if s1.IsRetired(err) { // it may have unified alerts, which the same commands take
		return unifiedDirectory().find(ctx, call, param, words)
	}
	return ids, err
}

// namesakesOf reads what has a name in it. Where that is more than anybody looks through, a second
// one of the name may be among the rest: then it is not known which one is meant.
func namesakesOf[T any](noun, name string, rows iter.Seq2[T, error]) ([]T, error) {
	found, err := s1.Collect(s1.Take(rows, MaxNamesakes+1))
	if err == nil && len(found) > MaxNamesakes {
		e := catalog.Wrong("", "more than %d %ss match %s", MaxNamesakes, noun, text.Quote(name))
		e.Hint = "give the id of the " + noun
		return nil, e
	}
	return found, err
}

// threatDirectory finds threats by name, for which the console has no key: its full text finds too
// many, and fits decides. A threat is called after its file, and one file makes many threats: the
// newest come first, and usually a name is ambiguous.
func threatDirectory() directory[s1.Threat] {
	newest := func(q s1.Query) s1.Query { return q.SortedBy("createdAt", s1.Descending) }
	return directory[s1.Threat]{
		noun: "threat",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Threat, error) {
			return namesakesOf("threat", name, call.Console.Threats(ctx, newest(s1.Query{"query": {name}})))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.ThreatsPage(ctx, newest(nil).WithLimit(200))
			return NamesIn(page.Items, s1.Threat.Name), err
		},
		fits:   func(t s1.Threat, name string) bool { return strings.EqualFold(t.Name(), name) },
		Target: ThreatTarget,
		isName: catalog.ByNumber(catalog.Kind{}).IsName,
	}
}

// alertDirectory finds alerts by the name of their rule. The sort key differs from threats':
// sortBy=createdAt is a 400 here ("not a valid choice").
func alertDirectory() directory[s1.Alert] {
	newest := func(q s1.Query) s1.Query { return q.SortedBy("alertInfoCreatedAt", s1.Descending) }
	return directory[s1.Alert]{
		noun: "alert",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Alert, error) {
			q := s1.Query{"query": {name}}
			if catalog.Searchable(name) {
				q = s1.Query{}.With("ruleName__contains", name)
			}
			return namesakesOf("alert", name, call.Console.Alerts(ctx, newest(q)))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.AlertsPage(ctx, newest(nil).WithLimit(200))
			return NamesIn(page.Items, s1.Alert.Name), err
		},
		fits:   func(a s1.Alert, name string) bool { return strings.EqualFold(a.Name(), name) },
		Target: AlertTarget,
		isName: alertKind().IsName,
	}
}
