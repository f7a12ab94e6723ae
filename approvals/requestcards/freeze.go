package requestcards

import (
	"fmt"
	"slices"

	"s1bot/approvals"
	"s1bot/render"
)

// holds tells whether a freeze, if there is one, keeps a request from running that a click could
// have run else.
func holds(freeze, req approvals.Request) bool {
	return freeze.ID != "" && (req.State == approvals.Pending || req.Undecided())
}

// ActionsUnder is Actions without what a freeze refuses, if there is one: what approves a request,
// or runs it again.
func ActionsUnder(freeze, req approvals.Request) []render.Action {
	actions := Actions(req)
	if !holds(freeze, req) {
		return actions
	}
	return slices.DeleteFunc(actions, func(a render.Action) bool {
		b, ok := a.(render.Button)
		return ok && (b.Do.Command == "approve" || b.Do.Command == "again")
	})
}

// FrozenParts say who froze changes, when and why, and what nobody can do until that is over.
func FrozenParts(freeze approvals.Request, refused string) []render.Part {
	parts := []render.Part{render.Line{render.Bold("⛔ Changes are frozen"), render.Text(" by "), render.User(freeze.Requester), render.Text(" · "), render.At(freeze.Created),
		render.Text(". Nobody can " + refused + " until the freeze is over.")}}
	if freeze.Reason != "" {
		parts = append(parts, render.Quote{Text: briefly(freeze.Reason)})
	}
	return parts
}

// HeldParts are FrozenParts about a request that a freeze holds; none about others.
func HeldParts(freeze, req approvals.Request) []render.Part {
	switch {
	case !holds(freeze, req):
		return nil
	case req.State == approvals.Pending:
		return FrozenParts(freeze, "approve this")
	}
	return FrozenParts(freeze, "run this again")
}

// freezeCard is a freeze as the approvals channel sees it.
func freezeCard(req approvals.Request) render.Card {
	line := render.Line{render.User(req.Requester), render.Text(" froze changes · "), render.At(req.Created)}
	card := render.Card{Tone: render.Critical, Title: "Frozen", Text: "Frozen: all changes are blocked", Parts: []render.Part{line}}
	if req.Reason != "" {
		card.Parts = append(card.Parts, render.Quote{Text: briefly(req.Reason)})
	} else {
		card.Parts = append(card.Parts, render.Line{render.Text("No reason given.")})
	}
	for _, d := range req.Counting() {
		card.Parts = append(card.Parts, render.Line{render.User(d.User), render.Text(" agreed to end it · "), render.At(d.At)})
	}
	if req.State == approvals.Done {
		card.Tone, card.Title, card.Text = render.Neutral, "Freeze is over", "The freeze is over: changes can run again"
		return card
	}
	card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("%d of %d approvers agreed to end it · ref %s", len(req.Counting()), req.Quorum, req.Ref))})
	card.Actions = append([]render.Action{render.Button{Label: "Thaw", Do: About("thaw", req.ID)}}, addReason(req)...)
	return card
}

// Frozen answers who froze changes.
func Frozen(req approvals.Request) render.Card {
	card := render.Notice("Frozen: all changes are blocked until two approvers end the freeze with /s1 thaw.")
	if req.Reason == "" {
		card.Parts = append(card.Parts, render.Line{render.Text("You gave no reason. Add one for whoever wonders why nothing runs.")})
	}
	card.Actions = addReason(req)
	return card
}

// addReason asks for the reason of a freeze that has none.
func addReason(freeze approvals.Request) []render.Action {
	if freeze.Reason != "" {
		return nil
	}
	return []render.Action{render.Button{Label: "Add a reason", Do: About(approvals.FreezeCommand, freeze.ID)}}
}

// FreezeReasonForm asks why changes are frozen.
func FreezeReasonForm(at render.Origin, do render.Invocation) render.Form {
	why := render.FormField{Name: "reason", Label: "Why are changes frozen?", Hint: "It stands on the cards of the freeze and of requests, on Home, and in the audit trail.", Widget: render.MultiLine, Required: true, MaxLength: 1000}
	return render.Form{Title: "Reason for the freeze", Submit: "Add", Origin: at, Do: do, Fields: []render.FormField{why}}
}
