// Package notifier tells Slack channels of new threats and alerts, and keeps what it told them up to date.
//
// The idea: reading the console and telling Slack are two halves that meet in a journal and nowhere else. A feed reads one
// source with a window that overlaps what it read before, and writes down every item that it has not seen. A teller reads the
// journal and posts to one channel, at Slack's pace, what is due there; where the console's side of a notice has changed since,
// it edits the message.
//
// The rule one must not break: the journal comes first. A cursor moves in the same transaction that holds everything it passed;
// a notice is marked as being sent before Slack is called and as told when Slack's answer is known. So whatever stops at
// whatever moment, the next start finds out from the journal, and where that leaves a post open, from Slack: nothing is lost,
// and nothing is told twice.
//
// A channel takes about one message a second, and people fewer. So more than a handful at once become a digest: one message that
// counts them, with a file of all in its thread. Several processes share a journal by a lease (lease.go); where a notice goes is
// said by routes (route.go), and what nobody wants to hear of for a while by snoozes (snooze.go).
package notifier

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"

	"s1bot/render"
	"s1bot/s1"
)

// Console is what the notifier asks of the console; *s1.Client is one.
type Console interface {
	ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error)
	AlertsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Alert], error)
	// AgentsPage and SitesPage tell where an endpoint belongs, where a row does not.
	AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error)
	SitesPage(ctx context.Context, q s1.Query) (s1.Page[s1.Site], error)
	render.Links
}

// Config says what to read and whom to tell.
type Config struct {
	Console Console
	Journal Journal
	Poster  Poster

	ThreatsChannel string // Slack channel ids; empty: only what Routes name is told
	AlertsChannel  string
	Routes         func() Routes // as they are now; may be nil
	Operators      string        // channel that hears of trouble, and what goes to a channel that is closed; empty: nobody does, it waits

	Check   func(context.Context) error // tells whether the console is well; nil: nobody watches
	Reports Reports                     // of shifts; nil: none

	Interval time.Duration // between polls; 0 means 30 s
	Backfill time.Duration // how far back the very first start tells; later starts go on where the last one was
	Burst    int           // more than so many in a minute and channel become a digest; 0 means 5
	Owner    string        // names this process among several; made up when empty
	Now      func() time.Time
	Logger   *slog.Logger

	born time.Time // when New was called: the very first start tells of what happens from then on
}

// A Notifier reads the feeds and tells the channels while Run runs.
type Notifier struct {
	config Config
	kinds  []kind
	now    atomic.Pointer[service] // nil while another process has the lease
}

// A service is a notifier at work.
type service struct {
	feeds []*feed
	desk  *desk
}

// New checks c and returns a notifier; it starts nothing.
func New(c Config) (*Notifier, error) {
	if c.Console == nil || c.Journal == nil || c.Poster == nil {
		return nil, errors.New("notifier: needs a console, a journal and a poster")
	}
	c.Interval, c.Burst, c.Owner = cmp.Or(c.Interval, 30*time.Second), cmp.Or(c.Burst, 5), cmp.Or(c.Owner, rand.Text())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.born = c.Now()
	return &Notifier{config: c, kinds: []kind{threats(c.Console), alerts(c.Console)}}, nil
}

// service makes feeds and a desk that work with a journal.
func (n *Notifier) service(journal Journal) *service {
	c := n.config
	c.Journal = journal
	s := &service{desk: newDesk(c, n.kinds)}
	for _, k := range n.kinds {
		s.feeds = append(s.feeds, newFeed(c, k, c.channel(k.source), s.desk.ring))
	}
	return s
}

func (c Config) routes() Routes {
	if c.Routes == nil {
		return nil
	}
	return c.Routes()
}

func (c Config) channel(source Source) string {
	if source == Alerts {
		return strings.TrimSpace(c.AlertsChannel)
	}
	return strings.TrimSpace(c.ThreatsChannel)
}

// Run polls and tells until ctx ends, waits for all it started, and returns nil. A post that is under way when ctx ends is
// finished and written down first, within half of the 20 seconds that the program has for it. Where several processes share the
// journal, it waits until this one has the lease.
func (n *Notifier) Run(ctx context.Context) error {
	n.hold(ctx, n.work)
	return nil
}

// work polls and tells with a journal until ctx ends.
func (n *Notifier) work(ctx context.Context, journal Journal) {
	s := n.service(journal)
	n.now.Store(s)
	defer n.now.Store(nil)
	var running conc.WaitGroup
	defer running.Wait()
	for _, f := range s.feeds {
		running.Go(func() { f.run(ctx) })
	}
	running.Go(func() { s.desk.run(ctx) })
}

// Refresh reads things again at once, because a command has just changed them, so that their cards follow before the next poll.
// Kind is "threat", "alert", or "agent" for the threats of endpoints. It returns when the journal knows; the edit comes after.
func (n *Notifier) Refresh(ctx context.Context, kind string, ids ...string) error {
	s := n.now.Load()
	if s == nil {
		s = n.service(n.config.Journal) // changes alone are written: that does no harm beside the process with the lease
	}
	var problems []error
	for _, f := range s.feeds {
		if err := f.refresh(ctx, kind, ids); err != nil {
			problems = append(problems, fmt.Errorf("refresh %s %s: %w", kind, strings.Join(ids, ", "), err))
		}
	}
	return errors.Join(problems...)
}
