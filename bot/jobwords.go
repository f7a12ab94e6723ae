package bot

import (
	"context"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// A canceller ends long work; see jobs.Runner.
type canceller interface {
	Cancel(ctx context.Context, id string) (found bool, err error)
}

// jobWords are about long work.
type jobWords struct {
	jobs      canceller
	responder *exchange.Responder
}

func (w jobWords) builtins() []builtin {
	return []builtin{{name: "cancel", button: "to cancel long-running work, click the button on its message", clicked: w.cancel}}
}

// cancel ends long work; whoever does it, in whatever process, notices within a few seconds. In a
// thread everybody sees the button: it is for the person who asked, and for those who have a role.
// The job's row is marked; the process that runs it reads the mark when it next renews its lease.
// So the answer says that it is being cancelled and not that it is.
func (w jobWords) cancel(ctx context.Context, a exchange.Interaction) error {
	if a.Choice.User != a.User && !a.Who.Somewhere().Yes() {
		return &catalog.UsageError{Problem: "only the requester, an operator or an approver can cancel this"}
	}
	found, err := w.jobs.Cancel(ctx, a.Choice.Job)
	switch {
	case err != nil:
		return err
	case !found:
		return workflow.ErrGone
	}
	w.responder.Reply(ctx, a, render.Notice("Cancelling."))
	return nil
}
