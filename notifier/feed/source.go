package feed

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
	"s1bot/s1"
)

// A kind is what sets one source apart: how it is read.
type kind struct {
	source     journal.Source
	routed     journal.Source // what routes and settings take it for
	console    Console
	passes     []pass // the first is by creation
	page       func(context.Context, s1.Query) (s1.Page[item], error)
	agents     string // the filter key for endpoints' ids; empty if the source has none
	endpointOf func(body json.RawMessage) endpoint
	uses       func(context.Context) (bool, error) // whether it is read at all; nil: always
}

// A pass is one way to go through a source: by when things were made, and by when they were changed
// or indexed. What one way cannot see, another or the sweep does.
//
// at must be the very stamp that filter and sort go by; a pass that filtered by one clock and moved
// its cursor by another would skip rows.
type pass struct {
	name    string
	filter  string // the query's lower bound
	sort    string
	at      func(item) time.Time
	overlap time.Duration // how much of what was read is read again with every poll
	sweep   time.Duration // and with a sweep, see sweepEvery
}

// An item is one row of a source, as far as reading it matters.
//
// It is the source's row boiled down to what the feed decides by, so that one feed serves threats,
// alerts and unified alerts; body is what the card is drawn from later, and nothing here looks into
// it.
type item struct {
	id        string
	group     string
	created   time.Time
	touched   time.Time // when it was changed, or indexed: what the second pass goes by
	version   string
	body      json.RawMessage
	facts     routing.Facts
	urgent    bool
	endpoint  endpoint            // what the row says of its endpoint
	placed    func(endpoint) item // the item with more of that; nil if the row says it all
	lookupErr error               // why what it depends on could not be looked up; nil if the console has answered
	twin      *twinOf             // the threat or rule alert that a unified alert may be as well; nil for none
	elsewhere bool                // it is that, and the console lists it: its own feed tells
}

// kindOf is how a source is read.
func kindOf(source journal.Source, console Console, list Unified) kind {
	switch source {
	case journal.Unified:
		return unifiedAlerts(console, list)
	case journal.Alerts:
		return alerts(console)
	}
	return threats(console)
}

// threats are read by creation for what is new and by update for what changed; both find what is late.
func threats(console Console) kind {
	return kind{
		source: journal.Threats, routed: journal.Threats, console: console,
		passes: []pass{
			{"created", "createdAt__gte", "createdAt", item.createdAt, 10 * time.Minute, maxIndexDelay},
			{"updated", "updatedAt__gte", "updatedAt", item.touchedAt, 10 * time.Minute, time.Hour},
		},
		page: func(ctx context.Context, q s1.Query) (s1.Page[item], error) {
			return items(threatItem)(console.ThreatsPage(ctx, q))
		},
		agents:     "agentIds",
		endpointOf: endpointIn(threatEndpoint),
	}
}

// alerts have no filter and no order by update (the API's list of sort keys: alertInfoCreatedAt, alertInfoReportedAt, id), so
// their windows are wide enough to see the changes of the last hour with every poll and those of three days with the sweep.
func alerts(console Console) kind {
	return kind{
		source: journal.Alerts, routed: journal.Alerts, console: console,
		passes: []pass{
			{"created", "createdAt__gte", "alertInfoCreatedAt", item.createdAt, time.Hour, 3 * maxIndexDelay},
			{"reported", "reportedAt__gte", "alertInfoReportedAt", item.touchedAt, 10 * time.Minute, time.Hour},
		},
		page: func(ctx context.Context, q s1.Query) (s1.Page[item], error) {
			return items(alertItem)(console.AlertsPage(ctx, q))
		},
		endpointOf: endpointIn(alertEndpoint),
	}
}

// createdAt and touchedAt are by what the passes sort; each must be the time stamp that its filter and its order go by, or the cursor moves
// past what it has not seen.
func (it item) createdAt() time.Time { return it.created }
func (it item) touchedAt() time.Time { return it.touched }

// threatItem reads a threat. Its storyline is its group: what happened as one is one thread. It is urgent where the engine is sure and nobody
// has dealt with it.
func threatItem(t s1.Threat) item {
	it := withBody(t, item{
		id: string(t.Identity()), group: t.Info.Storyline, created: t.Info.CreatedAt.Time, touched: t.Info.UpdatedAt.Time,
		facts: threatFacts(t), urgent: t.Info.ConfidenceLevel == s1.ConfidenceMalicious && !dealtWith(t), endpoint: threatEndpoint(t),
	})
	return it.lacking(func(h endpoint) item {
		now := &t.Realtime
		now.AgentID, now.ComputerName, now.SiteID = h.agent, h.host, h.siteID
		now.AccountName, now.SiteName, now.GroupName = h.account, h.site, h.group
		return threatItem(t)
	})
}

// threatEndpoint is what a threat says of its endpoint. The row has it twice, as it is now and as it was at detection; the first is missing
// where the agent was decommissioned since.
func threatEndpoint(t s1.Threat) endpoint {
	return endpoint{agent: t.AgentID(), uuid: cmp.Or(t.Realtime.AgentUUID, t.Detection.AgentUUID), host: t.Host(), siteID: t.SiteID(),
		account: t.AccountName(), site: t.SiteName(), group: t.GroupName()}
}

// dealtWith reports whether nobody has to look at a threat at once: it was stopped, or somebody has decided already.
func dealtWith(t s1.Threat) bool {
	return t.Mitigated() || t.Info.IncidentStatus == s1.StatusResolved || t.Info.AnalystVerdict == s1.VerdictFalsePositive
}

// alertItem groups alerts by host, rule and day: an alert of a graver rule must not hide in a
// thread, nor one of today in that of last week.
//
// The endpoint's uuid is preferred to its name, which several machines may share, and the rule's id
// to its name, which people change.
func alertItem(a s1.Alert) item {
	it := item{id: string(a.Identity()), created: a.Info.CreatedAt.Time, touched: a.Info.ReportedAt.Time, facts: alertFacts(a)}
	it.urgent = a.Rule.Severity == s1.SeverityCritical && a.Info.IncidentStatus != s1.StatusResolved
	if host, rule := cmp.Or(a.Detection.UUID, a.Host(), a.Storyline()), cmp.Or(string(a.Rule.ID), a.Rule.Name); host != "" && rule != "" {
		it.group = host + "/" + rule + "/" + it.created.UTC().Format(time.DateOnly)
	}
	it.endpoint = alertEndpoint(a)
	return withBody(a, it).lacking(func(h endpoint) item {
		a.Realtime.ID, a.Detection.Name, a.Detection.SiteID = h.agent, h.host, h.siteID
		a.Detection.AccountName, a.Detection.SiteName, a.Detection.GroupName = h.account, h.site, h.group
		return alertItem(a)
	})
}

// alertEndpoint is what an alert says of its endpoint. Its names stand in agentDetectionInfo alone, and some consoles leave them out.
func alertEndpoint(a s1.Alert) endpoint {
	return endpoint{agent: a.AgentID(), uuid: cmp.Or(a.Detection.UUID, a.Realtime.UUID), host: a.Host(), siteID: a.Detection.SiteID,
		account: a.Detection.AccountName, site: a.Detection.SiteName, group: a.Detection.GroupName}
}

// lacking is an item that can be made again with more about its endpoint, if its row does not say all of it. The row stays the same, so
// its id, its version and its thread do.
func (it item) lacking(with func(endpoint) item) item {
	if it.endpoint.complete() {
		return it
	}
	it.placed = func(h endpoint) item {
		placed := with(h)
		placed.id, placed.version, placed.group, placed.placed = it.id, it.version, it.group, nil
		return placed
	}
	return it
}

// withBody gives an item its body: the row as this program understood it, so that it can be read back strictly, and without the
// fields that nobody looks at. A row without an id is delivered, too; it goes by its content.
func withBody[T any](row T, it item) item {
	body, err := json.Marshal(row)
	if err != nil {
		body = []byte("{}") // a row that was decoded can be encoded; and what has an id is worth a message
	}
	it.body, it.version = body, journal.Digest(body)
	it.id, it.group = journal.Key(it.id), journal.Key(it.group)
	if it.id == "" {
		it.id = "unnamed-" + it.version
	}
	return it
}

// items makes a page of rows one of items, and passes an error on.
func items[T any](read func(T) item) func(s1.Page[T], error) (s1.Page[item], error) {
	return func(p s1.Page[T], err error) (s1.Page[item], error) {
		return s1.Convert(p, read), err
	}
}

// mapSlice is list with f done to each.
func mapSlice[A, B any](list []A, f func(A) B) []B {
	mapped := make([]B, len(list))
	for i, a := range list {
		mapped[i] = f(a)
	}
	return mapped
}
