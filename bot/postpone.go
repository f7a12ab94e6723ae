package bot

import (
	"context"
	"errors"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/intake"
	"s1bot/commands/text"
	"s1bot/render"
)

// What somebody decided was written down before anything was asked, so it need not be lost where a question has no answer just then:
// Slack asks to wait, or does not say who belongs to a group. It is decided when that can be told. The delivery stays unfinished in the
// inbox meanwhile, so that a restart goes on with it, and holds no slot.

// postponePause is how long to wait for the next try.
//
// The steps are those of keepHouse, which looks for what is due: between its rounds nothing is
// taken up.
func postponePause(tries int) time.Duration {
	return min(time.Duration(tries+1)*5*time.Second, 20*time.Second)
}

// A requestReader knows what became of a request; see approvals.Ledger.
type requestReader interface {
	Get(ctx context.Context, idOrRef string) (approvals.Request, error)
}

// uncounted are the decisions that the cards of a request tell of while they wait; see workflow.Decisions.
type uncounted interface {
	ShowUncounted(ctx context.Context, idOrRef string, u approvals.Uncounted)
	HideUncounted(ctx context.Context, idOrRef, user string)
}

// A postponer puts decisions off.
type postponer struct {
	requests  requestReader
	shown     uncounted
	rules     *workflow.Gate
	responder *exchange.Responder
	later     *intake.Waiting
	now       func() time.Time
}

// postpone has a decision taken up again where err says that a question has no answer, and tells
// the person the first time. What is over or too old is not put off. It returns whether it did;
// else the caller explains err as usual. From.Key is empty for what is no delivery (a job), which
// nothing would take up.
func (p *postponer) postpone(ctx context.Context, a *exchange.Interaction, err error) bool {
	var open *policy.UnansweredError
	if !errors.As(err, &open) || !a.Decides || a.From.Key == "" {
		return false
	}
	until := a.From.At.Add(approvals.MaxHold)
	now := p.now()
	if !now.Before(until) || p.moot(ctx, a) != nil {
		return false
	}
	if a.From.Tries == 0 {
		card := render.Notice(render.Sentence(open.Question) + " Your decision is saved.")
		card.Parts = append(card.Parts, render.Line{render.Text("I'll count it as soon as I can check, and keep trying until "), render.At(until), render.Text(" at the latest. You don't need to repeat it.")})
		p.responder.Reply(ctx, *a, card)
		if done := onRequests[a.Word()]; done != "" {
			p.shown.ShowUncounted(ctx, decidedOn(a), approvals.Uncounted{User: a.User, Action: done, Question: open.Question, Until: until})
		}
	}
	d := a.From
	d.Tries++
	p.later.Add(d, now.Add(postponePause(a.From.Tries)))
	return true
}

// onRequests are the decisions on a request that waits for approvals, as its cards tell of them.
var onRequests = map[string]string{"approve": "approved", "deny": "denied", "withdraw": "withdrew"}

// moot says why a decision cannot count any more, whoever made it: the request was decided by
// others, or has expired.
//
// A ledger that does not answer makes nothing moot: the decision is tried again, and the try will
// say the same or better.
func (p *postponer) moot(ctx context.Context, a *exchange.Interaction) error {
	id := decidedOn(a)
	if id == "" || onRequests[a.Word()] == "" {
		return nil
	}
	req, err := p.requests.Get(ctx, id)
	switch {
	case errors.Is(err, approvals.ErrNotFound):
		return err
	case err != nil:
		return nil
	}
	return req.Over(p.now())
}

// decidedOn is the id or the reference of the request that a decides on.
func decidedOn(a *exchange.Interaction) string {
	if a.Choice.Request != "" {
		return a.Choice.Request
	}
	_, rest := text.CutWord(a.Line)
	ref, _ := exchange.Reference(rest)
	return ref
}

// recordUncounted is the end of a decision that did not count, for err: no card goes on saying that it may. Where it could not be taken in
// time, or its request is over, the person hears so, and the trail.
func (p *postponer) recordUncounted(ctx context.Context, a *exchange.Interaction, err error) error {
	if onRequests[a.Word()] != "" && (a.From.Tries > 0 || a.From.Again) {
		p.shown.HideUncounted(ctx, decidedOn(a), a.User)
	}
	var open *policy.UnansweredError
	if !errors.As(err, &open) || !a.Decides {
		return err
	}
	input := policy.Input{Caller: a.Who.Person, Command: a.Word(), Channel: a.At.Channel}
	_ = p.rules.Refuse(ctx, input, policy.Decision{Effect: policy.Unanswered, Open: open.Question, Why: open.Question}) // logs what it cannot write
	if over := p.moot(ctx, a); over != nil {
		return over
	}
	return err
}
