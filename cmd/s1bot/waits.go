package main

import (
	"context"
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

func (w waits) Waiting(ctx context.Context) ([]cards.Wait, error) {
	return w.find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}})
}

func (w waits) Ended(ctx context.Context) ([]cards.Wait, error) {
	return w.find(ctx, approvals.Query{Since: time.Now().Add(-endedLast)})
}

// find reads requests that needed an approval. One of a console that is configured no more is on no
// card.
func (w waits) find(ctx context.Context, q approvals.Query) (all []cards.Wait, err error) {
	for q.Limit = waitsPage; ; {
		found, err := w.ledger.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, req := range found { // what comes again on the next page does no harm
			on, err := w.set.Carried(req.Console)
			if ended := len(q.States) == 0; err != nil || req.Quorum == 0 || ended && req.State == approvals.Pending {
				continue
			}
			all = append(all, waitOf(req, w.set.Mark(on)))
		}
		if len(found) < waitsPage {
			return all, nil
		}
		q = q.Next(found)
	}
}

func waitOf(req approvals.Request, console string) cards.Wait {
	wait := cards.Wait{Ref: req.Ref, Console: console, Title: req.Title, Command: req.Command, Args: req.Args}
	for _, t := range plans.Of(req).Targets {
		wait.Things = append(wait.Things, t.ID)
	}
	return wait
}
