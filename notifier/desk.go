package notifier

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sourcegraph/conc"
)

// A desk keeps one teller for each channel that notices were ever meant for, also those that the settings no longer name: cards
// there still follow the console.
type desk struct {
	out     outlet
	journal Journal
	check   func(context.Context) error // nil if nothing is watched
	reports Reports                     // nil if there are none

	interval time.Duration // between polls
	logger   *slog.Logger

	mu     sync.Mutex
	opened map[string]bool
	bell   chan struct{}
}

func newDesk(c Config, kinds []kind) *desk {
	cards := map[Source]kind{}
	for _, k := range kinds {
		cards[k.source] = k
	}
	d := &desk{
		out: outlet{journal: c.Journal, poster: c.Poster, kinds: cards, burst: c.Burst, operators: c.Operators,
			lanes: &lanes{now: c.Now, of: map[string]*lane{}}, now: c.Now, logger: c.Logger},
		journal: c.Journal, check: c.Check, reports: c.Reports, interval: c.Interval, logger: c.Logger, opened: map[string]bool{}, bell: make(chan struct{}, 1),
	}
	for source := range cards {
		d.ring(c.channel(source))
		d.ring(c.routes().Channels(source)...)
	}
	d.ring(c.Operators)
	d.out.wake = d.ring
	return d
}

// ring makes the tellers look at the journal, and opens a teller for each of channels that has none. It never waits.
func (d *desk) ring(channels ...string) {
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

func (d *desk) open() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.opened, "")
	return slices.Sorted(maps.Keys(d.opened))
}

// run runs the tellers until ctx ends.
func (d *desk) run(ctx context.Context) {
	var running conc.WaitGroup
	defer running.Wait()
	running.Go(func() { d.recall(ctx) })
	if d.check != nil && d.out.operators != "" {
		running.Go(func() { d.watch(ctx, d.check) })
	}
	if d.reports != nil {
		running.Go(func() { d.reportShifts(ctx, d.reports) })
	}
	tellers := map[string]*teller{}
	for ctx.Err() == nil {
		for _, channel := range d.open() {
			t := tellers[channel]
			if t == nil {
				t = newTeller(d.out, channel)
				tellers[channel] = t
				running.Go(func() { t.run(ctx) })
			}
			t.ring()
		}
		select {
		case <-d.bell:
		case <-ctx.Done():
		}
	}
}

// recall opens the channels that earlier runs told.
func (d *desk) recall(ctx context.Context) {
	for _, source := range []Source{Threats, Alerts} {
		cursor, err := d.journal.Cursor(ctx, source)
		for try := 1; err != nil && ctx.Err() == nil; try++ {
			rest(ctx, backoff(try), nil)
			cursor, err = d.journal.Cursor(ctx, source)
		}
		d.ring(cursor.Channels...)
	}
}

// backoff doubles from a second to a minute.
func backoff(try int) time.Duration {
	return min(time.Second<<min(max(try-1, 0), 10), time.Minute)
}
