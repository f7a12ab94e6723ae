package transport

import (
	"sync"
	"time"
)

// A trouble is a row of calls of one path that all failed in the same way.
type trouble struct {
	status   int // 0: no answer
	failures int
	since    time.Time
}

// troubles are those that last. The log hears of each when it begins and when it is over: polls go
// on through a night in which the console denies access, and a line for each of their calls would
// leave nothing else to be seen.
type troubles struct {
	mu    sync.Mutex
	paths map[[2]string]*trouble // by method and route, of which there are as many as in this package
}

func newTroubles() *troubles { return &troubles{paths: map[[2]string]*trouble{}} }

// failed counts a call that failed, and tells whether that is news.
func (t *troubles) failed(o Observation) (news bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	path := [2]string{o.Method, o.Route}
	known := t.paths[path]
	if known == nil {
		known = &trouble{since: time.Now()}
		t.paths[path] = known
	}
	news = known.failures == 0 || known.status != o.Status
	known.status = o.Status
	known.failures++
	return news
}

// over is the trouble that a success ends; of no failures if there is none.
func (t *troubles) over(o Observation) trouble {
	t.mu.Lock()
	defer t.mu.Unlock()
	path := [2]string{o.Method, o.Route}
	known := t.paths[path]
	if known == nil {
		return trouble{}
	}
	delete(t.paths, path)
	return *known
}
