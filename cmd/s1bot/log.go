package main

import (
	"context"
	"io"
	"log/slog"

	"s1bot/bot/inbound"
)

// newLogger writes the log as the settings want it. The level was checked with them.
func newLogger(w io.Writer, c config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel))
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(referenced{slog.NewJSONHandler(w, opts)})
	}
	return slog.New(referenced{slog.NewTextHandler(w, opts)})
}

// referenced writes down which delivery a line belongs to: the reference that error cards show, too. Rooms below know nothing of
// deliveries, and log with the context of the work.
type referenced struct{ slog.Handler }

const referenceAttr = "envelope_id"

// Handle adds the reference of what is being worked on to a record that has none, so that the line
// behind a "quote this reference" on a card is found by it. A record that names one itself is about
// that one.
func (h referenced) Handle(ctx context.Context, r slog.Record) error {
	ref, said := inbound.Reference(ctx), false
	r.Attrs(func(a slog.Attr) bool {
		said = a.Key == referenceAttr
		return !said
	})
	if ref != "" && !said {
		r = r.Clone()
		r.AddAttrs(slog.String(referenceAttr, ref))
	}
	return h.Handler.Handle(ctx, r)
}

func (h referenced) WithAttrs(attrs []slog.Attr) slog.Handler {
	return referenced{h.Handler.WithAttrs(attrs)}
}

func (h referenced) WithGroup(name string) slog.Handler { return referenced{h.Handler.WithGroup(name)} }
