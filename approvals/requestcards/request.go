package requestcards

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/commands/text"
	"s1bot/render"
)

// Request is a request as the approvals channel sees it: a pure function of its row (and of who
// may approve).
//
// The order is by what its reader needs. While it waits, an approver reads who wants what on which
// things before the buttons; when it has run, what happened comes first; when it came to nothing,
// that and why. Everything a decision needs is on the card itself: on a phone the thread is a tap
// away.
func (c *Drawer) Request(req approvals.Request) render.Card {
	if req.Command == approvals.FreezeCommand {
		return freezeCard(req)
	}
	card := render.Card{Text: Text(req)}
	card.Tone, card.Title = requestTitle(req)
	if req.State == approvals.Done || req.State == approvals.Failed {
		card.Parts = c.ended(req) // what happened leads; what was asked follows as a reminder
	} else if cameToNothing(req) {
		card.Parts = slices.Concat(c.progress(req), c.whoAsks(req), PlanParts(req))
	} else {
		card.Parts = slices.Concat(c.whoAsks(req), PlanParts(req), c.noEnd(req), c.progress(req))
	}
	card.Actions = ActionsUnder(c.freeze, req)
	if !c.window && isLong(req.Reason) {
		card.Actions = append(slices.Clip(card.Actions), render.Button{Label: "Details", Do: About(ReviewWord, req.ID)})
	}
	card.Parts = slices.Concat(HeldParts(c.freeze, req), card.Parts)
	if req.State == approvals.Done || req.State == approvals.Failed {
		card = outcomeOf(card, req)
	}
	return card
}

// outcomeOf heads a card by how a request ended, or by what endpoints have not done yet of what the
// console took.
//
// The lead goes into the notification's text as well: "Accepted, not isolated yet" must not be
// missing where only that is read.
func outcomeOf(card render.Card, req approvals.Request) render.Card {
	card.Outcome = render.Outcome(req.Outcome)
	if result := Result(req); result.Lead != "" {
		card.LeadWith(result.Tone, result.Lead)
	}
	card = withEffect(card, req)
	card.Title = titleUnder(card.Lead, req)
	return card
}

// titleUnder is the title of what ran, below what leads the card: a name that is there is not said again.
func titleUnder(lead string, req approvals.Request) string {
	if strings.Contains(lead, plans.Object(req)) {
		return req.Title
	}
	return titled(req)
}

// cameToNothing says that a request came to nothing: then that, by whom and why, comes before what
// was asked.
func cameToNothing(req approvals.Request) bool {
	return slices.Contains([]approvals.State{approvals.Denied, approvals.Expired, approvals.Withdrawn, approvals.NotRun}, req.State)
}

// mayHaveRun says that a request which came to nothing was let run again after a run of which nobody
// knows what it did. Its cards must not say that nothing was done.
func mayHaveRun(req approvals.Request) bool {
	return req.Fence > 0 && (req.State == approvals.Expired || req.State == approvals.NotRun)
}

// PlanParts tells exactly what the request touches, as it was resolved when it was made.
//
// The count stands above the table and is of all targets; the table shows plans.Shown of them, and
// the rest is said in a note. Slack lets a message have one table, so a policy's changes take the
// place of the targets.
func PlanParts(req approvals.Request) []render.Part {
	plan := plans.Of(req)
	var parts []render.Part
	if len(plan.Targets) > 0 {
		verb := "Touches "
		if cameToNothing(req) && !mayHaveRun(req) {
			verb = "It would have touched "
		}
		parts = append(parts, render.Line{render.Text(verb), render.Bold(plans.Count(plan.Targets)), render.Text(plans.Where(plan))})
		if len(plan.Changes) == 0 {
			parts = append(parts, plans.TargetParts(plan.Targets))
		}
		if more := len(plan.Targets) - plans.Shown; more > 0 {
			parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d more; the thread has the full list", more))})
		}
		for _, words := range plans.Lookalikes(plan.Targets) {
			parts = append(parts, render.Line{render.Text("⚠️ " + words)})
		}
		if note := plans.BlastRadius(req); note != nil && len(plan.Targets) > 1 {
			parts = append(parts, note)
		}
	}
	if len(plan.Changes) > 0 {
		parts = append(parts, plans.ChangeTable(plan.Changes))
	}
	var facts render.Fields
	for _, f := range plan.Facts {
		facts = append(facts, render.Field{Label: f.Label, Value: render.Line{render.Text(f.Value)}, Wide: len(f.Value) > 60})
	}
	if len(facts) > 0 {
		parts = append(parts, facts)
	}
	if cameToNothing(req) && !mayHaveRun(req) {
		return parts // nothing happened, so nothing follows from it
	}
	notes := slices.Concat(plan.LeftOut, plan.Notes)
	if plan.Undo != "" {
		notes = append(notes, "Undo: "+plan.Undo+".")
	}
	if len(notes) > 0 {
		parts = append(parts, render.Note{render.Text(strings.Join(notes, " "))})
	}
	return append(parts, termParts(req)...)
}

// requestTitle is the first line: what is asked for and where it stands.
//
// It begins with the state, since a phone cuts it off at the end.
func requestTitle(req approvals.Request) (render.Tone, string) {
	tone, state := standing(req)
	if state == "" {
		return tone, titled(req) // Outcome leads the title
	}
	return tone, state + " · " + titled(req)
}

// standing is where a request stands, in a word or two; none for one that ran, whose outcome says it.
func standing(req approvals.Request) (render.Tone, string) {
	switch req.State {
	case approvals.Pending:
		return render.Waiting, "Approval needed"
	case approvals.Approved, approvals.Running:
		if req.State == approvals.Approved && req.Held != nil {
			return render.Waiting, "Approved, not run yet"
		}
		return render.Waiting, "Running"
	case approvals.Denied:
		return render.Neutral, "Denied"
	case approvals.Expired:
		return render.Neutral, "Expired"
	case approvals.NotRun:
		return render.Warning, "Not run"
	case approvals.Withdrawn:
		return render.Neutral, "Withdrawn"
	case approvals.Interrupted:
		return render.Unknown, "May have run"
	}
	return render.Neutral, ""
}

// titled is a request's title with what it is about: "Disconnect Agent From Network · DESKTOP-1". A
// card is one among forty, and its first line is what people look for.
func titled(req approvals.Request) string {
	return text.JoinNonEmpty(" · ", req.Title, plans.Object(req))
}

// Text is the phone's notification.
func Text(req approvals.Request) string {
	what := text.JoinNonEmpty(": ", req.Title, plans.Object(req))
	switch req.State {
	case approvals.Pending:
		if req.After != "" {
			return fmt.Sprintf("Approval needed: time is up for the isolation %s requested: %s", req.RequesterName, what)
		}
		return fmt.Sprintf("Approval needed: %s requested %s", req.RequesterName, what)
	case approvals.Done, approvals.Failed:
		return fmt.Sprintf("%s: %s", effect.Of(req).Outcome(render.Outcome(req.Outcome)), what)
	}
	_, state := standing(req)
	return state + ": " + what
}

// whoAsks names the requester, the place, the reason and the ticket.
func (c *Drawer) whoAsks(req approvals.Request) []render.Part {
	line := render.Line{render.Text("Requested by "), render.User(req.Requester)}
	if req.After != "" {
		line = render.Line{render.Text("Requested by the bot on behalf of "), render.User(req.Requester)}
	}
	if strings.HasPrefix(req.Channel, "C") {
		line = append(line, render.Text(" in "), render.Channel(req.Channel))
	}
	if req.Ticket != "" {
		line = append(line, render.Text(" · ticket "), render.Bold(req.Ticket))
	}
	parts := []render.Part{line}
	if req.Reason != "" {
		parts = append(parts, c.reason(req.Reason))
	}
	return parts
}

// progress says who decided what, and what became of it.
//
// The reference is on every card: it is what people type, quote in a ticket and find in the trail.
func (c *Drawer) progress(req approvals.Request) []render.Part {
	ref := render.Text(" · ref " + req.Ref)
	switch req.State {
	case approvals.Pending:
		line := render.Note{render.Text(text.Plural(len(req.Counting())+req.Missing(), "approval") + " needed")}
		line = append(line, c.fromWhom(req)...)
		if n := len(req.Counting()); n > 0 {
			line = append(line, render.Text(fmt.Sprintf(" · %d given", n)))
		}
		line = append(line, render.Text(" · expires "), render.Since(req.Expires), ref, render.Text(" · pinned "+req.Pin()[:8]))
		return append(append(append(decisions(req), uncounted(req)...), line), c.question(req)...)
	case approvals.Denied, approvals.Withdrawn:
		parts := []render.Part{render.Line{render.Text(strings.TrimSuffix(render.Sentence(string(req.State)), ".") + " by "), render.User(req.Closed.User), render.Text(" · "), render.At(req.Closed.At)}}
		if req.Closed.Reason != "" {
			parts = append(parts, render.Quote{Text: req.Closed.Reason})
		}
		return append(parts, render.Note{render.Text("Nothing was done" + stays(req)), ref})
	case approvals.Expired:
		line := render.Line{render.Text(ranOut(req) + stays(req) + ". Request it again if it's still needed.")}
		return append(decisions(req), line, render.Note{render.At(over(req)), ref})
	case approvals.NotRun:
		line := render.Line{render.Text(notRun(req) + stays(req) + ". Request it again if it's still needed.")}
		return append(decisions(req), line, render.Note{render.At(req.Moved), ref})
	case approvals.Interrupted:
		return append(append(decisions(req), doubts(req)...), render.Note{render.At(req.Started), ref})
	case approvals.Approved:
		if req.Held != nil {
			line := render.Line{render.Text(render.Sentence(req.Held.Question) + " So I can't tell whether this may still run. I'll keep checking until "), render.At(req.Held.Until()), render.Text(", then I'll close it as not run.")}
			return append(decisions(req), line, render.Note{ref})
		}
	}
	return append(decisions(req), render.Note{render.At(moment(req)), ref})
}

// question says how an approver asks the requester something. Slack tells a person of a reply that
// mentions them, and whoever mentions one who isn't in the channel that they aren't. A window has no
// thread; whoever draws one leads to the card (see CardLink).
func (c *Drawer) question(req approvals.Request) []render.Part {
	if c.window {
		return nil
	}
	return []render.Part{render.Note{render.Text("A question for "), render.User(req.Requester), render.Text("? Mention them in this card's thread.")}}
}

// CardLink leads from a window to the thread in which a request that waits is talked about; without
// a permalink it is empty.
func CardLink(req approvals.Request, permalink string) []render.Part {
	if req.State != approvals.Pending || permalink == "" {
		return nil
	}
	return []render.Part{render.Note{render.Text("A question for "), render.User(req.Requester), render.Text("? Mention them in the thread of "), render.MessageLink("the request's card", permalink), render.Text(".")}}
}

// noEnd says of what waits and could have an end that it has none: nobody should approve it thinking
// that it ends.
func (c *Drawer) noEnd(req approvals.Request) []render.Part {
	if req.Term != nil || c.Timed == nil || !c.Timed(req.Command) || req.State != approvals.Pending && req.State != approvals.Approved {
		return nil
	}
	words := "No end set: it stays isolated until somebody reconnects it."
	if len(plans.Of(req).Targets) > 1 {
		words = "No end set: they stay isolated until somebody reconnects them."
	}
	return []render.Part{render.Line{render.Text(words)}}
}

// How much of a reason a card shows above what an approver decides by: longer ones filled screens.
const (
	maxReason      = 300
	maxReasonLines = 3
)

func isLong(reason string) bool { return briefly(reason) != reason }

// briefly is as much of a reason as a card shows; the row and the trail have all.
func briefly(reason string) string {
	cut := reason
	if lines := strings.Split(reason, "\n"); len(lines) > maxReasonLines {
		cut = strings.TrimRight(strings.Join(lines[:maxReasonLines], "\n"), "\r\n ") + " …"
	}
	return text.Shorten(cut, maxReason)
}

// reason is why something was asked for: in a window all of it, on a card its beginning.
func (c *Drawer) reason(words string) render.Part {
	if c.window {
		return render.Quote{Text: words}
	}
	return render.Quote{Text: briefly(words)}
}

// ranOut says why a request expired. One that ran before, and was let run again, may have been done
// by that run.
func ranOut(req approvals.Request) string {
	switch {
	case req.Fence == 0 && !req.Moved.IsZero() && req.FromTheFuture(req.Moved):
		return "My clock was wrong, so I can't tell how long this has waited. Nothing was done"
	case req.Agreed.IsZero():
		return "Nobody decided in time. Nothing was done"
	case req.Fence == 0:
		return "It was approved but didn't run within an hour, because changes were frozen or the bot was down. Nothing was done"
	}
	return "It was approved but didn't finish within an hour, because changes were frozen or the bot was down. Check the console"
}

// notRun says why an approved request did not run. One that ran before, and was let run again, may
// have been done by that run.
func notRun(req approvals.Request) string {
	words := render.Sentence(req.Held.Question) + " I got no answer for 10 minutes, so this didn't run"
	if req.Fence > 0 {
		return words + " again. Check the console: it may already have run"
	}
	return words + ". Nothing was done"
}

// over is when a request expired.
func over(req approvals.Request) time.Time {
	if req.Agreed.IsZero() {
		return req.Expires
	}
	return req.Moved
}

// ended tells what became of a request that ran: who decided and asked, the console's answer, and
// why it was asked for.
func (c *Drawer) ended(req approvals.Request) []render.Part {
	line := render.Line{render.Text("Requested by "), render.User(req.Requester)}
	if len(req.Approvals) > 0 {
		line = slices.Concat(approvers(req), render.Line{render.Text(", requested by "), render.User(req.Requester)})
	}
	if req.Ticket != "" {
		line = append(line, render.Text(" · ticket "), render.Bold(req.Ticket))
	}
	parts := slices.Concat([]render.Part{line}, followed(req), termParts(req))
	if req.Reason != "" {
		parts = append(parts, c.reason(req.Reason))
	}
	return append(parts, render.Note{render.At(moment(req)), render.Text(" · ref " + req.Ref)})
}

// followed is the console's answer and what was seen since: then the rows tell that, not how they
// were when the console said yes.
func followed(req approvals.Request) []render.Part {
	parts, e := Result(req).Parts, effect.Of(req)
	if req.Undone != nil {
		for id := range e.States {
			e.States[id] = "undone (" + req.Undone.Ref + ")"
		}
	}
	at := slices.IndexFunc(parts, func(p render.Part) bool { _, ok := p.(render.Table); return ok })
	if len(e.States) == 0 || at < 0 {
		return slices.Concat(parts, e.Parts())
	}
	answer := parts[:at]
	if req.Outcome == string(render.Successful) && len(answer) == 1 {
		answer = nil // the effect counts what was accepted, too
	}
	return slices.Concat(answer, e.Parts(), []render.Part{e.Table(plans.Of(req).Targets)}, parts[at+1:])
}

// doubts say why nobody knows whether a request ran: no clear answer came, or the process died
// before one could.
func doubts(req approvals.Request) []render.Part {
	var card render.Card
	parts := []render.Part{render.Line{render.Text("The bot stopped before the console answered, so it may have run. Check the console before you request it again.")}}
	if len(req.Result) > 0 && json.Unmarshal(req.Result, &card) == nil && len(card.Parts) > 0 {
		parts = card.Parts
	}
	if says := effect.Of(req).Says; len(says) > 0 {
		parts = append(slices.Clip(parts), render.Line{render.Bold("The console now says: "), render.Text(strings.Join(says, "; "))})
	}
	if req.Closed != nil {
		parts = append(slices.Clip(parts), render.Line{render.Text("Closed by "), render.User(req.Closed.User), render.Text(" · "), render.At(req.Closed.At)})
	}
	return parts
}

// moment is when the request came to where it stands.
//
// The latest that is set counts, for a request that runs was approved before.
func moment(req approvals.Request) time.Time {
	for _, t := range []time.Time{req.Finished, req.Started, req.Agreed} {
		if !t.IsZero() {
			return t
		}
	}
	return req.Created
}

// fromWhom names the groups and people who may approve, so that Slack notifies them; who asks may
// not.
func (c *Drawer) fromWhom(req approvals.Request) render.Note {
	who, known := c.deciders(req)
	switch {
	case !known:
		return nil
	case len(who) == 0:
		return render.Note{render.Text(" from somebody other than the requester, but right now nobody else can approve it")}
	}
	return append(render.Note{render.Text(" from ")}, who...)
}

// member is somebody whom a role names, as people read it. Groups and people become mentions, so
// that who may decide is notified; a handle stays text, for Slack mentions by id alone.
func member(m string) render.Span {
	switch {
	case strings.HasPrefix(m, "S"):
		return render.Group(m)
	case strings.HasPrefix(m, "U"), strings.HasPrefix(m, "W"):
		return render.User(m)
	}
	return render.Text(m)
}

// decisions is who approved, when.
func decisions(req approvals.Request) []render.Part {
	if len(req.Approvals) == 0 {
		return nil
	}
	return []render.Part{approvers(req)}
}

// uncounted names the decisions that wait for an answer, and the question that has none.
func uncounted(req approvals.Request) (parts []render.Part) {
	for _, u := range req.Uncounted {
		words := " " + u.Action + " this, which doesn't count yet: " + render.Sentence(u.Question) + " I'll keep checking until "
		parts = append(parts, render.Line{render.User(u.User), render.Text(words), render.At(u.Until), render.Text(".")})
	}
	return parts
}

// approvers is who approved and when; of an approval that does not count any more, why.
func approvers(req approvals.Request) render.Line {
	line := render.Line{render.Text("Approved by ")}
	for i, d := range req.Approvals {
		if i > 0 {
			line = append(line, render.Text(", "))
		}
		line = append(line, render.User(d.User), render.Text(" ("), render.At(d.At), render.Text(")"))
		if d.Void != "" {
			line = append(line, render.Text(", who "+d.Void))
		}
	}
	return line
}

// Actions is what can still be clicked.
//
// Withdraw is on the card that everybody sees; whoever else clicks it is told that it is not
// theirs. A button that only its rightful person saw would need Slack to hide it, which is cosmetic
// and no check.
func Actions(req approvals.Request) []render.Action {
	switch req.State {
	case approvals.Pending:
		return []render.Action{
			render.Button{Label: "Approve", Style: render.Primary, Do: About("approve", req.ID), Confirm: confirmText(req)},
			render.Button{Label: "Deny", Style: render.Danger, Do: About("deny", req.ID)},
			render.Button{Label: "Withdraw", Do: About("withdraw", req.ID)},
			render.Button{Label: "Raw request", Rare: true, Do: About("raw", req.ID)},
		}
	case approvals.Done, approvals.Failed:
		return slices.Concat(extensionActions(req), Result(req).Actions)
	case approvals.Interrupted:
		if req.Undecided() {
			return []render.Action{
				render.Button{Label: "Run again", Do: About("again", req.ID), Confirm: "It may have run already. Have you checked the console?"},
				render.Button{Label: "Close", Do: About("close", req.ID)},
			}
		}
	case approvals.Denied, approvals.Expired, approvals.Withdrawn, approvals.NotRun:
		return askAgain(req)
	}
	return nil
}

// extensionActions decide on the extensions of a request that wait.
func extensionActions(req approvals.Request) (actions []render.Action) {
	if !req.Term.Running() {
		return nil
	}
	for _, p := range req.Term.Proposed {
		actions = append(actions, extendButton(req, "Approve the extension by "+text.SpanWords(p.By), p.By), denyExtension(req, "Deny the extension by "+text.SpanWords(p.By), p.By))
	}
	return actions
}
