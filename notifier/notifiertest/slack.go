package notifiertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/notifier/pacing"
	"s1bot/render"
)

// A Slack keeps what was posted. It keeps no metadata for those who cannot look: see blind.
//
// Played: ts that grow, threads whose root must be there, replies that the channel shows
// (reply_broadcast), metadata that Find goes by, messages that people delete, channels that take
// none, 429 with and without Retry-After. Left out: rate limits of its own (the tests look at the
// times), Block Kit, and everything about people; those are slacksim's.
type Slack struct {
	mu          sync.Mutex
	Messages    []*Message
	Fault       Fault // before: Slack refused; after: it was done, the answer got lost
	Closed      map[string]bool
	Poison      string        // cards with this in their title are refused
	Cursed      string        // a key: what has it is refused
	Takes       time.Duration // a post
	NoBroadcast bool          // no replies are shown in channels
	serial      int
	Tried       int
	Files       []attachment
}

// A Message is what a channel shows.
type Message struct {
	Channel, Thread, Key, TS string
	Card                     render.Card
	At                       time.Time
	Edits                    []time.Time
	Broadcast                bool // a reply that the channel shows
	deleted                  bool
}

// A Refusal is an error that says what became of a call.
//
// Its fields are set one at a time in tests; together they say what a real error would never say.
type Refusal struct {
	IsSlow           bool
	pause            time.Duration
	IsGone, IsClosed bool
	IsRefused        bool
	IsFixed          bool
}

// Error is for logs; what a Refusal means its other methods say.
func (r Refusal) Error() string                     { return fmt.Sprintf("slack refuses: %v", r.pause) }
func (r Refusal) RetryAfter() (time.Duration, bool) { return r.pause, r.IsSlow }

// Gone, and the methods below, are delivery.Failure.
func (r Refusal) Gone() bool    { return r.IsGone }
func (r Refusal) Closed() bool  { return r.IsClosed }
func (r Refusal) Refused() bool { return r.IsRefused }
func (r Refusal) Fixed() bool   { return r.IsFixed }

// SlowDown is a 429.
func SlowDown(pause time.Duration) Refusal { return Refusal{IsSlow: true, pause: pause} }

// ErrLost is a connection that broke: nobody knows whether the call had its effect.
var ErrLost = errors.New("connection reset by peer")

// Post puts a message into a channel. It takes Takes, and fails as Fault, Poison, Cursed and Closed
// say.
//
// Posting into a thread whose root is gone is refused here, so that a sender has to notice.
func (s *Slack) Post(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	pacing.Rest(ctx, s.Takes, nil)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Tried++
	before, after := s.Fault.of("post")
	switch {
	case s.Poison != "" && strings.Contains(card.Title, s.Poison), key == s.Cursed:
		return "", errors.New("invalid_blocks")
	case before != nil:
		return "", before
	case s.Closed[channel]:
		return "", Refusal{IsClosed: true}
	case thread != "" && s.at(channel, thread) == nil:
		return "", Refusal{IsGone: true}
	}
	s.serial++
	m := &Message{Channel: channel, Thread: thread, Key: key, Card: card, At: time.Now(), TS: fmt.Sprintf("%d.%06d", time.Now().Unix(), s.serial)}
	s.Messages = append(s.Messages, m)
	if after != nil {
		return "", after
	}
	return m.TS, nil
}

// Broadcast is Post of a reply that the channel shows, too, unless NoBroadcast.
func (s *Slack) Broadcast(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	if s.NoBroadcast {
		return "", Refusal{IsRefused: true}
	}
	ts, err := s.Post(ctx, channel, thread, key, card)
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.at(channel, ts); m != nil {
		m.Broadcast = true
	}
	return ts, err
}

// Edit shows another card in a message, and notes when.
//
// An edit that Slack refuses leaves the old card; one whose answer got lost is made, and made
// again.
func (s *Slack) Edit(_ context.Context, channel, ts string, card render.Card) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, after := s.Fault.of("edit")
	m := s.at(channel, ts)
	switch {
	case s.Poison != "" && strings.Contains(card.Title, s.Poison):
		return errors.New("invalid_blocks")
	case before != nil:
		return before
	case s.Closed[channel]:
		return Refusal{IsClosed: true}
	case m == nil:
		return Refusal{IsGone: true}
	}
	m.Card, m.Edits = card, append(m.Edits, time.Now())
	return after
}

// Delete is the bot taking a message back; see Remove for people.
func (s *Slack) Delete(_ context.Context, channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, after := s.Fault.of("delete")
	if before != nil {
		return before
	}
	m := s.at(channel, ts)
	if m == nil {
		return Refusal{IsGone: true}
	}
	m.deleted = true
	return after
}

// Find looks for the messages with a key that nobody deleted, oldest first.
func (s *Slack) Find(_ context.Context, channel, thread, key string, since time.Time) (found []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, _ := s.Fault.of("find"); before != nil {
		return nil, before
	}
	for _, m := range s.Messages {
		if !m.deleted && m.Channel == channel && m.Thread == thread && m.Key == key && !m.At.Before(since) {
			found = append(found, m.TS)
		}
	}
	return found, nil
}

// at is the message with a ts that nobody deleted.
func (s *Slack) at(channel, ts string) *Message {
	i := slices.IndexFunc(s.Messages, func(m *Message) bool { return m.Channel == channel && m.TS == ts && !m.deleted })
	if i < 0 {
		return nil
	}
	return s.Messages[i]
}

// In returns what stands in a channel, copied.
func (s *Slack) In(channel string) (found []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.Messages {
		if m.Channel == channel && !m.deleted {
			found = append(found, *m)
		}
	}
	return found
}

// Name is what the card is about: its title without how bad it is and what became of it.
func (m Message) Name() string {
	parts := strings.Split(m.Card.Title, " · ")
	if last := len(parts) - 1; last > 0 && strings.HasPrefix(parts[last], "resolved") {
		parts = parts[:last]
	}
	return parts[len(parts)-1]
}

// Titles are the names of the cards in a channel, in order.
func (s *Slack) Titles(channel string) (titles []string) {
	for _, m := range s.In(channel) {
		titles = append(titles, m.Name())
	}
	return titles
}

// Remove has somebody delete a message.
func (s *Slack) Remove(ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.Messages {
		m.deleted = m.deleted || m.TS == ts
	}
}

// A Blind Messenger may not look for messages.
type Blind struct{ *Slack }

// Find is refused, as by a workspace that did not give the scope for it.
func (Blind) Find(context.Context, string, string, string, time.Time) ([]string, error) {
	return nil, Refusal{IsRefused: true}
}

// Set changes it while others use it.
func (s *Slack) Set(change func(*Slack)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Attach puts a file into a thread whose root is there.
func (s *Slack) Attach(_ context.Context, channel, thread string, file render.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, after := s.Fault.of("attach")
	if before != nil {
		return before
	}
	if s.at(channel, thread) == nil {
		return Refusal{IsGone: true}
	}
	s.Files = append(s.Files, attachment{channel, thread, file})
	return after
}

// Attached looks for a file in a thread by its name.
func (s *Slack) Attached(_ context.Context, channel, thread, name string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.Files {
		if f.Channel == channel && f.Thread == thread && f.File.Name == name {
			return true, nil
		}
	}
	return false, nil
}

// An attachment is a file in a thread.
type attachment struct {
	Channel, Thread string
	File            render.File
}
