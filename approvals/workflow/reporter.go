package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/requestcards"
	"s1bot/render"
)

// reportBack tells the thread of the card from which a request was made what becomes of it.
//
// Whoever isolates a host from an alert's card works in that thread with others, who did not ask
// and have to hear it as well.
func (r *reporter) reportBack(ctx context.Context, req approvals.Request, card render.Card) {
	r.toOrigin(ctx, req, requestcards.InOrigin(req, card))
}

// toOrigin posts into that thread, if the request was made in one.
func (r *reporter) toOrigin(ctx context.Context, req approvals.Request, card render.Card) Message {
	if r.Threads.Thread(ctx, render.Origin{Channel: req.Channel, Thread: req.Thread}) == "" {
		return Message{}
	}
	at, err := r.Messenger.Post(ctx, req.Channel, req.Thread, "", r.drawn(req, card))
	if err != nil {
		r.Log.WarnContext(ctx, "cannot tell the thread of a card", "request_id", req.ID, "channel", req.Channel, "err", err)
	}
	return at
}

// closed tells everybody that a request came to nothing.
func (r *reporter) closed(ctx context.Context, req approvals.Request) error {
	r.publisher.show(ctx, req.ID)
	r.tellEnd(ctx, req, requestcards.Result(req))
	return r.markTold(ctx, req)
}

// checkInterrupted asks the console about a request of which nobody knows whether it ran, so that a
// person can decide.
//
// It is asked once and kept in the row. A failure changes nothing for the person but that they have
// to look themselves.
func (r *reporter) checkInterrupted(ctx context.Context, req approvals.Request) approvals.Request {
	e := effect.Of(req)
	targets := plans.Of(req).Targets
	if len(e.Says) > 0 || len(targets) == 0 {
		return req
	}
	targets = targets[:min(len(targets), plans.Shown)]
	on, err := r.Consoles.Carried(req.Console)
	if err != nil {
		return req
	}
	seen, err := effect.FetchState(ctx, on.Client, targets)
	if err != nil {
		r.Log.WarnContext(ctx, "cannot ask the console what became of a request", "request_id", req.ID, "err", err)
		return req
	}
	for _, t := range targets {
		if words := seen.Says(t); words != "" {
			e.Says = append(e.Says, words)
		}
	}
	if len(e.Says) == 0 {
		return req
	}
	body, err := json.Marshal(e)
	if err == nil {
		req, err = r.Ledger.RecordEffect(ctx, req, body)
	}
	if err != nil {
		r.Log.WarnContext(ctx, "cannot write down what the console says", "request_id", req.ID, "err", err)
	}
	return req
}

// markTold writes down that those who wait for the end of a request know of it, by these messages.
func (r *reporter) markTold(ctx context.Context, req approvals.Request, copies ...approvals.CardRef) error {
	if err := r.Ledger.Cards().RecordTold(ctx, req, copies...); err != nil {
		return fmt.Errorf("record that the outcome of %s was posted: %w", req.Ref, err)
	}
	return nil
}

// conclude shows how a request ended and tells those who wait for it, once: also where Slack takes
// its time, so that recover finds it untold.
//
// The map keeps this process from telling an end twice while Slack is slow, Delivered keeps all of them
// from it later. Delivered is written last: a crash before it repeats a message, one after it would lose
// the news.
func (r *reporter) conclude(ctx context.Context, req approvals.Request, in *Interaction) {
	if _, busy := r.ending.LoadOrStore(req.ID, true); busy {
		return
	}
	defer r.ending.Delete(req.ID)
	if req.Undecided() {
		req = r.checkInterrupted(ctx, req)
	}
	if !req.HasCard() && req.Quorum > 0 {
		r.publisher.findCard(ctx, req)
	}
	now := r.publisher.show(ctx, req.ID)
	if now.ID == "" {
		now = req // it cannot be read now: what the caller read of it counts
	}
	if now.Delivered || !req.Final() {
		return
	}
	if err := r.markTold(ctx, req, r.tellResult(ctx, req, in)...); err != nil {
		r.Log.WarnContext(ctx, "the outcome of a request may be posted twice", "request_id", req.ID, "err", err)
	}
}

// tellResult gives the result to those who wait for it: the thread of the card, and the requester.
// What can be edited follows what the console says later.
//
// Somebody who waits reads it where they asked, or a link to that thread where it went well
// and all who work there can read it; else it goes to the thread of each card and to the
// requester by direct message. Files are not among it, as the row keeps none.
//
// What it returns was posted last and is still to be written down, with the end.
func (r *reporter) tellResult(ctx context.Context, req approvals.Request, in *Interaction) (copies []approvals.CardRef) {
	card := requestcards.ResultCopy(req, "")
	there := r.toOrigin(ctx, req, requestcards.InOrigin(req, card))
	r.addCopy(ctx, req, approvals.CardRef{Origin: true}, there)
	switch {
	case in != nil && there.TS != "" && card.Outcome == render.Successful:
		in.Dialog.Point(ctx, in.At, r.drawn(req, requestcards.Headline(card)), there)
		return nil
	case in != nil:
		in.reply(ctx, r.drawn(req, card))
		return nil
	}
	for _, ref := range req.Heads() {
		at, err := r.Messenger.Post(ctx, ref.Channel, ref.TS, "", r.drawn(req, card))
		if err != nil {
			r.Log.WarnContext(ctx, "cannot post a result to its thread", "request_id", req.ID, "err", err)
		}
		r.addCopy(ctx, req, approvals.CardRef{}, at)
	}
	return copyAt(req, approvals.CardRef{}, r.tellEnd(ctx, req, requestcards.ResultCopy(req, req.Requester)))
}

// copyAt is a message that tells of a request, as which says; none where it does not stand.
//
// Shown is the Rev of the row that was drawn, so what came in between is shown by the next edit.
func copyAt(req approvals.Request, which approvals.CardRef, at Message) []approvals.CardRef {
	if at.TS == "" {
		return nil
	}
	which.Channel, which.TS, which.Shown = at.Channel, at.TS, req.Rev
	return []approvals.CardRef{which}
}

// addCopy writes down that a message tells of a request, as which says, and follows it.
func (r *reporter) addCopy(ctx context.Context, req approvals.Request, which approvals.CardRef, at Message) {
	for _, which := range copyAt(req, which, at) {
		r.follows(ctx, req, which)
	}
}

// follows writes down that a message is edited with the request.
func (r *reporter) follows(ctx context.Context, req approvals.Request, which approvals.CardRef) {
	if err := r.Ledger.Cards().AddCopy(ctx, req.ID, which); err != nil {
		r.Log.WarnContext(ctx, "cannot record which message tells of a request", "request_id", req.ID, "err", err)
	}
}

// tellRequester sends a card to the person who asked, and returns the message where it can be
// edited. It leaves the response URL alone: what comes through that is what it replaces next, and
// the answer that tells of the request must still be that.
func (r *reporter) tellRequester(ctx context.Context, req approvals.Request, card render.Card) Message {
	return r.deliver(ctx, req, render.Origin{Channel: req.Channel, Thread: req.Thread}, card)
}

// tellEnd is tellRequester for the last that is said of a request: where they take no direct
// messages, by the response URL if it still works.
func (r *reporter) tellEnd(ctx context.Context, req approvals.Request, card render.Card) Message {
	return r.deliver(ctx, req, render.Origin{Channel: req.Channel, Thread: req.Thread, Kept: req.ReplyTo()}, card)
}

func (r *reporter) deliver(ctx context.Context, req approvals.Request, to render.Origin, card render.Card) Message {
	at, err := r.Messenger.Deliver(ctx, req.Requester, to, r.drawn(req, card))
	if err != nil {
		r.Log.ErrorContext(ctx, "cannot notify the requester", "request_id", req.ID, "user", req.Requester, "err", err)
	}
	return at
}

// promptly is as long as people wait for an answer without wondering. Slack takes a second where it is busy.
const promptly = 4 * time.Second

// waitForApproval posts the card of a new request and tells who asked; at once also where Slack
// does not take the card, or takes its time: they have a reference and can withdraw, and hear when
// approvers can see it.
//
// The goroutine is always waited for, after the answer: this call holds a slot until the card is
// there or refused, so that the number of cards under way is bounded by the slots. The row is
// written, so nothing is lost if the process ends meanwhile.
func (r *reporter) waitForApproval(ctx context.Context, in Interaction, req approvals.Request) error {
	r.Count(req.Command, "waiting")
	outcome := make(chan error, 1)
	go func() { outcome <- r.publisher.guardedAnnounce(ctx, req) }()
	timer := time.NewTimer(r.Promptly)
	defer timer.Stop()
	var err error
	select {
	case err = <-outcome:
		r.answerAsked(ctx, in, req, err)
	case <-timer.C:
		r.answerAsked(ctx, in, req, errSlowCard)
		err = <-outcome
	}
	return r.settleAsked(ctx, req, err)
}

// errSlowCard says that Slack has not answered yet.
var errSlowCard = errors.New("slack is slow to respond")

// answerAsked tells who asked that their request waits and, where trouble is not nil, that nobody
// can see it yet.
func (r *reporter) answerAsked(ctx context.Context, in Interaction, req approvals.Request, trouble error) {
	if trouble != nil {
		req.Unseen = whyUnseen(trouble)
		if _, err := r.Ledger.Cards().Hide(ctx, req.ID, req.Unseen); err != nil {
			r.Log.WarnContext(ctx, "cannot write down that a request has no card", "request_id", req.ID, "err", err)
		}
	}
	r.tellAsked(ctx, in, req)
}

// tellAsked tells who asked, and the thread where they did, that the request waits.
//
// What stands in that thread follows the request and others read it; who asked gets a link to it in
// the place of a message of their own.
func (r *reporter) tellAsked(ctx context.Context, in Interaction, req approvals.Request) {
	at := Message{}
	if req.Unseen == "" {
		at = r.toOrigin(ctx, req, requestcards.AskedInOrigin(req, r.Policy().Channel()))
	}
	if at.TS == "" {
		r.replyAsked(ctx, in, req, requestcards.Asked(req, r.Policy().Channel()))
		return
	}
	r.addCopy(ctx, req, approvals.CardRef{Asked: true, Origin: true}, at)
	in.Dialog.Point(ctx, in.At, requestcards.Brief(req, r.Policy().Channel()), at)
}

// replyAsked shows who asked where their request stands; where that is a message that can be
// edited, it follows the request.
//
// Shown is the Rev of the row that was drawn, so a decision that came in between is shown by the
// next edit.
func (r *reporter) replyAsked(ctx context.Context, in Interaction, req approvals.Request, card render.Card) {
	ref := in.Dialog.ReplyFollowed(ctx, in.At, r.drawn(req, card), r.drawn(req, requestcards.Brief(req, r.Policy().Channel())))
	if ref == (approvals.CardRef{}) {
		return
	}
	ref.Shown, ref.Asked = req.Rev, true
	r.follows(ctx, req, ref)
}

// settleAsked sees to it that who was told that nobody sees their request hears when somebody can.
func (r *reporter) settleAsked(ctx context.Context, req approvals.Request, err error) error {
	var unseen *unseenError
	switch {
	case errors.As(err, &unseen):
		r.tellUnseen(ctx, req, unseen)
		return nil // it is written down, and tried again
	case err != nil:
		return err
	}
	r.noteSeen(ctx, req)
	return nil
}

// whyUnseen says what is wrong with the approvals channel, and what mends it.
func whyUnseen(err error) string {
	var e *MessageError
	switch {
	case errors.Is(err, errSlowCard):
		return "Slack is slow to accept it"
	case errors.As(err, &e) && e.Reason != "":
		return e.Reason
	}
	return "Slack isn't responding"
}

// topicUnseen is what operators hear of once for as long as it lasts.
const topicUnseen = "approvals channel"

// tellUnseen lets the operators know that requests reach nobody.
//
// The operators' channel is told by topic, so a channel that takes nothing for an hour is told
// once, however many requests wait.
func (r *reporter) tellUnseen(ctx context.Context, req approvals.Request, err error) {
	r.Log.ErrorContext(ctx, "cannot post a request to the approvals channel", "request_id", req.ID, "channel", r.Policy().Channel(), "err", err)
	r.Operators.Tell(ctx, topicUnseen, fmt.Sprintf("Approval cards don't reach %s: %s. %s is waiting, and so will every other request. Run `s1bot check` to see what to do.",
		channelName(r.Policy().Channel()), whyUnseen(err), req.Ref))
}

// channelName names the approvals channel in words, by the id that its setting has.
func channelName(id string) string { return "the approvals channel (" + id + ")" }

// noteSeen tells who asked that approvers can see their request now, if they were told otherwise.
func (r *reporter) noteSeen(ctx context.Context, req approvals.Request) {
	r.Operators.Settle(ctx, topicUnseen, "Approval cards reach "+channelName(r.Policy().Channel())+" again.")
	news, err := r.Ledger.Cards().Hide(ctx, req.ID, "")
	if err != nil {
		r.Log.WarnContext(ctx, "cannot write down that a request has a card", "request_id", req.ID, "err", err)
	}
	if !news {
		return
	}
	r.tellRequester(ctx, req, render.Notice(req.Ref+": approvers can see your request now ("+req.Title+")."))
	r.publisher.reshow(ctx, req.ID)
}

// announceAgain is announce after a crash or a refusal: perhaps the card was posted.
func (r *reporter) announceAgain(ctx context.Context, req approvals.Request) error {
	err := r.publisher.announceOnceMore(ctx, req)
	var unseen *unseenError
	if errors.As(err, &unseen) {
		r.tellUnseen(ctx, req, unseen)
		return nil
	}
	if err == nil {
		r.noteSeen(ctx, req)
	}
	return err
}

// offerAsked shows somebody the request that they made already, in the place of a second card.
func (r *reporter) offerAsked(ctx context.Context, in Interaction, was approvals.Request) {
	card := requestcards.Asked(was, r.Policy().Channel())
	card.Parts = append([]render.Part{render.Line{render.Text("You've already requested this, so I didn't make a second request.")}}, card.Parts...)
	r.replyAsked(ctx, in, was, card)
}

// tellAll tells the thread of a request's cards, the thread where it was asked for, and the
// requester. One who takes over from a process that died looks first whether that one had said it.
//
// An error is returned where the caller should try it all again; messages that stand are then found
// by their key and not posted twice.
func (r *reporter) tellAll(ctx context.Context, req approvals.Request, key string, card render.Card) error {
	for _, ref := range req.Heads() {
		if req.Term != nil && req.Term.Tries > 1 {
			if all, err := r.Messenger.Find(ctx, Search{ref.Channel, ref.TS, key, req.Term.Began, false}); err == nil && len(all) > 0 {
				continue
			}
		}
		_, err := r.Messenger.Post(ctx, ref.Channel, ref.TS, key, r.drawn(req, card))
		// One that may be there, and cannot be looked for, is not told again: that would be to tell it
		// twice.
		if err != nil && !hasFate(err, Final) && !hasFate(err, Unconfirmed) {
			return err
		}
		if err != nil {
			r.Log.WarnContext(ctx, "cannot tell the thread of a request's card", "request_id", req.ID, "channel", ref.Channel, "err", err)
		}
	}
	r.reportBack(ctx, req, card)
	r.tellRequester(ctx, req, card)
	return nil
}

// logUnposted notes that a request's card could not be posted now; recover does it later.
func (r *reporter) logUnposted(req approvals.Request, err error) {
	var unseen *unseenError
	switch {
	case errors.As(err, &unseen):
		r.tellUnseen(context.Background(), req, unseen)
	case err != nil:
		r.Log.Warn("a request has no card yet", "request_id", req.ID, "err", err)
	}
}

// A reporter tells people what becomes of a request.
//
// It decides who hears what and how often; the messages themselves are drawn by cards and sent by
// the Messenger.
type reporter struct {
	*Config
	publisher *Publisher
	ending    sync.Map // ids of the requests whose end is being told
}
