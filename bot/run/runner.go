package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
//
// It is the same for everybody; what belongs to one call (the person, the console, the page) is put
// in by Call.
type Caller struct {
	Queries catalog.Queries
	Exports *tempfile.Space
	Columns library.Columns
	Now     func() time.Time
	Log     *slog.Logger
}

// Call is what a command runs with; the console of the interaction is settled by then.
func (c Caller) Call(a exchange.Interaction) *catalog.Call {
	return &catalog.Call{
		Console: a.On.Client, Caller: a.Caller(),
		Now: c.Now(), Page: max(a.Do.Page, 1), How: a.Do.How, Secrets: a.Secrets, Queries: c.Queries, Exports: c.Exports,
		Columns: &chosenColumns{store: c.Columns, user: a.User, log: c.Log},
	}
}

// Starter begins long work; see jobs.Runner.
type Starter interface {
	Start(ctx context.Context, j jobs.Job) error
}

// A Runner runs commands: what reads at once or as a job, what changes as a request.
//
// It is stateless and used by all deliveries at once.
type Runner struct {
	Catalog   *catalog.Catalog
	Settler   exchange.Settler
	Caller    Caller
	Policy    func() policy.Policy
	Gate      *workflow.Gate
	Submitter *workflow.Submitter
	History   History
	Jobs      Starter
	Forms     *Forms
	Responder *exchange.Responder
	Meter     Meter
	Words     []string // the bot's own, which are no values
	Sentences *plain.Reader
	Library   library.Library
	Now       func() time.Time
	Log       *slog.Logger
}

// A NoCommandError says why a line names no command.
type NoCommandError struct{ Why error }

func (e NoCommandError) Error() string { return e.Why.Error() }
func (e NoCommandError) Unwrap() error { return e.Why }

// Command reads the line as a command of the catalog and runs it.
//
// The order decides what a line means. A command or an alias goes first, a saved name second, so
// that nobody's own name hides a command; then the line is looked at as a sentence, for many
// sentences begin with a command's name. What begins with a command and lacks something opens its
// form; what begins with none is an error of a type of its own, because in a conversation it may
// not have been meant for the bot at all.
func (r *Runner) Command(ctx context.Context, a exchange.Interaction) error {
	in := text.Input{Zone: a.Who.Zone, Now: r.Now(), Own: r.Words}
	a.Line = slash.Unquoted(r.Catalog, a.Line)
	inv, extras, err := slash.Parse(r.Catalog, a.Line, in)
	if err != nil && inv.Command == "" { // a name of their own?
		line, saved, failed := r.Library.Expand(ctx, a.User, a.Line)
		if failed != nil {
			return failed
		}
		if saved {
			a.Line = line
			inv, extras, err = slash.Parse(r.Catalog, line, in)
		}
	}
	if err := r.Settler.Typed(&inv); err != nil {
		return exchange.WithExtras(extras, err)
	}
	proposal, read, refused := r.sentence(a.Line, inv, extras, err, in)
	var missing *catalog.MissingError
	switch {
	case read:
		return r.propose(ctx, a, proposal)
	case refused != nil:
		return NoCommandError{refused}
	case errors.As(err, &missing):
		a.Do, a.Extras = missing.Given, extras
		a.Do.Console, a.Do.How = inv.Console, render.Open
		return r.Forms.openForm(ctx, a)
	case err != nil && inv.Command == "":
		return NoCommandError{exchange.WithExtras(extras, err)}
	case err != nil:
		return exchange.WithExtras(extras, exchange.OnConsole(inv.Console, err))
	}
	a.Do, a.Extras = inv, extras
	return exchange.WithExtras(extras, r.Invoke(ctx, a))
}

// Invoke is the one path that every invocation takes: typed, from a form, from a button.
func (r *Runner) Invoke(ctx context.Context, a exchange.Interaction) error {
	ctx = a.Awaiting(ctx)
	if _, ok := r.Catalog.Find(a.Do.Command); !ok {
		return &catalog.UsageError{Problem: fmt.Sprintf("The command %q no longer exists.", a.Do.Command)}
	}
	if err := r.Settler.Settle(ctx, &a); err != nil {
		return err
	}
	return exchange.OnConsole(a.Do.Console, r.invokeOn(ctx, a))
}

// invokeOn is invoke once it is settled on which console.
//
// Secrets are taken out of the arguments before anything is written down, the history included. A
// form and a choice of columns come first because they run nothing; what is only turned over,
// shared or shown again is not remembered, or a history would fill with pages; nor is what a form will
// ask the reason of, for who closes that has asked for nothing.
func (r *Runner) invokeOn(ctx context.Context, a exchange.Interaction) error {
	cmd, ok := a.Command()
	if !ok {
		return workflow.ErrGone
	}
	a.Do.Args, a.Secrets = cmd.Hide(a.Do.Args)
	if a.Do.How == render.Open {
		return r.Forms.openForm(ctx, a)
	}
	if a.Do.How == render.Pick {
		return r.pickColumns(ctx, cmd, a)
	}
	if a.Do.How == render.Run && (!cmd.NeedsReason() || a.Extras.Reason != "") {
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
//
// The history is a convenience: an error there costs the line, not the command. The line names the
// console by its label, so that it means the same wherever it is run again.
func (r *Runner) remember(ctx context.Context, a exchange.Interaction, cmd *catalog.Command) {
	line := slash.Line(cmd, a.Do.Args)
	if a.Extras.For > 0 {
		line += " " + catalog.ForParam + "=" + text.SpanText(a.Extras.For)
	}
	if a.Label != "" {
		line += " " + catalog.ConsoleParam + "=" + a.Label
	}
	if err := r.History.Add(ctx, a.User, line, r.Now()); err != nil {
		r.Log.WarnContext(ctx, "cannot remember a command", "user", a.User, "err", err)
	}
}

// read runs a command that changes nothing and answers the caller.
//
// Where the card goes depends on how it was asked for: to the channel (Share), as a file to the
// person, over the message that a page was turned on, or as an answer. Files of the card are on
// disk and are removed in every case.
func (r *Runner) read(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	if err := r.MayRead(ctx, cmd, a); err != nil {
		return err
	}
	card, err := cmd.Run(ctx, r.Caller.Call(a), a.Do.Args)
	if err != nil {
		return workflow.WithCommand(cmd, err)
	}
	r.Meter.Command(cmd.Name, OutcomeLabels[card.Outcome])
	defer card.Discard()
	card = a.DrawnOn(card)
	switch {
	case a.Do.How == render.Share:
		return r.Responder.Share(ctx, a, card)
	case len(card.Files) > 0 && a.Do.How == render.Run:
		return r.Responder.AnswerWithDownload(ctx, a, card)
	case len(card.Files) > 0:
		return r.Responder.SendDownload(ctx, a, card)
	case a.Do.How == render.Turn && a.At.ResponseURL != "":
		return r.Responder.Post.Respond(ctx, a.At.ResponseURL, true, card)
	}
	r.Responder.Reply(ctx, a, card)
	return nil
}

// MayRead asks the policy about a command that changes nothing: a rule may deny it, or allow it to
// some roles only.
//
// Early is false, because nothing will be filled in later that could change the answer.
func (r *Runner) MayRead(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	input := r.Gate.Input(cmd, a.Interaction)
	input.Early = false
	if decision := r.Policy().Decide(input); decision.Err() != nil {
		return r.Gate.Refuse(ctx, input, decision)
	}
	return nil
}

// long begins work that takes long, after looking at what was asked for.
//
// The plan is made before the job begins, so that what cannot be done is said at once to who asked,
// and not minutes later in a direct message. The job runs with the plan's arguments: names that
// were resolved now stay what they are.
func (r *Runner) long(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	if err := r.MayRead(ctx, cmd, a); err != nil {
		return err
	}
	plan, err := cmd.Prepare(ctx, r.Caller.Call(a), a.Do.Args)
	if err != nil {
		return workflow.WithCommand(cmd, err)
	}
	a.Do.Args = plan.Args
	if err := r.Jobs.Start(ctx, jobs.Job{Do: a.Do, User: a.User, Origin: a.At, Began: r.Now()}); err != nil {
		return err
	}
	if a.At.Thread == "" && !(a.Written && strings.HasPrefix(a.At.Channel, "D")) { // who wrote to the bot sees it there
		words := "This will take a while. Follow it in our direct messages."
		if strings.HasPrefix(a.At.Channel, "D") {
			words = "This will take a while. Follow it here."
		}
		r.Responder.Reply(ctx, a, render.Notice(words))
	}
	return nil
}

// submitRequest asks for a change. Where a reason is missing a form asks for it.
func (r *Runner) submitRequest(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	err := r.Submitter.Submit(ctx, cmd, r.Responder.Dialog(a))
	if errors.Is(err, workflow.ErrNoReason) {
		return r.Forms.askReason(ctx, cmd, a)
	}
	return err
}

// History remembers what people asked for, as slash text.
type History interface {
	Add(ctx context.Context, user, line string, at time.Time) error
	library.History
}
