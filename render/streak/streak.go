// Package streak keeps the log of an outage short: what fails again and again is told when it begins
// and when it is over, with a count, and not once a round.
//
//	Streak   the failures of one thing, in the words of who asks for it
//	Rounds   those of the many looks that a loop makes in each of its rounds, by their words
//
// It only logs; whoever retries decides by itself when and whether. The rule one must not break: a
// success is told of, too, or the next outage is taken for the same one and stays silent.
package streak

import (
	"context"
	"log/slog"
	"sync"
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

// Rounds are the streaks of looks that are made in every round of a loop. The zero value is ready,
// and safe for several goroutines.
type Rounds struct {
	mu      sync.Mutex
	failing map[string]*Streak // by what is said of a failure: constants of the program
}

// Note says how one look went: what is said where it failed, and once when it works again. A look
// that ctx broke off says nothing.
func (r *Rounds) Note(ctx context.Context, log *slog.Logger, what string, err error) {
	if err != nil && ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.failing[what]
	switch {
	case err == nil && s != nil:
		s.Over(log, time.Now(), "works again", "after", what)
		delete(r.failing, what)
	case err != nil && s == nil:
		if r.failing == nil {
			r.failing = map[string]*Streak{}
		}
		s = &Streak{}
		r.failing[what] = s
		fallthrough
	case err != nil:
		s.Failed(log, time.Now(), what, err)
	}
}
