package approvals

import (
	"errors"
	"fmt"

	"s1bot/approvals/policy"
)

// What the process says no to. The request that comes with one of them is as it stands now.
var (
	ErrNotFound       = errors.New("no such request")
	ErrNotPending     = errors.New("the request is no longer waiting for a decision")
	ErrTaken          = errors.New("the request is not approved, or is already running")
	ErrNotRunning     = errors.New("the request is not running")
	ErrNotInterrupted = errors.New("the request was not interrupted, or is already closed")
	ErrNotDue         = errors.New("the request has not expired yet")
	ErrExpired        = errors.New("the request has expired")
	ErrWithdrawn      = errors.New("the request was withdrawn")
	ErrSelfApproval   = errors.New("nobody may decide their own request")
	ErrAlreadyDecided = errors.New("this person has already approved the request")
	ErrNotApprover    = errors.New("this person isn't allowed to decide the request")
	ErrNotYours       = errors.New("only the requester may withdraw a request")
	ErrLeaseLost      = errors.New("another process took the request over")
	ErrInvalid        = errors.New("the request is incomplete")
	ErrTampered       = errors.New("the request's row in the database was changed")
	ErrFrozen         = errors.New("changes are frozen")
	ErrNotFrozen      = errors.New("nothing is frozen")
	// ErrUnwritten: the row of the request or of the audit trail could not be written, and the request
	// is certainly as it was.
	ErrUnwritten = errors.New("it could not be written down")
	// ErrUnstarted: the request is approved, and its start could not be written down, so that it did not
	// start. Recover hands it out again.
	ErrUnstarted = errors.New("the start could not be written down")
	// ErrUnrecorded: it ran, and what it came to could not be written down yet. Recover does.
	ErrUnrecorded = errors.New("the outcome could not be written down yet")
)

// What a Store answers; the Ledger deals with both.
var (
	ErrConflict  = errors.New("the row changed meanwhile")
	ErrDuplicate = errors.New("the id or the reference is in use")
)

// A writeError is a failed write of a request and its entries. Whether it took hold, the row tells;
// see Ledger.unwritten.
type writeError struct{ error }

func (e writeError) Unwrap() error { return e.error }

// A readError is a failed look at the Store, before anything was written.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

// unread is ErrUnwritten for a step that could not even be begun.
func unread(err error) error {
	if errors.As(err, new(readError)) {
		return fmt.Errorf("%w: %w", ErrUnwritten, err)
	}
	return err
}

// unstarted says of an error of the Store that it kept a run from starting.
func unstarted(err error) error {
	if errors.As(err, new(readError)) || errors.As(err, new(writeError)) {
		return fmt.Errorf("%w: %w", ErrUnstarted, err)
	}
	return err
}

// unless is nil for yes, no for no, and an *UnansweredError where nobody can tell.
func unless(a policy.Answer, no error) error {
	switch {
	case a.Yes():
		return nil
	case a.No():
		return no
	}
	return &policy.UnansweredError{Question: a.Open()}
}

// A FrozenError is ErrFrozen with the freeze that refuses: who hears no wants to know whose it is,
// since when and why.
type FrozenError struct{ Freeze Request }

func (e *FrozenError) Error() string { return ErrFrozen.Error() }
func (e *FrozenError) Unwrap() error { return ErrFrozen }
