package home

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/notifier/figures"
)

// everybodys is what all tabs show, read once for those who are drawn at about the same time.
func (k *Keeper) everybodys(ctx context.Context) (State, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.Now()
	s := State{Now: now, Sockets: k.Sockets(), TokenEnds: k.TokenEnds()}
	if now.Sub(k.sharedAt) < sharedFor && now.Sub(k.sharedAt) >= 0 {
		s = k.shared
		s.Now = now
		return s, nil
	}
	freeze, frozen, err := k.Ledger.Frozen(ctx)
	if err != nil {
		return s, err
	}
	if frozen {
		s.Freeze = &freeze
	}
	counted, err := k.Figures.All(ctx)
	if err != nil {
		return s, err
	}
	s.Requests, err = k.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending, approvals.Approved, approvals.Running}, Limit: maxListed + 1})
	if err != nil {
		return s, err
	}
	if s.Unread = len(s.Requests) > maxListed; s.Unread {
		s.Requests = s.Requests[:maxListed]
	}
	if s.Extended, err = k.Ledger.Find(ctx, approvals.RunningTerms(now)); err != nil {
		return s, err
	}
	by, err := k.isolators(ctx, counted, now)
	if err != nil {
		return s, err
	}
	for _, c := range k.Consoles.All() {
		s.Consoles = append(s.Consoles, Console{Name: c.Name, Stamp: k.Consoles.Stamp(c), Figures: figuresOf(counted, k.mark(c)), Isolators: by[c.Name]})
	}
	k.shared, k.sharedAt = s, now
	return s, nil
}

// credits are who isolated endpoints, by the name of the console and the endpoint's id.
type credits map[string]map[string]approvals.Request

// isolators tells who isolated each endpoint that is isolated now, as of the last minute.
//
// It reads a month of isolations, a page at a time, and so is kept as long as the same endpoints are
// isolated, for ten seconds at most: an extension changes no endpoint but its end.
func (k *Keeper) isolators(ctx context.Context, counted map[string]figures.Figure, now time.Time) (credits, error) {
	isolated := k.isolated(counted)
	if isolated == "" {
		return nil, nil
	}
	if now.Sub(k.credited) < creditFor && k.creditOf == isolated {
		return k.credits, nil
	}
	by := credits{}
	q := approvals.Query{States: []approvals.State{approvals.Done}, Commands: k.Catalog.Isolating(), Since: now.Add(-creditFrom), Limit: creditPage}
	for {
		done, err := k.Ledger.Find(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list who isolated endpoints: %w", err)
		}
		for _, req := range done {
			k.credit(by, req)
		}
		if len(done) < creditPage {
			break
		}
		q = q.Next(done) // what comes again is credited again, which does no harm
	}
	k.credits, k.credited, k.creditOf = by, now, isolated
	return by, nil
}

// isolated is which endpoints are isolated, on all consoles, as one text; empty where none is.
func (k *Keeper) isolated(counted map[string]figures.Figure) string {
	var which strings.Builder
	for _, c := range k.Consoles.All() {
		body := counted[figures.Of(figures.Isolated, k.mark(c))].Body
		var e figures.Endpoints
		if json.Unmarshal(body, &e) == nil && e.Total > 0 {
			fmt.Fprintf(&which, "%s %s\n", c.Name, body)
		}
	}
	return which.String()
}

// credit notes which endpoints a request isolated.
func (k *Keeper) credit(by credits, req approvals.Request) {
	on, err := k.Consoles.Carried(req.Console)
	cmd, ok := k.Catalog.Find(req.Command)
	if err != nil || !ok || cmd.Effect == nil || !cmd.Effect.Isolates || req.Undone != nil {
		return
	}
	if by[on.Name] == nil {
		by[on.Name] = map[string]approvals.Request{}
	}
	for _, t := range plans.Of(req).Targets {
		if req.Started.After(by[on.Name][t.ID].Started) {
			by[on.Name][t.ID] = req
		}
	}
}
