package approvals

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Recover is called at the start and from time to time, and returns the requests that somebody must
// take up: approved ones that wait to be run, pending ones whose card was never posted, those whose
// cards do not tell where they stand, and runs of processes that died. Those it ends first: what is
// safe to repeat is approved again, the rest interrupted. Before all that it writes down what runs of
// this process came to and the Store did not take; none of these is repeated. What nobody ran in time
// it expires. What has to be shown or told is returned to one caller only, for a lease's time: two
// processes would post two cards. It is returned again as long as it is not done.
//
// Each process calls it, every few seconds, so it must be cheap where nothing is left over: two
// queries by index. What another process is faster with is no error. An error of one request does
// not keep the others from being returned; all errors come joined.
func (l *Ledger) Recover(ctx context.Context) ([]Request, error) {
	left := l.recordKept(ctx)
	rs, err := l.store.Find(ctx, Query{States: []State{Pending, Running, Approved, Frozen}})
	if err != nil {
		return left, fmt.Errorf("look for unfinished requests: %w", err)
	}
	behind, err := l.store.Find(ctx, Query{Behind: true})
	if err != nil {
		return left, fmt.Errorf("look for requests whose cards are old: %w", err)
	}
	for _, r := range behind {
		if r.Final() {
			rs = append(rs, r)
		}
	}
	var failed []error
	running := map[string]bool{}
	for _, was := range rs {
		running[was.ID] = was.State == Running
		if l.own.has(was.ID) {
			continue
		}
		r, err := l.endOverdue(ctx, was)
		ours := err == nil && r.State != was.State
		if err == nil && !ours {
			r, ours, err = l.takeUp(ctx, r)
		}
		switch {
		case ours:
			left = append(left, r)
		case err != nil && !overtaken(err):
			failed = append(failed, err)
		}
	}
	l.signs.keepOnly(running)
	return left, errors.Join(failed...)
}

// takeUp takes a request up that is left over, unless somebody else was faster. A run needs no
// owner here: it is claimed.
//
// Approved requests are returned to everybody who asks. The claim lets one of them run it, and a
// step here would only put that off.
func (l *Ledger) takeUp(ctx context.Context, r Request) (Request, bool, error) {
	if !l.leftOver(r) || r.State == Approved {
		return r, l.leftOver(r), nil
	}
	r, err := l.step(ctx, r.ID, func(r *Request, now time.Time) ([]Entry, error) {
		if !l.leftOver(*r) {
			return nil, errUnchanged
		}
		r.Moved, r.Looks = now, r.Looks+1
		return nil, nil
	})
	if errors.Is(err, errUnchanged) {
		return r, false, nil
	}
	return r, err == nil, err
}

// pickupDelay is how long an approved request is left to who approved it, who runs it at once and
// tells people about it. Taken up sooner, it would run in another process while the first one still
// answers the click, and the person would hear of it from both.
const pickupDelay = 3 * time.Second

// leftOver reports whether r waits for somebody to take it up. Who submitted a request gets a
// lease's time to post its card.
//
// The lease is the measure of how long a process may take for one thing, here as for a run: within
// it whoever made the last step is taken to be at work on the cards.
func (l *Ledger) leftOver(r Request) bool {
	now := l.clock()
	switch r.State {
	case Approved:
		return now.Sub(r.Agreed) >= pickupDelay && (r.Held == nil || !now.Before(r.Held.Next))
	case Pending:
		return r.Open(now) && (len(r.Cards) == 0 || r.Behind()) && now.Sub(r.Moved) >= l.lease
	case Frozen:
		return (len(r.Cards) == 0 || r.Behind()) && now.Sub(r.Moved) >= l.lease
	}
	return r.Behind() && now.Sub(r.Moved) >= l.retryAfter(r)
}

// What is over and cannot be shown in quickRetries tries is tried more and more seldom: its channel
// may be gone for good, and its row stays.
const (
	quickRetries = 10
	slowestRetry = 180 // an hour, usually
)

// retryAfter is how long somebody has to show r, which they took up.
func (l *Ledger) retryAfter(r Request) time.Duration {
	return l.lease * time.Duration(min(max(r.Looks-quickRetries, 0)+1, slowestRetry))
}

// endOverdue brings a request whose run or whose time is over to where it belongs.
//
// A pending request whose time is over is left to ExpireDue, whose caller tells people. A run is over
// once its lease is and it has been silent for half of one, in which a process that lives renews it: the
// end of the lease was written by another clock.
func (l *Ledger) endOverdue(ctx context.Context, r Request) (Request, error) {
	silent := l.signs.look(r, l.now())
	switch now := l.clock(); {
	case r.State == Approved && r.overdue(now):
		return l.expire(ctx, r.ID)
	case r.State == Running && !now.Before(r.LeaseUntil) && silent >= l.lease/2:
		return l.expireLease(ctx, r.ID)
	}
	return r, nil
}

// expireLease ends a run whose process died.
//
// The entry keeps the dead process's name and fence: in the log of that process they lead to what
// it was doing.
func (l *Ledger) expireLease(ctx context.Context, id string) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if err := r.expireLease(now); err != nil {
			return nil, err
		}
		action := ActionInterrupted
		if r.State == Approved {
			action = ActionReopened
		}
		return []Entry{entry(*r, now, action, "", map[string]any{"requester": r.Requester, "owner": r.Owner, "fence": r.Fence})}, nil
	})
	if err == nil {
		l.changed(r)
	}
	return r, err
}

// ExpireDue ends every request whose time is over and returns those it ended.
//
// A request that somebody decides at this very moment is decided: the step reads the row again and
// finds that nothing is due.
func (l *Ledger) ExpireDue(ctx context.Context) ([]Request, error) {
	rs, err := l.store.Find(ctx, Query{States: []State{Pending, Approved}})
	if err != nil {
		return nil, fmt.Errorf("look for requests whose time is over: %w", err)
	}
	var ended []Request
	var failed []error
	for _, r := range rs {
		if !r.overdue(l.clock()) {
			continue
		}
		switch r, err := l.expire(ctx, r.ID); {
		case err == nil:
			ended = append(ended, r)
		case !overtaken(err):
			failed = append(failed, err)
		}
	}
	return ended, errors.Join(failed...)
}

// expireNow expires a request that somebody found to be over, so that its cards say so at once and
// not at the next ExpireDue.
func (l *Ledger) expireNow(ctx context.Context, r Request) Request {
	ended, err := l.expire(ctx, r.ID)
	if err != nil {
		l.log.WarnContext(ctx, "cannot expire a request yet", "request_id", r.ID, "err", err)
		return r
	}
	return ended
}

// expire is the step that ends a request whose time is over, whichever of its times that was. The
// trail tells the two ends apart: that nobody decided or ran it, and that a gate had no answer in
// time, with its question; an investigation looks for different things behind them.
func (l *Ledger) expire(ctx context.Context, id string) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		was := r.State
		if err := r.expire(now); err != nil {
			return nil, err
		}
		if r.State == NotRun {
			return []Entry{entry(*r, now, ActionNotRun, "", map[string]any{"requester": r.Requester, "approvals": r.Approvals, "why": r.Held.Question})}, nil
		}
		what := map[string]any{"was": was, "approvals": r.Approvals}
		if r.FromTheFuture(now) {
			what["why"] = "it was made by a clock that was ahead, so nobody knows how long it has waited"
		}
		return []Entry{entry(*r, now, ActionExpired, "", what)}, nil
	})
	if err == nil {
		l.changed(r)
	}
	return r, err
}

// overtaken reports whether err says that somebody else was faster, which is fine.
//
// ErrConflict is not among them. It would mean that dozens of steps in a row lost, which deserves a
// line in the log.
func overtaken(err error) bool {
	return errors.Is(err, ErrNotRunning) || errors.Is(err, ErrNotDue) || errors.Is(err, ErrNotPending)
}
