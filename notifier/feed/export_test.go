package feed

import (
	"context"
	"log/slog"

	"s1bot/notifier/journal"
	"s1bot/s1"
)

// ReadOnePage reads what a source shows as its feed does.
func ReadOnePage(ctx context.Context, console Console, source journal.Source) ([]journal.Notice, error) {
	f := New(Config{Console: console, Logger: slog.New(slog.DiscardHandler)}, source)
	page, err := f.page(ctx, s1.Query{})
	return mapSlice(page.Items, f.consoleSide), err
}

// NewCreatedOnly makes a feed of threats that goes through them by creation alone.
func NewCreatedOnly(c Config, consoles func() Console) *Feed {
	f := New(c, journal.Threats)
	f.passes = f.passes[:1]
	f.page = func(ctx context.Context, q s1.Query) (s1.Page[item], error) {
		return items(threatItem)(consoles().ThreatsPage(ctx, q))
	}
	return f
}

// Poll polls once.
func (f *Feed) Poll(ctx context.Context) { f.poll(ctx) }

// Sweep reads the wide window of the pass by creation.
func (f *Feed) Sweep(ctx context.Context) (rows int, err error) {
	return f.read(ctx, f.passes[0], maxIndexDelay)
}
