package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// staleAfter is how old a change may be when the bot takes it up after a crash: what somebody wanted ten minutes ago, they may
// have done by hand since.
const staleAfter = 10 * time.Minute

// errStale tells a person that their click was kept but is too old to act on.
var errStale = errors.New("the bot was down when you sent this, and too much time has passed to run it now, so nothing was done; please send it again")

// errNotAllowed tells people who may do nothing here.
var errNotAllowed = errors.New("only full members of this workspace may use this bot; guests, bots and people from other workspaces need a role that names them")

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
func (b *Bot) admit(ctx context.Context, a *interaction) error {
	look := b.people.who
	if a.decides() {
		look = b.people.afresh
	}
	a.Who = look(ctx, a.User)
	return a.admitted()
}

// admitted says why who asks may do nothing here, if so. What a payload says of their workspace counts for nothing: on Enterprise Grid it
// is another one than ours for people who belong here, and in a shared channel it may be ours for people who do not.
func (a *interaction) admitted() error {
	switch known := a.Who.Known(); {
	case known.No():
		return errNotAllowed
	case known.Open() != "":
		return &policy.UnansweredError{Question: known.Open()}
	}
	return nil
}

// respond runs work and turns its error into an answer to the person.
func (b *Bot) respond(ctx context.Context, a *interaction, work func() error) error {
	done := b.notifySlow(ctx, a)
	err := work()
	done()
	if err != nil && b.postpone(ctx, a, err) {
		return errPostponed
	}
	b.countWord(a, err)
	if err == nil {
		return nil
	}
	err = b.recordUncounted(ctx, a, err)
	if errors.Is(err, errNotAllowed) {
		b.recordStranger(ctx, *a)
		a.silent = a.silent || a.written && a.Who.Bot
	}
	card, fault := b.explain(*a, err)
	b.reply(ctx, *a, keepExtras(card, err))
	return fault
}

// recordStranger writes into the audit trail that somebody who may do nothing here tried to.
func (b *Bot) recordStranger(ctx context.Context, a interaction) {
	word, _ := text.CutWord(a.line)
	wish := policy.Input{Caller: a.Who.Person, Command: cmp.Or(a.Do.Command, word, "(none)"), Channel: a.At.Channel}
	if err := b.Ledger.Refuse(ctx, wish, policy.Decision{Effect: policy.Deny, Why: errNotAllowed.Error()}); err != nil {
		b.Log.Error("cannot write a refusal down", "user", a.User, "err", err)
	}
}

// invoke is the one path that every invocation takes: typed, from a form, from a button.
func (b *Bot) invoke(ctx context.Context, a interaction) error {
	ctx = a.awaiting(ctx)
	cmd, ok := b.Catalog.Find(a.Do.Command)
	if !ok {
		return &catalog.UsageError{Problem: fmt.Sprintf("There is no command %q here any more.", a.Do.Command)}
	}
	a.Do.Args, a.Secrets = cmd.Hide(a.Do.Args)
	if a.Do.How == render.Open {
		return b.openForm(ctx, a)
	}
	if a.Do.How == render.Run {
		b.Remember(ctx, a, cmd)
	}
	if cmd.Risk == catalog.Read && cmd.Long && a.Do.How == render.Run {
		return b.long(ctx, cmd, a)
	}
	if cmd.Risk == catalog.Read {
		return b.read(ctx, cmd, a)
	}
	return b.submitRequest(ctx, cmd, a)
}

// Remember writes the history that /s1 history shows.
func (b *Bot) Remember(ctx context.Context, a interaction, cmd *catalog.Command) {
	line := slash.Line(cmd, a.Do.Args)
	if a.Extras.For > 0 {
		line += " " + catalog.ForParam + "=" + text.SpanText(a.Extras.For)
	}
	if err := b.History.Add(ctx, a.User, line, b.Now()); err != nil {
		b.Log.Warn("cannot remember a command", "user", a.User, "err", err)
	}
}

// call is what a command runs with.
func (b *Bot) call(a interaction) *catalog.Call {
	return &catalog.Call{
		Console: b.Console, Caller: a.Caller(),
		Now: b.Now(), Page: max(a.Do.Page, 1), How: a.Do.How, Secrets: a.Secrets, Queries: b.Queries, Exports: b.Exports,
	}
}

// read runs a command that changes nothing and answers the caller.
func (b *Bot) read(ctx context.Context, cmd *catalog.Command, a interaction) error {
	if err := b.mayRead(ctx, cmd, a); err != nil {
		return err
	}
	card, err := cmd.Run(ctx, b.call(a), a.Do.Args)
	if err != nil {
		return workflow.WithCommand(cmd, err)
	}
	b.Meter.Command(cmd.Name, outcomeLabels[card.Outcome])
	defer card.Discard()
	switch {
	case a.Do.How == render.Share:
		return b.share(ctx, a, card)
	case len(card.Files) > 0 && a.Do.How == render.Run:
		return b.answerWithDownload(ctx, a, card)
	case len(card.Files) > 0:
		return b.sendDownload(ctx, a, card)
	case a.Do.How == render.Turn && a.At.ResponseURL != "":
		return b.post.Respond(ctx, a.At.ResponseURL, true, card)
	}
	b.reply(ctx, a, card)
	return nil
}

// mayRead asks the policy about a command that changes nothing: a rule may deny it, or allow it to some roles only.
func (b *Bot) mayRead(ctx context.Context, cmd *catalog.Command, a interaction) error {
	wish := b.flow.Gate.Input(cmd, a.Interaction)
	wish.Early = false
	if ruling := b.Policy().Decide(wish); ruling.Err() != nil {
		return b.flow.Gate.Refuse(ctx, wish, ruling)
	}
	return nil
}

// long begins work that takes long, after looking at what was asked for.
func (b *Bot) long(ctx context.Context, cmd *catalog.Command, a interaction) error {
	if err := b.mayRead(ctx, cmd, a); err != nil {
		return err
	}
	plan, err := cmd.Prepare(ctx, b.call(a), a.Do.Args)
	if err != nil {
		return workflow.WithCommand(cmd, err)
	}
	a.Do.Args = plan.Args
	if err := b.startJob(ctx, job{Do: a.Do, User: a.User, Origin: a.At, Began: b.Now()}); err != nil {
		return err
	}
	if a.At.Thread == "" {
		b.reply(ctx, a, render.Notice("This will take a while. Our direct messages show how far it is."))
	}
	return nil
}

// submitRequest asks for a change. Where a reason is missing a form asks for it.
func (b *Bot) submitRequest(ctx context.Context, cmd *catalog.Command, a interaction) error {
	err := b.flow.Submitter.Submit(ctx, cmd, b.withDialog(a))
	if errors.Is(err, workflow.ErrNoReason) {
		return b.askReason(ctx, cmd, a)
	}
	return err
}
