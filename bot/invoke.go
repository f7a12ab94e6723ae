package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/jobs"
	"s1bot/bot/library"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/tempfile"
)

// A Caller is what every command is called with.
type Caller struct {
	queries catalog.Queries
	exports *tempfile.Space
	columns library.Columns
	now     func() time.Time
	log     *slog.Logger
}

// call is what a command runs with; the console of the interaction is settled by then.
func (c Caller) call(a exchange.Interaction) *catalog.Call {
	return &catalog.Call{
		Console: a.On.Client, Caller: a.Caller(),
		Now: c.now(), Page: max(a.Do.Page, 1), How: a.Do.How, Secrets: a.Secrets, Queries: c.queries, Exports: c.exports,
		Columns: &chosenColumns{store: c.columns, user: a.User, log: c.log},
	}
}

// starter begins long work; see jobs.Runner.
type starter interface {
	Start(ctx context.Context, j jobs.Job) error
}

// A runner runs commands: what reads at once or as a job, what changes as a request.
type runner struct {
	catalog   *catalog.Catalog
	settler   exchange.Settler
	caller    Caller
	policy    func() policy.Policy
	gate      *workflow.Gate
	submitter *workflow.Submitter
	history   History
	jobs      starter
	forms     *forms
	answers   *exchange.Answers
	meter     Meter
	words     []string // the bot's own, which are no values
	sentences *plain.Reader
	library   library.Library
	now       func() time.Time
	log       *slog.Logger
}

// A noCommandError says why a line names no command.
type noCommandError struct{ error }

func (e noCommandError) Unwrap() error { return e.error }

// Command reads the line as a command of the catalog and runs it.
func (r *runner) Command(ctx context.Context, a exchange.Interaction) error {
	in := text.Input{Zone: a.Who.Zone, Now: r.now(), Own: r.words}
	inv, extras, err := slash.Parse(r.catalog, a.Line, in)
	if err != nil && inv.Command == "" { // a name of their own?
		line, saved, failed := r.library.Expand(ctx, a.User, a.Line)
		if failed != nil {
			return failed
		}
		if saved {
			a.Line = line
			inv, extras, err = slash.Parse(r.catalog, line, in)
		}
	}
	if err := r.settler.Typed(&inv); err != nil {
		return exchange.WithExtras(extras, err)
	}
	proposal, read, refused := r.sentence(a.Line, inv, extras, err, in)
	var missing *catalog.MissingError
	switch {
	case read:
		return r.propose(ctx, a, proposal)
	case refused != nil:
		return noCommandError{refused}
	case errors.As(err, &missing):
		a.Do, a.Extras = missing.Given, extras
		a.Do.Console, a.Do.How = inv.Console, render.Open
		return r.forms.openForm(ctx, a)
	case err != nil && inv.Command == "":
		return noCommandError{exchange.WithExtras(extras, err)}
	case err != nil:
		return exchange.WithExtras(extras, exchange.OnConsole(inv.Console, err))
	}
	a.Do, a.Extras = inv, extras
	return exchange.WithExtras(extras, r.invoke(ctx, a))
}

// invoke is the one path that every invocation takes: typed, from a form, from a button.
func (r *runner) invoke(ctx context.Context, a exchange.Interaction) error {
	ctx = a.Awaiting(ctx)
	if _, ok := r.catalog.Find(a.Do.Command); !ok {
		return &catalog.UsageError{Problem: fmt.Sprintf("There is no command %q here any more.", a.Do.Command)}
	}
	if err := r.settler.Settle(ctx, &a); err != nil {
		return err
	}
	return exchange.OnConsole(a.Do.Console, r.invokeOn(ctx, a))
}

// invokeOn is invoke once it is settled on which console.
func (r *runner) invokeOn(ctx context.Context, a exchange.Interaction) error {
	cmd, ok := a.Command()
	if !ok {
		return workflow.ErrGone
	}
	a.Do.Args, a.Secrets = cmd.Hide(a.Do.Args)
	if a.Do.How == render.Open {
		return r.forms.openForm(ctx, a)
	}
	if a.Do.How == render.Pick {
		return r.pickColumns(ctx, cmd, a)
	}
	if a.Do.How == render.Run {
		r.remember(ctx, a, cmd)
	}
	if cmd.Risk == catalog.Read && cmd.Long && a.Do.How == render.Run {
		return r.long(ctx, cmd, a)
	}
	if cmd.Risk == catalog.Read {
		if a.Do.How == render.View {
			return r.show(ctx, cmd, a)
		}
		return r.read(ctx, cmd, a)
	}
	return r.submitRequest(ctx, cmd, a)
}

// remember writes the history that /s1 history shows.
func (r *runner) remember(ctx context.Context, a exchange.Interaction, cmd *catalog.Command) {
	line := slash.Line(cmd, a.Do.Args)
	if a.Extras.For > 0 {
		line += " " + catalog.ForParam + "=" + text.SpanText(a.Extras.For)
	}
	if a.Label != "" {
		line += " " + catalog.ConsoleParam + "=" + a.Label
	}
	if err := r.history.Add(ctx, a.User, line, r.now()); err != nil {
		r.log.Warn("cannot remember a command", "user", a.User, "err", err)
	}
}

// read runs a command that changes nothing and answers the caller.
func (r *runner) read(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	if err := r.mayRead(ctx, cmd, a); err != nil {
		return err
	}
	card, err := cmd.Run(ctx, r.caller.call(a), a.Do.Args)
	if err != nil {
		return workflow.WithCommand(cmd, err)
	}
	r.meter.Command(cmd.Name, outcomeLabels[card.Outcome])
	defer card.Discard()
	card = a.DrawnOn(card)
	switch {
	case a.Do.How == render.Share:
		return r.answers.Share(ctx, a, card)
	case len(card.Files) > 0 && a.Do.How == render.Run:
		return r.answers.AnswerWithDownload(ctx, a, card)
	case len(card.Files) > 0:
		return r.answers.SendDownload(ctx, a, card)
	case a.Do.How == render.Turn && a.At.ResponseURL != "":
		return r.answers.Post.Respond(ctx, a.At.ResponseURL, true, card)
	}
	r.answers.Reply(ctx, a, card)
	return nil
}

// mayRead asks the policy about a command that changes nothing: a rule may deny it, or allow it to some roles only.
func (r *runner) mayRead(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	input := r.gate.Input(cmd, a.Interaction)
	input.Early = false
	if ruling := r.policy().Decide(input); ruling.Err() != nil {
		return r.gate.Refuse(ctx, input, ruling)
	}
	return nil
}

// long begins work that takes long, after looking at what was asked for.
func (r *runner) long(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	if err := r.mayRead(ctx, cmd, a); err != nil {
		return err
	}
	plan, err := cmd.Prepare(ctx, r.caller.call(a), a.Do.Args)
	if err != nil {
		return workflow.WithCommand(cmd, err)
	}
	a.Do.Args = plan.Args
	if err := r.jobs.Start(ctx, jobs.Job{Do: a.Do, User: a.User, Origin: a.At, Began: r.now()}); err != nil {
		return err
	}
	if a.At.Thread == "" {
		r.answers.Reply(ctx, a, render.Notice("This will take a while. Our direct messages show how far it is."))
	}
	return nil
}

// submitRequest asks for a change. Where a reason is missing a form asks for it.
func (r *runner) submitRequest(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	err := r.submitter.Submit(ctx, cmd, r.answers.Dialog(a))
	if errors.Is(err, workflow.ErrNoReason) {
		return r.forms.askReason(ctx, cmd, a)
	}
	return err
}
