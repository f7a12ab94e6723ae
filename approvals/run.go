package approvals

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// recordTries and recordPause say how long a run insists on writing down its outcome: 1 + 2 + 4 + 8
// + 16 pauses.
const (
	recordTries = 6
	recordPause = 100 * time.Millisecond
)

// Run claims an approved request, calls do, and writes down what it came to. Of all who call it, in
// all processes, one gets the claim; the others get ErrTaken. The claim is the intent row: where it
// cannot be written, do is not called. While do runs the lease is renewed; when another process
// took over, do's context ends and its result does not count (ErrLeaseLost). A panic of do
// interrupts the request. The returned error says nothing about the outcome, which is in the
// request. Was is the request as the caller has read it, or its ID alone.
//
// The steps and what a crash between them leaves:
//
//	claim            approved: Recover hands it out again
//	freeze? release  running, nothing called: the lease ends, and what is not repeatable is interrupted; a person sees that it did not run
//	do               running: the console may have got the call, so nobody runs it again without looking
//	record           the outcome is in the row; cards and people follow from there
//
// A ctx that ends cuts do off, which then says whether its call may have got through. The outcome
// is written all the same: it is the one thing that must survive a shutdown.
func (l *Ledger) Run(ctx context.Context, was Request, do func(context.Context, Request) Result) (Request, error) {
	r, err := l.claim(ctx, was)
	if err != nil {
		return r, err
	}
	l.own.put(r.ID, nil)
	defer l.own.over(r.ID)
	if held, err := l.releaseIfFrozen(ctx, r); err != nil {
		return held, err
	}
	res := l.runWithLease(ctx, r, do)
	return l.record(context.WithoutCancel(ctx), r, res)
}

// releaseIfFrozen gives a claimed run up if everything is frozen. It looks after the intent was
// written: what began before the freeze is in the trail before it, and what comes after it sees it.
//
// A claim and a freeze are writes to different rows, so neither sees the other in a transaction.
// With each writing first and looking second, at least one of them sees the other: either the
// freeze is noticed here, or the run was there before it.
func (l *Ledger) releaseIfFrozen(ctx context.Context, r Request) (Request, error) {
	_, frozen, err := l.Frozen(ctx)
	if err == nil && !frozen {
		return r, nil
	}
	if frozen {
		err = ErrFrozen
	}
	free, stepErr := l.stepFrom(context.WithoutCancel(ctx), r, func(q *Request, now time.Time) ([]Entry, error) {
		if err := q.release(l.owner, r.Fence); err != nil {
			return nil, err
		}
		return []Entry{entry(*q, now, ActionHeld, "", map[string]any{"requester": q.Requester, "why": err.Error()})}, nil
	})
	if stepErr == nil {
		l.changed(free)
	}
	return free, errors.Join(unstarted(err), stepErr)
}

// claim takes the lease and writes the intent.
//
// The look at the freeze before the claim only saves the rows and card edits of a claim that would
// be given back.
func (l *Ledger) claim(ctx context.Context, was Request) (Request, error) {
	if _, frozen, err := l.Frozen(ctx); err != nil || frozen {
		return Request{ID: was.ID}, errors.Join(unstarted(err), onlyIf(frozen, ErrFrozen))
	}
	r, err := l.stepFrom(ctx, was, func(r *Request, now time.Time) ([]Entry, error) {
		if err := r.claim(l.owner, l.lease, now); err != nil {
			return nil, err
		}
		return []Entry{entry(*r, now, ActionStarted, "", map[string]any{
			"requester": r.Requester, "approvals": r.Approvals, "owner": l.owner, "fence": r.Fence, "args_sha256": digest(r.Args),
		})}, nil
	})
	switch {
	case err == nil:
		l.changed(r)
	case errors.Is(err, ErrExpired):
		r = l.expireNow(ctx, r)
	}
	return r, unstarted(err)
}

// runWithLease calls do and renews the lease until it returns.
//
// The renewal has a goroutine of its own, which ends before this returns; it is not cut off with
// ctx, because a run that winds down during a shutdown still holds the request. When the lease is
// lost, ctx ends with that error as its cause, which tells a run that we broke off from one that
// the caller did.
func (l *Ledger) runWithLease(ctx context.Context, r Request, do func(context.Context, Request) Result) Result {
	ctx, cancel := context.WithCancelCause(ctx)
	returned := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() {
		if err := l.renew(context.WithoutCancel(ctx), r, returned); err != nil {
			l.log.ErrorContext(ctx, "lost the lease of a run", "request_id", r.ID, "command", r.Command, "err", err)
			cancel(err)
		}
	})
	defer func() {
		close(returned)
		renewing.Wait()
		cancel(nil)
	}()
	res := l.callRecovering(ctx, r, do)
	if context.Cause(ctx) != ctx.Err() && res.Outcome != Successful && res.Outcome != PartiallySuccessful {
		res.Uncertain = true // it failed because we cut it off: it may have got through
	}
	return res
}

// callRecovering calls do and turns a panic into a result that nobody can be sure of.
//
// The panic may have come after the call to the console, so the request is interrupted and not
// failed.
func (l *Ledger) callRecovering(ctx context.Context, r Request, do func(context.Context, Request) Result) (res Result) {
	defer func() {
		if p := recover(); p != nil {
			l.log.ErrorContext(ctx, "a run panicked", "request_id", r.ID, "command", r.Command, "err", p, "stack", string(debug.Stack()))
			res = Result{Uncertain: true, Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	return do(ctx, r)
}

// renew prolongs the lease three times in its length, until the run has returned. It fails when the
// lease is lost: to another process, or because the Store could not be reached until it ended.
//
// A write that fails is no loss yet: there are two more until the lease ends. Once it has ended
// without a renewal, another process may have taken the row up, and going on would be running
// twice.
func (l *Ledger) renew(ctx context.Context, r Request, returned <-chan struct{}) error {
	tick := time.NewTicker(l.lease / 3)
	defer tick.Stop()
	until := r.LeaseUntil
	for {
		select {
		case <-returned:
			return nil
		case <-tick.C:
		}
		next, err := l.step(ctx, r.ID, func(q *Request, now time.Time) ([]Entry, error) {
			return nil, q.renew(l.owner, r.Fence, l.lease, now)
		})
		switch {
		case err == nil:
			until = next.LeaseUntil
		case errors.Is(err, ErrLeaseLost), !l.clock().Before(until):
			return err
		}
	}
}

// record writes the outcome down, and insists: the console was called, and only this process knows
// what came of it.
//
// It tries for about three seconds, less than the twenty that a stop may take. After that the
// outcome is kept for Recover to write (see ownRuns), and the row stays "running" until then. A
// card that is no JSON would make the whole row unreadable, so the outcome is kept without it.
func (l *Ledger) record(ctx context.Context, r Request, res Result) (Request, error) {
	if len(res.Card) > 0 && !json.Valid(res.Card) {
		l.log.ErrorContext(ctx, "dropped a result that isn't JSON", "request_id", r.ID, "command", r.Command)
		res.Card = nil
	}
	pause := recordPause
	for try := 1; ; try++ {
		done, err := l.finish(ctx, r, res)
		if err == nil {
			l.changed(done)
			return done, nil
		}
		switch {
		case pointlessToRecord(err):
			return done, fmt.Errorf("record the outcome of %s (%s): %w", r.Ref, r.Command, err)
		case try == recordTries:
			l.own.put(r.ID, &outcome{r, res})
			return done, fmt.Errorf("%w: outcome %q of %s (%s): %w", ErrUnrecorded, res.Outcome, r.Ref, r.Command, err)
		}
		<-time.After(pause)
		pause *= 2
	}
}

// finish is one try of record. The trail gets the console's answer in words and the hash of the
// card, which is too long for it.
func (l *Ledger) finish(ctx context.Context, claimed Request, res Result) (Request, error) {
	return l.stepFrom(ctx, claimed, func(r *Request, now time.Time) ([]Entry, error) {
		if err := r.finish(l.owner, claimed.Fence, res, now); err != nil {
			return nil, err
		}
		what := map[string]any{"requester": r.Requester, "fence": r.Fence, "answer": truncate(res.Answer), "result_sha256": digest(res.Card)}
		action := ActionFinished
		if r.State == Interrupted {
			action = ActionInterrupted
		} else {
			what["outcome"] = r.Outcome
		}
		if len(res.Effect) > 0 {
			what["effect"] = res.Effect
		}
		if res.Err != nil {
			what["err"] = res.Err.Error()
		}
		return []Entry{entry(*r, now, action, "", what)}, nil
	})
}

// maxAnswer is how much of a console's answer the trail keeps, in bytes; the card beside it has all.
const maxAnswer = 4 << 10

// truncate is text, or its beginning.
func truncate(text string) string {
	if len(text) <= maxAnswer {
		return text
	}
	return strings.ToValidUTF8(text[:maxAnswer], "") + "…"
}

// onlyIf is err where yes holds, for errors.Join.
func onlyIf(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}
