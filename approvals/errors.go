package approvals

import "errors"

// What the process says no to. The request that comes with one of them is as it stands now.
var (
	ErrNotFound       = errors.New("no such request")
	ErrNotPending     = errors.New("the request no longer waits for a decision")
	ErrTaken          = errors.New("the request is not approved, or somebody runs it already")
	ErrNotRunning     = errors.New("the request is not running")
	ErrNotInterrupted = errors.New("the request was not interrupted, or is settled")
	ErrNotDue         = errors.New("the request's time is not over")
	ErrExpired        = errors.New("the request has expired")
	ErrSelfApproval   = errors.New("nobody decides their own request")
	ErrAlreadyDecided = errors.New("this person has approved the request already")
	ErrNotApprover    = errors.New("this person may not decide the request")
	ErrNotYours       = errors.New("only the requester withdraws a request")
	ErrLeaseLost      = errors.New("another process took the request over")
	ErrInvalid        = errors.New("the request is incomplete")
	ErrTampered       = errors.New("the request is not what was asked for: its row was changed")
	ErrFrozen         = errors.New("everything that changes something is frozen")
	ErrNotFrozen      = errors.New("nothing is frozen")
)

// What a Store answers; the Ledger deals with both.
var (
	ErrConflict  = errors.New("the row changed meanwhile")
	ErrDuplicate = errors.New("the id or the reference is in use")
)

// A RefusedError is a policy's no. Why is a sentence for the person who asked.
type RefusedError struct {
	Why     string
	Rule    string // that said so
	Because string // name of the thing of several that it said so of; empty where it concerns all
}

// Error is the sentence.
func (e *RefusedError) Error() string { return e.Why }

// An UnansweredError refuses what depends on a question that has no answer now. It is neither a yes nor a no: asked again later, it
// may be either.
type UnansweredError struct {
	Question string // as in CannotTell
	Rule     string // that asks it
	Because  string // name of the thing of several that it is about; empty where it concerns all
}

// Error says that nothing was done, and why.
func (e *UnansweredError) Error() string { return e.Question + ", so nothing was done" }

// unless is nil for yes, no for no, and an *UnansweredError where nobody can tell.
func unless(a Answer, no error) error {
	switch {
	case a.Yes():
		return nil
	case a.No():
		return no
	}
	return &UnansweredError{Question: a.Open()}
}
