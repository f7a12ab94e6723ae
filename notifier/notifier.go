// Package notifier brings new threats and alerts to Slack channels, once each, and keeps their cards up to date.
//
// It ties two halves that know nothing of each other and meet in a journal:
//
//	console ──feed──▶ journal ──delivery──▶ channels
//	            │                    ▲
//	            └──"there is work"───┘
//
// A feed (package feed) reads one source and writes down every item that it has not seen; where an item goes is decided then, by routes
// and snoozes (package routing). A sender for each channel (package delivery) posts what the journal says is due there, and edits what has
// changed since. The wake-up between them is a hint: whoever misses it finds the work by itself a little later.
//
// What is here needs both halves or neither: the lease that lets one of several processes work (lease.go), the watch over the console
// and the shift reports, which are notes in the journal like any other, and the answers that commands ask for.
//
// The rule one must not break: the journal comes first. A cursor moves in the same transaction that holds everything it passed; a notice
// is marked as being sent before Slack is called, and as delivered when Slack's answer is known. So whatever stops at whatever moment,
// the next start finds out from the journal, and where that leaves a post open, from Slack: nothing is lost, and nothing is there twice.
package notifier

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"

	"s1bot/notifier/delivery"
	"s1bot/notifier/feed"
	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/notifier/routing"
	"s1bot/render/cards"
	"s1bot/s1"
)

// Console is what the notifier asks of the console; *s1.Client is one.
type Console interface {
	feed.Console
	cards.Links
}

// Journal is the notifier's memory: how far each feed was read, every item that was seen, and what
// was delivered where. It outlives the process. All methods may be called from several goroutines;
// each is one transaction. It is what the two halves need, together: the feeds write the console's
// side of a notice, by Record alone, and the dispatcher writes Slack's side, by Save and Gather
// alone. So reading and delivering go on at the same time without waiting for each other.
//
// package notifiertest has one in memory, package bot/store the real one; the tests here run
// against the first, the conformance suite of the store against the second.
type Journal interface {
	feed.Journal
	delivery.Journal

	// SetSnooze writes one down, in place of one with the same ID.
	SetSnooze(ctx context.Context, s journal.Snooze) error
}

// Feeds are those of one console: whom to ask, and where its news goes.
//
// Name, Mark and Stamp are three, because a bot that got names for its consoles later must find
// what it wrote before: rows of the time of one console have an empty mark and buttons an empty
// stamp, and both go on meaning the first console.
type Feeds struct {
	Name    string // for routes and metrics
	Mark    string // in the journal; empty for the console of before there were names, see journal.Source.Of
	Stamp   string // what buttons carry; empty where there is only the one of the settings
	Label   string // what people read; empty where there is no other
	Console Console
	Unified feed.Unified // the console's unified alerts; nil where they are switched off

	ThreatsChannel string // Slack channel ids; empty: only what Routes name gets anything
	AlertsChannel  string

	Check func(context.Context) error // reports whether the console is well; nil: nobody watches
	Token func() s1.Token             // what is known of the console's token now; nil: nothing ever
}

// Config says what to read and where that goes.
type Config struct {
	Feeds            // of the first console
	More     []Feeds // of the others
	Journal  Journal
	Leases   Leases // says which of several processes works
	Messages delivery.Messenger
	Files    delivery.Uploader
	Actions  cards.Actions // what the cards offer: the catalog has them; empty, not nil, for cards without buttons

	Requests  delivery.Requests     // that wait for an approval, for the cards of what they are about; nil: cards say nothing of them
	Routes    func() routing.Routes // as they are now; nil: none
	Operators func() string         // channel for notes about trouble, and what goes to a channel that is closed, as it is now; empty: nobody does, it waits

	Reports Reports                 // of shifts; nil: none
	Also    []func(context.Context) // what else one process alone does, as long as it has the lease; each runs until its context ends

	Interval time.Duration // between polls; 0 means 30 s
	Backfill time.Duration // how far back the very first start delivers; later starts go on where the last one was
	Keep     time.Duration // how long the journal remembers what was delivered; 0 means 30 days
	Burst    int           // more than so many in a minute and channel become a digest; 0 means 5
	Owner    string        // names this process among several; made up when empty
	Observer Observer      // counts for metrics; nil: nobody does
	Now      func() time.Time
	Logger   *slog.Logger

	born time.Time // when New was called: the very first start delivers what happens from then on
}

// An Observer counts for metrics. Its methods must not wait.
type Observer interface {
	feed.Observer
	delivery.Observer
}

// unobserved is the Observer of a notifier without one.
type unobserved struct{}

func (unobserved) FeedSucceeded(string, string, time.Time) {}
func (unobserved) Notified(string, string)                 {}
func (unobserved) Delayed(time.Duration)                   {}

// A Notifier reads the feeds and delivers to the channels while Run runs.
//
// Now is set while this process works and read by commands that come at any time; the pointer is
// all that the two share.
type Notifier struct {
	config Config
	now    atomic.Pointer[service] // nil while another process has the lease
}

// A service is a notifier at work.
type service struct {
	feeds      map[string][]*feed.Feed // by the console's mark
	dispatcher *delivery.Dispatcher
	parts      []func(context.Context) // what runs besides
}

// New checks c and returns a notifier; it starts nothing.
func New(c Config) (*Notifier, error) {
	unread := slices.ContainsFunc(c.all(), func(f Feeds) bool { return f.Console == nil })
	if unread || c.Journal == nil || c.Leases == nil || c.Messages == nil || c.Files == nil || c.Actions == nil { // without actions the cards would have no buttons, and nobody would be told
		return nil, errors.New("notifier: needs a console, a journal, leases, messages, files and the actions of cards")
	}
	c.Interval, c.Burst, c.Owner = cmp.Or(c.Interval, 30*time.Second), cmp.Or(c.Burst, 5), cmp.Or(c.Owner, rand.Text())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Observer == nil {
		c.Observer = unobserved{}
	}
	if c.Routes == nil {
		c.Routes = func() routing.Routes { return nil }
	}
	if c.Operators == nil {
		c.Operators = func() string { return "" }
	}
	c.born = c.Now()
	return &Notifier{config: c}, nil
}

// sources are what a console is read for.
var sources = []journal.Source{journal.Threats, journal.Alerts, journal.Unified}

// all are the feeds of every console.
func (c Config) all() []Feeds { return append([]Feeds{c.Feeds}, c.More...) }

// service makes feeds and a dispatcher that work with a journal. The consoles share the dispatcher,
// for Slack counts what comes to a channel; they share nothing else, so that one that hangs keeps
// none of the others from being read.
//
// It is made anew with each lease, so that nothing which a former holder thought it knew (bursts,
// back-offs, what was looked up) outlives it.
func (n *Notifier) service(journal Journal) *service {
	c := n.config
	s := &service{feeds: map[string][]*feed.Feed{}, dispatcher: delivery.NewDispatcher(delivery.Config{Journal: journal, Messages: c.Messages, Files: c.Files, Consoles: c.drawn(), Actions: c.Actions,
		Requests: c.Requests, Operators: c.Operators, Burst: c.Burst, Observer: c.Observer, Now: c.Now, Logger: c.Logger})}
	s.parts = append(s.parts, c.Also...)
	own := noteWriter{journal: journal, wake: s.dispatcher.Wake, now: c.Now, logger: c.Logger}
	for _, console := range c.all() {
		s.read(c, journal, console)
		s.watch(c, own.about(console), console)
	}
	if c.Reports != nil {
		s.parts = append(s.parts, shiftReports{own, c.Reports}.run)
	}
	return s
}

// drawn is what cards need to know of the consoles.
func (c Config) drawn() (all []delivery.Console) {
	for _, f := range c.all() {
		all = append(all, delivery.Console{Mark: f.Mark, Name: f.Stamp, Label: f.Label, Links: f.Console})
	}
	return all
}

// read adds the feeds of one console.
func (s *service) read(c Config, journal Journal, of Feeds) {
	group := feed.NewGroup()
	for _, source := range sources {
		if of.lacks(source) {
			continue
		}
		s.dispatcher.Wake(append(c.Routes().Channels(routed(source), of.Name), of.channel(source))...)
		s.feeds[of.Mark] = append(s.feeds[of.Mark], feed.New(feed.Config{Console: of.Console, Unified: of.Unified, Group: group, Name: of.Name, Mark: of.Mark, Label: of.Label, Journal: journal, Channel: of.channel(source),
			Routes: c.Routes, Operators: c.Operators, Wake: s.dispatcher.Wake, Interval: c.Interval, Born: c.born, Backfill: c.Backfill, Keep: c.Keep, Observer: c.Observer, Now: c.Now,
			Logger: c.Logger}, source))
	}
}

// watch adds what tells operators of one console.
func (s *service) watch(c Config, own noteWriter, of Feeds) {
	s.parts = append(s.parts, own.recall)
	if of.Check != nil {
		s.parts = append(s.parts, watch{own, of.Check, c.Operators, c.Interval}.run)
	}
	if of.Token != nil {
		s.parts = append(s.parts, tokenWatch{own, of.Token, c.Operators}.run)
	}
}

// noteWriter is what writing messages of our own takes.
type noteWriter struct {
	mark    string // of the console that the notes are about, in the journal; empty for the one of before there were names
	label   string // and for people; empty where there is no other
	journal recorder
	wake    func(channels ...string)
	now     func() time.Time
	logger  *slog.Logger
}

// about returns the writer of notes about a console.
func (n noteWriter) about(of Feeds) noteWriter {
	n.mark, n.label = of.Mark, of.Label
	return n
}

// recorder is the part of the journal that notes need.
type recorder interface {
	Cursor(ctx context.Context, source journal.Source) (journal.Cursor, error)
	Record(ctx context.Context, batch journal.Batch) error
}

// recall wakes the channels that earlier runs delivered to.
//
// A channel that a policy file no longer names still has cards, and they still follow the console.
// The cursor keeps every channel that was ever meant.
func (n noteWriter) recall(ctx context.Context) {
	for _, source := range sources {
		cursor, err := n.journal.Cursor(ctx, source.Of(n.mark))
		for try := 1; err != nil && ctx.Err() == nil; try++ {
			pacing.Rest(ctx, pacing.Backoff(try), nil)
			cursor, err = n.journal.Cursor(ctx, source.Of(n.mark))
		}
		n.wake(cursor.Channels...)
	}
}

// lacks tells whether a source is switched off.
func (c Feeds) lacks(source journal.Source) bool {
	return source == journal.Unified && c.Unified == nil
}

// routed is what routes, settings and commands take a source for.
func routed(source journal.Source) journal.Source {
	if source == journal.Unified {
		return journal.Alerts
	}
	return source
}

// channel is where a source's items go if no route says another; spaces around it are the environment's.
func (c Feeds) channel(source journal.Source) string {
	if routed(source) == journal.Alerts {
		return strings.TrimSpace(c.AlertsChannel)
	}
	return strings.TrimSpace(c.ThreatsChannel)
}

// Run polls and delivers until ctx ends, waits for all it started, and returns nil. A post that is under way when ctx ends is
// finished and written down first, within half of the 20 seconds that the program has for it. Where several processes share the
// journal, it waits until this one has the lease.
func (n *Notifier) Run(ctx context.Context) error {
	n.holdLease(ctx, n.work)
	return nil
}

// work polls and delivers with a journal until ctx ends.
func (n *Notifier) work(ctx context.Context, journal Journal) {
	s := n.service(journal)
	n.now.Store(s)
	defer n.now.Store(nil)
	var running conc.WaitGroup
	defer running.Wait()
	for _, feeds := range s.feeds {
		for _, f := range feeds {
			running.Go(func() { f.Run(ctx) })
		}
	}
	for _, run := range append(s.parts, s.dispatcher.Run) {
		running.Go(func() { run(ctx) })
	}
}

// Refresh reads things again at once, because a command has just changed them, so that their cards
// follow before the next poll. Kind is "threat", "alert", or "agent" for the threats of endpoints,
// and mark that of their console in the journal. It returns when the journal knows; the edit comes
// after.
//
// The process with the click need not be the one with the lease. It may write changes all the same:
// to bring a notice up to date twice does no harm, and the sender finds it by itself within fifteen
// seconds.
func (n *Notifier) Refresh(ctx context.Context, mark, kind string, ids ...string) error {
	s := n.now.Load()
	if s == nil {
		s = n.service(n.config.Journal) // changes alone are written: that does no harm beside the process with the lease
	}
	var problems []error
	for _, f := range s.feeds[mark] {
		if err := f.Refresh(ctx, kind, ids); err != nil {
			problems = append(problems, fmt.Errorf("refresh %s %s: %w", kind, strings.Join(ids, ", "), err))
		}
	}
	return errors.Join(problems...)
}
