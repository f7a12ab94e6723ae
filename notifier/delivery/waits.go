package delivery

import (
	"context"
	"fmt"
	"maps"
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
	// Waiting are those that wait now, not all where there are hundreds, and Ended those of the last
	// day that do not any more.
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
	among := map[string]bool{}
	for _, w := range others {
		among[w.Ref] = true
	}
	for _, w := range waits {
		if !among[w.Ref] {
			left = append(left, w)
		}
	}
	return left
}

// thingsAtOnce bounds a question to the journal: a request may be about thousands of things.
const thingsAtOnce = 500

// redraw marks the cards of what requests are about, and those of its endpoints. The journal finds
// both by their ids, however many cards there are.
func (s *channelSender) redraw(ctx context.Context, changed []cards.Wait) error {
	marked := map[string]journal.Notice{}
	mark := func(n journal.Notice) {
		if n.State == journal.Delivered && len(s.waitsOf(n, changed)) > 0 {
			n.Shown = redrawn(n.Shown)
			marked[n.Key()] = n
		}
	}
	for things := range slices.Chunk(thingsOf(changed), thingsAtOnce) {
		queries := []journal.Query{{Channel: s.channel, Agents: things}}
		for source := range s.templates {
			queries = append(queries, journal.Query{Source: source, Channel: s.channel, IDs: things})
		}
		for _, q := range queries {
			if err := s.eachNotice(ctx, q, mark); err != nil {
				return err
			}
		}
	}
	if len(marked) == 0 {
		return nil
	}
	return s.journal.Save(ctx, slices.Collect(maps.Values(marked))...)
}

func thingsOf(waits []cards.Wait) (things []string) {
	for _, w := range waits {
		things = append(things, w.Things...)
	}
	slices.Sort(things)
	return slices.Compact(things)
}

// waitsOf are those of the requests that are about a notice's thing, or its endpoint.
func (s *channelSender) waitsOf(n journal.Notice, waits []cards.Wait) (own []cards.Wait) {
	if len(waits) == 0 {
		return nil
	}
	agent := s.agentOf(n)
	for _, w := range waits {
		if w.Console == n.Source.Console() && w.About(n.ID, agent) {
			own = append(own, w)
		}
	}
	return own
}

// agentOf is the endpoint of a notice's thing; empty for messages that are about none.
func (s *channelSender) agentOf(n journal.Notice) string {
	if _, drawn := s.templates[n.Source]; !drawn {
		return ""
	}
	return s.row(n).Agent
}

// withWaits says on a card what waits about its thing, as of the last look.
func (s *channelSender) withWaits(n journal.Notice, card render.Card) render.Card {
	return cards.Waiting(card, s.waitsOf(n, s.shownWaits))
}
