package feed

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/notifier/routing"
	"s1bot/render/streak"
	"s1bot/s1"
)

const (
	// pageSize is how many rows are asked for at once. The console puts a thousand on a page at most; rows with many indicators have
	// 10 KB and more, and the whole process shall stay below 128 MiB in a flood.
	pageSize = 500
	// maxIndexDelay is how much later than its time stamp an item may appear and still be delivered: the console indexes late. It is
	// also how far back the first start looks, so that what was there before is known to be history.
	maxIndexDelay = 24 * time.Hour
	// sweepEvery is how often, in polls, a pass reads its wide window instead of its narrow one, where that is expensive: where
	// the wide one has at most cheapSweep rows, it is read with every poll, and what is late is delivered as soon as what is not.
	sweepEvery = 10
	cheapSweep = 250
	// retention is how long notices stay in the journal unless a setting says otherwise; cards of older items are edited no more.
	retention = 30 * 24 * time.Hour
	// maxBackoff is the longest pause after a failed poll, where the interval is no longer.
	maxBackoff = 15 * time.Second
)

// Journal is the part of the notifier's memory that a feed works with.
//
// What of it a feed may write: the console's side of notices, and cursors. Each call is one
// transaction.
type Journal interface {
	// Cursor returns how far source was read; the zero Cursor if it never was.
	Cursor(ctx context.Context, source journal.Source) (journal.Cursor, error)

	// Versions returns the Version of each of ids that is known; unknown ones are left out. Ids are at most 1000.
	Versions(ctx context.Context, source journal.Source, ids []string) (map[string]string, error)

	// Notices returns the notices that match q.
	Notices(ctx context.Context, q journal.Query) ([]journal.Notice, error)

	// Record writes what was read and how far, all or nothing.
	Record(ctx context.Context, batch journal.Batch) error

	// Snoozes returns those that have not ended at now, by their end.
	Snoozes(ctx context.Context, now time.Time) ([]journal.Snooze, error)
}

// Console is what feeds ask of the console; *s1.Client is one.
type Console interface {
	ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error)
	AlertsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Alert], error)
	// AgentsPage and SitesPage tell where an endpoint belongs, where a row does not.
	AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error)
	SitesPage(ctx context.Context, q s1.Query) (s1.Page[s1.Site], error)
}

// Config says what to read and where that goes. All of it is needed, except where it says otherwise.
type Config struct {
	Console   Console
	Unified   Unified // of the feed of unified alerts alone
	Group     *Group  // of the console's feeds
	Name      string  // of the console, for routes and metrics
	Mark      string  // of the console in the journal, see journal.Source.Of
	Label     string  // of the console, for people; empty where there is no other
	Journal   Journal
	Channel   string // where no route says another; empty: only what routes name gets anything
	Routes    func() routing.Routes
	Operators func() string            // channel for notes about trouble, as it is now; may be empty
	Wake      func(channels ...string) // there is something to deliver; must not wait
	Interval  time.Duration            // between polls
	Born      time.Time                // the very first start delivers what happens from then on
	Backfill  time.Duration            // and of this much before
	Keep      time.Duration            // how long the journal remembers items; 0 means 30 days
	Observer  Observer
	Now       func() time.Time
	Logger    *slog.Logger
}

// An Observer counts for metrics. Its methods must not wait.
type Observer interface {
	// FeedSucceeded says that a feed ("threat", "alert") of a console was read to its end.
	FeedSucceeded(console, feed string, at time.Time)

	// Notified says what became of a notification: here of a "threat" or an "alert" that was "muted".
	Notified(kind, result string)
}

// A Feed reads one source into the journal.
//
// Run is one goroutine; Refresh may come from any other. What both touch is guarded by turn, the
// rest is Run's alone.
type Feed struct {
	kind
	kept     journal.Source // the source as the journal has it
	name     string         // of the console
	label    string
	group    *Group // of the console's feeds
	channel  string // where no route says another; may be empty
	routes   func() routing.Routes
	interval time.Duration
	born     time.Time
	backfill time.Duration
	keep     time.Duration
	journal  Journal
	wake     func(channels ...string)
	observer Observer
	now      func() time.Time
	logger   *slog.Logger

	turn       pacing.Turn            // held from asking for a page until it is in the journal: no older reading overwrites a newer one
	outage     streak.Streak          // of any pass
	noting     streak.Streak          // of the note about it
	failing    map[string]*failureRun // by pass
	untilSweep map[string]int         // by pass: polls until the next sweep

	readAt        map[string]time.Time // by pass: when a page was read last
	operators     func() string        // what belongs to nobody's channel for sure goes there; may be empty
	known         *bool                // whether operators know that it cannot be read; nil until the journal was asked
	lookupAt      time.Time            // when endpoints may be looked up again after a failure; zero if that works
	deferredSince map[string]time.Time // by id: items whose channel depends on a look-up that failed, since when
}

// A failureRun is what a pass that fails remembers.
type failureRun struct {
	failures int
	began    time.Time
	until    time.Time // the next try
	err      error     // the last one
}

// New makes the feed of a source; it starts nothing.
func New(c Config, source journal.Source) *Feed {
	return &Feed{
		kind: kindOf(source, c.Console, c.Unified), group: c.Group, kept: source.Of(c.Mark), name: c.Name, label: c.Label, channel: c.Channel, routes: c.Routes, interval: c.Interval, born: c.Born, backfill: c.Backfill, keep: cmp.Or(c.Keep, retention), journal: c.Journal,
		wake: c.Wake, observer: c.Observer, now: c.Now, logger: c.Logger.With("feed", string(source.Of(c.Mark))), turn: pacing.NewTurn(), failing: map[string]*failureRun{},
		untilSweep: map[string]int{}, operators: c.Operators, readAt: map[string]time.Time{}, deferredSince: map[string]time.Time{},
	}
}

// channels are all that items of the source may go to.
func (f *Feed) channels() []string {
	channels := f.routes().Channels(f.routed, f.name)
	if f.channel != "" {
		channels = append(channels, f.channel)
	}
	return channels
}

// Run polls until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	for ctx.Err() == nil {
		f.poll(ctx)
		pacing.Rest(ctx, f.interval, nil)
	}
}

// poll reads what is new, if any channel wants it; routes that are read again may change that. Each pass fails for itself,
// so that one that the console refuses does not silence the others.
func (f *Feed) poll(ctx context.Context) {
	if len(f.channels()) == 0 || !f.used(ctx) {
		return
	}
	if f.attempt(ctx, survey, f.ensureStarted) {
		for _, p := range f.passes {
			f.attempt(ctx, p.name, func(ctx context.Context) error { return f.sweepOrRead(ctx, p) })
		}
	}
	if ctx.Err() != nil {
		return
	}
	if len(f.failing) == 0 {
		f.observer.FeedSucceeded(f.name, string(f.source), f.now())
	}
	if err := f.announceHealth(ctx); err != nil {
		f.noting.Failed(f.logger, f.now(), "can't write the note about a feed, retrying", err)
		return
	}
	f.noting.Over(f.logger, f.now(), "the note about a feed is written")
}

// used reports whether the source is to be read. Unified alerts are, unless the console has none or the token may not read them; while
// nobody can tell, they are neither read nor missed.
func (f *Feed) used(ctx context.Context) bool {
	if f.uses == nil {
		return true
	}
	uses, err := f.uses(ctx)
	if err != nil {
		return false
	}
	f.group.unified.Store(uses)
	return uses
}

// sweepOrRead reads a pass's narrow window or, when it is time to, its wide one. After a failure it
// takes up where the pass got to, so that a long backlog is worked off however often the console
// fails; the windows come when that is done.
//
// The narrow window is for rows that are a few minutes late, which is usual; the sweep for those
// that are hours late, which is rare and costs a page for each five hundred rows of a day.
func (f *Feed) sweepOrRead(ctx context.Context, p pass) error {
	switch {
	case f.failing[p.name] != nil:
		_, err := f.read(ctx, p, 0)
		return err
	case f.untilSweep[p.name] > 0:
		f.untilSweep[p.name]--
		_, err := f.read(ctx, p, p.overlap)
		return err
	}
	rows, err := f.read(ctx, p, p.sweep)
	if err == nil && rows > cheapSweep {
		f.untilSweep[p.name] = sweepEvery - 1
	}
	return err
}

// attempt does one pass unless it rests after failures, and reports whether it succeeded. A feed that stops and is back is one line each in
// the log, however many of its passes fail and however often.
func (f *Feed) attempt(ctx context.Context, name string, pass func(context.Context) error) bool {
	t := f.failing[name]
	if t != nil && f.now().Before(t.until) {
		return false
	}
	var err error
	if caught := panics.Try(func() { err = pass(ctx) }); caught != nil {
		err = caught.AsError()
	}
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		f.failed(name, err)
		return false
	}
	if delete(f.failing, name); len(f.failing) == 0 {
		f.outage.Over(f.logger, f.now(), "feed is back")
	}
	return true
}

// failed notes the failure of a pass and when it is tried next: after an interval, two, four, … up
// to maxBackoff. Half an interval is taken off, so that a tick that comes a moment early is not
// taken for too early and a whole interval lost.
//
// With an interval of half a minute or more every poll is a try, since maxBackoff is no longer than
// that.
func (f *Feed) failed(name string, err error) {
	t := f.failing[name]
	if t == nil {
		t = &failureRun{began: f.now()}
		f.failing[name] = t
	}
	f.outage.Failed(f.logger, f.now(), "feed stopped: it can't be read. Nothing is lost, retrying", err, "pass", name)
	t.failures, t.err = t.failures+1, err
	t.until = f.now().Add(min(f.interval<<min(t.failures-1, 10), max(maxBackoff, f.interval)) - f.interval/2)
}

// survey is the name of the pass that the very first start makes.
const survey = "survey"

// ensureStarted makes sure that the source's beginning is fixed and that what lies before it is in the journal as history. The beginning
// is written down before anything is asked, so that a console that is down at first start loses nothing.
func (f *Feed) ensureStarted(ctx context.Context) error {
	cursor, err := f.journal.Cursor(ctx, f.kept)
	if err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}
	missing := slices.DeleteFunc(f.channels(), func(c string) bool { return slices.Contains(cursor.Channels, c) })
	known := len(missing) == 0
	if cursor.Ready && known {
		return nil
	}
	if cursor.Since.IsZero() {
		cursor.Since = f.born.Add(-f.backfill)
	}
	if !known {
		cursor.Channels = append(slices.Clone(cursor.Channels), missing...)
	}
	if err := f.journal.Record(ctx, journal.Batch{Source: f.kept, Cursor: cursor}); err != nil {
		return fmt.Errorf("write the cursor: %w", err)
	}
	if cursor.Ready {
		return nil
	}
	first := f.passes[0]
	first.name = survey
	window := maxIndexDelay
	if f.failing[survey] != nil && !cursor.Reached[survey].IsZero() {
		window = 0 // it goes on where it broke off
	}
	_, err = f.read(ctx, first, window)
	return err
}
