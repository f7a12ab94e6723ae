package requestcards

import (
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// termParts tell until when what a request does lasts, and what comes then.
func termParts(req approvals.Request) []render.Part {
	t := req.Term
	if t == nil || req.State == approvals.Failed && t.Began.IsZero() {
		return nil
	}
	line := render.Line{render.Text("For "), render.Bold(Span(req))}
	switch {
	case t.Began.IsZero():
		line = append(line, render.Text(" from the moment it runs"))
		if !req.Created.IsZero() && (req.State == approvals.Pending || req.State == approvals.Approved) {
			line = append(line, render.Text(", until "), render.At(moment(req).Add(t.For)), render.Text(" if it runs now"))
		}
		return []render.Part{append(line, render.Text(". "+atEnd(effect.EndsAlone(req))))}
	case t.Over.IsZero():
		line = append(line, render.Text(", until "), render.At(t.Ends), render.Text(". "+atEnd(effect.EndsAlone(req))))
		if t.Held != "" {
			line = render.Line{render.Text("Time is up ("), render.At(t.Ends), render.Text("), but " + t.Held + ". I'll end the isolation as soon as I can.")}
		}
	default:
		line = append(line, render.Text(", ended "), render.At(t.Over), render.Text(". "+t.Note))
	}
	parts := []render.Part{line}
	for _, x := range t.Extensions {
		parts = append(parts, extendedLine(x))
	}
	for _, p := range t.Proposed {
		if t.Running() {
			parts = append(parts, proposedLine(req, p))
		}
	}
	return parts
}

// proposedLine says who asked for an extension that waits, or who approved it, and what it lacks.
func proposedLine(req approvals.Request, p approvals.Proposal) render.Note {
	line := render.Note{render.Text("Extension by " + text.SpanWords(p.By) + " requested by "), render.User(p.Asked), render.Text(" · " + text.Plural(lacking(req, p), "approval") + " needed")}
	if len(p.Approvals) > 0 {
		line = append(render.Note{render.Text(Agreed(req, p.By) + ": ")}, signers(p.Approvals)...)
	}
	return append(line, render.Text(" · expires "), render.Since(p.Expires))
}

// extendedLine says by how much a term was extended, and by whom.
func extendedLine(x approvals.Extension) render.Note {
	by := signers(x.Approvals)
	if len(by) == 0 { // it took no approvals, or was written before they were
		by = render.Note{render.User(x.User)}
	}
	return append(append(render.Note{render.Text("Extended by " + text.SpanWords(x.By) + " by ")}, by...), render.Text(" ("), render.At(x.At), render.Text(")"))
}

// signers are the people of decisions.
func signers(given []approvals.Vote) (all render.Note) {
	for i, d := range given {
		if i > 0 {
			all = append(all, render.Text(", "))
		}
		all = append(all, render.User(d.User))
	}
	return all
}

// atEnd says what happens at the end: whether the bot reconnects alone.
func atEnd(alone bool) string {
	if alone {
		return "Then I reconnect it, as the policy allows."
	}
	return "Then I ask an approver to reconnect it."
}

// Span is how long, in words: "4 hours", "4 hours and 2 hours more".
func Span(req approvals.Request) string {
	words := text.SpanWords(req.Term.For)
	var more time.Duration
	for _, x := range req.Term.Extensions {
		more += x.By
	}
	if more > 0 {
		words += " and " + text.SpanWords(more) + " more"
	}
	return words
}

// IsOver says it: "the 4 hours are up".
//
// One hour "is" up, several and mixed spans "are".
func IsOver(req approvals.Request) string {
	span := Span(req)
	if strings.HasPrefix(span, "1 ") && strings.Count(span, " ") == 1 {
		return "the " + span + " is up"
	}
	return "the " + span + " are up"
}

// EndReason is why the bot asks for a reconnection.
func EndReason(req approvals.Request) string {
	words := render.Sentence(IsOver(req)) + " It was isolated by request " + req.Ref
	if req.Reason != "" {
		words += ": " + req.Reason
	}
	return words
}

// EndsSoon says that an isolation ends soon, and what can be done about it.
//
// It counts down to the end and gives the moment as well, because people in other time zones read
// it, and some of them tomorrow.
func EndsSoon(req approvals.Request, still Remainder, undo []render.Action) render.Card {
	names := plans.Names(still.Targets, 5)
	card := render.Card{Tone: render.Waiting, Title: "An isolation ends soon", Text: "The isolation of " + names + " ends soon", Actions: append([]render.Action{render.Button{Label: "Extend", Do: About(ExtendWord, req.ID)}}, undo...)}
	card.Parts = []render.Part{
		render.Line{render.Text("The isolation of "), render.Bold(names), render.Text(" ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text(").")},
		render.Line{render.Text("Requested by "), render.User(req.Requester), render.Text(" for " + Span(req) + ". " + atEnd(effect.EndsAlone(req) && !still.Contested))},
	}
	if req.Reason != "" {
		card.Parts = append(card.Parts, render.Quote{Text: briefly(req.Reason)})
	}
	return SmallPrint(card, append(LeftOut(still), "ref "+req.Ref)...)
}

// LeftOut tells what of an isolation is not ended, and why; nothing where that is nothing.
func LeftOut(still Remainder) []string {
	if len(still.Left) == 0 {
		return nil
	}
	return []string{"Left out: " + effect.Some(still.Left) + "."}
}

// TermNote is a card of a few sentences about an isolation for a time.
func TermNote(req approvals.Request, title string, sentences ...string) render.Card {
	names := plans.Names(plans.Of(req).Targets, 5)
	title = strings.TrimSuffix(title, ".")
	card := render.Card{Tone: render.Info, Title: title, Text: title + ": " + names}
	card.Parts = []render.Part{render.Line{render.Bold(names), render.Text(": " + strings.Join(sentences, " "))}}
	return SmallPrint(card, "ref "+req.Ref)
}

// SmallPrint adds small print to a card.
func SmallPrint(card render.Card, words ...string) render.Card {
	card.Parts = append(card.Parts, render.Note{render.Text(strings.Join(words, " · "))})
	return card
}

// stays reminds of what goes on when the end that the bot asked for came to nothing.
func stays(req approvals.Request) string {
	if req.After == "" || mayHaveRun(req) {
		return ""
	}
	return ", and the isolation continues"
}

// askAgain offers what the bot asked for when a time was over and what came to nothing: without it
// things stay as they are.
func askAgain(req approvals.Request) []render.Action {
	if req.After == "" || !cameToNothing(req) {
		return nil
	}
	again := catalog.WithExtras(render.Invocation{Command: req.Command, Console: req.Console, Args: req.Args}, catalog.Extras{Reason: req.Reason, Ticket: req.Ticket})
	return []render.Action{render.Button{Label: "Reconnect", Do: again}}
}

// A Remainder is what of an isolation there is to end.
type Remainder struct {
	Targets   []catalog.Target
	Left      []string // why the others are left out
	Notes     []string // because of which other requests some of it may have to stay isolated
	Contested bool     // nobody can say that what is isolated is so because of this request alone
}
