package notifier

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/s1"
)

// A home is what is known of an item's endpoint: what it is called, and where it belongs. Empty fields are not known.
type home struct {
	agent s1.AgentID
	uuid  string
	host  string

	siteID               s1.SiteID
	account, site, group string
}

// complete tells whether there is nothing to look up.
func (h home) complete() bool {
	return h.agent != "" && h.account != "" && h.site != "" && h.group != ""
}

// or fills what h lacks with what other knows. A group belongs to a site: that of another site is not taken.
func (h home) or(other home) home {
	if h.site == "" || other.site == "" || strings.EqualFold(h.site, other.site) {
		h.group = cmp.Or(h.group, other.group)
	}
	return home{
		agent: cmp.Or(h.agent, other.agent), uuid: cmp.Or(h.uuid, other.uuid), host: cmp.Or(h.host, other.host), siteID: cmp.Or(h.siteID, other.siteID),
		account: cmp.Or(h.account, other.account), site: cmp.Or(h.site, other.site), group: h.group,
	}
}

const (
	// lookupLimit is how long looking up the endpoints of one page may take: what the console does not answer by then is told without.
	lookupLimit = 10 * time.Second
	// lookupPatience is how long an item waits for a look-up that fails, where its channel depends on the answer.
	lookupPatience = time.Minute
	// lookupPause lies between two tries of a look-up that fails.
	lookupPause = 5 * time.Second
	// unsettled marks the version of an item whose look-up failed: it differs from that of the same row with its endpoint, so the
	// next poll looks it up again, also after a restart.
	unsettled = "?"
)

// A lookup is one page's endpoints, asked for together.
type lookup struct {
	console                       feedConsole
	agents                        map[string]s1.Agent   // by id
	twins                         map[string][]s1.Agent // by uuid, which clones of a machine share
	sites                         map[s1.SiteID]s1.Site
	errAgents, errTwins, errSites error
}

// lookUp asks the console for what items' rows do not say: their endpoints by id, those that are not found by uuid, and the sites that
// the rows name by their ids alone. An error of one question is kept for the items that depend on it.
func lookUp(ctx context.Context, console feedConsole, homes []home) *lookup {
	ctx, done := context.WithTimeout(ctx, lookupLimit)
	defer done()
	l := &lookup{console: console, agents: map[string]s1.Agent{}, twins: map[string][]s1.Agent{}, sites: map[s1.SiteID]s1.Site{}}
	l.errAgents = l.ask(ctx, "ids", wanted(homes, func(h home) string { return string(h.agent) }), func(a s1.Agent) { l.agents[string(a.ID)] = a })
	l.errTwins = l.ask(ctx, "uuids", wanted(homes, func(h home) string {
		if _, found := l.agents[string(h.agent)]; found || h.agent != "" && l.errAgents != nil {
			return ""
		}
		return h.uuid
	}), func(a s1.Agent) { l.twins[plainUUID(a.UUID)] = append(l.twins[plainUUID(a.UUID)], a) })
	l.errSites = l.askSites(ctx, wanted(homes, func(h home) string {
		if h.site != "" || l.agentAt(h).SiteID == h.siteID {
			return ""
		}
		return string(h.siteID)
	}))
	return l
}

// wanted are the values of homes, each once.
func wanted(homes []home, value func(home) string) []string {
	values := each(homes, value)
	slices.Sort(values)
	return slices.DeleteFunc(slices.Compact(values), func(v string) bool { return v == "" })
}

func (l *lookup) ask(ctx context.Context, key string, values []string, keep func(s1.Agent)) error {
	for some := range slices.Chunk(values, idsPerCall) {
		page, err := l.console.AgentsPage(ctx, s1.Query{}.With(key, some...).WithLimit(pageSize))
		if err != nil {
			return fmt.Errorf("look up %d endpoints by %s: %w", len(some), key, err)
		}
		for _, a := range page.Items {
			keep(a)
		}
	}
	return nil
}

func (l *lookup) askSites(ctx context.Context, ids []string) error {
	for some := range slices.Chunk(ids, idsPerCall) {
		page, err := l.console.SitesPage(ctx, s1.Query{}.With("siteIds", some...).WithLimit(pageSize))
		if err != nil {
			return fmt.Errorf("look up %d sites: %w", len(some), err)
		}
		for _, s := range page.Items {
			l.sites[s.ID] = s
		}
	}
	return nil
}

// agentAt is the endpoint of a row, by its id or else by its uuid if one endpoint alone has that; empty if it is not listed.
func (l *lookup) agentAt(h home) s1.Agent {
	if a, found := l.agents[string(h.agent)]; found {
		return a
	}
	if twins := l.twins[plainUUID(h.uuid)]; len(twins) == 1 && h.uuid != "" {
		return twins[0]
	}
	return s1.Agent{}
}

// of is what is known of an item's endpoint now, the row's own word first. An endpoint that has moved since is where the row says.
func (l *lookup) of(h home) home {
	a := l.agentAt(h)
	if h.site == "" && h.siteID != "" && h.siteID != a.SiteID {
		if site, found := l.sites[h.siteID]; found {
			h = h.or(home{site: site.Name, account: site.AccountName})
		}
	}
	if h.host == "" || strings.EqualFold(h.host, a.ComputerName) { // a uuid under another name may be a clone's: nobody acts on that by one click
		h.agent = cmp.Or(a.ID, h.agent)
	}
	return h.or(home{host: a.ComputerName, siteID: a.SiteID, account: a.AccountName, site: a.SiteName, group: a.GroupName})
}

// failed is why a row's endpoint could not be looked up; nil if the console has answered all that was asked about it.
func (l *lookup) failed(h home) error {
	var problem error
	switch _, found := l.agents[string(h.agent)]; {
	case found:
	case h.agent != "" && l.errAgents != nil:
		problem = l.errAgents
	case h.uuid != "":
		problem = l.errTwins
	}
	if h.site == "" && h.siteID != "" && l.agentAt(h).SiteID != h.siteID {
		problem = cmp.Or(problem, l.errSites)
	}
	return problem
}

// plainUUID is a uuid as all spellings of it compare: agents write it with dashes and without.
func plainUUID(uuid string) string { return strings.ToLower(strings.ReplaceAll(uuid, "-", "")) }

// locate gives items whose rows do not say all about their endpoints what can be looked up, or was known before. Those whose look-up
// fails are marked, so that it is tried again.
func (f *feed) locate(ctx context.Context, items []item, versions map[string]string) ([]item, error) {
	lacking := slices.DeleteFunc(slices.Clone(items), func(it item) bool { return it.at == nil })
	if len(lacking) == 0 {
		return items, nil
	}
	before, err := f.before(ctx, lacking, versions)
	if err != nil {
		return nil, err
	}
	found := f.lookUp(ctx, each(lacking, func(it item) home { return it.home }))
	for i, it := range items {
		if it.at == nil {
			continue
		}
		items[i] = it.at(found.of(it.home).or(before[it.id]))
		if items[i].unplaced = found.failed(it.home); items[i].unplaced != nil {
			items[i].version += unsettled
		}
	}
	return items, nil
}

// errResting stands for the answer to a look-up that failed a moment ago.
var errResting = errors.New("the look-up of endpoints failed a moment ago")

// lookUp is the function of that name, unless it failed a moment ago. The first failure and the end of them are logged.
func (f *feed) lookUp(ctx context.Context, homes []home) *lookup {
	if f.now().Before(f.lookupAt) {
		return &lookup{errAgents: errResting, errTwins: errResting, errSites: errResting}
	}
	l := lookUp(ctx, f.console, homes)
	switch err := errors.Join(l.errAgents, l.errTwins, l.errSites); {
	case err == nil && !f.lookupAt.IsZero():
		f.logger.Info("endpoints can be looked up again")
		f.lookupAt = time.Time{}
	case err != nil:
		if f.lookupAt.IsZero() {
			f.logger.Warn("endpoints cannot be looked up; what does not depend on it is told, and it is tried again", "err", err)
		}
		f.lookupAt = f.now().Add(lookupPause)
	}
	return l
}

// before is what the journal knows of the endpoints of items that it has: a row that changes keeps its site and its buttons, whether
// its endpoint can be looked up again or not.
func (f *feed) before(ctx context.Context, items []item, versions map[string]string) (map[string]home, error) {
	known := map[string]home{}
	var ids []string
	for _, it := range items {
		if versions[it.id] != "" {
			ids = append(ids, it.id)
		}
	}
	for some := range slices.Chunk(ids, idsPerCall) {
		notices, err := f.journal.Notices(ctx, Query{Source: f.source, IDs: some})
		if err != nil {
			return nil, fmt.Errorf("read where %d endpoints belonged: %w", len(some), err)
		}
		for _, n := range notices {
			known[n.ID] = f.homeOf(n.Body)
		}
	}
	return known, nil
}

// homeIn reads a body back for what it says of its endpoint; one that cannot be read says nothing.
func homeIn[T any](of func(T) home) func(json.RawMessage) home {
	return func(body json.RawMessage) home {
		var row T
		if json.Unmarshal(body, &row) != nil {
			return home{}
		}
		return of(row)
	}
}

// waits tells whether an item is not told yet, because its channel depends on a look-up that failed. One that the console refuses will
// not do better in a minute.
func (f *feed) waits(it item, decided bool) bool {
	if it.unplaced == nil || decided || errors.Is(it.unplaced, s1.ErrForbidden) || errors.Is(it.unplaced, s1.ErrUnauthorized) {
		delete(f.waiting, it.id)
		return false
	}
	since, known := f.waiting[it.id]
	if !known {
		since = f.now()
		f.waiting[it.id] = since
	}
	if f.now().Sub(since) < lookupPatience {
		return true
	}
	delete(f.waiting, it.id)
	return false
}

// news are the items that the journal does not have as they are.
func news(items []item, versions map[string]string) []item {
	return slices.DeleteFunc(slices.Clone(items), func(it item) bool {
		version, seen := versions[it.id]
		return seen && (version == "" || version == it.version)
	})
}
