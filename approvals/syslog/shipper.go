// Package syslog sends the audit trail to a SIEM as it grows: messages of RFC 5424 over TLS (RFC
// 5425), each behind its length (octet counting, RFC 6587).
//
// Syslog acknowledges nothing: what was written to a connection that then breaks may have arrived
// or not. So a Shipper has two places in the trail. Up to sent, rows were written; up to its
// Position, which the database keeps, they were written and the connection still stood some seconds
// later. When a connection breaks, or the process ends, it goes on behind the Position. A stop in
// good order closes its side of the connection and waits until the receiver, having read
// everything, closes the other.
//
// The rule that must not break: every row arrives, in order, at least once. A row that arrives
// twice has the same number and hash. And the Shipper only reads: nothing that people decide ever
// waits for it.
package syslog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"s1bot/approvals"
)

const (
	tick = time.Second
	// lease is how long one process has the trail to itself, and renew how often it says so.
	lease, renew = 30 * time.Second, 10 * time.Second
	// settles is how long a connection must stand after a write until the row counts as arrived.
	settles = 5 * time.Second
	// writeLimit is how long a receiver may be too busy to read.
	writeLimit = 10 * time.Second
	// farewell is how long a stop waits until the receiver has read everything.
	farewell = 2 * time.Second
	// batch is how many rows go out between two looks at lease and position.
	batch = 500
	// tellAfter is how many attempts fail until somebody is told, and slowest the longest pause between
	// two.
	tellAfter, slowest = 3, time.Minute
)

// A Position is how far the trail has arrived.
type Position struct {
	Seq      int64
	Reported bool // people know that it does not get on
}

// Positions keeps the Position for all processes that share a database. One of them at a time has
// it.
//
// Save and Release fail where another process has the right by now: whoever was too slow must not
// move a position that is no longer theirs.
type Positions interface {
	// Claim takes or renews the right to send, for so long, and returns the position; false while
	// another process has it.
	Claim(ctx context.Context, span time.Duration) (Position, bool, error)
	// Save writes the position of who has the right.
	Save(ctx context.Context, p Position) error
	// Release gives the right back.
	Release(ctx context.Context) error
}

// Config is what a Shipper works with.
//
// Rows yields the rows behind a number, in order, and reads them as it goes. Message must not fail:
// a row that can't be told in full is told in part (Sender.Message).
type Config struct {
	Dial      func(context.Context) (Conn, error)
	Rows      func(ctx context.Context, after int64) iter.Seq2[approvals.Entry, error]
	Message   func(context.Context, approvals.Entry) []byte
	Positions Positions
	Tell      func(ctx context.Context, failure error) error // people, once; nil says that it is well again
	Log       *slog.Logger
}

// A Shipper sends what is new in the trail until its Run ends.
//
// All fields belong to the goroutine of Run; there is no lock. held and renewed are this process's
// view of the right to send; conn, sent and unsure go with one connection.
type Shipper struct {
	Config
	position Position
	held     bool
	renewed  time.Time

	conn    *conn
	sent    int64
	unsure  []write // what was written and has not settled
	failed  int
	retryAt time.Time
}

// A write is the last row that was written at a moment.
type write struct {
	seq int64
	at  time.Time
}

// New makes a Shipper; it starts nothing.
func New(c Config) *Shipper { return &Shipper{Config: c} }

// Run sends until ctx ends, then what is left, as far as the receiver takes it in time.
//
// It returns nil always: that the audit trail does not reach a SIEM is told to people and never
// ends the bot.
func (s *Shipper) Run(ctx context.Context) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if more := s.step(ctx); more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	s.end(context.WithoutCancel(ctx))
	return nil
}

// step does what is due and reports whether more rows wait.
//
// An error in the moment of a shutdown is no failure of the receiver's.
func (s *Shipper) step(ctx context.Context) (more bool) {
	if err := s.claim(ctx); err != nil {
		s.Log.WarnContext(ctx, "cannot find out which process sends the audit trail to syslog", "err", err)
		return false
	}
	if !s.held || time.Now().Before(s.retryAt) {
		return false
	}
	more, err := s.ship(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		s.fail(ctx, err)
		return false
	}
	if time.Since(s.conn.since) >= settles { // sooner it may be refused yet: TLS 1.3 says so after the handshake
		s.recovered(ctx)
	}
	return more
}

// claim renews the right to send in time. Who gets it begins at the position that the one before
// left.
//
// Whoever loses the right, or gets it anew, drops its connection: rows behind the other's position
// are sent again by one of the two.
func (s *Shipper) claim(ctx context.Context) error {
	if time.Since(s.renewed) < renew {
		return nil
	}
	position, held, err := s.Positions.Claim(ctx, lease)
	if err != nil {
		return err
	}
	if !held || !s.held {
		s.drop()
		s.position = position
	}
	s.held, s.renewed = held, time.Now()
	return nil
}

// ship writes the next rows, and keeps how far they have arrived.
//
// The order matters: first what was written earlier settles, then more is written, and at the end
// the connection is looked at once more, for a write into a connection that the other side has
// closed succeeds.
func (s *Shipper) ship(ctx context.Context) (more bool, err error) {
	if s.conn == nil {
		c, err := s.Dial(ctx)
		if err != nil {
			return false, err
		}
		s.conn, s.sent, s.unsure = newConn(c), s.position.Seq, nil
	}
	if err := s.settle(ctx, time.Now().Add(-settles)); err != nil {
		return false, err
	}
	written := 0
	for e, err := range s.Rows(ctx, s.sent) {
		if err != nil {
			return false, err
		}
		if err := s.conn.write(ctx, s.Message(ctx, e)); err != nil {
			return false, err
		}
		s.sent = e.Seq
		if written++; written == batch {
			break
		}
	}
	if written > 0 {
		s.unsure = append(s.unsure, write{s.sent, time.Now()})
	}
	return written == batch, s.conn.broken()
}

// settle moves the position behind what was written by then, if the connection stands.
func (s *Shipper) settle(ctx context.Context, by time.Time) error {
	if err := s.conn.broken(); err != nil {
		return err
	}
	position := s.position
	for len(s.unsure) > 0 && !s.unsure[0].at.After(by) {
		position.Seq = s.unsure[0].seq
		s.unsure = s.unsure[1:]
	}
	return s.save(ctx, position)
}

// save writes the position down where it moved, and takes it over only when that succeeded.
func (s *Shipper) save(ctx context.Context, p Position) error {
	if p == s.position {
		return nil
	}
	if err := s.Positions.Save(ctx, p); err != nil {
		return fmt.Errorf("keep how far the audit trail was sent: %w", err)
	}
	s.position = p
	return nil
}

// fail closes the connection and tells people where it happens again and again.
//
// Pauses are 1, 2, 4 … seconds and a minute at most. The log has the first failure of a row of
// them, people hear after the third.
func (s *Shipper) fail(ctx context.Context, err error) {
	s.drop()
	s.failed++
	s.retryAt = time.Now().Add(min(slowest, time.Second<<min(s.failed-1, 10)))
	if s.failed == 1 {
		s.Log.WarnContext(ctx, "the audit trail can't be sent to the syslog server; waiting rows are sent later", "err", err, "after", s.position.Seq)
	}
	if s.failed < tellAfter || s.position.Reported {
		return
	}
	s.tell(ctx, err)
}

// recovered notes that the connection stands.
//
// A connection that was just opened proves nothing, so its caller waits until it has stood for a
// while.
func (s *Shipper) recovered(ctx context.Context) {
	if s.failed > 0 {
		s.Log.InfoContext(ctx, "the audit trail reaches the syslog server again")
	}
	s.failed = 0
	if s.position.Reported {
		s.tell(ctx, nil)
	}
}

// tellLimit is how long a message to people may take; a stop waits for it, for it may be there
// though its answer is not.
const tellLimit = 10 * time.Second

// tell tells people, and keeps that they know; what Slack does not take now is told at the next
// attempt.
func (s *Shipper) tell(ctx context.Context, failure error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellLimit)
	defer cancel()
	position := s.position
	position.Reported = failure != nil
	if err := s.Tell(ctx, failure); err != nil {
		s.Log.WarnContext(ctx, "operators weren't told about the syslog server", "err", err)
		return
	}
	if err := s.save(ctx, position); err != nil {
		s.Log.WarnContext(ctx, "operators may be told about the syslog server again", "err", err)
	}
}

// drop closes the connection; what has not settled is sent again.
func (s *Shipper) drop() {
	if s.conn != nil {
		s.conn.close()
	}
	s.conn, s.unsure = nil, nil
}

// end sends what is left and gives the right to send back.
//
// It has writeLimit in all, which is within the twenty seconds that a stop may take. What does not
// get out stays behind the position for the next start.
func (s *Shipper) end(ctx context.Context) {
	if !s.held {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	if s.conn != nil {
		for more, err := true, error(nil); more && err == nil; {
			more, err = s.ship(ctx)
		}
		if s.conn.finish() {
			_ = s.save(ctx, Position{s.sent, s.position.Reported})
		}
	}
	s.drop()
	if err := s.Positions.Release(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.WarnContext(ctx, "another process waits before it sends the audit trail", "err", err)
	}
}
