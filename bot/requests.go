package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// The words about requests: each hands what was typed or clicked to the workflow, and opens the form of what is missing.

// A ledger is what the words about requests read of approvals.Ledger.
type ledger interface {
	requestReader
	MayDecide(ctx context.Context, idOrRef string, p policy.Person) error
}

// requestWords are the words about requests.
type requestWords struct {
	flow    *workflow.Workflow
	policy  func() policy.Policy
	ledger  ledger
	catalog *catalog.Catalog
	gate    *gate
	forms   *forms
	answers *answers
	now     func() time.Time
	log     *slog.Logger
}

func (w requestWords) approve(ctx context.Context, a interaction, id, _ string) error {
	return w.flow.Decisions.Approve(ctx, w.answers.dialog(a), id)
}

// deny asks for a reason where there is none.
func (w requestWords) deny(ctx context.Context, a interaction, id, reason string) error {
	err := w.flow.Decisions.Deny(ctx, w.answers.dialog(a), id, reason)
	if errors.Is(err, workflow.ErrNoReason) {
		return w.askWhy(ctx, a, id)
	}
	return err
}

func (w requestWords) withdraw(ctx context.Context, a interaction, id, _ string) error {
	return w.flow.Decisions.Withdraw(ctx, w.answers.dialog(a), id)
}

func (w requestWords) runAgain(ctx context.Context, a interaction, id, _ string) error {
	return w.flow.Decisions.RunAgain(ctx, w.answers.dialog(a), id)
}

func (w requestWords) closeRequest(ctx context.Context, a interaction, id, reason string) error {
	return w.flow.Decisions.Close(ctx, w.answers.dialog(a), id, reason)
}

func (w requestWords) showHere(ctx context.Context, a interaction, id, _ string) error {
	return w.flow.Publisher.ShowHere(ctx, w.answers.dialog(a), id)
}

func (w requestWords) raw(ctx context.Context, a interaction, id, _ string) error {
	return w.flow.Preview.RawRequest(ctx, w.answers.dialog(a), id)
}

// review shows a request as its card does: in a window where there is one, else as an answer.
func (w requestWords) review(ctx context.Context, a interaction, id, _ string) error {
	card, err := w.flow.Preview.Review(ctx, w.answers.dialog(a), id)
	if err != nil {
		return err
	}
	if _, err := w.forms.overlay(ctx, a, card); err != nil {
		w.log.Warn("a request has no window, so it is shown as an answer", "request_id", id, "err", err)
		w.answers.reply(ctx, a, card)
	}
	return nil
}

func (w requestWords) freeze(ctx context.Context, a interaction, reason string) error {
	return w.flow.Decisions.Freeze(ctx, w.answers.dialog(a), whyOf(reason))
}

func (w requestWords) thaw(ctx context.Context, a interaction, _ string) error {
	return w.flow.Decisions.Thaw(ctx, w.answers.dialog(a))
}

func (w requestWords) thawClicked(ctx context.Context, a interaction) error {
	return w.thaw(ctx, a, "")
}

// freezeClicked freezes from the button that a sentence got for an answer.
func (w requestWords) freezeClicked(ctx context.Context, a interaction) error {
	return w.freeze(ctx, a, "")
}

// can tells what would happen, without doing it.
func (w requestWords) can(ctx context.Context, a interaction, rest string) (err error) {
	if a.Do, a.Extras, err = slash.Parse(w.catalog, rest, text.Input{Zone: a.Who.Zone, Now: w.now()}); err != nil {
		return onConsole(a.Do.Console, err)
	}
	if err := w.forms.settler.typed(&a.Do); err != nil {
		return err
	}
	if err := w.forms.settler.settle(ctx, &a); err != nil {
		return unsaid(err)
	}
	return w.flow.Preview.DryRun(ctx, w.answers.dialog(a))
}

// askWhy opens the form of a denial, for those who may deny.
func (w requestWords) askWhy(ctx context.Context, a interaction, id string) error {
	if err := w.ledger.MayDecide(ctx, id, a.Who.Person); err != nil {
		return err
	}
	form := render.Form{
		Title: "Deny the request", Submit: "Deny", Origin: a.At, Do: workflow.About("deny", id),
		Fields: []render.FormField{{Name: "reason", Label: "Why?", Hint: "The requester reads this, and it stays in the audit trail.", Widget: render.MultiLine, Required: true, MaxLength: 1000}},
	}
	ref := id
	if req, err := w.ledger.Get(ctx, id); err == nil {
		ref = req.Ref
	}
	card := render.Notice("A denial needs a reason, so nothing was decided yet. Type: deny " + ref + ` reason="why"`)
	card.Actions = []render.Action{render.Button{Label: "Deny", Style: render.Danger, Do: workflow.About("deny", id)}}
	return w.forms.open(ctx, a, form, card) // the card: written, or taken up after a crash; its button brings a trigger of its own
}

// onCard is byID for the buttons of a request's card.
func (w requestWords) onCard(do decide) func(context.Context, interaction) error {
	return w.byID(func(ctx context.Context, a interaction, id, reason string) error {
		w.flow.Publisher.AdoptCard(ctx, a.Interaction, id)
		window := ""
		if a.onPage { // a form takes the window's place: below it would stay what is not true any more
			window, a.onPage = a.view, false
		}
		before, _ := w.ledger.Get(ctx, id)
		err := do(ctx, a, id, reason)
		w.redraw(ctx, a, window, before)
		return err
	})
}

// redraw brings the window in which somebody decided up to date, if the request is not as it was.
func (w requestWords) redraw(ctx context.Context, a interaction, window string, before approvals.Request) {
	if window == "" {
		return
	}
	req, err := w.ledger.Get(ctx, before.ID)
	if err != nil || req.Rev == before.Rev {
		return
	}
	card, err := w.flow.Preview.Review(ctx, w.answers.dialog(a), req.ID)
	if err == nil {
		a.view, a.onPage = window, false
		_, err = w.forms.overlay(ctx, a, card)
	}
	if err != nil {
		w.log.Warn("a window shows a request as it was", "request_id", req.ID, "err", err)
	}
}

// byID reads the arguments of a button or form.
func (w requestWords) byID(do decide) func(context.Context, interaction) error {
	return func(ctx context.Context, a interaction) error {
		p := a.choice
		if p.Request == "" {
			return workflow.ErrGone
		}
		if w.ofAnother(ctx, a, p.Request) {
			return w.gate.forged(ctx, &a, "button", workflow.ErrGone, errors.New("the button of one request on the card of another"))
		}
		return do(ctx, a, p.Request, strings.TrimSpace(p.Reason))
	}
}

// withdrawClicked withdraws by a button. Where only who asked sees its message, that is replaced by what became of the request, also if
// it was decided meanwhile: nothing else can edit it.
func (w requestWords) withdrawClicked(ctx context.Context, a interaction) error {
	p := a.choice
	if p.Request == "" {
		return workflow.ErrGone
	}
	failed := w.withdraw(ctx, a, p.Request, "")
	if !p.Asked || a.At.ResponseURL == "" {
		return failed
	}
	req, err := w.ledger.Get(ctx, p.Request)
	if err != nil || req.State == approvals.Pending {
		return failed
	}
	if err := w.answers.post.Respond(ctx, a.At.ResponseURL, true, workflow.AskedCard(req, w.policy().Channel())); err != nil {
		w.log.Warn("cannot replace what told that a request waits", "request_id", req.ID, "err", err)
	}
	return failed
}

// ofAnother tells whether somebody clicked about one request on the card of another: they saw something else than they would decide.
func (w requestWords) ofAnother(ctx context.Context, a interaction, id string) bool {
	if a.card == "" || a.card == id {
		return false
	}
	_, err := w.ledger.Get(ctx, a.card)
	return err == nil
}
