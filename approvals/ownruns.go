package approvals

import (
	"context"
	"errors"
	"sync"
)

// ownRuns are the runs of this process: those under way, and those that ended and whose outcome the
// Store did not take in time (a full disk, a database that is away).
//
// Only this process knows of them for certain, whatever the clock says of their leases, so its Recover
// takes none of them for dead. Without that, a clock that is set forward, or a disk that stays full for
// longer than a lease, would have a repeatable request run a second time, and of the rest people would
// read that it may have run. A crash meanwhile loses them, like any run that a crash cuts off.
type ownRuns struct {
	mu   sync.Mutex
	runs map[string]*outcome // by the request's id; nil while it is under way
}

type outcome struct {
	claimed Request
	result  Result
}

// put notes a run; with an outcome it is kept until it is written.
func (o *ownRuns) put(id string, ended *outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.runs == nil {
		o.runs = map[string]*outcome{}
	}
	o.runs[id] = ended
}

// over forgets a run, unless its outcome is kept.
func (o *ownRuns) over(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.runs[id] == nil {
		delete(o.runs, id)
	}
}

func (o *ownRuns) forget(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.runs, id)
}

func (o *ownRuns) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, known := o.runs[id]
	return known
}

func (o *ownRuns) kept() (all []outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, ended := range o.runs {
		if ended != nil {
			all = append(all, *ended)
		}
	}
	return all
}

// recordKept writes down what can be written by now, and returns it: nobody was told of it yet.
func (l *Ledger) recordKept(ctx context.Context) (recorded []Request) {
	for _, o := range l.own.kept() {
		r, err := l.finish(ctx, o.claimed, o.result)
		switch {
		case err == nil:
			l.own.forget(r.ID)
			l.changed(r)
			recorded = append(recorded, r)
		case pointlessToRecord(err):
			l.own.forget(o.claimed.ID)
			l.log.ErrorContext(ctx, "an outcome came too late to be written down", "request_id", o.claimed.ID, "command", o.claimed.Command, "outcome", o.result.Outcome, "err", err)
		}
	}
	return recorded
}

// pointlessToRecord tells an error that another try would meet again: somebody else has the request,
// or there is none.
func pointlessToRecord(err error) bool {
	return errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrNotFound)
}
