package approvals

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
)

// unrecorded are outcomes of this process's runs that the Store did not take in time: a full disk, a
// database that is away.
//
// Only this process knows them, so it keeps them until they are written. Without that, a run whose
// console has long answered would count as dead when its lease ends: what is repeatable would run a
// second time, and of the rest people would read that it may have run. A crash meanwhile loses them,
// like any run that a crash cuts off.
type unrecorded struct {
	mu       sync.Mutex
	outcomes map[string]outcome // by the request's id
}

type outcome struct {
	claimed Request
	result  Result
}

func (u *unrecorded) keep(o outcome) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.outcomes == nil {
		u.outcomes = map[string]outcome{}
	}
	u.outcomes[o.claimed.ID] = o
}

func (u *unrecorded) forget(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.outcomes, id)
}

func (u *unrecorded) has(id string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, kept := u.outcomes[id]
	return kept
}

func (u *unrecorded) all() []outcome {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Values(u.outcomes))
}

// recordKept writes down what can be written by now, and returns it: nobody was told of it yet.
func (l *Ledger) recordKept(ctx context.Context) (recorded []Request) {
	for _, o := range l.kept.all() {
		r, err := l.finish(ctx, o.claimed, o.result)
		switch {
		case err == nil:
			l.kept.forget(r.ID)
			l.changed(r)
			recorded = append(recorded, r)
		case pointlessToRecord(err):
			l.kept.forget(o.claimed.ID)
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
