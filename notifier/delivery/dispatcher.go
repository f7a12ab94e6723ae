package delivery

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sourcegraph/conc"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render/cards"
)

// Journal is the part of the notifier's memory that delivering works with.
type Journal interface {
	// Notices returns the notices that match q, by Seq; where q wants work: ToPost digests and their
	// files first, then what is Urgent, then the others, each by NotBefore and Seq; ToEdit by
	// NotBefore and Seq.
	Notices(ctx context.Context, q journal.Query) ([]journal.Notice, error)

	// Save writes Slack's side of notices, all or none. Where one of them has another Rev than the one
	// it was read with, or is gone, nothing is written and the error is ErrConflict; else Rev grows by
	// one.
	Save(ctx context.Context, notices ...journal.Notice) error

	// Backlog counts the notices of a channel's threats and alerts that are Due and were never tried.
	Backlog(ctx context.Context, channel string) (journal.Backlog, error)

	// Gather makes a digest of a channel's backlog, all or nothing.
	Gather(ctx context.Context, g journal.Gathering) error

	// Record writes notes of our own, all or nothing.
	Record(ctx context.Context, batch journal.Batch) error
}

// Config says where notices go and how.
type Config struct {
	Journal   Journal
	Messages  Messenger
	Files     Uploader
	Consoles  []Console     // whose items are delivered
	Actions   cards.Actions // what cards offer
	Requests  Requests      // that wait for an approval; nil: cards say nothing of them
	Operators func() string // channel for notes about trouble, and what goes to a channel that is closed, as it is now; empty: nobody does, it waits
	Burst     int           // more than so many in a minute and channel become a digest
	Observer  Observer
	Now       func() time.Time
	Logger    *slog.Logger
}

// A Console is what cards need to know of one.
type Console struct {
	Mark  string      // in the journal, see journal.Source.Of
	Name  string      // what buttons carry; empty where there is only the one of the settings
	Label string      // what people read; empty where there is no other
	Links cards.Links // to its pages
}

// An Observer counts for metrics. Its methods must not wait.
type Observer interface {
	// Notified says what became of a notification: a "threat", an "alert" or a "digest" was
	// "delivered" or "failed", an "update" of one was "edited" or "failed".
	Notified(kind, result string)

	// Delayed says how long after the console's record of an item its first message is there; of a
	// digest, after that of its oldest.
	Delayed(by time.Duration)
}

// A Dispatcher keeps one sender for each channel that notices were ever meant for, also those that
// the settings no longer name: cards there still follow the console.
//
// Run's goroutine alone starts senders; Wake only notes channels and rings, so that whoever writes
// to the journal never waits for Slack.
type Dispatcher struct {
	deps dependencies

	mu     sync.Mutex
	opened map[string]bool
	bell   chan struct{}
}

// NewDispatcher makes a dispatcher; it starts nothing. Wake opens its channels.
func NewDispatcher(c Config) *Dispatcher {
	d := &Dispatcher{
		deps: dependencies{journal: c.Journal, messages: c.Messages, files: c.Files, templates: templates(c.Consoles, c.Actions), actions: c.Actions, waits: &waitBook{requests: c.Requests, now: c.Now}, burstLimit: c.Burst, operators: c.Operators,
			pacer: pacing.NewPacer(postPause, c.Now), observer: c.Observer, now: c.Now, logger: c.Logger},
		opened: map[string]bool{}, bell: make(chan struct{}, 1),
	}
	d.deps.wake = d.Wake
	d.Wake(c.Operators())
	return d
}

// Wake makes the senders look at the journal, and starts a sender for each of channels that has
// none. It never waits.
func (d *Dispatcher) Wake(channels ...string) {
	d.mu.Lock()
	for _, channel := range channels {
		d.opened[channel] = true
	}
	d.mu.Unlock()
	select {
	case d.bell <- struct{}{}:
	default:
	}
}

// open are the channels that have a sender or are to get one, in a fixed order.
func (d *Dispatcher) open() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.opened, "")
	return slices.Sorted(maps.Keys(d.opened))
}

// Run runs the senders until ctx ends, and waits for them.
func (d *Dispatcher) Run(ctx context.Context) {
	var running conc.WaitGroup
	defer running.Wait()
	senders := map[string]*channelSender{}
	for ctx.Err() == nil {
		for _, channel := range d.open() {
			s := senders[channel]
			if s == nil {
				s = newChannelSender(d.deps, channel)
				senders[channel] = s
				running.Go(func() { s.run(ctx) })
			}
			s.ring()
		}
		select {
		case <-d.bell:
		case <-ctx.Done():
		}
	}
}
