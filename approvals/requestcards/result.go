package requestcards

import (
	"encoding/json"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/render"
)

// Result is what a request led to, for its thread and for the requester.
//
// A command's own answer is kept in the row and shown again as it was; only what was seen of the
// endpoints since is put in front of it.
func Result(req approvals.Request) render.Card {
	var card render.Card
	if req.State != approvals.Interrupted && len(req.Result) > 0 && json.Unmarshal(req.Result, &card) == nil {
		return named(withEffect(card, req), req) // of what may have run it says that it failed
	}
	card.Tone, card.Title = requestTitle(req)
	card.Text = Text(req)
	switch {
	case req.State == approvals.Denied && req.Closed != nil:
		card.Parts = []render.Part{append(append(render.Line{render.User(req.Closed.User), render.Text(" denied ")}, requested(req)...), render.Text(". Nothing was done."))}
		if req.Closed.Reason != "" {
			card.Parts = append(card.Parts, render.Quote{Text: req.Closed.Reason})
		}
	case req.State == approvals.Expired:
		card.Parts = []render.Part{requested(req), render.Line{render.Text(ranOut(req) + ".")}}
	case req.State == approvals.NotRun:
		card.Parts = []render.Part{requested(req), render.Line{render.Text(notRun(req) + ".")}}
	case req.State == approvals.Interrupted:
		card.Parts = doubts(req)
	}
	card.Actions = askAgain(req)
	card.Parts = append(card.Parts, render.Note{render.Text("ref " + req.Ref)})
	return card
}

// named says in the first line and in the notification of a command's own answer what it is about:
// the command's title and "Successful" alone would leave that open. The specification's failure
// indicator keeps its words and its place.
func named(card render.Card, req approvals.Request) render.Card {
	object := plans.Object(req)
	if object == "" {
		return card
	}
	if card.Title == req.Title || card.Title == titled(req) {
		card.Title = titleUnder(card.Lead, req)
	}
	if first, _, _ := strings.Cut(object, " and "); !strings.Contains(card.Text, first) {
		card.Text = object + ": " + card.Text
	}
	return card
}

// Headline is what a card says first, for where the rest of it is a link away: the outcome, and what
// it warns of with what can be done about that.
func Headline(card render.Card) render.Card {
	head := render.Card{Tone: card.Tone, Lead: card.Lead, Outcome: card.Outcome, Title: card.Title, Text: card.Text}
	for _, p := range card.Parts {
		if line, ok := p.(render.Line); ok && len(line) > 0 && line[0].Kind == render.BoldSpan && strings.HasPrefix(line[0].Text, "⚠") {
			head.Parts, head.Actions = append(head.Parts, line), card.Actions
		}
	}
	return head
}

// requested is what a request is about: its command, and the first of what it touches. A title
// alone would leave open which host it was.
func requested(req approvals.Request) render.Line {
	line := render.Line{render.Bold(req.Title)}
	if names := plans.Names(plans.Of(req).Targets, 5); names != "" {
		line = append(line, render.Text(" on "+names))
	}
	return line
}

// Asked tells the requester where their request stands: that it waits, and what is in its way,
// or what became of it.
//
// It is a message to one person, so it has the one button that is theirs.
func Asked(req approvals.Request, channel string) render.Card {
	if req.State != approvals.Pending {
		return settledCard(req)
	}
	line := append(render.Line{render.Text("Approval requested in "), render.Channel(channel), render.Text(": ")}, requested(req)...)
	card := render.Card{
		Tone: render.Waiting, Title: "Waiting for approval", Text: "Waiting for approval: " + titled(req),
		Parts:   []render.Part{line},
		Actions: []render.Action{render.Button{Label: "Withdraw", Do: aboutAsked("withdraw", req.ID)}},
	}
	if req.Unseen != "" && !req.HasCard() {
		card.Parts = append(card.Parts, render.Line{render.Bold("⚠ Its card isn't in the approvals channel yet: "), render.Text(req.Unseen +
			". I'll keep trying and tell you when approvers can see it. Until then, an approver can type /s1 approve " + req.Ref + ".")})
	}
	card.Parts = append(card.Parts, render.Note{render.Text("Expires "), render.Since(req.Expires), render.Text(" · ref " + req.Ref)})
	return card
}

// AskedInOrigin is Asked for the thread where the request was made: others read it, too.
func AskedInOrigin(req approvals.Request, channel string) render.Card {
	card := Asked(req, channel)
	card.Parts = slices.Clone(card.Parts)
	card.Parts[0] = append(render.Line{render.User(req.Requester), render.Text(" requested ")}, requested(req)...)
	return card
}

// InOrigin is what became of a request for the thread where it was made.
func InOrigin(req approvals.Request, card render.Card) render.Card {
	line := render.Line{render.Text("Requested by "), render.User(req.Requester)}
	card.Parts = append([]render.Part{line}, card.Parts...)
	return card
}

// Brief tells the requester that they asked, where nothing can change the message later: it says
// what they did and no state, which would become untrue.
func Brief(req approvals.Request, channel string) render.Card {
	line := append(render.Line{render.Text("Approval requested in "), render.Channel(channel), render.Text(": ")}, requested(req)...)
	return render.Card{Tone: render.Info, Text: "Approval requested: " + titled(req), Parts: []render.Part{line, render.Note{render.Text("ref " + req.Ref)}}}
}

// settledCard is what is left of an asked card when its request does not wait any more. The result
// is a message of its own.
func settledCard(req approvals.Request) render.Card {
	card := render.Card{Text: Text(req)}
	card.Tone, card.Title = requestTitle(req)
	card.Parts = []render.Part{append(render.Line{render.Text("You requested ")}, requested(req)...)}
	switch {
	case req.State == approvals.Done || req.State == approvals.Failed:
		card = outcomeOf(card, req)
	case mayHaveRun(req):
		card.Parts = append(card.Parts, render.Line{render.Text("It may have run before: check the console.")})
	case cameToNothing(req):
		card.Parts = append(card.Parts, render.Line{render.Text("Nothing was done" + stays(req) + ".")})
	}
	card.Parts = append(append(card.Parts, decisions(req)...), render.Note{render.At(moment(req)), render.Text(" · ref " + req.Ref)})
	return card
}

// ResultCopy is what became of a request as who asked, and the thread of its card, see it; it
// follows what the console says later.
//
// Channel tells who reads it: D is a direct message, U and W a person who is about to get one.
// Empty is the thread of the card, which says who approved already.
func ResultCopy(req approvals.Request, channel string) render.Card {
	card := Result(req)
	if len(effect.Of(req).States) > 0 && (req.State == approvals.Done || req.State == approvals.Failed) {
		card.Parts = followed(req)
	}
	card.Parts = slices.Concat(card.Parts, termParts(req))
	if strings.HasPrefix(channel, "D") || strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W") {
		card.Parts = slices.Concat(decisions(req), card.Parts) // the requester has not seen who approved
	}
	return card
}

// Offer offers the decision on a request to somebody who wrote about it, as far as there still
// is one. The reason that they typed, if any, goes along with the buttons that take one.
//
// Somebody who writes "I think we should approve A-7F3A" has not approved it; the buttons are where
// they can.
func Offer(freeze, req approvals.Request, typed string) render.Card {
	if req.State != approvals.Pending && !req.Undecided() {
		return render.Notice(req.Ref + " · " + Text(req))
	}
	card := render.Notice("Typed with other words around it, this may be just conversation, so nothing was decided.")
	line := render.Line{render.Bold(req.Ref), render.Text(" · " + req.Title)}
	if names := plans.Names(plans.Of(req).Targets, 3); names != "" {
		line = append(line, render.Text(": "+names))
	}
	card.Parts = append(append(card.Parts, line), HeldParts(freeze, req)...)
	for _, action := range ActionsUnder(freeze, req) {
		button, ok := action.(render.Button)
		if !ok || button.Rare {
			continue
		}
		switch {
		case typed != "" && button.Do.Command == "deny": // its form shows the reason before anything is denied
			button.Do = aboutWith(button.Do.Command, req.ID, "why", typed)
		case typed != "" && button.Do.Command == "close":
			button.Do = aboutWith(button.Do.Command, req.ID, "reason", typed)
		}
		card.Actions = append(card.Actions, button)
	}
	return card
}

// undone is the card of what another request has taken back since: that first, and no button for it.
func undone(card render.Card, req approvals.Request) render.Card {
	card.Text, card.Lead = Text(req), ""
	card.LeadWith(render.Neutral, req.Undone.Words)
	card.Actions = slices.DeleteFunc(slices.Clone(card.Actions), func(a render.Action) bool {
		b, ok := a.(render.Button)
		return ok && b.Do.Command == req.Undone.Command
	})
	return card
}

// withEffect puts what the endpoints did since ahead of the outcome: a green tick waits for them.
//
// Nothing is changed before the first look at the endpoints (Watched): until then the console's
// answer is all there is.
func withEffect(card render.Card, req approvals.Request) render.Card {
	e := effect.Of(req)
	if req.Undone != nil && req.State == approvals.Done {
		return undone(card, req)
	}
	if !e.Watched || req.State != approvals.Done {
		return card
	}
	card.Outcome = e.Outcome(card.Outcome)
	card.Text = Text(req) // what a phone and a screen reader say follows the card
	if card.Lead = e.Lead(); card.Lead == "" {
		return card
	}
	tone := render.Warning
	if len(e.Waiting) > 0 && e.Excess == "" {
		tone = render.Waiting
	}
	card.LeadWith(tone, card.Lead)
	return card
}
