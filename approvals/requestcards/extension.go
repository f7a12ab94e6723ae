package requestcards

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/commands/text"
	"s1bot/render"
)

// ExtendWord lets an isolation for a time last longer. A longer isolation is more of what needed
// others, so it takes the approvals that the isolation took: of those who may approve it, as many,
// and never who asked for it; operators and the requester ask them.
const ExtendWord = "extend"

// An Extension is what the button and the form of one carry.
type Extension struct {
	Request string `json:"request"`
	For     string `json:"for,omitempty"`
	Because string `json:"because,omitempty"` // what whoever wants it says for it
	Propose bool   `json:"input,omitempty"`   // somebody asks those who may
	Deny    bool   `json:"deny,omitempty"`    // it shall not be
	After   *int   `json:"after,omitempty"`   // how many extensions there were when the button was made: it is for one more
}

// Late reports whether the extension that x is about was made already.
func (x Extension) Late(req approvals.Request) bool {
	return x.After != nil && req.Term != nil && len(req.Term.Extensions) != *x.After
}

// Agreed is "1 of 2 approved the extension by 4 hours".
func Agreed(req approvals.Request, by time.Duration) string {
	for _, p := range req.Term.Proposed {
		if p.By == by {
			given := len(p.Approvals)
			return fmt.Sprintf("%d of %d approved the extension by %s", given, given+req.Lacks(p.Approvals), text.SpanWords(by))
		}
	}
	return "the extension by " + text.SpanWords(by) + " was approved"
}

// extendButton approves an extension by that much of an isolation as it stands; it asks once more
// where approving the isolation did.
//
// After counts the extensions that the button knows of. Two approvers who read the same thread half
// an hour apart would otherwise extend twice with what both took for one decision.
func extendButton(req approvals.Request, label string, by time.Duration) render.Button {
	made := len(req.Term.Extensions)
	args, _ := json.Marshal(Extension{Request: req.ID, For: text.SpanText(by), Propose: true, After: &made})
	return render.Button{Label: label, Style: render.Primary, Do: render.Invocation{Command: ExtendWord, Args: args}, Confirm: confirmText(req)}
}

// ExtensionProposed says that an extension needs more approvals.
func ExtensionProposed(req approvals.Request, user string, by time.Duration, why string) render.Card {
	names := plans.Names(plans.Of(req).Targets, 5)
	return because(why, SmallPrint(render.Card{
		Tone: render.Waiting, Title: "An extension needs more approvals", Text: "An extension of the isolation of " + names + " needs more approvals",
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" approved it; " + Agreed(req, by) + " of the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text("). Approve it on the request's card."),
		}},
	}, "ref "+req.Ref))
}

// lacking is how many approvals an extension that waits still needs: one where the isolation took
// none, for whoever asked may not give it.
func lacking(req approvals.Request, p approvals.Proposal) int {
	return max(req.Lacks(p.Approvals), 1)
}

// ExtensionRow is an extension that waits, as a line of a list; whoever draws the list adds the
// button for those who may approve it.
func ExtensionRow(req approvals.Request, p approvals.Proposal) render.Row {
	row := render.Row{Line: render.Line{render.Mono(req.Ref), render.Text(" "), render.Bold("Extension by " + text.SpanWords(p.By)), render.Text(" · isolation of " + plans.Names(plans.Of(req).Targets, 3))}}
	says := fmt.Sprintf(" · %d of %d approvals · expires ", len(p.Approvals), len(p.Approvals)+lacking(req, p))
	if p.Reason != "" {
		says = " · “" + text.Shorten(p.Reason, 150) + "”" + says
	}
	row.Small = render.Line{render.User(cmp.Or(p.Asked, req.Requester)), render.Text(says), render.Since(p.Expires)}
	return row
}

// ExtendBy is the button that approves an extension that waits.
func ExtendBy(req approvals.Request, p approvals.Proposal) render.Button {
	return extendButton(req, "Extend by "+text.SpanWords(p.By), p.By)
}

// denyExtension is the button that denies an extension that waits.
func denyExtension(req approvals.Request, label string, by time.Duration) render.Button {
	args, _ := json.Marshal(Extension{Request: req.ID, For: text.SpanText(by), Deny: true})
	return render.Button{Label: label, Style: render.Danger, Do: render.Invocation{Command: ExtendWord, Args: args}}
}

// ExtensionButtons decide on an extension that waits, in a row of a list.
func ExtensionButtons(req approvals.Request, p approvals.Proposal) []render.Button {
	return []render.Button{ExtendBy(req, p), denyExtension(req, "Deny", p.By)}
}

// ExtensionReminder calls those whose approval an extension lacks once more, before it lapses.
func (c *Drawer) ExtensionReminder(req approvals.Request, p approvals.Proposal) render.Card {
	names, more := plans.Names(plans.Of(req).Targets, 5), text.SpanWords(p.By)
	line := render.Line{render.Text("Still waiting: "), render.Bold("extension by " + more), render.Text(" of the isolation of " + names + " · expires "), render.Since(p.Expires)}
	return because(p.Reason, render.Card{
		Tone: render.Waiting, Text: "Still waiting for approval: extension by " + more + " of the isolation of " + names,
		Parts:   []render.Part{line, append(render.Note{render.Text(text.Plural(lacking(req, p), "approval") + " needed")}, c.fromWhom(req)...)},
		Actions: []render.Action{ExtendBy(req, p), denyExtension(req, "Deny", p.By)},
	})
}

// ExtensionDenied tells who asked, and the thread, that the end stays as it is.
func ExtensionDenied(req approvals.Request, user string, p approvals.Proposal, why string) render.Card {
	names, more := plans.Names(plans.Of(req).Targets, 5), text.SpanWords(p.By)
	line := render.Line{render.User(user), render.Text(" denied the extension by " + more + " of the isolation of "), render.Bold(names)}
	if p.Asked != "" {
		line = append(line, render.Text(", which "), render.User(p.Asked), render.Text(" had requested"))
	}
	return because(why, SmallPrint(render.Card{
		Tone: render.Neutral, Title: "An extension was denied", Text: "Denied: extension by " + more + " of the isolation of " + names,
		Parts: []render.Part{append(line, render.Text(". It still ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text(")."))},
	}, "ref "+req.Ref))
}

// ExtensionInstead answers whoever decides a request that was decided long ago while an extension of
// it waits for them: it has the buttons of what they probably mean, and says that nothing was
// approved yet.
func ExtensionInstead(req approvals.Request, waiting []approvals.Proposal) render.Card {
	card := render.Notice("The request " + req.Ref + " itself was approved before. An extension of it is waiting, and isn't approved yet: to decide it, click its button.")
	for _, p := range waiting {
		card.Parts = append(card.Parts, ExtensionRow(req, p))
		card.Actions = append(card.Actions, ExtendBy(req, p), denyExtension(req, "Deny the extension by "+text.SpanWords(p.By), p.By))
	}
	return card
}

// ExtensionWanted asks the approvers for more time, with the end as it is now: nothing has changed
// yet. It mentions those who may approve it, as the request's own card does.
func (c *Drawer) ExtensionWanted(req approvals.Request, user string, by time.Duration, why string) render.Card {
	names, more := plans.Names(plans.Of(req).Targets, 5), text.SpanWords(by)
	return because(why, SmallPrint(render.Card{
		Tone: render.Waiting, Title: "An extension was requested", Text: "Extension requested: " + more + " more for the isolation of " + names,
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" wants "), render.Bold(more), render.Text(" more for the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text(").")},
			append(render.Note{render.Text(text.Plural(lacking(req, approvals.Proposal{}), "approval") + " needed")}, c.fromWhom(req)...)},
		Actions: []render.Action{extendButton(req, "Extend by "+more, by), denyExtension(req, "Deny", by)},
	}, "ref "+req.Ref))
}

// Extended tells in the thread who gave more time, and what happens at the new end.
func Extended(req approvals.Request, user string, by time.Duration, why string) render.Card {
	names := plans.Names(plans.Of(req).Targets, 5)
	return because(why, SmallPrint(render.Card{
		Tone: render.Info, Title: "The isolation was extended", Text: "The isolation of " + names + " was extended by " + text.SpanWords(by),
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" extended the isolation of "), render.Bold(names), render.Text(" by " + text.SpanWords(by) + ", until "),
			render.At(req.Term.Ends), render.Text(". " + atEnd(effect.EndsAlone(req)))}},
	}, "ref "+req.Ref))
}

// ExtendedNotice answers whoever gave more time: of which endpoints, and until when.
func ExtendedNotice(req approvals.Request, by time.Duration) render.Card {
	words := "The isolation of " + plans.Names(plans.Of(req).Targets, 5) + " was extended by " + text.SpanWords(by)
	card := render.Notice(words + ".")
	card.Parts = []render.Part{render.Line{render.Text(words + ", until "), render.At(req.Term.Ends), render.Text(".")}}
	return card
}

// because adds what somebody said for it to a card, below its first line.
func because(why string, card render.Card) render.Card {
	if why != "" {
		card.Parts = slices.Insert(slices.Clone(card.Parts), 1, render.Part(render.Quote{Text: briefly(why)}))
	}
	return card
}
