package commands

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// maxSuggestions is how many options a search box shows: more than a screen nobody reads, and Slack takes 20 KB.
const maxSuggestions = 30

// Search answers a search box: the things of a kind ("agents", "threats", …) that match what a person has typed so far. The
// console's answers are remembered for some seconds, for a box asks at every key.
func (c *Catalog) Search(ctx context.Context, call *Call, kind, query string) ([]render.Option, error) {
	if known, ok := c.tasks.options(kind, query); ok {
		return known, nil
	}
	if kind == searchQueries {
		return ownQueries(ctx, call, strings.TrimSpace(query))
	}
	search, ok := searches()[kind]
	if !ok {
		return nil, fmt.Errorf("search %q: there is no such kind", kind)
	}
	query = strings.TrimSpace(query)
	key := call.Console.ConsoleURL() + "|" + kind + "|" + strings.ToLower(query)
	if options, ok := c.searches.get(key, call.Now).([]render.Option); ok {
		return options, nil
	}
	options, err := search(ctx, call.Console, query)
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", kind, err)
	}
	c.searches.put(key, options, call.Now)
	c.book.learnAll(options)
	return options, nil
}

type search func(context.Context, *s1.Client, string) ([]render.Option, error)

func searches() map[string]search {
	return map[string]search{
		"agents": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Agent], error) {
			return c.AgentsPage(ctx, q)
		},
			agentQuery, agentOption),
		"threats": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Threat], error) {
			return c.ThreatsPage(ctx, q)
		},
			freeQuery("ids", "createdAt"), threatOption),
		"alerts": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Alert], error) {
			return c.AlertsPage(ctx, q)
		},
			freeQuery("ids", "alertInfoCreatedAt"), alertOption),
		"sites": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Site], error) {
			return c.SitesPage(ctx, q)
		},
			namedQuery("siteIds", "query"), siteOption),
		"groups": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Group], error) {
			return c.GroupsPage(ctx, q)
		},
			namedQuery("groupIds", "query"), groupOption),
		"accounts": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Account], error) {
			return c.AccountsPage(ctx, q)
		},
			namedQuery("accountIds", "name__contains"), accountOption),
		"scripts": searchBox(func(ctx context.Context, c *s1.Client, q s1.Query) (s1.Page[s1.Script], error) {
			return c.ScriptsPage(ctx, q)
		},
			scriptQuery, scriptOption),
		"rules": searchRules(), "exclusions": searchExclusions(), "blocklist": searchBlocklist(), "collections": searchCollections(),
		"iocs": searchIOCs,
	}
}

// searchBox asks for one page of rows and makes options of them.
func searchBox[T any](page func(context.Context, *s1.Client, s1.Query) (s1.Page[T], error), query func(string) s1.Query, option func(T) render.Option) search {
	return func(ctx context.Context, console *s1.Client, typed string) ([]render.Option, error) {
		found, err := page(ctx, console, query(typed).WithLimit(maxSuggestions))
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
