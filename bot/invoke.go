package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// staleAfter is how old a change may be when the bot takes it up after a crash: what somebody wanted ten minutes ago, they may
// have done by hand since.
const staleAfter = 10 * time.Minute

// errStale tells a person that their click was kept but is too old to act on.
var errStale = errors.New("the bot was down when you asked for this, and too much time has passed to do it unasked; nothing was done: please ask again")

// errNotAllowed tells people who may do nothing here.
var errNotAllowed = errors.New("this bot answers full members of this workspace; guests, bots and people of other workspaces need a role that names them")

// stale refuses deliveries that lay too long. What one asked for before the crash is written down and goes on, so nobody is told that
// nothing was done.
func (b *Bot) stale(ctx context.Context, d delivery) error {
	if !d.again || b.Now().Sub(d.at) <= staleAfter {
		return nil
	}
	_, made, err := b.Ledger.Made(ctx, d.key)
	if err == nil && !made {
		err = errStale
	}
	return err
}

// admit is the one gate: every slash command, mention, click, form and search box passes it. It fills in who asks.
func (b *Bot) admit(ctx context.Context, a *ask) error {
	look := b.people.who
	if a.decides() {
		look = b.people.afresh
	}
	a.who = look(ctx, a.user)
	return a.admitted()
}

// admitted says why who asks may do nothing here, if so. What a payload says of their workspace counts for nothing: on Enterprise Grid it
// is another one than ours for people who belong here, and in a shared channel it may be ours for people who do not.
func (a *ask) admitted() error {
	switch known := a.who.Known(); {
	case known.No():
		return errNotAllowed
	case known.Open() != "":
		return &policy.UnansweredError{Question: known.Open()}
	}
	return nil
}

// answering runs work and turns its error into an answer to the person.
func (b *Bot) answering(ctx context.Context, a *ask, work func() error) error {
	done := b.patient(ctx, a)
	err := work()
	done()
	if err == nil {
		return nil
	}
	if b.putOff(ctx, a, err) {
		return errPutOff
	}
	err = b.uncounted(ctx, a, err)
	if errors.Is(err, errNotAllowed) {
		b.noteStranger(ctx, *a)
		a.silent = a.silent || a.written && a.who.bot
	}
	card, fault := b.explain(*a, err)
	b.reply(ctx, *a, goingOn(card, err))
	return fault
}

// noteStranger writes into the audit trail that somebody who may do nothing here tried to.
func (b *Bot) noteStranger(ctx context.Context, a ask) {
	word, _ := text.CutWord(a.line)
	wish := policy.Input{Caller: a.who.Person, Command: first(a.inv.Command, word, "(none)"), Channel: a.at.Channel}
	if err := b.Ledger.Refuse(ctx, wish, policy.Decision{Effect: policy.Deny, Why: errNotAllowed.Error()}); err != nil {
		b.Log.Error("cannot write a refusal down", "user", a.user, "err", err)
	}
}

// invoke is the one path that every invocation takes: typed, from a form, from a button.
func (b *Bot) invoke(ctx context.Context, a ask) error {
	ctx = a.awaiting(ctx)
	cmd, ok := b.Catalog.Find(a.inv.Command)
	if !ok {
		return &catalog.UsageError{Problem: fmt.Sprintf("There is no command %q here any more.", a.inv.Command)}
	}
	a.inv.Args, a.secrets = cmd.Hide(a.inv.Args)
	if a.inv.How == render.Open {
		return b.openForm(ctx, a)
	}
	if a.inv.How == render.Run {
		b.Remember(ctx, a, cmd)
	}
	if cmd.Risk == catalog.Read && cmd.Long && a.inv.How == render.Run {
		return b.long(ctx, cmd, a)
	}
	if cmd.Risk == catalog.Read {
		return b.read(ctx, cmd, a)
	}
	return b.request(ctx, cmd, a)
}

// Remember writes the history that /s1 history shows.
func (b *Bot) Remember(ctx context.Context, a ask, cmd *catalog.Command) {
	line := slash.Line(cmd, a.inv.Args)
	if a.extras.For > 0 {
		line += " " + catalog.ForParam + "=" + text.SpanText(a.extras.For)
	}
	if err := b.History.Add(ctx, a.user, line, b.Now()); err != nil {
		b.Log.Warn("cannot remember a command", "user", a.user, "err", err)
	}
}

// call is what a command runs with.
func (b *Bot) call(a ask) *catalog.Call {
	return &catalog.Call{
		Console: b.Console, Caller: callerOf(a),
		Now: b.Now(), Page: max(a.inv.Page, 1), How: a.inv.How, Secrets: a.secrets, Queries: b.Queries,
	}
}

// read runs a command that changes nothing and answers the caller.
func (b *Bot) read(ctx context.Context, cmd *catalog.Command, a ask) error {
	if err := b.mayRead(ctx, cmd, a); err != nil {
		return err
	}
	card, err := cmd.Run(ctx, b.call(a), a.inv.Args)
	if err != nil {
		return b.blame(cmd, err)
	}
	switch {
	case a.inv.How == render.Share:
		return b.share(ctx, a, card)
	case len(card.Files) > 0 && a.inv.How == render.Run:
		return b.handOverBeside(ctx, a, card)
	case len(card.Files) > 0:
		return b.handOver(ctx, a, card)
	case a.inv.How == render.Turn && a.at.ResponseURL != "":
		return b.post.Respond(ctx, a.at.ResponseURL, true, card)
	}
	b.reply(ctx, a, card)
	return nil
}

// mayRead asks the policy about a command that changes nothing: a rule may deny it, or allow it to some roles only.
func (b *Bot) mayRead(ctx context.Context, cmd *catalog.Command, a ask) error {
	wish := b.wish(cmd, a)
	wish.Early = false
	if ruling := b.Policy().Decide(wish); ruling.Err() != nil {
		return b.refuse(ctx, wish, ruling)
	}
	return nil
}

// long begins work that takes long, after looking at what was asked for.
func (b *Bot) long(ctx context.Context, cmd *catalog.Command, a ask) error {
	if err := b.mayRead(ctx, cmd, a); err != nil {
		return err
	}
	plan, err := cmd.Prepare(ctx, b.call(a), a.inv.Args)
	if err != nil {
		return b.blame(cmd, err)
	}
	a.inv.Args = plan.Args
	if err := b.startJob(ctx, job{Do: a.inv, User: a.user, Origin: a.at, Began: b.Now()}); err != nil {
		return err
	}
	if a.at.Thread == "" {
		b.reply(ctx, a, notice("This takes a while. Your direct messages with me show how far it is."))
	}
	return nil
}

// request asks for a change: it is written down as a row, and runs at once or waits for a second person, as the policy says.
func (b *Bot) request(ctx context.Context, cmd *catalog.Command, a ask) error {
	switch req, made, err := b.Ledger.Made(ctx, a.at.Key); {
	case err != nil:
		return err
	case made:
		return b.carryOn(ctx, req, a)
	}
	a.who = b.people.afresh(ctx, a.user)
	wish := b.wish(cmd, a)
	if ruling := b.rule(ctx, wish); ruling.Err() != nil {
		return b.refuse(ctx, wish, ruling)
	}
	if err := b.frozen(ctx); err != nil {
		_ = b.refuse(ctx, wish, policy.Decision{Effect: policy.Deny, Rule: freezeWord, Why: err.Error()})
		return err
	}
	if cmd.NeedsReason() && a.extras.Reason == "" {
		return b.askReason(ctx, cmd, a)
	}
	plan, err := cmd.Prepare(ctx, b.call(a), a.inv.Args)
	if err != nil {
		return b.blame(cmd, err)
	}
	wish = b.touching(ctx, wish, plan)
	a.at = b.threaded(ctx, a.at)
	policy := b.Policy()
	req, fresh, asked, err := b.submitOnce(ctx, cmd, a, wish, b.marked(wish, plan))
	if err != nil {
		return err
	}
	if asked {
		b.offerAsked(ctx, a, req)
		return nil
	}
	if !fresh {
		return b.carryOn(ctx, req, a)
	}
	if a.ruled = &policy; req.State == approvals.Approved {
		return b.execute(ctx, req.ID, &a)
	}
	return b.waitForApproval(ctx, a, req)
}

// submitRequest writes a request down as the policy rules; again where the same person asked for something else meanwhile, which
// may have spent what was left of their budget.
func (b *Bot) submitRequest(ctx context.Context, cmd *catalog.Command, a ask, wish policy.Input, plan catalog.Plan) (req approvals.Request, fresh bool, err error) {
	for {
		ruling := b.rule(ctx, wish)
		if ruling.Err() != nil {
			return req, false, b.refuse(ctx, wish, ruling)
		}
		if err := b.mayWait(ctx, cmd, wish, plan, ruling); err != nil {
			return req, false, err
		}
		if req, err = newRequest(cmd, a, plan, ruling); err != nil {
			return req, false, err
		}
		req.Term = b.termOf(ctx, cmd, a, plan)
		if req, err = b.sealed(req, plan.Secrets); err != nil {
			return req, false, err
		}
		req, fresh, err = b.Ledger.Submit(ctx, req)
		switch {
		case err == nil:
			return req, fresh, nil
		case !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil:
			return req, false, fmt.Errorf("write the request down: %w", err)
		}
	}
}

// carryOn goes on with a request that was made before a crash by the delivery which is now taken up again. What was asked for is
// what its row says, whatever the console would say of it today.
func (b *Bot) carryOn(ctx context.Context, req approvals.Request, a ask) error {
	switch {
	case req.State == approvals.Approved && req.Quorum > 0:
		return b.execute(ctx, req.ID, nil) // it waited, so it is looked at once more
	case req.State == approvals.Approved:
		return b.execute(ctx, req.ID, &a)
	case req.Quorum == 0 || len(req.Cards) > 0:
		return nil // told already, or told by who finds out how it ended
	}
	if err := b.announceAgain(ctx, req); err != nil {
		return err
	}
	if req.State != approvals.Pending {
		b.end(ctx, req, nil)
		return nil
	}
	if now, err := b.Ledger.Get(ctx, req.ID); err == nil {
		req = now
	}
	b.replyAsked(ctx, a, req, askedCard(req, b.Policy().Channel()))
	return nil
}

// newRequest is the row of an invocation: ids only, as it was shown.
func newRequest(cmd *catalog.Command, a ask, plan catalog.Plan, ruling policy.Decision) (approvals.Request, error) {
	shown, err := json.Marshal(plan)
	if err != nil {
		return approvals.Request{}, fmt.Errorf("write down what %s touches: %w", cmd.Name, err)
	}
	req := approvals.Under(ruling, approvals.Request{
		Key: a.at.Key, Command: cmd.Name, Title: cmd.Title, Risk: string(cmd.Risk), Repeatable: cmd.Repeatable,
		Args: plan.Args, Plan: shown, Targets: len(plan.Targets), Endpoints: plan.ActsOn(),
		Requester: a.who.ID, RequesterName: a.who.Name, Channel: a.at.Channel, Thread: a.at.Thread,
		Reason: a.extras.Reason, Ticket: a.extras.Ticket,
	})
	return req, nil
}

// blame adds the command to a console's refusal, so that the person reads "List Agents failed." and which permission lacks.
func (b *Bot) blame(cmd *catalog.Command, err error) error {
	return &commandError{cmd: cmd, err: err}
}

// blameNil is blame, but nil for nil.
func (b *Bot) blameNil(cmd *catalog.Command, err error) error {
	if err == nil {
		return nil
	}
	return b.blame(cmd, err)
}

// A commandError is what went wrong in a command.
type commandError struct {
	cmd *catalog.Command
	err error
}

func (e *commandError) Error() string { return e.cmd.Name + ": " + e.err.Error() }
func (e *commandError) Unwrap() error { return e.err }
