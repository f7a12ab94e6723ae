package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/requestcards"
	"s1bot/render"
	"s1bot/render/streak"
)

// A request has one card with live buttons. That it is about to be posted is written down first
// (Posting); where the answer got lost the card is looked for by its mark, and where it cannot be
// looked for, because the bot is not in the channel, a message without the buttons stands in for it
// until somebody clicks there or on the card.

// An unseenError says that Slack did not take a request's card.
type unseenError struct{ cause error }

func (e *unseenError) Error() string {
	return "the card of a request is not posted: " + e.cause.Error()
}
func (e *unseenError) Unwrap() error { return e.cause }

// guardedAnnounce is announce for a goroutine of its own.
//
// A panic there would end the whole process; as an error it costs one card, which the next tick
// posts.
func (p *Publisher) guardedAnnounce(ctx context.Context, req approvals.Request) (err error) {
	if p := panics.Try(func() { err = p.announce(ctx, req) }); p != nil {
		err = p.AsError()
	}
	return err
}

// announce posts the card of a new request to the approvals channel.
func (p *Publisher) announce(ctx context.Context, req approvals.Request) error {
	defer p.editing.Lock(req.ID)()
	return p.publish(ctx, req)
}

// announceOnceMore is announce for a request that was found without a card. The row is read again
// under the lock: whoever was at it meanwhile may have posted one.
//
// What it does depends on what is known. The card was found: it is adopted. Slack is in trouble:
// later. It can't be looked for and may be there (Posting): a placeholder. Otherwise it is
// certainly not there and is posted.
func (p *Publisher) announceOnceMore(ctx context.Context, req approvals.Request) error {
	defer p.editing.Lock(req.ID)()
	if now, err := p.Ledger.Get(ctx, req.ID); err == nil {
		req = now
	}
	if len(req.Cards) > 0 {
		return nil
	}
	switch found, err := p.posted(ctx, req); {
	case found:
		return err
	case err != nil && hasFate(err, Passing):
		return &unseenError{err} // nobody can tell now; later
	case err != nil && req.Posting:
		return p.standIn(ctx, req)
	}
	return p.publish(ctx, req)
}

// posted looks whether a request without a card has one after all: a crash between Slack's answer
// and the row leaves it so, and a second card would ask for the same thing for ever.
//
// Slack counts from its own clock, and this machine's may be ahead.
func (p *Publisher) posted(ctx context.Context, req approvals.Request) (bool, error) {
	channel := p.Policy().Channel()
	all, err := p.Messenger.Find(ctx, Search{Channel: channel, Key: req.ID, Since: req.Created.Add(-clockSkew), Patient: true})
	for _, ts := range all {
		err = errors.Join(err, p.Ledger.Cards().Add(ctx, req.ID, approvals.CardRef{Channel: channel, TS: ts, Shown: -1}))
	}
	return len(all) > 0, err
}

// findCard looks for the card of a request that came to its end without one: it must not go on
// asking.
func (p *Publisher) findCard(ctx context.Context, req approvals.Request) {
	defer p.editing.Lock(req.ID)()
	if _, err := p.posted(ctx, req); err != nil {
		p.Log.WarnContext(ctx, "cannot find out which message shows a request", "request_id", req.ID, "err", err)
	}
}

// publish posts a card and writes down where.
//
// The mark that a card is under way is written first; AddCard takes it away together with the note
// of where the card is. Between the two a crash leaves the mark, and the next look goes by it. An
// error that comes with a message is about its files, and the card stands.
func (p *Publisher) publish(ctx context.Context, req approvals.Request) error {
	if err := p.Ledger.Cards().Posting(ctx, req.ID, true); err != nil {
		return err
	}
	freeze := p.freeze(ctx)
	card := p.drawn(req, p.cards.Under(freeze).Request(req))
	card.Files = plans.File(req)
	began := p.Now()
	at, err := p.Messenger.Post(ctx, p.Policy().Channel(), "", req.ID, card)
	switch {
	case at.TS == "" && hasFate(err, Unconfirmed):
		return p.standIn(ctx, req)
	case at.TS == "":
		if err := p.Ledger.Cards().Posting(ctx, req.ID, false); err != nil {
			p.Log.WarnContext(ctx, "cannot write down that a card is not posted", "request_id", req.ID, "err", err)
		}
		return &unseenError{err}
	case err != nil:
		p.Log.WarnContext(ctx, "the list of all targets is not beside its request", "request_id", req.ID, "err", err)
	}
	return p.Ledger.Cards().Add(ctx, req.ID, approvals.CardRef{Channel: at.Channel, TS: at.TS, Shown: req.Rev, Freeze: freeze.FreezeMark(), Retried: req.Posting || p.Now().Sub(began) >= retryPause})
}

// retryPause is the shortest pause before a messenger tries again: a post that was faster was made
// once.
const retryPause = time.Second

// standIn says in the approvals channel what is known of a card: that it may be there. Where it is
// not, one click puts it in the place of this message.
//
// It has no Approve: were the real card there as well, two messages would ask for the same thing,
// and one of them would never be edited.
func (p *Publisher) standIn(ctx context.Context, req approvals.Request) error {
	at, err := p.Messenger.Post(ctx, p.Policy().Channel(), "", req.ID+" placeholder", p.drawn(req, p.cards.Placeholder(req)))
	if at.TS == "" {
		return &unseenError{err}
	}
	return p.Ledger.Cards().Add(ctx, req.ID, approvals.CardRef{Channel: at.Channel, TS: at.TS, Shown: req.Rev, Placeholder: true})
}

// ShowHere puts the card of a request in the place of the message that was clicked on, if nobody
// knows of a card by now.
//
// The click proves that the placeholder exists, and by then the person has looked for the card and
// not found it.
func (p *Publisher) ShowHere(ctx context.Context, in Interaction, id string) error {
	req, err := p.Ledger.Get(ctx, id)
	if err != nil {
		return err
	}
	// The row may not know of the placeholder yet: a click can be quicker.
	if !req.HasCard() && in.At.Message != "" && !in.Ephemeral && in.At.Channel == p.Policy().Channel() {
		found, err := p.posted(ctx, req) // somebody may have invited the bot meanwhile
		if !found {
			err = p.Ledger.Cards().Add(ctx, req.ID, approvals.CardRef{Channel: in.At.Channel, TS: in.At.Message, Shown: -1})
		}
		if err != nil {
			return err
		}
	}
	p.show(ctx, req.ID)
	return nil
}

// AdoptCard notes that a message shows a request: somebody clicked there, so it does, even where a
// crash kept that out of the row. Slack says which message that was; where the channel can be read,
// the message itself does. There may be several: a post that Slack took long after its time-out
// stands beside the one that was posted again.
func (p *Publisher) AdoptCard(ctx context.Context, in Interaction, id string) {
	if !p.mayShow(in) {
		return
	}
	if req, err := p.Ledger.Get(ctx, id); err == nil {
		p.adopt(ctx, in, req)
	}
}

// mayShow reports whether the message that was clicked on stands where cards do.
func (p *Publisher) mayShow(in Interaction) bool {
	return in.At.Message != "" && !in.Ephemeral && in.At.Channel == p.Policy().Channel()
}

// adopt is AdoptCard for a request that was just read.
func (p *Publisher) adopt(ctx context.Context, in Interaction, req approvals.Request) {
	channel := in.At.Channel
	if !p.mayShow(in) || slices.ContainsFunc(req.Cards, func(c approvals.CardRef) bool { return c.Channel == channel && c.TS == in.At.Message }) {
		return
	}
	if all, err := p.Messenger.Find(ctx, Search{Channel: channel, Key: req.ID, Since: req.Created.Add(-clockSkew)}); err == nil && !slices.Contains(all, in.At.Message) {
		return
	}
	err := p.Ledger.Cards().Add(ctx, req.ID, approvals.CardRef{Channel: channel, TS: in.At.Message, Shown: -1})
	if err != nil && !errors.Is(err, approvals.ErrNotFound) {
		p.Log.WarnContext(ctx, "cannot write down which message shows a request", "request_id", req.ID, "err", err)
	}
}

// show edits every message that tells of a request to what its row says now, and returns the row; nothing
// of it where it cannot be read.
func (p *Publisher) show(ctx context.Context, id string) approvals.Request {
	return p.showAll(ctx, id, false)
}

// reshow is show also of what is not behind.
func (p *Publisher) reshow(ctx context.Context, id string) { p.showAll(ctx, id, true) }

// showAll brings the cards of a request up to date, one caller at a time for each request: two who
// edit the same message at once leave the older state on it.
//
// The row is read under the lock, so whoever comes second draws the newer state, or finds nothing
// to do. What could not be edited is simply not recorded as shown, which leaves the row behind;
// Recover comes back to it.
func (p *Publisher) showAll(ctx context.Context, id string, all bool) approvals.Request {
	defer p.editing.Lock(id)()
	req, err := p.Ledger.Get(ctx, id)
	if err != nil {
		p.Log.ErrorContext(ctx, "cannot read a request", "request_id", id, "err", err)
		return approvals.Request{}
	}
	if req.Final() && !req.Delivered && slices.ContainsFunc(req.Cards, func(c approvals.CardRef) bool { return c.Retried }) {
		req = p.withTwins(ctx, req)
	}
	freeze := approvals.Request{}
	if req.State == approvals.Pending || req.Undecided() {
		freeze = p.freeze(ctx)
	}
	drawing := p.cards.Under(freeze)
	var shown, gone []approvals.CardRef
	for _, ref := range append(append([]approvals.CardRef(nil), req.Cards...), req.Copies...) {
		told := ref.Shown >= req.Rev // all but a freeze
		if !all && told && ref.Freeze == freeze.FreezeMark() {
			continue
		}
		card := p.drawn(req, drawing.For(req, ref))
		err := p.redraw(ctx, req, ref, all, card)
		if ref.Reply != "" && (hasFate(err, Final) || err == nil && req.Final() && !req.Undecided() && !awaits(card)) {
			gone = append(gone, ref)
		}
		if err != nil {
			p.Log.WarnContext(ctx, "cannot edit a request's card", "request_id", id, "channel", ref.Channel, "err", err)
		}
		if err == nil || told && hasFate(err, Final) || p.standsStill(ctx, req, ref, err) {
			ref.Freeze, ref.Ended = freeze.FreezeMark(), req.Final()
			shown = append(shown, ref)
		}
	}
	if err := p.Ledger.Cards().RecordShown(ctx, req, shown); err != nil {
		p.Log.WarnContext(ctx, "cannot write down what a card shows", "request_id", id, "err", err)
	}
	if err := p.dropCopies(ctx, req, gone); err != nil {
		p.Log.Warn("cannot write down that an answer is done with", "request_id", id, "err", err)
	}
	return req
}

// withTwins is a request that came to its end with every card that shows it: where a post timed out
// and was made again, Slack may have taken the first one late, and nobody clicked there. Without an
// answer the cards that are known must do.
func (p *Publisher) withTwins(ctx context.Context, req approvals.Request) approvals.Request {
	channel := p.Policy().Channel()
	all, err := p.Messenger.Find(ctx, Search{Channel: channel, Key: req.ID, Since: req.Created.Add(-clockSkew)})
	for _, ts := range all {
		err = errors.Join(err, p.Ledger.Cards().Add(ctx, req.ID, approvals.CardRef{Channel: channel, TS: ts, Shown: -1}))
	}
	now, readErr := p.Ledger.Get(ctx, req.ID)
	if err = errors.Join(err, readErr); err != nil {
		p.Log.Warn("cannot check whether a request has a second card", "request_id", req.ID, "err", err)
	}
	if readErr != nil {
		return req
	}
	return now
}

func (p *Publisher) dropCopies(ctx context.Context, req approvals.Request, gone []approvals.CardRef) error {
	if len(gone) == 0 {
		return nil
	}
	return p.Ledger.Cards().DropCopies(ctx, req.ID, gone)
}

// awaits tells whether the card of a request that ran says that its endpoints have not done it yet:
// then there is more to say where it stands.
func awaits(card render.Card) bool { return card.Tone == render.Waiting }

// redraw puts a card in the place of a message. Slack takes five answers through a response URL,
// and an end that is repeated (Run again), a freeze and a thaw need some: so a request that still
// waits, or runs for these seconds, spends none of them, unless all is to be drawn anew. Its
// Withdraw is as good as before. Of what the endpoints do once it ran, their end is worth one.
func (p *Publisher) redraw(ctx context.Context, req approvals.Request, ref approvals.CardRef, all bool, card render.Card) error {
	switch {
	case ref.Reply == "":
		return p.Messenger.Edit(ctx, ref.Channel, ref.TS, card)
	case !all && !req.Final() && req.State != approvals.Frozen, !all && ref.Ended && awaits(card):
		return nil
	}
	return p.Messenger.Replace(ctx, ref.Reply, card)
}

// standsStill deals with a message that cannot be edited any more, and tells whether that is
// settled. Where it is a card and the request came to its end, a new message tells that and is
// edited from then on. A copy needs nothing: who asked is told the end by itself.
//
// Settled means that the message is recorded as shown and never tried again; a channel that was
// archived would otherwise be tried for ever.
func (p *Publisher) standsStill(ctx context.Context, req approvals.Request, ref approvals.CardRef, err error) bool {
	switch {
	case !hasFate(err, Final):
		return false
	case slices.Contains(req.Copies, ref):
		return true
	case !req.Final():
		return false // the end is what people must hear of
	}
	card := p.drawn(req, p.cards.Request(req))
	card.Parts = append([]render.Part{render.Line{render.Text("The card for " + req.Ref + " can't be edited any more. This is its latest state.")}}, card.Parts...)
	at, err := p.Messenger.Post(ctx, ref.Channel, "", "", card)
	switch {
	case err == nil:
		next := approvals.CardRef{Channel: at.Channel, TS: at.TS, Shown: req.Rev}
		if err := p.Ledger.Cards().Move(ctx, req.ID, ref, next); err != nil {
			p.Log.WarnContext(ctx, "cannot write down which message shows a request", "request_id", req.ID, "err", err)
		}
		return true
	case hasFate(err, Unconfirmed):
		return true
	case !hasFate(err, Final):
		return false
	}
	if !req.Delivered {
		p.Operators.Show(ctx, card)
	}
	return true
}

// A Publisher keeps the messages that show a request in step with its row.
type Publisher struct {
	*Config
	cards   requestcards.Drawer
	editing KeyMutex // one edit of a request's cards at a time
	looks   streak.Rounds
}
