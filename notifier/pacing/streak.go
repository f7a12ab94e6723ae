package pacing

import (
	"context"
	"log/slog"
	"time"
)

// A Streak is a run of failures of one thing. Its first failure and its end are logged, with their
// count, so that an outage of an hour is two lines and not seven a round. It is for one goroutine.
//
// The count and the length stand in the line that ends it, so that the log of an outage is read
// from its last line.
type Streak struct {
	failures int
	began    time.Time
}

// Failed logs a failure at now: the first of a streak as a warning, the others for debugging only.
func (s *Streak) Failed(log *slog.Logger, now time.Time, what string, err error, args ...any) {
	level := slog.LevelDebug
	if s.failures == 0 {
		level, s.began = slog.LevelWarn, now
	}
	s.failures++
	log.Log(context.Background(), level, what, append(args, "err", err)...)
}

// Over ends the streak at now, and logs how many failures it had and how long it lasted; without a
// streak it does nothing.
func (s *Streak) Over(log *slog.Logger, now time.Time, what string, args ...any) {
	if s.failures > 0 {
		log.Info(what, append(args, "failures", s.failures, "for", now.Sub(s.began).Round(time.Second))...)
	}
	*s = Streak{}
}

// Failures is how many there are in a row.
func (s *Streak) Failures() int { return s.failures }
