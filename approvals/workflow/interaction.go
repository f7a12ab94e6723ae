package workflow

import (
	"context"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// A Dialog is with the person who waits for an answer.
//
// Its methods report no errors but Confide's: that an answer did not get through is for the Slack
// side to log and to make up for.
type Dialog interface {
	// Reply answers them, and them alone. The message comes back where it can be edited.
	Reply(ctx context.Context, at render.Origin, card render.Card) Message
	// ReplyFollowed is Reply with a message that shall follow the request it tells of. Where nothing
	// can edit an answer, they read brief there, which names no state, and the reference is empty or
	// another message's.
	ReplyFollowed(ctx context.Context, at render.Origin, card, brief render.Card) approvals.CardRef
	// Point shows them a card with a link to a message that others read, too.
	Point(ctx context.Context, at render.Origin, card render.Card, to Message)
	// Confide tells them what nobody else may read and nothing keeps.
	Confide(ctx context.Context, at render.Origin, card render.Card) error
}

// An Interaction is one thing that one person wants, however they said it.
type Interaction struct {
	User      string            // their id as Slack gave it
	Who       Person            // who that is
	At        render.Origin     // where it came from and where its answer goes; At.Key names it, so that it counts once
	Do        render.Invocation // what they want
	Extras    catalog.Extras    // why, for how long, for which ticket
	Secrets   catalog.Secrets   // what the marks in Do's arguments stand for
	Ephemeral bool              // it was clicked on a message that one person sees
	Dialog    Dialog            // with them; nil where nobody waits

	ruled *policy.Policy // which allowed it to run at once
}

// Caller is the person as commands see them.
func (in Interaction) Caller() catalog.Caller {
	return catalog.Caller{ID: in.Who.ID, Name: in.Who.Name, Zone: in.Who.Zone}
}

// reply answers who waits.
func (in Interaction) reply(ctx context.Context, card render.Card) Message {
	return in.Dialog.Reply(ctx, in.At, card)
}
