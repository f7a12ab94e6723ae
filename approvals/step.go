package approvals

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errUnchanged says that a step changes nothing, so that nothing is written.
var errUnchanged = errors.New("nothing changes")

// step loads a request, makes one step and writes it back together with the step's entries, and
// starts over when somebody else was faster. With an error the request is as it stands.
//
// It is the only way to a row, and keeps four promises. Row and entries are one transaction, so
// that there is no state without its line in the trail. What do decided from is what is replaced: a
// row that changed since it was read is read again, and do is asked again. A sealed password goes
// with the step that ends the request, not some time later. And a step that the trail tells of is
// one that people can see: it raises Rev, which makes every card behind, and starts the count of
// tries to show it from zero.
//
// do may be called several times and must only change the request that it is given; slices and
// pointers in it are shared with the row that was read, so it clones what it changes.
func (l *Ledger) step(ctx context.Context, id string, do func(r *Request, now time.Time) ([]Entry, error)) (Request, error) {
	return l.stepFrom(ctx, Request{ID: id}, do)
}

// stepFrom is step for who has just read the row: most of them are still right, and a click asks
// the database half as often. A row without a version is read first.
//
// What was is only good for a write, since that fails where the row has moved on. That nothing is to be
// done, or must not be, is never said of it: the row is read, and do is asked again.
func (l *Ledger) stepFrom(ctx context.Context, was Request, do func(r *Request, now time.Time) ([]Entry, error)) (Request, error) {
	for try := range maxAttempts {
		r, known, err := was, try == 0 && was.Version > 0, error(nil)
		if !known {
			r, err = l.Get(ctx, was.ID)
		}
		if err != nil {
			return Request{}, err
		}
		next, now := r, l.clock()
		entries, err := do(&next, now)
		if err != nil && known {
			continue
		}
		if err != nil {
			return r, err
		}
		if next.ended() {
			next.Sealed = nil
		}
		if len(entries) > 0 {
			next.Rev, next.Moved, next.Looks = r.Rev+1, now, 0
		}
		switch err := l.store.Swap(ctx, next, entries...); {
		case err == nil:
			next.Version++
			return next, nil
		case !errors.Is(err, ErrConflict):
			return r, fmt.Errorf("write request %s: %w", r.Ref, writeError{err})
		}
	}
	return Request{}, fmt.Errorf("write request %s, %d times: %w", was.ID, maxAttempts, ErrConflict)
}

// told is the end of a step: whoever follows requests hears of a change, and that there was none is no
// error.
func (l *Ledger) told(r Request, err error) (Request, error) {
	switch {
	case errors.Is(err, errUnchanged):
		return r, nil
	case err == nil:
		l.changed(r)
	}
	return r, err
}

// unwritten adds ErrUnwritten to the error of a write that left the row as it was. A database that
// went away in the middle of a commit may have taken it all the same, so the row is read again, and
// what cannot be read is not promised.
//
// The difference is what the person reads. With ErrUnwritten they are told that nothing was done
// and may try again; without it that it is not certain. A context that ended says nothing about the
// database, and is left as it is.
func (l *Ledger) unwritten(ctx context.Context, was Request, err error) error {
	var failed writeError
	if !errors.As(err, &failed) || ctx.Err() != nil {
		return err
	}
	if now, readErr := l.Get(ctx, was.ID); readErr != nil || now.Version != was.Version {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnwritten, err)
}

// unsubmitted is unwritten for a new request, of which there is no row.
//
// ErrConflict and ErrDuplicate are answers of a Store that is well, so they are passed on as they
// are.
func (l *Ledger) unsubmitted(ctx context.Context, key string, err error) error {
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrDuplicate) || ctx.Err() != nil {
		return err
	}
	if _, made, readErr := l.Made(ctx, key); readErr != nil || made {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnwritten, err)
}
