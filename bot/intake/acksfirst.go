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
// still has a part of the time to itself. Only what tells the end of what ran, on cards and to those
// who asked, keeps giving way (see Patient): each decision has seven such messages, and those of the
// last hundred would take the time that the next hundred need. So few of them at a time are still
// more than Slack takes, which is about one a second in a channel.
const (
	lull         = 2 * time.Millisecond   // without an envelope, until work begins: what Slack sends together comes over several connections, a little apart
	longestPause = 50 * time.Millisecond  // however many come
	breather     = 20 * time.Millisecond  // for which work may begin before the next pause
	decisionTime = 250 * time.Millisecond // for which a decision counts as under way: one that the console lets hang holds nobody up
	fewTurns     = 4                      // of the patient, at the end of each longest pause
	patience     = 5 * time.Second        // of the patient
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
	calm    chan struct{} // closed at the next lull; nil: it is calm
	turns   chan struct{} // of the patient that go before
}

// NewAcksFirst makes one that holds back nothing yet.
func NewAcksFirst(work pauser) *AcksFirst {
	return &AcksFirst{Work: work, turns: make(chan struct{}, fewTurns)}
}

// begin is called when an envelope comes.
func (a *AcksFirst) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coming++
	if a.calm == nil {
		a.calm = make(chan struct{})
	}
	now := time.Now()
	if a.paused || now.Sub(a.resumed) < breather {
		return
	}
	a.paused, a.since, a.over = true, now, make(chan struct{})
	a.Work.Pause()
	time.AfterFunc(longestPause, func() { a.breathe(now) })
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
	if since := a.since; a.coming == 0 && a.calm != nil {
		time.AfterFunc(lull, func() { a.rest(since) })
	}
}

// rest ends the pause of that time, if nothing came since.
func (a *AcksFirst) rest(since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.coming > 0 || !a.since.Equal(since) {
		return
	}
	if a.calm != nil {
		close(a.calm)
		a.calm = nil
	}
	a.resume()
}

// breathe ends the pause of that time whatever comes, if it still holds.
func (a *AcksFirst) breathe(since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.paused || !a.since.Equal(since) {
		return
	}
	a.resumed = time.Now()
	for range fewTurns {
		select {
		case a.turns <- struct{}{}:
		default:
		}
	}
	a.resume()
}

// resume ends a pause, if there is one. The caller holds the lock.
func (a *AcksFirst) resume() {
	if a.paused {
		a.paused = false
		close(a.over)
		a.Work.Resume()
	}
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

// patient is the key under which the context of work says that nobody waits for its messages.
type patient struct{}

// Patient is ctx for work whose messages give way for longer than one pause.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patient{}, true) }

// GiveWay returns when nothing that goes first is under way, or it has had long enough. Work that has
// begun calls it before it draws and sends a message.
func (a *AcksFirst) GiveWay(ctx context.Context) {
	if ctx.Value(ahead{}) != nil {
		return
	}
	a.mu.Lock()
	paused, over, calm := a.paused, a.over, a.calm
	a.mu.Unlock()
	switch {
	case calm == nil:
	case ctx.Value(patient{}) != nil:
		enough := time.NewTimer(patience)
		defer enough.Stop()
		select {
		case <-calm:
		case <-a.turns:
		case <-enough.C:
		}
	case paused:
		<-over
	}
}
