package notifier

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

// A console answers list calls the way the real one does: rows that are indexed by now, filtered, sorted, cut into pages.
type console struct {
	mu      sync.Mutex
	threats []*threatRow
	alerts  []*alertRow
	perPage int // fewer rows on a page than asked for; 0: as many
	fault   fault
	calls   []s1.Query
	serial  int
}

type threatRow struct {
	s1.Threat
	indexed time.Time // when lists begin to show it
	deleted bool
}

type alertRow struct {
	s1.Alert
	indexed time.Time
}

// A threat to add; what is left out is made up.
type threat struct {
	Name, Story string
	Age         time.Duration // how long ago the console made it
	Late        time.Duration // how long from now until it shows up
	Agent       s1.AgentID
}

func (c *console) AddThreat(t threat) s1.ThreatID {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	id := s1.ThreatID(strconv.Itoa(1_000_000_000_000_000_000 + c.serial))
	made := time.Now().Add(-t.Age).UTC()
	row := s1.Threat{ID: id, Info: s1.ThreatInfo{ThreatID: id, ThreatName: t.Name, Storyline: t.Story, AnalystVerdict: s1.VerdictUndefined,
		CreatedAt: s1.Time{Time: made}, UpdatedAt: s1.Time{Time: made}}, Realtime: s1.ThreatAgentNow{AgentID: t.Agent, NetworkStatus: s1.NetworkConnected}}
	c.threats = append(c.threats, &threatRow{Threat: row, indexed: time.Now().Add(t.Late)})
	return id
}

// Change changes a threat, and says so in updatedAt.
func (c *console) Change(id s1.ThreatID, change func(*s1.Threat)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.threats {
		if t.ID == id {
			change(&t.Threat)
			t.Info.UpdatedAt = s1.Time{Time: time.Now().UTC()}
		}
	}
}

func (c *console) Delete(id s1.ThreatID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.threats {
		t.deleted = t.deleted || t.ID == id
	}
}

func (c *console) AddAlert(rule string, age, late time.Duration) s1.AlertID {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	id := s1.AlertID(strconv.Itoa(2_000_000_000_000_000_000 + c.serial))
	made := s1.Time{Time: time.Now().Add(-age).UTC()}
	row := s1.Alert{Info: s1.AlertInfo{AlertID: id, CreatedAt: made, ReportedAt: made}, Rule: s1.AlertRule{Name: rule}}
	c.alerts = append(c.alerts, &alertRow{Alert: row, indexed: time.Now().Add(late)})
	return id
}

func (c *console) ChangeAlert(id s1.AlertID, change func(*s1.Alert)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.alerts {
		if a.Identity() == id {
			change(&a.Alert)
		}
	}
}

func (c *console) ThreatsPage(_ context.Context, q s1.Query) (s1.Page[s1.Threat], error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.called("threats", q); err != nil {
		return s1.Page[s1.Threat]{}, err
	}
	created, updated, now := bound(q, "createdAt__gte"), bound(q, "updatedAt__gte"), time.Now()
	var rows []*s1.Threat
	for _, t := range c.threats {
		in := !t.Info.CreatedAt.Before(created) && !t.Info.UpdatedAt.Before(updated)
		if in && !t.deleted && !t.indexed.After(now) && matchesThreat(q, t.Threat) {
			rows = append(rows, &t.Threat)
		}
	}
	at := func(t *s1.Threat) time.Time { return t.Info.CreatedAt.Time }
	if q.Get("sortBy") == "updatedAt" {
		at = func(t *s1.Threat) time.Time { return t.Info.UpdatedAt.Time }
	}
	return page(rows, q, c.perPage, at)
}

func matchesThreat(q s1.Query, t s1.Threat) bool {
	return oneOf(q, "ids", string(t.Identity())) && oneOf(q, "agentIds", string(t.AgentID()))
}

func (c *console) AlertsPage(_ context.Context, q s1.Query) (s1.Page[s1.Alert], error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.called("alerts", q); err != nil {
		return s1.Page[s1.Alert]{}, err
	}
	created, reported, now := bound(q, "createdAt__gte"), bound(q, "reportedAt__gte"), time.Now()
	var rows []*s1.Alert
	for _, a := range c.alerts {
		in := oneOf(q, "ids", string(a.Identity())) && !a.Info.CreatedAt.Before(created) && !a.Info.ReportedAt.Before(reported)
		if in && !a.indexed.After(now) {
			rows = append(rows, &a.Alert)
		}
	}
	at := func(a *s1.Alert) time.Time { return a.Info.CreatedAt.Time }
	if q.Get("sortBy") == "alertInfoReportedAt" {
		at = func(a *s1.Alert) time.Time { return a.Info.ReportedAt.Time }
	}
	return page(rows, q, c.perPage, at)
}

func (c *console) ThreatURL(id s1.ThreatID) string {
	return "https://console.test/threats/" + string(id)
}
func (c *console) AlertURL(id s1.AlertID) string { return "https://console.test/alerts/" + string(id) }
func (c *console) AgentURL(id s1.AgentID) string { return "https://console.test/agents/" + string(id) }

func (c *console) called(what string, q s1.Query) error {
	c.calls = append(c.calls, q)
	err, _ := c.fault.of(what)
	return err
}

var errBadQuery = errors.New("400 bad query")

func oneOf(q s1.Query, key, value string) bool {
	return q.Get(key) == "" || slices.Contains(strings.Split(q.Get(key), ","), value)
}

// bound is the lower bound that a query sets.
func bound(q s1.Query, key string) time.Time {
	from, _ := time.Parse(time.RFC3339, q.Get(key))
	return from
}

// page sorts and cuts; the cursor is the index of the next row.
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

// set changes it while others use it.
func (c *console) set(change func(*console)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

// AgentsPage and SitesPage know nobody; tests that need more put something around the console.
func (c *console) AgentsPage(context.Context, s1.Query) (s1.Page[s1.Agent], error) {
	return s1.Page[s1.Agent]{}, nil
}
func (c *console) SitesPage(context.Context, s1.Query) (s1.Page[s1.Site], error) {
	return s1.Page[s1.Site]{}, nil
}
