package notifiertest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"s1bot/s1"
)

// A Console answers list calls the way the real one does: rows that are indexed by now, filtered,
// sorted, cut into pages.
//
// Played: an index that lags (Late), filters and orders by the time stamps that the real lists
// have, pages with cursors, rows that change under the reader, an API that refuses. Left out:
// permissions, scopes, and every filter that feeds don't use; those are s1sim's. Fields may be set
// before Start; later through Set, for the notifier reads from goroutines of its own.
type Console struct {
	Mu      sync.Mutex
	Threats []*ThreatRow
	Alerts  []*alertRow
	Unified []*unifiedRow

	NoUnified bool // the console has no unified alerts
	PerPage   int  // fewer rows on a page than asked for; 0: as many
	Fault     Fault
	Calls     []s1.Query
	serial    int
}

// A ThreatRow is a threat, and when lists show it.
type ThreatRow struct {
	s1.Threat
	Indexed time.Time // when lists begin to show it
	deleted bool
}

type alertRow struct {
	s1.Alert
	indexed time.Time
}

// A NewThreat to add; what is left out is made up.
type NewThreat struct {
	Name, Story string
	Age         time.Duration // how long ago the console made it
	Late        time.Duration // how long from now until it shows up
	Agent       s1.AgentID
}

// AddThreat has the console find a threat.
func (c *Console) AddThreat(t NewThreat) s1.ThreatID {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.serial++
	id := s1.ThreatID(strconv.Itoa(1_000_000_000_000_000_000 + c.serial))
	made := time.Now().Add(-t.Age).UTC()
	row := s1.Threat{ID: id, Info: s1.ThreatInfo{ThreatID: id, ThreatName: t.Name, Storyline: t.Story, AnalystVerdict: s1.VerdictUndefined,
		CreatedAt: s1.Time{Time: made}, UpdatedAt: s1.Time{Time: made}}, Realtime: s1.ThreatAgentNow{AgentID: t.Agent, NetworkStatus: s1.NetworkConnected}}
	c.Threats = append(c.Threats, &ThreatRow{Threat: row, Indexed: time.Now().Add(t.Late)})
	return id
}

// Change changes a threat, and says so in updatedAt.
//
// The second pass of the feed of threats lives by that stamp.
func (c *Console) Change(id s1.ThreatID, change func(*s1.Threat)) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	for _, t := range c.Threats {
		if t.ID == id {
			change(&t.Threat)
			t.Info.UpdatedAt = s1.Time{Time: time.Now().UTC()}
		}
	}
}

// Delete takes a threat out of every list.
func (c *Console) Delete(id s1.ThreatID) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	for _, t := range c.Threats {
		t.deleted = t.deleted || t.ID == id
	}
}

// AddAlert has a rule find something, that long ago; lists show it after late.
func (c *Console) AddAlert(rule string, age, late time.Duration) s1.AlertID {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.serial++
	id := s1.AlertID(strconv.Itoa(2_000_000_000_000_000_000 + c.serial))
	made := s1.Time{Time: time.Now().Add(-age).UTC()}
	row := s1.Alert{Info: s1.AlertInfo{AlertID: id, CreatedAt: made, ReportedAt: made}, Rule: s1.AlertRule{Name: rule}}
	c.Alerts = append(c.Alerts, &alertRow{Alert: row, indexed: time.Now().Add(late)})
	return id
}

// ChangeAlert changes an alert; the console does not say when.
//
// That is the trait of the cloud-detection alerts which the feed has to make up for by reading its
// window again: the list has neither a filter nor an order by update.
func (c *Console) ChangeAlert(id s1.AlertID, change func(*s1.Alert)) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	for _, a := range c.Alerts {
		if a.Identity() == id {
			change(&a.Alert)
		}
	}
}

// ThreatsPage lists threats by createdAt__gte, updatedAt__gte, ids and agentIds.
//
// A row that is indexed late shows up in the middle of the list, behind a cursor that has passed
// it.
func (c *Console) ThreatsPage(_ context.Context, q s1.Query) (s1.Page[s1.Threat], error) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	if err := c.called("threats", q); err != nil {
		return s1.Page[s1.Threat]{}, err
	}
	created, updated, now := bound(q, "createdAt__gte"), bound(q, "updatedAt__gte"), time.Now()
	var rows []*s1.Threat
	for _, t := range c.Threats {
		in := !t.Info.CreatedAt.Before(created) && !t.Info.UpdatedAt.Before(updated)
		if in && !t.deleted && !t.Indexed.After(now) && matchesThreat(q, t.Threat) {
			rows = append(rows, &t.Threat)
		}
	}
	at := func(t *s1.Threat) time.Time { return t.Info.CreatedAt.Time }
	if q.Get("sortBy") == "updatedAt" {
		at = func(t *s1.Threat) time.Time { return t.Info.UpdatedAt.Time }
	}
	return page(rows, q, c.PerPage, at)
}

// matchesThreat applies the filters that Refresh uses.
func matchesThreat(q s1.Query, t s1.Threat) bool {
	return OneOf(q, "ids", string(t.Identity())) && OneOf(q, "agentIds", string(t.AgentID()))
}

// AlertsPage lists alerts by createdAt__gte, reportedAt__gte and ids.
func (c *Console) AlertsPage(_ context.Context, q s1.Query) (s1.Page[s1.Alert], error) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	if err := c.called("alerts", q); err != nil {
		return s1.Page[s1.Alert]{}, err
	}
	created, reported, now := bound(q, "createdAt__gte"), bound(q, "reportedAt__gte"), time.Now()
	var rows []*s1.Alert
	for _, a := range c.Alerts {
		in := OneOf(q, "ids", string(a.Identity())) && !a.Info.CreatedAt.Before(created) && !a.Info.ReportedAt.Before(reported)
		if in && !a.indexed.After(now) {
			rows = append(rows, &a.Alert)
		}
	}
	at := func(a *s1.Alert) time.Time { return a.Info.CreatedAt.Time }
	if q.Get("sortBy") == "alertInfoReportedAt" {
		at = func(a *s1.Alert) time.Time { return a.Info.ReportedAt.Time }
	}
	return page(rows, q, c.PerPage, at)
}

// UnifiedURL and the three below are cards.Links.
func (c *Console) UnifiedURL(id string) string { return "https://console.test/unified-alerts/" + id }

// ThreatURL is one of cards.Links.
func (c *Console) ThreatURL(id s1.ThreatID) string {
	return "https://console.test/threats/" + string(id)
}
func (c *Console) AlertURL(id s1.AlertID) string { return "https://console.test/alerts/" + string(id) }
func (c *Console) AgentURL(id s1.AgentID) string { return "https://console.test/agents/" + string(id) }

// called notes a call, for tests that count them, and lets a fault answer in place of the list.
func (c *Console) called(what string, q s1.Query) error {
	c.Calls = append(c.Calls, q)
	err, _ := c.Fault.of(what)
	return err
}

var errBadQuery = errors.New("400 bad query")

// OneOf reports whether a query takes a value: it does not filter by key, or lists the value there.
func OneOf(q s1.Query, key, value string) bool {
	return q.Get(key) == "" || slices.Contains(strings.Split(q.Get(key), ","), value)
}

// bound is the lower bound that a query sets.
func bound(q s1.Query, key string) time.Time {
	from, _ := time.Parse(time.RFC3339, q.Get(key))
	return from
}

// page sorts and cuts; the cursor is the index of the next row.
//
// A limit above a thousand is refused, as the API documentation says of these lists. Because the
// cursor is an index, rows that are inserted before it shift the pages, and the reader meets a row
// twice: the real cursors are opaque and may do so, too.
func page[T any](rows []*T, q s1.Query, perPage int, at func(*T) time.Time) (s1.Page[T], error) {
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > 1000 {
		return s1.Page[T]{}, errBadQuery
	}
	slices.SortStableFunc(rows, func(a, b *T) int { return at(a).Compare(at(b)) })
	if q.Get("sortOrder") == "desc" {
		slices.Reverse(rows)
	}
	start, _ := strconv.Atoi(q.Get("cursor"))
	if perPage > 0 {
		limit = min(limit, perPage)
	}
	start = min(start, len(rows))
	end := min(start+limit, len(rows))
	p := s1.Page[T]{Total: len(rows)}
	for _, row := range rows[start:end] {
		p.Items = append(p.Items, *row)
	}
	if end < len(rows) {
		p.Next = strconv.Itoa(end)
	}
	return p, nil
}

// Set changes it while others use it.
func (c *Console) Set(change func(*Console)) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	change(c)
}

// AgentsPage and SitesPage know nobody; tests that need more put something around the console.
//
// With no endpoints listed, items go by what their own rows say.
func (c *Console) AgentsPage(context.Context, s1.Query) (s1.Page[s1.Agent], error) {
	return s1.Page[s1.Agent]{}, nil
}
func (c *Console) SitesPage(context.Context, s1.Query) (s1.Page[s1.Site], error) {
	return s1.Page[s1.Site]{}, nil
}
