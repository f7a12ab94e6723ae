package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/run"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// The words about requests: each hands what was typed or clicked to the workflow, and opens the
// form of what is missing.
//
// Every button of a request's card carries the request's id and the word, never what the request
// is: that is read from the ledger when the click comes, so what a card shows and what is decided
// can differ by time only, which Rev tells.

// requestWords are the words about requests.
type requestWords struct {
	flow      *workflow.Workflow
	policy    func() policy.Policy
	ledger    requestReader
	gate      *exchange.Gate
	forms     *run.Forms
	responder *exchange.Responder
	log       *slog.Logger
	waiting   func(context.Context, exchange.Interaction) (render.Card, error) // the list of what waits for somebody; see myWords.list
}

// reviewWord shows a request in a window.
const reviewWord = requestcards.ReviewWord

func (w requestWords) builtins() []builtin {
	approve, again := w.decision((*workflow.Decisions).Approve), w.decision((*workflow.Decisions).RunAgain)
	return []builtin{
		{name: "approve", onHelp: true, summary: "Approves a request. For approvers; you can't approve your own.", examples: []string{"/s1 approve A-7F3A"}, typed: byRef(approve), clicked: w.listed(w.byID(w.inPlace(approve))), alone: aloneRef, takes: theRef, asks: oneConsole},
		{name: "deny", onHelp: true, summary: "Denies a request, with a reason. For approvers.", examples: []string{`/s1 deny A-7F3A reason="not today"`}, typed: byRef(w.deny), clicked: w.listed(w.onCard(w.deny)), alone: aloneRefWhy, takes: theRef + ", and why"},
		{
			name: "withdraw", summary: "Withdraws your own request.", examples: []string{"/s1 withdraw A-7F3A"},
			typed: byRef(w.decision((*workflow.Decisions).Withdraw)), clicked: w.listed(w.withdrawClicked), alone: aloneRef, takes: theRef,
		},
		{name: reviewWord, summary: "Shows a request's card, with its buttons.", examples: []string{"/s1 review A-7F3A"}, typed: byRef(w.review), clicked: w.byID(w.review), takes: theRef},
		{name: requestcards.ShowCardWord, button: "to see a request's card, click the button on its message", clicked: w.byID(w.showHere)},
		{name: "raw", summary: "Shows exactly what a request would send to the console.", examples: []string{"/s1 raw A-7F3A"}, typed: byRef(w.raw), clicked: w.onCard(w.raw), takes: theRef},
		{
			name: "again", summary: "Runs an interrupted request again. Check the console first: it may already have run.", examples: []string{"/s1 again A-7F3A"},
			typed: byRef(again), clicked: w.onCard(again), alone: aloneRef, takes: theRef, asks: oneConsole,
		},
		{
			name: "close", summary: "Closes a request that was interrupted, without running it again.", examples: []string{`/s1 close A-7F3A reason="it ran"`},
			typed: byRef(w.closeRequest), clicked: w.onCard(w.closeRequest), alone: aloneRefWhy, takes: theRef + ", and what you found",
		},
		{
			name: approvals.FreezeCommand, onHelp: true, summary: "Blocks all changes until two approvers end the freeze. For approvers.",
			examples: []string{`/s1 freeze reason="operator account compromised"`}, typed: w.freeze, clicked: w.freezeClicked, alone: aloneWhy, takes: "Reason", operand: optional,
		},
		{name: thawWord, onHelp: true, summary: "Ends a freeze. It takes two approvers.", examples: []string{"/s1 thaw"}, typed: w.thaw, clicked: bare(w.thaw), alone: aloneBare},
	}
}

// thawWord ends a freeze.
const thawWord = "thaw"

// theRef is what most words about requests take.
const theRef = "The request's reference"

// deny asks for a reason where there is none.
//
// The workflow refuses without one in any case.
func (w requestWords) deny(ctx context.Context, a exchange.Interaction, id, reason string) error {
	err := w.flow.Decisions.Deny(ctx, w.responder.Dialog(a), id, reason)
	if errors.Is(err, workflow.ErrNoReason) {
		return w.askWhy(ctx, a, id, a.Choice.Why)
	}
	return err
}

// decision is a word that the workflow needs nothing for but the request.
//
// The workflow's methods have one shape, so the word is the method: nothing stands between the
// click and the rule that judges it.
func (w requestWords) decision(do func(*workflow.Decisions, context.Context, workflow.Interaction, string) error) decide {
	return func(ctx context.Context, a exchange.Interaction, id, _ string) error {
		return do(w.flow.Decisions, ctx, w.responder.Dialog(a), id)
	}
}

func (w requestWords) closeRequest(ctx context.Context, a exchange.Interaction, id, reason string) error {
	return w.flow.Decisions.Close(ctx, w.responder.Dialog(a), id, reason)
}

func (w requestWords) showHere(ctx context.Context, a exchange.Interaction, id, _ string) error {
	return w.flow.Publisher.ShowHere(ctx, w.responder.Dialog(a), id)
}

func (w requestWords) raw(ctx context.Context, a exchange.Interaction, id, _ string) error {
	return w.flow.Preview.RawRequest(ctx, w.responder.Dialog(a), id)
}

// review shows a request as its card does: in a window where there is one, else as an answer.
//
// Whoever comes from a long list need not find the card in the channel, and an approver outside
// that channel sees it at all. A window needs a trigger, which is good for three seconds: one that
// waited longer falls back to an answer.
func (w requestWords) review(ctx context.Context, a exchange.Interaction, id, _ string) error {
	card, err := w.reviewed(ctx, a, id)
	if err != nil {
		return err
	}
	if _, err := w.forms.Overlay(ctx, a, card); err != nil {
		w.log.WarnContext(ctx, "cannot open a request in a modal; answering with a message", "request_id", id, "err", err)
		w.responder.Reply(ctx, a, card)
	}
	return nil
}

// reviewed is a request's card for a window, with the way to the card that has a thread.
func (w requestWords) reviewed(ctx context.Context, a exchange.Interaction, id string) (render.Card, error) {
	card, err := w.flow.Preview.Review(ctx, w.responder.Dialog(a), id)
	if err != nil {
		return card, err
	}
	if req, err := w.ledger.Get(ctx, id); err == nil && len(req.Heads()) > 0 {
		at := req.Heads()[0]
		card.Parts = append(card.Parts, requestcards.CardLink(req, exchange.Permalink(w.responder.Address(), at.Channel, at.TS, ""))...)
	}
	return card, nil
}

func (w requestWords) freeze(ctx context.Context, a exchange.Interaction, reason string) error {
	return w.flow.Decisions.Freeze(ctx, w.responder.Dialog(a), whyOf(reason))
}

// freezeClicked freezes with the reason that was typed beside the word, if there was one; on the card
// of a freeze it asks for the reason.
func (w requestWords) freezeClicked(ctx context.Context, a exchange.Interaction) error {
	if a.Choice.Request == "" {
		return w.freeze(ctx, a, a.Choice.Reason)
	}
	err := w.flow.Decisions.GiveFreezeReason(ctx, w.responder.Dialog(a), a.Choice.Request, strings.TrimSpace(a.Choice.Reason))
	if errors.Is(err, workflow.ErrNoReason) {
		return w.forms.Open(ctx, a, requestcards.FreezeReasonForm(a.At, a.Do), render.Notice("Type: freeze, and why. Changes stay frozen."))
	}
	return err
}

func (w requestWords) thaw(ctx context.Context, a exchange.Interaction, _ string) error {
	return w.flow.Decisions.Thaw(ctx, w.responder.Dialog(a))
}

// askWhy opens the form of a denial, for those who may deny, with a reason that was typed already.
// MayDeny is asked before, so that nobody writes a reason for a decision that is not theirs.
func (w requestWords) askWhy(ctx context.Context, a exchange.Interaction, id, typed string) error {
	if err := w.flow.Decisions.MayDeny(ctx, w.responder.Dialog(a), id); err != nil {
		return err
	}
	form := requestcards.DenialForm("Deny the request", a.At, requestcards.About("deny", id), typed)
	if a.Choice.Listed {
		form.Do.Args = catalog.Marshal(map[string]any{"request": id, "listed": true})
	}
	ref := id
	if req, err := w.ledger.Get(ctx, id); err == nil {
		ref = req.Ref
	}
	card := render.Notice("A denial needs a reason, so nothing was decided yet. Type: deny " + ref + ` reason="why"`)
	card.Actions = []render.Action{render.Button{Label: "Deny", Style: render.Danger, Do: requestcards.About("deny", id)}}
	return w.forms.Open(ctx, a, form, card) // the card: written, or taken up after a crash; its button brings a trigger of its own
}

// onCard is byID for the buttons of a request's card.
//
// AdoptCard first: a card whose posting was interrupted before its timestamp was stored is one that
// somebody is clicking on just now, and from here on it is edited like the others. An approval sees
// to that by itself.
func (w requestWords) onCard(do decide) func(context.Context, exchange.Interaction) error {
	decide := w.inPlace(do)
	return w.byID(func(ctx context.Context, a exchange.Interaction, id, reason string) error {
		w.flow.Publisher.AdoptCard(ctx, a.Interaction, id)
		return decide(ctx, a, id, reason)
	})
}

// inPlace has a request that was decided on in a window drawn anew there.
//
// It is read before the decision so that Redraw can tell whether anything changed.
func (w requestWords) inPlace(do decide) decide {
	return func(ctx context.Context, a exchange.Interaction, id, reason string) error {
		window := ""
		if a.OnPage { // a form takes the window's place: below it would stay what is not true any more
			window, a.OnPage = a.View, false
		}
		if window == "" {
			return do(ctx, a, id, reason)
		}
		before, _ := w.ledger.Get(ctx, id)
		err := do(ctx, a, id, reason)
		w.Redraw(ctx, a, window, before)
		return err
	}
}

// Redraw brings the window in which somebody decided up to date, if the request is not as it was.
func (w requestWords) Redraw(ctx context.Context, a exchange.Interaction, window string, before approvals.Request) {
	if window == "" {
		return
	}
	req, err := w.ledger.Get(ctx, before.ID)
	if err != nil || req.Rev == before.Rev {
		return
	}
	card, err := w.reviewed(ctx, a, req.ID)
	if err == nil {
		a.View, a.OnPage = window, false
		_, err = w.forms.Overlay(ctx, a, card)
	}
	if err != nil {
		w.log.WarnContext(ctx, "cannot update a request's modal", "request_id", req.ID, "err", err)
	}
}

// byID reads the arguments of a button or form.
func (w requestWords) byID(do decide) func(context.Context, exchange.Interaction) error {
	return func(ctx context.Context, a exchange.Interaction) error {
		p := a.Choice
		if p.Request == "" {
			return workflow.ErrGone
		}
		if w.ofAnother(ctx, a, p.Request) {
			return w.gate.Forged(ctx, &a, "button", workflow.ErrGone, errors.New("the button of one request on the card of another"))
		}
		return do(ctx, a, p.Request, strings.TrimSpace(p.Reason))
	}
}

// listed is a click that may come from a list of what waits: that is drawn anew afterwards, for nothing else can edit what only its reader
// sees.
func (w requestWords) listed(click clickedWord) clickedWord {
	return func(ctx context.Context, a exchange.Interaction) error {
		if !a.Choice.Listed || a.At.ResponseURL == "" {
			return click(ctx, a)
		}
		before, _ := w.ledger.Get(ctx, a.Choice.Request)
		failed := click(ctx, a)
		after, err := w.ledger.Get(ctx, a.Choice.Request)
		if err != nil || after.State == approvals.Pending && after.Rev == before.Rev { // a form asks why first
			return failed
		}
		card, err := w.waiting(ctx, a)
		if err == nil {
			err = w.responder.Post.Respond(ctx, a.At.ResponseURL, true, card)
		}
		if err != nil {
			w.log.WarnContext(ctx, "cannot draw a list of what waits anew", "user", a.User, "err", err)
		}
		return failed
	}
}

// withdrawClicked withdraws by a button. Where only who asked sees its message, that is replaced by
// what became of the request, also if it was decided meanwhile: nothing else can edit it.
//
// A message that only one person sees has no timestamp that chat.update takes. Its response URL is
// the only way to change it, and is good for 30 minutes and five uses (Slack's "Handling user
// interaction").
func (w requestWords) withdrawClicked(ctx context.Context, a exchange.Interaction) error {
	p := a.Choice
	if p.Request == "" {
		return workflow.ErrGone
	}
	failed := w.flow.Decisions.Withdraw(ctx, w.responder.Dialog(a), p.Request)
	if !p.Asked || a.At.ResponseURL == "" {
		return failed
	}
	req, err := w.ledger.Get(ctx, p.Request)
	if err != nil || req.State == approvals.Pending {
		return failed
	}
	if err := w.responder.Post.Respond(ctx, a.At.ResponseURL, true, requestcards.Asked(req, w.policy().Channel())); err != nil {
		w.log.WarnContext(ctx, "cannot update the message about a waiting request", "request_id", req.ID, "err", err)
	}
	return failed
}

// ofAnother tells whether somebody clicked about one request on the card of another: they saw
// something else than they would decide.
//
// The seal of a button says that the bot drew it, not on which message; a message of the bot's says
// in its metadata which request it is a card of.
func (w requestWords) ofAnother(ctx context.Context, a exchange.Interaction, id string) bool {
	if a.Card == "" || a.Card == id {
		return false
	}
	_, err := w.ledger.Get(ctx, a.Card)
	return err == nil
}
