package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"s1bot/approvals"
	"s1bot/bot"
	"s1bot/cmd/s1bot/memory"
	"s1bot/cmd/s1bot/metrics"
	"s1bot/commands"
	"s1bot/s1"
)

// newMetrics are the program's; what they ask for at a scrape is there by then.
//
// Names of commands and words are given beforehand: what a person types becomes a label only if it
// is one of these, for a label of free text would grow without end.
func (p *program) newMetrics() *metrics.Metrics {
	v := version()
	names := bot.BuiltinWords()
	for _, cmd := range commands.Known().Commands() {
		names = append(names, cmd.Name)
	}
	return metrics.New(metrics.Sources{
		Version: v.Version, Commit: v.Commit, Commands: names,
		Connections: func() int { return p.bot.Ready() },
		QueueDepth:  func() map[string]int { return p.bot.QueueDepth() },
		Requests:    p.requests,
	})
}

// A meter counts envelopes for the operators, and for the heap.
type meter struct {
	*metrics.Metrics
	heap *memory.Heap
}

// Envelope counts a delivery of Slack's.
func (m meter) Envelope(kind string) {
	m.heap.Beat()
	m.Metrics.Envelope(kind)
}

// requests is the state of approvals now. A state that no request is in is zero, so that a graph goes back to it.
func (p *program) requests(ctx context.Context) (metrics.Requests, error) {
	counts, oldest, err := p.db.Requests().Summary(ctx)
	if err != nil {
		return metrics.Requests{}, err
	}
	r := metrics.Requests{ByState: map[string]int{}}
	for _, state := range approvals.States() {
		r.ByState[string(state)] = counts[state]
	}
	if !oldest.IsZero() {
		r.OldestPending = time.Since(oldest)
	}
	_, r.Frozen, err = p.ledger.Frozen(ctx)
	return r, err
}

// observed is what happens at a console, for the metrics.
func observed(m *metrics.Metrics, console string) func(s1.Observation) {
	return func(o s1.Observation) { m.ConsoleRequest(console, o.Method, o.Route, o.Status, o.Duration) }
}

// tokenKnown shows the end of a console's token in the metrics; where there is none, or it is unknown, there is no such series.
func (p *program) tokenKnown(console string, token s1.Token) {
	if token.Expires.IsZero() {
		p.metrics.ConsoleTokenEndUnknown(console)
		return
	}
	p.metrics.ConsoleTokenEnds(console, token.Expires)
}

// An auditedStore logs every row of the audit trail, once it is written, so that the log tells the
// day's story under the same references; and it counts rows that could not be written: they stand
// in the same transaction as what they are about.
//
// It stands between the ledger and the database, the one place through which all rows go. Rows of a
// transaction that failed are not logged: they did not happen.
type auditedStore struct {
	approvals.Store
	failed func()
	log    *slog.Logger
}

func (s auditedStore) Insert(ctx context.Context, r approvals.Request, e approvals.Entry) (approvals.Request, bool, error) {
	stored, created, err := s.Store.Insert(ctx, r, e)
	if created {
		e.Ref = stored.Ref // where two had drawn the same, it is another than the entry's
		s.tell(ctx, err, e)
	}
	return stored, created, s.count(err)
}

func (s auditedStore) Swap(ctx context.Context, r approvals.Request, entries ...approvals.Entry) error {
	err := s.Store.Swap(ctx, r, entries...)
	s.tell(ctx, err, entries...)
	return s.count(err)
}

func (s auditedStore) Append(ctx context.Context, entries ...approvals.Entry) error {
	err := s.Store.Append(ctx, entries...)
	s.tell(ctx, err, entries...)
	return s.count(err)
}

// tell logs what was written, a line each. Of the details only the outcome is told: the others hold
// what people typed, and stay in the trail.
func (s auditedStore) tell(ctx context.Context, err error, entries ...approvals.Entry) {
	if err != nil {
		return
	}
	for _, e := range entries {
		var detail struct{ Outcome string }
		_ = json.Unmarshal(e.Detail, &detail) // most have none
		var said []slog.Attr
		for _, a := range []slog.Attr{slog.String("ref", e.Ref), slog.String("request_id", e.Request), slog.String("command", e.Command), slog.String("user", e.Actor), slog.String("outcome", detail.Outcome)} {
			if a.Value.String() != "" { // what is refused at once is no request yet
				said = append(said, a)
			}
		}
		s.log.LogAttrs(ctx, slog.LevelInfo, "audit: "+e.Action, said...)
	}
}

// count leaves out what is no failure of the database: somebody else was faster.
func (s auditedStore) count(err error) error {
	if err != nil && !errors.Is(err, approvals.ErrConflict) && !errors.Is(err, approvals.ErrDuplicate) && !errors.Is(err, context.Canceled) {
		s.failed()
	}
	return err
}
