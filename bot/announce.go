package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/slack-go/slack"
	"github.com/sourcegraph/conc/panics"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// A request has one card with live buttons. That it is about to be posted is written down first (Posting); where the answer got lost the
// card is looked for by its mark, and where it cannot be looked for, because the bot is not in the channel, a message without the
// buttons stands in for it until somebody clicks there or on the card.

// How long who asked waits for the card before they hear that Slack takes its time.
const promptly = 4 * time.Second

// waitForApproval posts the card of a new request and tells who asked; at once also where Slack does not take the card, or takes its time: they
// have a reference and can withdraw, and hear when approvers can see it.
func (b *Bot) waitForApproval(ctx context.Context, a ask, req approvals.Request) error {
	outcome := make(chan error, 1)
	go func() { outcome <- b.guardedAnnounce(ctx, req) }()
	timer := time.NewTimer(promptly)
	defer timer.Stop()
	var err error
	select {
	case err = <-outcome:
		b.answerAsked(ctx, a, req, err)
	case <-timer.C:
		b.answerAsked(ctx, a, req, errSlowCard)
		err = <-outcome
	}
	return b.settleAsked(ctx, req, err)
}

// errSlowCard says that Slack has not answered yet.
var errSlowCard = errors.New("slack takes its time")

// answerAsked tells who asked that their request waits and, where trouble is not nil, that nobody can see it yet.
func (b *Bot) answerAsked(ctx context.Context, a ask, req approvals.Request, trouble error) {
	if trouble != nil {
		req.Unseen = whyUnseen(trouble)
		if _, err := b.Ledger.Hide(ctx, req.ID, req.Unseen); err != nil {
			b.Log.Warn("cannot write down that a request has no card", "request_id", req.ID, "err", err)
		}
	} else {
		b.reportBack(ctx, req, notice(req.Title+" waits for approval."))
	}
	b.replyAsked(ctx, a, req, askedCard(req, b.Policy().Channel()))
}

// replyAsked shows who asked where their request stands; where that is a message that can be edited, it follows the request.
func (b *Bot) replyAsked(ctx context.Context, a ask, req approvals.Request, card render.Card) {
	at := b.reply(ctx, a, card)
	if at.TS == "" {
		return
	}
	if err := b.Ledger.AddCopy(ctx, req.ID, approvals.CardRef{Channel: at.Channel, TS: at.TS, Shown: req.Rev, Asked: true}); err != nil {
		b.Log.Warn("cannot write down which message tells of a request", "request_id", req.ID, "err", err)
	}
}

// settleAsked sees to it that who was told that nobody sees their request hears when somebody can.
func (b *Bot) settleAsked(ctx context.Context, req approvals.Request, err error) error {
	var unseen *unseenError
	switch {
	case errors.As(err, &unseen):
		b.tellUnseen(ctx, req, unseen)
		return nil // it is written down, and tried again
	case err != nil:
		return err
	}
	b.seen(ctx, req)
	return nil
}

// An unseenError says that Slack did not take a request's card.
type unseenError struct{ cause error }

func (e *unseenError) Error() string {
	return "the card of a request is not posted: " + e.cause.Error()
}
func (e *unseenError) Unwrap() error { return e.cause }

// whyUnseen says what is wrong with the approvals channel, and what mends it.
func whyUnseen(err error) string {
	var refused slack.SlackErrorResponse
	switch {
	case errors.Is(err, errSlowCard):
		return "Slack is slow to take it"
	case post.RefusedWith(err, "is_archived"):
		return "the channel is archived"
	case post.RefusedWith(err, "not_in_channel", "channel_not_found"):
		return "I'm not in the channel, or it is gone; somebody has to /invite @s1bot there"
	case post.RefusedWith(err, "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"):
		return "the channel doesn't let me post"
	case errors.As(err, &refused):
		return "Slack refuses it (" + refused.Err + ")"
	}
	return "Slack doesn't answer"
}

// topicUnseen is what operators hear of once for as long as it lasts.
const topicUnseen = "approvals channel"

// tellUnseen lets the operators know that requests reach nobody.
func (b *Bot) tellUnseen(ctx context.Context, req approvals.Request, err error) {
	b.Log.Error("cannot post a request to the approvals channel", "request_id", req.ID, "channel", b.Policy().Channel(), "err", err)
	b.tellOperators(ctx, topicUnseen, fmt.Sprintf("Approval cards don't reach %s: %s. %s waits, and others will. `s1bot check` tells what to do.",
		channelName(b.Policy().Channel()), whyUnseen(err), req.Ref))
}

func channelName(id string) string { return "the approvals channel (" + id + ")" }

// seen tells who asked that approvers can see their request now, if they were told otherwise.
func (b *Bot) seen(ctx context.Context, req approvals.Request) {
	b.settleTopic(ctx, topicUnseen, "Approval cards reach "+channelName(b.Policy().Channel())+" again.")
	news, err := b.Ledger.Hide(ctx, req.ID, "")
	if err != nil {
		b.Log.Warn("cannot write down that a request has a card", "request_id", req.ID, "err", err)
	}
	if !news {
		return
	}
	b.tellRequester(ctx, req, notice(req.Ref+": approvers can see your request now ("+req.Title+")."))
	b.reshow(ctx, req.ID)
}

// guardedAnnounce is announce for a goroutine of its own.
func (b *Bot) guardedAnnounce(ctx context.Context, req approvals.Request) (err error) {
	if p := panics.Try(func() { err = b.announce(ctx, req) }); p != nil {
		err = p.AsError()
	}
	return err
}

// announce posts the card of a new request to the approvals channel.
func (b *Bot) announce(ctx context.Context, req approvals.Request) error {
	defer b.cards.lock(req.ID)()
	return b.publish(ctx, req)
}

// announceAgain is announce after a crash or a refusal: perhaps the card was posted.
func (b *Bot) announceAgain(ctx context.Context, req approvals.Request) error {
	err := b.announceOnceMore(ctx, req)
	var unseen *unseenError
	if errors.As(err, &unseen) {
		b.tellUnseen(ctx, req, unseen)
		return nil
	}
	if err == nil {
		b.seen(ctx, req)
	}
	return err
}

func (b *Bot) announceOnceMore(ctx context.Context, req approvals.Request) error {
	defer b.cards.lock(req.ID)()
	if now, err := b.Ledger.Get(ctx, req.ID); err == nil {
		req = now
	}
	if len(req.Cards) > 0 {
		return nil
	}
	switch found, err := b.posted(ctx, req); {
	case found:
		return err
	case err != nil && post.Passes(err):
		return &unseenError{err} // nobody can tell now; later
	case err != nil && req.Posting:
		return b.standIn(ctx, req)
	}
	return b.publish(ctx, req)
}

// posted looks whether a request without a card has one after all: a crash between Slack's answer and the row leaves it so, and a
// second card would ask for the same thing for ever.
//
// Slack counts from its own clock, and this machine's may be ahead.
func (b *Bot) posted(ctx context.Context, req approvals.Request) (bool, error) {
	channel := b.Policy().Channel()
	found, err := b.post.LookFor(ctx, channel, "", req.ID, req.Created.Add(-post.ClockSkew))
	if err != nil || len(found) == 0 {
		return false, err
	}
	return true, b.Ledger.AddCard(ctx, req.ID, approvals.CardRef{Channel: channel, TS: found[0], Shown: -1})
}

// findCard looks for the card of a request that came to its end without one: it must not go on asking.
func (b *Bot) findCard(ctx context.Context, req approvals.Request) {
	defer b.cards.lock(req.ID)()
	if _, err := b.posted(ctx, req); err != nil {
		b.Log.Warn("cannot find out which message shows a request", "request_id", req.ID, "err", err)
	}
}

// publish posts a card and writes down where.
func (b *Bot) publish(ctx context.Context, req approvals.Request) error {
	if err := b.Ledger.Post(ctx, req.ID, true); err != nil {
		return err
	}
	card := b.requestCard(req)
	card.Files = targetFile(req)
	channel, ts, err := b.post.Post(ctx, b.Policy().Channel(), "", req.ID, card)
	var unconfirmed post.UnconfirmedError
	switch {
	case ts == "" && errors.As(err, &unconfirmed):
		return b.standIn(ctx, req)
	case ts == "":
		if err := b.Ledger.Post(ctx, req.ID, false); err != nil {
			b.Log.Warn("cannot write down that a card is not posted", "request_id", req.ID, "err", err)
		}
		return &unseenError{err}
	case err != nil:
		b.Log.Warn("the list of all targets is not beside its request", "request_id", req.ID, "err", err)
	}
	return b.Ledger.AddCard(ctx, req.ID, approvals.CardRef{Channel: channel, TS: ts, Shown: req.Rev})
}

// standIn says in the approvals channel what is known of a card: that it may be there. Where it is not, one click puts it in the place of
// this message.
func (b *Bot) standIn(ctx context.Context, req approvals.Request) error {
	channel, ts, err := b.post.Post(ctx, b.Policy().Channel(), "", req.ID+" placeholder", b.placeholderCard(req))
	if ts == "" {
		return &unseenError{err}
	}
	return b.Ledger.AddCard(ctx, req.ID, approvals.CardRef{Channel: channel, TS: ts, Shown: req.Rev, Placeholder: true})
}

// showCard is the word of the button that puts a card in the place of what stands in for it.
const showCard = "card"

// shownHere puts the card of a request in the place of the message that was clicked on, if nobody knows of a card by now.
func (b *Bot) shownHere(ctx context.Context, a ask, id, _ string) error {
	req, err := b.Ledger.Get(ctx, id)
	if err != nil {
		return err
	}
	// The row may not know of the placeholder yet: a click can be quicker.
	if !req.HasCard() && a.at.Message != "" && !a.fleeting && a.at.Channel == b.Policy().Channel() {
		found, err := b.posted(ctx, req) // somebody may have invited the bot meanwhile
		if !found {
			err = b.Ledger.AddCard(ctx, req.ID, approvals.CardRef{Channel: a.at.Channel, TS: a.at.Message, Shown: -1})
		}
		if err != nil {
			return err
		}
	}
	b.show(ctx, req.ID)
	return nil
}

// placeholderCard stands in for the card of a request that waits. Once the request does not wait any more it tells what became of it.
func (b *Bot) placeholderCard(req approvals.Request) render.Card {
	if req.State != approvals.Pending && req.State != approvals.Frozen {
		return b.requestCard(req)
	}
	card := render.Card{Tone: render.Waiting, Title: "Waiting · " + cmp.Or(req.Title, "Freeze"), Text: requestText(req)}
	if req.HasCard() {
		card.Parts = []render.Part{render.Line{render.Text("The card of " + req.Ref + " is in this channel.")}}
		return card
	}
	what := render.Line{render.User(req.Requester), render.Text(" asked for "), render.Bold(cmp.Or(req.Title, "a freeze"))}
	if names := targetNames(planOf(req).Targets, 3); names != "" {
		what = append(what, render.Text(": "+names))
	}
	card.Parts = []render.Part{
		what,
		render.Line{render.Text("Slack didn't confirm the card of " + req.Ref + ", so it may be in this channel already. If you don't see it, choose "), render.Bold("Show the card"), render.Text(".")},
		render.Note{render.Text("To let me look for it myself, /invite @s1bot to this channel · ref " + req.Ref)},
	}
	card.Actions = []render.Action{render.Button{Label: "Show the card", Do: about(showCard, req.ID)}}
	return card
}

// askedAlready finds a request of the same person that waits and is for the very same: the same command, arguments, and time.
func (b *Bot) askedAlready(ctx context.Context, cmd *catalog.Command, a ask, plan catalog.Plan) (was approvals.Request, found bool, err error) {
	if len(plan.Secrets) > 0 {
		return was, false, nil // what it hides may be another one
	}
	waiting, err := b.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}, Requester: a.who.ID})
	if err != nil {
		return was, false, fmt.Errorf("look for the same request: %w", err)
	}
	for _, req := range waiting {
		same := req.Command == cmd.Name && req.After == "" && req.Open(b.Now()) && len(req.Sealed) == 0 && sameJSON(req.Args, plan.Args)
		if same && (req.Term == nil && a.extras.For == 0 || req.Term != nil && req.Term.For == a.extras.For) {
			return req, true, nil
		}
	}
	return was, false, nil
}

// sameJSON compares two values whatever the order of their keys.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return bytes.Equal(a, b)
	}
	return reflect.DeepEqual(x, y)
}

// submitOnce writes a request down, unless the same person waits for the very same already.
func (b *Bot) submitOnce(ctx context.Context, cmd *catalog.Command, a ask, wish policy.Input, plan catalog.Plan) (req approvals.Request, fresh, asked bool, err error) {
	defer b.asking.lock(a.user)()
	if req, asked, err = b.askedAlready(ctx, cmd, a, plan); err != nil || asked {
		return req, false, asked, err
	}
	req, fresh, err = b.submitRequest(ctx, cmd, a, wish, plan)
	return req, fresh, false, err
}

// offerAsked shows somebody the request that they made already, in the place of a second card.
func (b *Bot) offerAsked(ctx context.Context, a ask, was approvals.Request) {
	card := askedCard(was, b.Policy().Channel())
	card.Parts = append([]render.Part{render.Line{render.Text("You asked for this already, so there is no second request.")}}, card.Parts...)
	b.replyAsked(ctx, a, was, card)
}
