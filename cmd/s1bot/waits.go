package main

import (
	"context"
	"slices"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/commands/consoles"
	"s1bot/render/cards"
)

// waits are the requests that wait for an approval, as cards of threats and alerts show them.
type waits struct {
	ledger *approvals.Ledger
	set    *consoles.Set
}

const (
	waitsPage = 250
	endedLast = 24 * time.Hour // no card lags behind for longer
)

// Waiting are the oldest of those that wait, one page of them: it is asked for every few seconds.
func (w waits) Waiting(ctx context.Context) ([]cards.Wait, error) {
	found, err := w.ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}, Limit: waitsPage})
	if err != nil {
		return nil, err
	}
	return w.shown(found), nil
}

// Ended are those that wait no more; of them a process asks once.
func (w waits) Ended(ctx context.Context) (all []cards.Wait, err error) {
	for q := (approvals.Query{Since: time.Now().Add(-endedLast), Limit: waitsPage}); ; {
		found, err := w.ledger.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		ended := slices.DeleteFunc(slices.Clone(found), func(req approvals.Request) bool { return req.State == approvals.Pending })
		all = append(all, w.shown(ended)...) // what comes again on the next page does no harm
		if len(found) < waitsPage {
			return all, nil
		}
		q = q.Next(found)
	}
}

// shown are requests that needed an approval, as cards show them. One of a console that is configured
// no more is on no card.
func (w waits) shown(found []approvals.Request) (all []cards.Wait) {
	for _, req := range found {
		if on, err := w.set.Carried(req.Console); err == nil && req.Quorum > 0 {
			all = append(all, waitOf(req, w.set.Mark(on)))
		}
	}
	return all
}

func waitOf(req approvals.Request, console string) cards.Wait {
	wait := cards.Wait{Ref: req.Ref, Console: console, Title: req.Title, Command: req.Command, Args: req.Args}
	for _, t := range plans.Of(req).Targets {
		wait.Things = append(wait.Things, t.ID)
	}
	return wait
}
