package delivery

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"s1bot/notifier/journal"
	"s1bot/render"
	"s1bot/render/cards"
)

// Requests tell which requests wait for an approval: the card of a threat says that one about it
// does, and does not offer the same again. They are rows of the ledger; no console is asked.
type Requests interface {
	// Waiting are those that wait now, and Ended those of the last day that do not any more.
	Waiting(ctx context.Context) ([]cards.Wait, error)
	Ended(ctx context.Context) ([]cards.Wait, error)
}

// waitsKept is how long what waits is believed: the senders of all channels then read it once.
const waitsKept = 2 * time.Second

// A waitBook is what waits, read once for all channels.
type waitBook struct {
	requests Requests
	now      func() time.Time

	mu   sync.Mutex
	last []cards.Wait
	at   time.Time
}

// waiting are the requests that wait, as of just now.
func (b *waitBook) waiting(ctx context.Context) ([]cards.Wait, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := b.now(); b.at.IsZero() || now.Sub(b.at) >= waitsKept {
		waits, err := b.requests.Waiting(ctx)
		if err != nil {
			return nil, fmt.Errorf("read which requests wait: %w", err)
		}
		b.last, b.at = waits, now
	}
	return b.last, nil
}

// followWaits has cards drawn again whose requests began or ceased to wait since the last look.
//
// Nobody rings for that: the sender looks at least every fifteen seconds, which is soon enough for
// a hint. The first look of a sender takes what ended lately for something that cards may show: it
// may have ended while no process was there to see it. A card that shows what it should costs no
// edit.
func (s *channelSender) followWaits(ctx context.Context) error {
	if s.waits.requests == nil {
		return nil
	}
	now, err := s.waits.waiting(ctx)
	if err != nil {
		return err
	}
	before := s.shownWaits
	if before == nil {
		if before, err = s.waits.requests.Ended(ctx); err != nil {
			return fmt.Errorf("read which requests ended: %w", err)
		}
	}
	changed := append(missing(before, now), missing(now, before)...)
	if err := s.redraw(ctx, changed); err != nil {
		return err
	}
	s.shownWaits = append([]cards.Wait{}, now...) // not nil: it was looked
	return nil
}

// missing are those of waits that are not among others.
func missing(waits, others []cards.Wait) (left []cards.Wait) {
	for _, w := range waits {
		if !slices.ContainsFunc(others, func(o cards.Wait) bool { return reflect.DeepEqual(o, w) }) {
			left = append(left, w)
		}
	}
	return left
}

// redraw marks the cards of what requests are about. Which threats an endpoint has, the journal
// does not know; so all cards of the channel are looked through, which happens at the pace at which
// people ask for approvals.
func (s *channelSender) redraw(ctx context.Context, changed []cards.Wait) error {
	if len(changed) == 0 {
		return nil
	}
	var marked []journal.Notice
	err := s.eachNotice(ctx, journal.Query{Channel: s.channel}, func(n journal.Notice) {
		if n.State == journal.Delivered && mentions(n, changed) && len(s.waitsOf(n, changed)) > 0 {
			n.Shown = redrawn(n.Shown)
			marked = append(marked, n)
		}
	})
	if err != nil || len(marked) == 0 {
		return err
	}
	return s.journal.Save(ctx, marked...)
}

// mentions tells whether any id of the requests stands in a notice at all: most rows need not be
// read.
func mentions(n journal.Notice, waits []cards.Wait) bool {
	return slices.ContainsFunc(waits, func(w cards.Wait) bool {
		return slices.ContainsFunc(w.Things, func(id string) bool { return id == n.ID || bytes.Contains(n.Body, []byte(id)) })
	})
}

// waitsOf are those of the requests that are about a notice's thing, or its endpoint.
func (s *channelSender) waitsOf(n journal.Notice, waits []cards.Wait) (own []cards.Wait) {
	if _, drawn := s.templates[n.Source]; !drawn || !mentions(n, waits) {
		return nil
	}
	agent := s.row(n).Agent
	for _, w := range waits {
		if w.Console == n.Source.Console() && w.About(n.ID, agent) {
			own = append(own, w)
		}
	}
	return own
}

// withWaits says on a card what waits about its thing, as of the last look.
func (s *channelSender) withWaits(n journal.Notice, card render.Card) render.Card {
	return cards.Waiting(card, s.waitsOf(n, s.shownWaits))
}
