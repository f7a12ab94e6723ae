package exchange

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/commands/text"
)

// refusals is where it is written down that somebody was refused; see approvals.Ledger.
type refusals interface {
	Refuse(ctx context.Context, input policy.Input, decision policy.Decision) error
}

// A Gate lets in who may be here at all.
//
// It asks who somebody is, never what they want: that is the policy's.
type Gate struct {
	People workflow.People
	Trail  refusals
	Log    *slog.Logger
}

// ErrNotAllowed tells people who may do nothing here.
var ErrNotAllowed = errors.New("only full members of this workspace may use this bot; guests, bots and people from other workspaces need a role that names them")

var (
	ErrForm = errors.New("this isn't the form I opened for you, so nothing was done; open it again")
	ErrMenu = errors.New("this value isn't in the menu; choose one that is")
	ErrSent = errors.New("this form was already submitted, so nothing was done this time")
)

// Admit is the one gate: every slash command, mention, click, form and search box passes it. It
// fills in who asks.
//
// Who is enough for everything but decisions: it is believed for a minute that somebody is a
// member. A decision is asked about now, so whoever was taken out of a group a moment ago does not
// approve any more.
func (g *Gate) Admit(ctx context.Context, a *Interaction) error {
	look := g.People.Who
	if a.Decides {
		look = g.People.Afresh
	}
	a.Who = look(ctx, a.User)
	return a.admitted()
}

// admitted says why who asks may do nothing here, if so. What a payload says of their workspace
// counts for nothing: on Enterprise Grid it is another one than ours for people who belong here,
// and in a shared channel it may be ours for people who do not.
func (a *Interaction) admitted() error {
	switch known := a.Who.Known(); {
	case known.No():
		return ErrNotAllowed
	case known.Open() != "":
		return &policy.UnansweredError{Question: known.Open()}
	}
	return nil
}

// Forged refuses what is not as it was drawn, and writes that down.
//
// A stranger hears that they may not be here, and nothing about the form. The error that it returns
// is for the person; cause is for the log alone.
func (g *Gate) Forged(ctx context.Context, a *Interaction, what string, says, cause error) error {
	if err := g.Admit(ctx, a); err != nil {
		return err
	}
	g.Log.WarnContext(ctx, "a click or form from Slack doesn't match what the bot sent", "what", what, "user", a.User, "channel", a.At.Channel, "err", cause)
	input := policy.Input{Caller: a.Who.Person, Command: what, Channel: a.At.Channel}
	if err := g.Trail.Refuse(ctx, input, policy.Decision{Effect: policy.Deny, Why: says.Error()}); err != nil {
		g.Log.ErrorContext(ctx, "cannot write a refusal down", "user", a.User, "err", err)
	}
	return says
}

// RecordStranger writes into the audit trail that somebody who may do nothing here tried to.
func (g *Gate) RecordStranger(ctx context.Context, a Interaction) {
	word, _ := text.CutWord(a.Line)
	input := policy.Input{Caller: a.Who.Person, Command: cmp.Or(a.Do.Command, word, "(none)"), Channel: a.At.Channel}
	if err := g.Trail.Refuse(ctx, input, policy.Decision{Effect: policy.Deny, Why: ErrNotAllowed.Error()}); err != nil {
		g.Log.ErrorContext(ctx, "cannot write a refusal down", "user", a.User, "err", err)
	}
}
