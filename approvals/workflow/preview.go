package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// DryRun answers what would happen if an interaction's command ran, and does nothing.
//
// It asks the very same Gate, Prepare and termOf as a real request and differs only at the end:
// nothing is submitted. Prepare reads from the console, so what it says of the targets is true of
// now and promises nothing.
func (v *Preview) DryRun(ctx context.Context, in Interaction) error {
	on, cmd, err := v.on(in.Do.Console, in.Do.Command)
	if err != nil {
		return err
	}
	plan, err := cmd.Prepare(ctx, v.call(on, in), in.Do.Args)
	if err != nil {
		return WithCommand(cmd, err)
	}
	input := v.gate.withTargets(ctx, v.gate.Input(cmd, in), plan)
	decision := v.gate.Decide(ctx, input)
	plan = v.gate.markProtected(input, plan)
	card := previewCard(cmd, plan, decision, v.overlaps.termOf(ctx, cmd, in, plan))
	if v.unsealable(plan, decision) {
		card.Parts = append(card.Parts, render.Line{render.Text("You can't request it like this: " + render.Sentence(errUnsealed))})
	}
	if cmd.Risk != catalog.Read && errors.Is(v.gate.frozen(ctx), approvals.ErrFrozen) {
		const frozen = "Not right now: changes are frozen. "
		card.Text = frozen + "Afterwards: " + card.Text
		card.Parts = append([]render.Part{render.Line{render.Bold(frozen), render.Text("What follows is for when the freeze is over.")}}, card.Parts...)
	}
	if decision.Err() == nil {
		card.Parts = append(card.Parts, requestParts(v.rehearse(ctx, on, cmd, in, plan))...)
	}
	card.Parts = append(card.Parts, render.Note{render.Text("Nothing was done.")})
	in.reply(ctx, card.On(in.Do.Console).Named(v.Consoles.Label(on)))
	return nil
}

// Review is a request's card as the approvals channel has it, for who asked and for those who have
// a role; with the buttons that are theirs.
//
// Others learn nothing: the card names hosts and reasons, and the approvals channel may be private.
func (v *Preview) Review(ctx context.Context, in Interaction, id string) (render.Card, error) {
	req, err := v.Ledger.Get(ctx, id)
	if err != nil {
		return render.Card{}, err
	}
	if req.Requester != in.User && !in.Who.Somewhere().Yes() {
		return render.Card{}, approvals.ErrNotApprover
	}
	return requestcards.ForViewer(v.cards.Under(v.freeze(ctx)).InWindow().Request(req), req, in.Who.Person, v.Now()), nil
}

// mostRehearsed is how many requests a rehearsal goes on for.
const mostRehearsed = 10

// rehearse runs a command on what it would touch, with a console that is told nothing, and returns
// the requests that would go out. Of what only reads that is the first; of what changes things,
// what follows an answer is left out where it depends on it.
//
// It is the real command with a client that shows every request and sends none that would change
// something (s1.Client.Rehearse), so there is no second description of what a command sends that
// could differ from it. The bound stops a command that pages until an answer says enough.
func (v *Preview) rehearse(ctx context.Context, on consoles.Console, cmd *catalog.Command, in Interaction, plan catalog.Plan) (sent []s1.Request) {
	call := v.call(on, in)
	call.Console = on.Client.Rehearse(func(r s1.Request) error {
		if cmd.Risk != catalog.Read && r.Method == http.MethodGet {
			return nil
		}
		sent = append(sent, r)
		if cmd.Risk == catalog.Read || len(sent) == mostRehearsed {
			return s1.ErrRehearsed
		}
		return nil
	})
	call.Secrets = plan.Secrets
	call.Tell = func(context.Context, render.Card) error { return nil }
	call.OnSave = func(json.RawMessage) error { return nil }
	if _, err := cmd.Run(ctx, call, plan.Args); err != nil {
		v.Log.DebugContext(ctx, "a rehearsal ended early", "command", cmd.Name, "err", err)
	}
	return sent
}

// RawRequest shows who decides on a request what would go out to the console for it, word for word.
func (v *Preview) RawRequest(ctx context.Context, in Interaction, id string) error {
	req, err := v.Ledger.Get(ctx, id)
	if err != nil {
		return err
	}
	if req.Requester != in.User && !in.Who.Somewhere().Yes() {
		return approvals.ErrNotApprover
	}
	on, cmd, err := v.on(req.Console, req.Command)
	if err != nil {
		return err
	}
	parts := requestParts(v.rehearse(ctx, on, cmd, in, catalog.Plan{Args: req.Args}))
	if len(parts) == 0 {
		parts = []render.Part{render.Line{render.Text("What this sends depends on the console's earlier answers, so I can't show it before it runs.")}}
	}
	title := "Raw request " + req.Ref
	in.reply(ctx, render.Card{Tone: render.Info, Title: title, Text: title, Parts: append(parts, render.Note{render.Text("Nothing was done.")})})
	return nil
}

// requestParts show requests as they would stand on the wire.
func requestParts(sent []s1.Request) []render.Part {
	if len(sent) == 0 {
		return nil
	}
	var lines strings.Builder
	for _, r := range sent {
		fmt.Fprintf(&lines, "%s %s", r.Method, r.Path)
		if query, err := url.QueryUnescape(r.Query.Encode()); err == nil && query != "" {
			fmt.Fprintf(&lines, "?%s", query)
		}
		fmt.Fprintln(&lines)
		if len(r.Body) > 0 {
			fmt.Fprintf(&lines, "%s\n", r.Body)
		}
	}
	return []render.Part{render.Line{render.Bold("This would be sent to the console")}, render.Code{Text: strings.TrimSpace(lines.String())}}
}

// shownNeeds is how many needs a sentence names.
const shownNeeds = 5

// wanted tells what approvals must add up to.
//
// Fifty sites can mean fifty needs; the sentence stays one.
func wanted(r policy.Decision) string {
	var all []string
	for _, n := range r.Needs[:min(len(r.Needs), shownNeeds)] {
		words := strings.Join(n.By, " or ")
		for _, at := range n.Places {
			words += " of " + cmp.Or(at.Site, at.Account, "things outside any site")
		}
		if len(r.Needs) > 1 { // of one need, the decision's number is said before it
			words = fmt.Sprintf("%d of %s", n.Quorum, words)
		}
		if n.Distinct {
			words += ", each from a different one of these roles"
		}
		all = append(all, words)
	}
	if more := len(r.Needs) - shownNeeds; more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return strings.Join(all, " and ")
}

// whyMore says why somebody beyond the rule has to approve: a limit is exceeded.
func whyMore(r policy.Decision) string {
	if len(r.Needs) != 1 || r.Needs[0].Quorum == r.Quorum {
		return ""
	}
	return " " + render.Sentence(r.Why)
}

// previewCard answers a dry run: the policy's answer first, then what would be touched, as the card
// of a real request shows it.
func previewCard(cmd *catalog.Command, plan catalog.Plan, r policy.Decision, term *approvals.Term) render.Card {
	verdict := map[policy.Effect]string{
		policy.Allow:      "You can run this, and it runs right away.",
		policy.Approve:    render.Sentence(fmt.Sprintf("You can request this; it needs %s from: %s", text.Plural(r.Quorum, "approval"), wanted(r))) + whyMore(r),
		policy.Deny:       render.Sentence("You can't run this: " + r.Why),
		policy.Unanswered: render.Sentence("I can't tell whether you're allowed to run this: " + r.Open),
	}[r.Effect]
	body, _ := json.Marshal(plan)
	card := render.Card{Tone: render.Info, Title: "What would happen · " + cmd.Title, Text: verdict, Parts: []render.Part{render.Line{render.Text(verdict)}}}
	card.Parts = append(card.Parts, requestcards.PlanParts(approvals.Request{Plan: body, Term: term})...)
	card.Parts = append(card.Parts, RuleNote(r.ShownRule(), r.Because)...)
	return card
}

// RuleNote names the rule that decided and, where it was about one thing of several, that thing.
func RuleNote(rule, because string) []render.Part {
	var words []string
	if rule != "" {
		words = append(words, "Rule: "+rule)
	}
	if because != "" {
		words = append(words, "because of "+because)
	}
	if len(words) == 0 {
		return nil
	}
	return []render.Part{render.Note{render.Text(render.Capital(strings.Join(words, ", ")))}}
}

// A Preview says what would happen.
type Preview struct {
	*Config
	cards    requestcards.Drawer
	gate     *Gate
	overlaps *overlaps
}
