package intake

import (
	"context"
	"sync"
	"time"
)

// Who clicks waits for the acknowledgement, and Slack for three seconds: while envelopes come in,
// the work on those before them begins a little later. Fifty that come together are read, written
// down in one transaction and acknowledged before the first answer is drawn, and before the next
// answer of an earlier fifty is. Decisions do not wait: their acknowledgement is only the beginning
// of what their person waits for, and what else there is to do gives way to them as well.
//
// The longest pause bounds the price: under a stream of envelopes that never leaves a lull, work
// still has a part of the time to itself.
const (
	lull         = 2 * time.Millisecond   // without an envelope, until work begins: what Slack sends together comes over several connections, a little apart
	longestPause = 50 * time.Millisecond  // however many come
	breather     = 20 * time.Millisecond  // for which work may begin before the next pause
	decisionTime = 250 * time.Millisecond // for which a decision counts as under way: one that the console lets hang holds nobody up
)

// A pauser is work that can be told to begin nothing; see fairqueue.Queue.
type pauser interface {
	Pause()
	Resume()
}

// AcksFirst holds work back while envelopes wait for their acknowledgement.
//
// Pauses do not nest, and the queue behind it knows only paused or not. Timers of an earlier pause
// may fire during a later one, so each carries the time at which its own pause began and does
// nothing if that is not the one that holds.
type AcksFirst struct {
	Work pauser

	mu      sync.Mutex
	coming  int // envelopes without an acknowledgement, and decisions under way
	paused  bool
	over    chan struct{} // closed at the end of the pause
	since   time.Time     // of it
	resumed time.Time     // when the last one ended that was as long as may be
}

// begin is called when an envelope comes.
func (a *AcksFirst) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coming++
	now := time.Now()
	if a.paused || now.Sub(a.resumed) < breather {
		return
	}
	a.paused, a.since, a.over = true, now, make(chan struct{})
	a.Work.Pause()
	time.AfterFunc(longestPause, func() { a.resume(now) })
}

// end is called when it has its acknowledgement, or will get none.
func (a *AcksFirst) end() { a.endAll(1) }

// endAll is end for n envelopes.
//
// The lull begins with the last acknowledgement, not with the last envelope: between the two the
// database writes, and the work would compete with it. Both timers may be running for one pause;
// the second finds it over.
func (a *AcksFirst) endAll(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coming -= n
	if since := a.since; a.coming == 0 && a.paused {
		time.AfterFunc(lull, func() { a.resume(since) })
	}
}

// resume ends the pause of that time, if it is over.
func (a *AcksFirst) resume(since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.paused || !a.since.Equal(since) {
		return
	}
	now := time.Now()
	switch tooLong := now.Sub(since) >= longestPause; {
	case tooLong:
		a.resumed = now
	case a.coming > 0:
		return
	}
	a.paused = false
	close(a.over)
	a.Work.Resume()
}

// ahead is the key under which the context of a decision says that it gives way to nobody.
type ahead struct{}

// decide is called when work on a decision begins; done, when it ends.
func (a *AcksFirst) decide(ctx context.Context) (_ context.Context, done func()) {
	a.begin()
	end := sync.OnceFunc(a.end)
	time.AfterFunc(decisionTime, end)
	return context.WithValue(ctx, ahead{}, true), end
}

// GiveWay returns when nothing that goes first is under way, or it has had long enough. Work that has
// begun calls it before it draws and sends a message.
func (a *AcksFirst) GiveWay(ctx context.Context) {
	a.mu.Lock()
	paused, over := a.paused && ctx.Value(ahead{}) == nil, a.over
	a.mu.Unlock()
	if paused {
		<-over
	}
}
