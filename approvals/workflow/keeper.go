package workflow

import (
	"context"

	"s1bot/approvals"
	"s1bot/render/streak"
)

// remind tells those who may approve that a request still waits, in the thread of its card.
func (k *Keeper) remind(ctx context.Context) {
	due, err := k.Ledger.RemindDue(ctx)
	k.looks.Note(ctx, k.Log, "cannot look for requests that wait", err)
	for _, req := range due {
		k.enqueue(req, func(ctx context.Context) {
			for _, ref := range req.Heads() {
				if _, err := k.Messenger.Post(ctx, ref.Channel, ref.TS, "", k.drawn(req, k.publisher.cards.Reminder(req))); err != nil {
					k.Log.WarnContext(ctx, "cannot send a reminder of a request", "request_id", req.ID, "err", err)
				}
			}
		})
	}
}

// remindOfExtensions does the same for extensions that wait, with the buttons: the card's own are far
// up in the channel by then.
func (k *Keeper) remindOfExtensions(ctx context.Context) {
	due, err := k.Ledger.RemindExtensionsDue(ctx)
	k.looks.Note(ctx, k.Log, "cannot look for extensions that wait", err)
	for _, x := range due {
		k.enqueue(x.Of, func(ctx context.Context) {
			for _, ref := range x.Of.Heads() {
				if _, err := k.Messenger.Post(ctx, ref.Channel, ref.TS, "", k.drawn(x.Of, k.publisher.cards.ExtensionReminder(x.Of, x.Proposal))); err != nil {
					k.Log.WarnContext(ctx, "cannot send a reminder of an extension", "request_id", x.Of.ID, "err", err)
				}
			}
		})
	}
}

// Tick looks once for what is due or left over, and has it done.
//
// It only looks; what it finds is enqueued, so a console that hangs holds up neither the next look
// nor another console's requests. Expiry comes first: nothing is reminded of, or taken up, that is
// over.
func (k *Keeper) Tick(ctx context.Context) {
	k.expire(ctx)
	k.remind(ctx)
	k.remindOfExtensions(ctx)
	k.publisher.followFreeze(ctx)
	k.terms.mindTerms(ctx)
	k.executor.beginAgain(ctx)
	k.recover(ctx)
}

// expire closes requests whose time is over and says so.
func (k *Keeper) expire(ctx context.Context) {
	expired, err := k.Ledger.ExpireDue(ctx)
	k.looks.Note(ctx, k.Log, "cannot expire requests", err)
	for _, req := range expired {
		k.enqueue(req, func(ctx context.Context) {
			k.reporter.conclude(ctx, req, nil)
		})
	}
}

// recover takes up what an earlier or another process left: approved requests that nobody runs,
// runs that broke off, and requests whose card was never posted.
func (k *Keeper) recover(ctx context.Context) {
	left, err := k.Ledger.Recover(ctx)
	k.looks.Note(ctx, k.Log, "cannot look for requests left over", err)
	for _, req := range left {
		k.enqueue(req, func(ctx context.Context) {
			if err := k.takeUp(ctx, req); err != nil {
				k.Log.ErrorContext(ctx, "cannot resume a request", "request_id", req.ID, "err", err)
			}
		})
	}
}

// takeUp goes on with a request where its process died, by its state: what waits needs its card,
// what was approved must run, and of what ended somebody has to be told. Each of these finds out by
// itself what was done already.
//
// A request that is approved runs even where its card could not be posted: people decided, and the
// card is only how they are shown it.
func (k *Keeper) takeUp(ctx context.Context, req approvals.Request) error {
	switch req.State {
	case approvals.Pending, approvals.Frozen:
		if len(req.Cards) == 0 {
			return k.reporter.announceAgain(ctx, req)
		}
	case approvals.Approved:
		if req.After != "" && len(req.Cards) == 0 {
			k.reporter.logUnposted(req, k.reporter.announceAgain(ctx, req)) // who filed it may have been at it
		}
		return k.executor.execute(ctx, req.ID, nil)
	}
	k.reporter.conclude(ctx, req, nil)
	return nil
}

// A Keeper takes up what is due or left over.
type Keeper struct {
	*Config
	reporter  *reporter
	publisher *Publisher
	executor  *executor
	terms     *terms
	looks     streak.Rounds
}
