package approvals

import (
	"sync"
	"time"
)

// Clocks are set, drift, and differ between machines. What must not go wrong by that is decided without
// them where it can be, and refused where it cannot:
//
//	a clock set back      the process goes on counting from where it was (steady): what expires does
//	                      so in time. A row from the future, made before a restart, has waited for
//	                      nobody knows how long, and expires (ahead)
//	a clock set forward   what waits expires too early, which is safe; a run of this process is not
//	                      taken for dead (ownRuns)
//	clocks that differ    a run of another process is dead only if its lease is over and this process
//	                      has seen no sign of life for a while by its own clock (signsOfLife)

// maxSkew is by how much the clocks of processes that share a database may differ. Their machines are
// meant to keep time by NTP, which differs by less than a second.
const maxSkew = 5 * time.Minute

// ahead tells that at is later than now by more than clocks differ: one of them was wrong.
func ahead(at, now time.Time) bool { return at.Sub(now) > maxSkew }

// FromTheFuture tells that r was made, or agreed to, later than now: it expired because nobody knows how
// long it has waited.
func (r *Request) FromTheFuture(now time.Time) bool {
	return ahead(r.Created, now) || ahead(r.Agreed, now)
}

// steady is a clock that is never set back. Wall is the time of day, and elapsed how long the process
// has run by the machine's monotonic clock, which nobody sets.
func steady(wall func() time.Time, elapsed func() time.Duration) func() time.Time {
	began, already := wall().Round(0), elapsed() // without the monotonic reading, by which the two would never differ
	return func() time.Time {
		now := wall()
		if least := began.Add(elapsed() - already); least.After(now.Round(0)) {
			return least
		}
		return now
	}
}

// systemClock is steady with the system's clocks.
func systemClock() func() time.Time {
	began := time.Now()
	return steady(time.Now, func() time.Duration { return time.Since(began) })
}

// signsOfLife are when this process last saw a lease renewed, for each run that it knows of.
type signsOfLife struct {
	mu   sync.Mutex
	seen map[string]sign // by the request's id
}

type sign struct {
	fence int64
	until time.Time // the end of the lease, as it was written
	at    time.Time // when this process saw it first, by its own clock
}

// look notes whether the run of a request shows a sign of life at now, and returns for how long it has
// shown none. What is not running any more is forgotten.
func (s *signsOfLife) look(r Request, now time.Time) (silent time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.seen[r.ID]
	switch {
	case r.State != Running:
		delete(s.seen, r.ID)
		return 0
	case known && last.fence == r.Fence && last.until.Equal(r.LeaseUntil):
		return now.Sub(last.at)
	}
	if s.seen == nil {
		s.seen = map[string]sign{}
	}
	s.seen[r.ID] = sign{r.Fence, r.LeaseUntil, now}
	return 0
}

// keepOnly forgets runs that are not among those.
func (s *signsOfLife) keepOnly(running map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.seen {
		if !running[id] {
			delete(s.seen, id)
		}
	}
}
