package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// can tells what would happen, without doing it.
func (b *Bot) can(ctx context.Context, a ask, rest string) error {
	inv, extras, err := slash.Parse(b.Catalog, rest, text.Input{Zone: a.who.Zone, Now: b.Now()})
	if err != nil {
		return err
	}
	cmd, ok := b.Catalog.Find(inv.Command)
	if !ok {
		return errGone
	}
	a.inv, a.extras = inv, extras
	plan, err := cmd.Prepare(ctx, b.call(a), inv.Args)
	if err != nil {
		return b.blame(cmd, err)
	}
	wish := b.touching(ctx, b.wish(cmd, a), plan)
	ruling := b.rule(ctx, wish)
	plan = b.marked(wish, plan)
	card := canCard(cmd, plan, ruling, b.termOf(ctx, cmd, a, plan))
	if b.cannotWait(plan, ruling) {
		card.Parts = append(card.Parts, render.Line{render.Text("Not like this: " + sentence(errUnsealed))})
	}
	if cmd.Risk != catalog.Read && errors.Is(b.frozen(ctx), approvals.ErrFrozen) {
		card.Parts = append(card.Parts, render.Line{render.Text("Everything that changes something is frozen now.")})
	}
	if ruling.Err() == nil {
		card.Parts = append(card.Parts, requestParts(b.rehearse(ctx, cmd, a, plan))...)
	}
	card.Parts = append(card.Parts, render.Note{render.Text("Nothing was done.")})
	b.reply(ctx, a, card)
	return nil
}

// mostRehearsed is how many requests a rehearsal goes on for.
const mostRehearsed = 10

// rehearse runs a command on what it would touch, with a console that is told nothing, and returns the requests that would go out.
// Of what only reads that is the first; of what changes things, what follows an answer is left out where it depends on it.
func (b *Bot) rehearse(ctx context.Context, cmd *catalog.Command, a ask, plan catalog.Plan) (sent []s1.Request) {
	call := b.call(a)
	call.Console = b.Console.Rehearse(func(r s1.Request) error {
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
		b.Log.Debug("a rehearsal ended early", "command", cmd.Name, "err", err)
	}
	return sent
}

// raw shows who decides on a request what would go out to the console for it, word for word.
func (b *Bot) raw(ctx context.Context, a ask, id, _ string) error {
	req, err := b.Ledger.Get(ctx, id)
	if err != nil {
		return err
	}
	if req.Requester != a.user && !a.who.Somewhere().Yes() {
		return approvals.ErrNotApprover
	}
	cmd, ok := b.Catalog.Find(req.Command)
	if !ok {
		return errGone
	}
	parts := requestParts(b.rehearse(ctx, cmd, a, catalog.Plan{Args: req.Args}))
	if len(parts) == 0 {
		parts = []render.Part{render.Line{render.Text("What goes out cannot be told before it runs.")}}
	}
	title := "Raw request " + req.Ref
	b.reply(ctx, a, render.Card{Tone: render.Info, Title: title, Text: title, Parts: append(parts, render.Note{render.Text("Nothing was done.")})})
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
	return []render.Part{render.Line{render.Bold("The console would be asked")}, render.Code{Text: strings.TrimSpace(lines.String())}}
}

// shownNeeds is how many needs a sentence names.
const shownNeeds = 5

// wanted tells what approvals must add up to.
func wanted(r policy.Decision) string {
	var all []string
	for _, n := range r.Needs[:min(len(r.Needs), shownNeeds)] {
		words := strings.Join(n.By, " or ")
		for _, at := range n.Places {
			words += " of " + first(at.Site, at.Account, "what lies in no site")
		}
		if len(r.Needs) > 1 || n.Quorum != r.Quorum {
			words = fmt.Sprintf("%d of %s", n.Quorum, words)
		}
		if n.Distinct {
			words += ", each from another of these roles"
		}
		all = append(all, words)
	}
	if more := len(r.Needs) - shownNeeds; more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return strings.Join(all, " and ")
}

func canCard(cmd *catalog.Command, plan catalog.Plan, r policy.Decision, term *approvals.Term) render.Card {
	verdict := map[policy.Effect]string{
		policy.Allow:      "You may run this; it runs at once.",
		policy.Approve:    sentence(fmt.Sprintf("You may ask for this; it needs %s from: %s", plural(r.Quorum, "approval"), wanted(r))),
		policy.Deny:       sentence("You may not: " + r.Why),
		policy.Unanswered: sentence("I can't tell whether you may: " + r.Open),
	}[r.Effect]
	body, _ := json.Marshal(plan)
	card := render.Card{Tone: render.Info, Title: "What would happen · " + cmd.Title, Text: verdict, Parts: []render.Part{render.Line{render.Text(verdict)}}}
	card.Parts = append(card.Parts, planParts(approvals.Request{Plan: body, Term: term})...)
	card.Parts = append(card.Parts, ruleNote(r.Rule, r.Because)...)
	return card
}
