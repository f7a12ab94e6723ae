package feed

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/notifier/journal"
	"s1bot/s1"
)

// An endpoint is what is known of an item's endpoint: what it is called, and where it belongs.
// Empty fields are not known.
type endpoint struct {
	agent s1.AgentID
	uuid  string
	host  string

	siteID               s1.SiteID
	account, site, group string
}

// complete reports whether there is nothing to look up.
func (h endpoint) complete() bool {
	return h.agent != "" && h.account != "" && h.site != "" && h.group != ""
}

// or fills what h lacks with what other knows. A group belongs to a site: that of another site is not taken.
func (h endpoint) or(other endpoint) endpoint {
	if h.site == "" || other.site == "" || strings.EqualFold(h.site, other.site) {
		h.group = cmp.Or(h.group, other.group)
	}
	return endpoint{
		agent: cmp.Or(h.agent, other.agent), uuid: cmp.Or(h.uuid, other.uuid), host: cmp.Or(h.host, other.host), siteID: cmp.Or(h.siteID, other.siteID),
		account: cmp.Or(h.account, other.account), site: cmp.Or(h.site, other.site), group: h.group,
	}
}

const (
	// lookupLimit is how long looking up the endpoints of one page may take: what the console does not answer by then is delivered without.
	lookupLimit = 10 * time.Second
	// lookupDeferral is how long an item waits for a look-up that fails, where its channel depends on the answer.
	lookupDeferral = time.Minute
	// lookupPause lies between two tries of a look-up that fails.
	lookupPause = 5 * time.Second
	// lookupPending marks the version of an item whose look-up failed: it differs from that of the same row with its endpoint, so the
	// next poll looks it up again, also after a restart.
	lookupPending = "?"
)

// A lookup is one page's endpoints, asked for together.
type lookup struct {
	console                       Console
	byID                          map[string]s1.Agent   // by id
	byUUID                        map[string][]s1.Agent // by uuid, which clones of a machine share
	sites                         map[s1.SiteID]s1.Site
	errAgents, errUUIDs, errSites error
}

// lookUp asks the console for what items' rows do not say: their endpoints by id, those that are
// not found by uuid, and the sites that the rows name by their ids alone. An error of one question
// is kept for the items that depend on it.
//
// Three questions for a page and not one for each row: a burst of five hundred alerts costs the
// console about fifteen calls of a hundred ids.
func lookUp(ctx context.Context, console Console, homes []endpoint) *lookup {
	ctx, done := context.WithTimeout(ctx, lookupLimit)
	defer done()
	l := &lookup{console: console, byID: map[string]s1.Agent{}, byUUID: map[string][]s1.Agent{}, sites: map[s1.SiteID]s1.Site{}}
	l.errAgents = l.ask(ctx, "ids", wanted(homes, func(h endpoint) string { return string(h.agent) }), func(a s1.Agent) { l.byID[string(a.ID)] = a })
	l.errUUIDs = l.ask(ctx, "uuids", wanted(homes, func(h endpoint) string {
		if _, found := l.byID[string(h.agent)]; found || h.agent != "" && l.errAgents != nil {
			return ""
		}
		return h.uuid
	}), func(a s1.Agent) { l.byUUID[plainUUID(a.UUID)] = append(l.byUUID[plainUUID(a.UUID)], a) })
	l.errSites = l.askSites(ctx, wanted(homes, func(h endpoint) string {
		if h.site != "" || l.agentAt(h).SiteID == h.siteID {
			return ""
		}
		return string(h.siteID)
	}))
	return l
}

// wanted are the values of homes, each once.
func wanted(homes []endpoint, value func(endpoint) string) []string {
	values := mapSlice(homes, value)
	slices.Sort(values)
	return slices.DeleteFunc(slices.Compact(values), func(v string) bool { return v == "" })
}

// ask reads endpoints whose key has one of values, in calls of idsPerCall. An answer that is incomplete is none: where one call fails, all
// items of the page that depend on this question wait, because nobody knows whose answer is missing.
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

// askSites reads sites by their ids. An alert's agentDetectionInfo has a site's id and no name, and routes go by names.
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
func (l *lookup) agentAt(h endpoint) s1.Agent {
	if a, found := l.byID[string(h.agent)]; found {
		return a
	}
	if twins := l.byUUID[plainUUID(h.uuid)]; len(twins) == 1 && h.uuid != "" {
		return twins[0]
	}
	return s1.Agent{}
}

// of is what is known of an item's endpoint now, the row's own word first. An endpoint that has moved since is where the row says.
func (l *lookup) of(h endpoint) endpoint {
	a := l.agentAt(h)
	if h.site == "" && h.siteID != "" && h.siteID != a.SiteID {
		if site, found := l.sites[h.siteID]; found {
			h = h.or(endpoint{site: site.Name, account: site.AccountName})
		}
	}
	if h.host == "" || strings.EqualFold(h.host, a.ComputerName) { // a uuid under another name may be a clone's: nobody acts on that by one click
		h.agent = cmp.Or(a.ID, h.agent)
	}
	return h.or(endpoint{host: a.ComputerName, siteID: a.SiteID, account: a.AccountName, site: a.SiteName, group: a.GroupName})
}

// failed is why a row's endpoint could not be looked up; nil if the console has answered all that was asked about it.
func (l *lookup) failed(h endpoint) error {
	var problem error
	switch _, found := l.byID[string(h.agent)]; {
	case found:
	case h.agent != "" && l.errAgents != nil:
		problem = l.errAgents
	case h.uuid != "":
		problem = l.errUUIDs
	}
	if h.site == "" && h.siteID != "" && l.agentAt(h).SiteID != h.siteID {
		problem = cmp.Or(problem, l.errSites)
	}
	return problem
}

// plainUUID is a uuid as all spellings of it compare: agents write it with dashes and without.
func plainUUID(uuid string) string { return strings.ToLower(strings.ReplaceAll(uuid, "-", "")) }

// resolveEndpoints gives items whose rows do not say all about their endpoints what can be looked up, or was known before. Those whose look-up
// fails are marked, so that it is tried again.
func (f *Feed) resolveEndpoints(ctx context.Context, items []item, versions map[string]string) ([]item, error) {
	lacking := slices.DeleteFunc(slices.Clone(items), func(it item) bool { return it.placed == nil })
	if len(lacking) == 0 {
		return items, nil
	}
	before, err := f.endpointsBefore(ctx, lacking, versions)
	if err != nil {
		return nil, err
	}
	found := f.lookUp(ctx, mapSlice(lacking, func(it item) endpoint { return it.endpoint }))
	for i, it := range items {
		if it.placed == nil {
			continue
		}
		items[i] = it.placed(found.of(it.endpoint).or(before[it.id]))
		if items[i].lookupErr = found.failed(it.endpoint); items[i].lookupErr != nil {
			items[i].version += lookupPending
		}
	}
	return items, nil
}

// errResting stands for the answer to a look-up that failed a moment ago.
var errResting = errors.New("the look-up of endpoints failed a moment ago")

// lookUp is the function of that name, unless it failed a moment ago. The first failure and the end
// of them are logged.
//
// While it rests, each page gets the same answer as the one that failed, without a call: its items
// wait or go by their own rows.
func (f *Feed) lookUp(ctx context.Context, homes []endpoint) *lookup {
	if f.now().Before(f.lookupAt) {
		return &lookup{errAgents: errResting, errUUIDs: errResting, errSites: errResting}
	}
	l := lookUp(ctx, f.console, homes)
	switch err := errors.Join(l.errAgents, l.errUUIDs, l.errSites); {
	case err == nil && !f.lookupAt.IsZero():
		f.logger.Info("endpoint look-ups work again")
		f.lookupAt = time.Time{}
	case err != nil:
		if f.lookupAt.IsZero() {
			f.logger.Warn("can't look up endpoints, retrying; only notices whose channel depends on it wait", "err", err)
		}
		f.lookupAt = f.now().Add(lookupPause)
	}
	return l
}

// endpointsBefore is what the journal knows of the endpoints of items that it has: a row that changes keeps its site and its buttons, whether
// its endpoint can be looked up again or not.
func (f *Feed) endpointsBefore(ctx context.Context, items []item, versions map[string]string) (map[string]endpoint, error) {
	known := map[string]endpoint{}
	var ids []string
	for _, it := range items {
		if versions[it.id] != "" {
			ids = append(ids, it.id)
		}
	}
	for some := range slices.Chunk(ids, idsPerCall) {
		notices, err := f.journal.Notices(ctx, journal.Query{Source: f.kept, IDs: some})
		if err != nil {
			return nil, fmt.Errorf("read where %d endpoints belonged: %w", len(some), err)
		}
		for _, n := range notices {
			known[n.ID] = f.endpointOf(n.Body)
		}
	}
	return known, nil
}

// endpointIn reads a body back for what it says of its endpoint; one that cannot be read says nothing.
func endpointIn[T any](of func(T) endpoint) func(json.RawMessage) endpoint {
	return func(body json.RawMessage) endpoint {
		var row T
		if json.Unmarshal(body, &row) != nil {
			return endpoint{}
		}
		return of(row)
	}
}

// deferred reports whether an item is not delivered yet, because its channel depends on a look-up
// that failed. One that the console refuses will not do better in a minute.
//
// Since when it has waited is kept in memory alone. A restart begins the minute anew, which is the
// worst that happens.
func (f *Feed) deferred(it item, decided bool) bool {
	if it.lookupErr == nil || decided || errors.Is(it.lookupErr, s1.ErrForbidden) || errors.Is(it.lookupErr, s1.ErrUnauthorized) {
		delete(f.deferredSince, it.id)
		return false
	}
	since, known := f.deferredSince[it.id]
	if !known {
		since = f.now()
		f.deferredSince[it.id] = since
	}
	if f.now().Sub(since) < lookupDeferral {
		return true
	}
	delete(f.deferredSince, it.id)
	return false
}

// unseen are the items that the journal does not have as they are.
func unseen(items []item, versions map[string]string) []item {
	return slices.DeleteFunc(slices.Clone(items), func(it item) bool {
		version, seen := versions[it.id]
		return seen && (version == "" || version == it.version)
	})
}
