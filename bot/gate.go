package bot

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

// A gate lets in who may be here at all.
type gate struct {
	people workflow.People
	trail  refusals
	log    *slog.Logger
}

// errNotAllowed tells people who may do nothing here.
var errNotAllowed = errors.New("only full members of this workspace may use this bot; guests, bots and people from other workspaces need a role that names them")

var (
	errForm = errors.New("this isn't the form I opened for you, so nothing was done; open it again")
	errMenu = errors.New("this value isn't in the menu; choose one that is")
	errSent = errors.New("this form was already submitted, so nothing was done again")
)

// admit is the one gate: every slash command, mention, click, form and search box passes it. It fills in who asks.
func (g *gate) admit(ctx context.Context, a *interaction) error {
	look := g.people.Who
	if a.own.decides() {
		look = g.people.Afresh
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

// forged refuses what is not as it was drawn, and writes that down.
func (g *gate) forged(ctx context.Context, a *interaction, what string, says, cause error) error {
	if err := g.admit(ctx, a); err != nil {
		return err
	}
	g.log.Warn("something came back from Slack that is not as it was drawn", "what", what, "user", a.User, "channel", a.At.Channel, "err", cause)
	input := policy.Input{Caller: a.Who.Person, Command: what, Channel: a.At.Channel}
	if err := g.trail.Refuse(ctx, input, policy.Decision{Effect: policy.Deny, Why: says.Error()}); err != nil {
		g.log.Error("cannot write a refusal down", "user", a.User, "err", err)
	}
	return says
}

// recordStranger writes into the audit trail that somebody who may do nothing here tried to.
func (g *gate) recordStranger(ctx context.Context, a interaction) {
	word, _ := text.CutWord(a.line)
	input := policy.Input{Caller: a.Who.Person, Command: cmp.Or(a.Do.Command, word, "(none)"), Channel: a.At.Channel}
	if err := g.trail.Refuse(ctx, input, policy.Decision{Effect: policy.Deny, Why: errNotAllowed.Error()}); err != nil {
		g.log.Error("cannot write a refusal down", "user", a.User, "err", err)
	}
}
