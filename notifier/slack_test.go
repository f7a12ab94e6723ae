package notifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/render"
)

// A slack keeps what was posted. It keeps no metadata for those who cannot look: see blind.
type slack struct {
	mu       sync.Mutex
	messages []*message
	fault    fault // before: Slack refused; after: it was done, the answer got lost
	closed   map[string]bool
	poison   string        // cards with this in their title are refused
	cursed   string        // a key: what has it is refused
	takes    time.Duration // a post
	noAloud  bool          // no replies are shown in channels
	serial   int
	tried    int
	files    []attachment
}

// A message is what a channel shows.
type message struct {
	Channel, Thread, Key, TS string
	Card                     render.Card
	At                       time.Time
	Edits                    []time.Time
	Aloud                    bool // a reply that the channel shows
	deleted                  bool
}

// A refusal is an error that says what became of a call.
type refusal struct {
	slow         bool
	pause        time.Duration
	gone, closed bool
	refused      bool
	fixed        bool
}

func (r refusal) Error() string                     { return fmt.Sprintf("slack refuses: %v", r.pause) }
func (r refusal) RetryAfter() (time.Duration, bool) { return r.pause, r.slow }
func (r refusal) Gone() bool                        { return r.gone }
func (r refusal) Closed() bool                      { return r.closed }
func (r refusal) Refused() bool                     { return r.refused }
func (r refusal) Fixed() bool                       { return r.fixed }

// slowDown is a 429.
func slowDown(pause time.Duration) refusal { return refusal{slow: true, pause: pause} }

var errLost = errors.New("connection reset by peer")

func (s *slack) Post(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	rest(ctx, s.takes, nil)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried++
	before, after := s.fault.of("post")
	switch {
	case s.poison != "" && strings.Contains(card.Title, s.poison), key == s.cursed:
		return "", errors.New("invalid_blocks")
	case before != nil:
		return "", before
	case s.closed[channel]:
		return "", refusal{closed: true}
	case thread != "" && s.at(channel, thread) == nil:
		return "", refusal{gone: true}
	}
	s.serial++
	m := &message{Channel: channel, Thread: thread, Key: key, Card: card, At: time.Now(), TS: fmt.Sprintf("%d.%06d", time.Now().Unix(), s.serial)}
	s.messages = append(s.messages, m)
	if after != nil {
		return "", after
	}
	return m.TS, nil
}

func (s *slack) Broadcast(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	if s.noAloud {
		return "", refusal{refused: true}
	}
	ts, err := s.Post(ctx, channel, thread, key, card)
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.at(channel, ts); m != nil {
		m.Aloud = true
	}
	return ts, err
}

func (s *slack) Edit(_ context.Context, channel, ts string, card render.Card) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, after := s.fault.of("edit")
	m := s.at(channel, ts)
	switch {
	case s.poison != "" && strings.Contains(card.Title, s.poison):
		return errors.New("invalid_blocks")
	case before != nil:
		return before
	case s.closed[channel]:
		return refusal{closed: true}
	case m == nil:
		return refusal{gone: true}
	}
	m.Card, m.Edits = card, append(m.Edits, time.Now())
	return after
}

func (s *slack) Find(_ context.Context, channel, thread, key string, since time.Time) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, _ := s.fault.of("find"); before != nil {
		return "", false, before
	}
	for _, m := range s.messages {
		if !m.deleted && m.Channel == channel && m.Thread == thread && m.Key == key && !m.At.Before(since) {
			return m.TS, true, nil
		}
	}
	return "", false, nil
}

func (s *slack) at(channel, ts string) *message {
	i := slices.IndexFunc(s.messages, func(m *message) bool { return m.Channel == channel && m.TS == ts && !m.deleted })
	if i < 0 {
		return nil
	}
	return s.messages[i]
}

// In returns what stands in a channel, copied.
func (s *slack) In(channel string) (found []message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.Channel == channel && !m.deleted {
			found = append(found, *m)
		}
	}
	return found
}

// Name is what the card is about: its title without how bad it is and what became of it.
func (m message) Name() string {
	parts := strings.Split(m.Card.Title, " · ")
	return parts[min(1, len(parts)-1)]
}

// Titles are the names of the cards in a channel, in order.
func (s *slack) Titles(channel string) (titles []string) {
	for _, m := range s.In(channel) {
		titles = append(titles, m.Name())
	}
	return titles
}

func (s *slack) Delete(ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		m.deleted = m.deleted || m.TS == ts
	}
}

// A blind Messenger may not look for messages.
type blind struct{ *slack }

func (blind) Find(context.Context, string, string, string, time.Time) (string, bool, error) {
	return "", false, refusal{refused: true}
}

// set changes it while others use it.
func (s *slack) set(change func(*slack)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}
