package workflow

import (
	"errors"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// What people read where nothing is wrong with the program; the other errors of this package are
// approvals', policy's and catalog's.
var (
	// ErrGone answers a button whose command is not there any more.
	ErrGone = errors.New("this button is too old to work; run the command again")
	// ErrNoReason says that a person must say why before anything is written down.
	ErrNoReason = errors.New("a freeze needs a reason, for the approvers and the audit trail")
)

// A LengthError says that an extension needs to know how much longer the isolation of Request
// should last.
//
// The caller opens the form for it.
type LengthError struct{ Request approvals.Request }

func (e *LengthError) Error() string {
	return "how much longer should the isolation of " + e.Request.Ref + " last?"
}

// A BarredError is an error about a step that is not its person's to take, with whose it is.
type BarredError struct {
	Err   error
	Whose render.Line
}

func (e *BarredError) Error() string { return e.Err.Error() }
func (e *BarredError) Unwrap() error { return e.Err }

// barred adds to a refusal whose step it is: who may not do something goes and asks who may.
func (p *Publisher) barred(req approvals.Request, words string, err error) error {
	switch {
	case errors.Is(err, approvals.ErrNotApprover):
		return &BarredError{err, p.cards.Barred(req, words)}
	case errors.Is(err, approvals.ErrNotYours):
		return &BarredError{err, render.Line{render.Text("Only the requester can withdraw this: "), render.User(req.Requester), render.Text(".")}}
	}
	return err
}

// A CommandError is what went wrong in a command: its person reads which one failed, and which
// permission of the console's token it needs.
type CommandError struct {
	Command *catalog.Command
	Err     error
}

// WithCommand says of an error in which command it happened; nil stays nil.
func WithCommand(cmd *catalog.Command, err error) error {
	if err == nil {
		return nil
	}
	return &CommandError{cmd, err}
}

func (e *CommandError) Error() string { return e.Command.Name + ": " + e.Err.Error() }
func (e *CommandError) Unwrap() error { return e.Err }

// outcomeUnknown reports whether the console may have done what it did not confirm.
//
// A time-out or a connection that broke after the request was sent; one that was refused, or never
// got there, is certain.
func outcomeUnknown(err error) bool {
	var console *s1.Error
	return errors.As(err, &console) && console.Unknown()
}
