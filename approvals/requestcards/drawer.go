package requestcards

import (
	"cmp"
	"slices"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/commands/text"
	"s1bot/render"
)

// A Drawer draws the messages of a request. Most of a card is a pure function of the row; who may
// approve is the policy's, and that nobody may now is a freeze's.
//
// It is copied to draw under a freeze (Under), so that concurrent drawings never share one.
type Drawer struct {
	Policy func() policy.Policy      // as it is now: of the approvals channel, and of who may approve
	Timed  func(command string) bool // whether a command may be asked for a time; nil: none may
	freeze approvals.Request         // that holds now; without an id there is none
	window bool                      // it is drawn in a window, which has no thread and has room
}

// Under is what draws cards while a freeze holds, or none.
func (c Drawer) Under(freeze approvals.Request) *Drawer {
	c.freeze = freeze
	return &c
}

// InWindow is what draws a request in a window: there reasons stand whole, and there is no thread.
func (c Drawer) InWindow() *Drawer {
	c.window = true
	return &c
}

// Reminder calls those whose approval is missing once more, before the request expires.
func (c *Drawer) Reminder(req approvals.Request) render.Card {
	line := render.Line{render.Text("Still waiting: "), render.Bold(titled(req)), render.Text(" · expires "), render.Since(req.Expires)}
	return render.Card{Tone: render.Waiting, Text: "Still waiting for approval: " + titled(req), Parts: []render.Part{line, append(render.Note{render.Text(text.Plural(req.Missing(), "approval") + " needed")}, c.fromWhom(req)...)}}
}

// Placeholder stands in for the card of a request that waits. Once the request does not wait any
// more it tells what became of it.
func (c *Drawer) Placeholder(req approvals.Request) render.Card {
	if req.State != approvals.Pending && req.State != approvals.Frozen {
		return c.Request(req)
	}
	card := render.Card{Tone: render.Waiting, Title: "Waiting · " + cmp.Or(titled(req), "Freeze"), Text: Text(req)}
	if req.HasCard() {
		card.Parts = []render.Part{render.Line{render.Text("The card for " + req.Ref + " is in this channel.")}}
		return card
	}
	what := render.Line{render.User(req.Requester), render.Text(" requested "), render.Bold(cmp.Or(req.Title, "a freeze"))}
	if names := plans.Names(plans.Of(req).Targets, 3); names != "" {
		what = append(what, render.Text(": "+names))
	}
	card.Parts = []render.Part{
		what,
		render.Line{render.Text("Slack didn't confirm the card for " + req.Ref + ", so it may be in this channel already. If you don't see it, click "), render.Bold("Show the card"), render.Text(".")},
		render.Note{render.Text("To let me check for myself, type /invite @s1bot here · ref " + req.Ref)},
	}
	card.Actions = []render.Action{render.Button{Label: "Show the card", Do: About(ShowCardWord, req.ID)}}
	return card
}

// For is what one of a request's messages shows.
func (c *Drawer) For(req approvals.Request, ref approvals.CardRef) render.Card {
	switch {
	case ref.Placeholder:
		return c.Placeholder(req)
	case ref.Asked:
		card := Asked(req, c.Policy().Channel())
		if ref.Origin {
			card = AskedInOrigin(req, c.Policy().Channel())
		}
		card.Parts = slices.Concat(card.Parts, HeldParts(c.freeze, req))
		return card
	case ref.Offer:
		return Offer(c.freeze, req, ref.Typed)
	case ref.Origin:
		return InOrigin(req, ResultCopy(req, ""))
	case slices.Contains(req.Copies, ref):
		return ResultCopy(req, ref.Channel)
	}
	return c.Request(req)
}
