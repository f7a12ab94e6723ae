package notifiertest

import (
	"context"
	"fmt"
	"time"

	"s1bot/s1"
	"s1bot/s1/unified"
)

// A unifiedRow is a unified alert, and when lists show it.
type unifiedRow struct {
	unified.Alert
	indexed time.Time
}

// A NewUnified is a unified alert to add; what is left out is made up.
type NewUnified struct {
	Name   string
	Age    time.Duration // how long ago the console made it
	Late   time.Duration // how long from now until it shows up
	Of     string        // the id of the threat or rule alert that it is as well
	UUID   string        // of its endpoint
	Vendor string        // SentinelOne when empty
}

// AddUnified has some product raise an alert.
func (c *Console) AddUnified(n NewUnified) unified.ID {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.serial++
	id := unified.ID(fmt.Sprintf("0190%04x-0000-7000-a000-%012x", c.serial>>12, c.serial))
	made := s1.Time{Time: time.Now().Add(-n.Age).UTC()}
	row := unified.Alert{ID: id, ExternalID: n.Of, Name: n.Name, Severity: unified.SeverityHigh, Status: unified.StatusNew, Verdict: unified.VerdictUndefined,
		CreatedAt: made, DetectedAt: made, UpdatedAt: made, Source: unified.Detector{Product: "EDR", Vendor: n.Vendor}}
	if n.UUID != "" {
		row.Assets = []unified.Asset{{Name: "DESKTOP-1", AgentUUID: n.UUID}}
	}
	c.Unified = append(c.Unified, &unifiedRow{row, time.Now().Add(n.Late)})
	return id
}

// ChangeUnified changes a unified alert, and says so in updatedAt.
func (c *Console) ChangeUnified(id unified.ID, change func(*unified.Alert)) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	for _, a := range c.Unified {
		if a.ID == id {
			change(&a.Alert)
			a.UpdatedAt = s1.Time{Time: time.Now().UTC()}
		}
	}
}

// UnifiedAlerts says that the console has them, unless a fault says otherwise.
func (c *Console) UnifiedAlerts(context.Context) (bool, error) { return !c.NoUnified, nil }

// UnifiedPage lists unified alerts by createdAt__gte, updatedAt__gte and id.
func (c *Console) UnifiedPage(_ context.Context, q s1.Query) (s1.Page[unified.Alert], error) {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	if err := c.called("unified", q); err != nil {
		return s1.Page[unified.Alert]{}, err
	}
	created, updated, now := bound(q, "createdAt__gte"), bound(q, "updatedAt__gte"), time.Now()
	var rows []*unified.Alert
	for _, a := range c.Unified {
		if OneOf(q, "id", string(a.ID)) && !a.CreatedAt.Before(created) && !a.UpdatedAt.Before(updated) && !a.indexed.After(now) {
			rows = append(rows, &a.Alert)
		}
	}
	at := func(a *unified.Alert) time.Time { return a.CreatedAt.Time }
	if q.Get("sortBy") == "updatedAt" {
		at = func(a *unified.Alert) time.Time { return a.UpdatedAt.Time }
	}
	return page(rows, q.WithLimit(unified.MaxPage), c.PerPage, at)
}
