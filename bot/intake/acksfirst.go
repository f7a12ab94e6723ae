package intake

import (
	"context"
	"sync"
	"time"
)

// Who clicks waits for the acknowledgement, and Slack for three seconds: while envelopes come in,
// the work on those before them begins a little later. Fifty that come together are read, written
// down in one transaction and acknowledged before the first answer is drawn. Decisions do not wait:
// their acknowledgement is only the beginning of what their person waits for, and what else there
// is to do gives way to them as well.
//
// Under a stream of envelopes that never leaves a lull, work begins all the same after the longest
// pause, but one piece at a time and not all that has gathered: the fifty answers to the last fifty
// envelopes, drawn at once, would stand before the next acknowledgement. Slack sends a workspace's
// clicks with many lulls between them, so that nobody's answer waits for the drip for long.
//
// Only what tells the end of what ran, on cards and to those who asked, keeps giving way (see
// Patient): each decision has seven such messages, and those of the last hundred would take the
// time that the next hundred need. So few of them are still more than Slack takes, which is about
// one a second in a channel.
const (
	lull         = 2 * time.Millisecond   // without an envelope, until work begins: what Slack sends together comes over several connections, a little apart
	longestPause = 50 * time.Millisecond  // however many come
	drip         = 5 * time.Millisecond   // from then on, between one piece of work and the next
	patientDrips = 4                      // of which one lets a patient message go
	decisionTime = 250 * time.Millisecond // for which a decision counts as under way: one that the console lets hang holds nobody up
	patience     = 5 * time.Second        // of the patient
)

// A pauser is work that can be told to begin nothing, or one piece; see fairqueue.Queue.
type pauser interface {
	Pause()
	Begin()
	Resume()
}

// AcksFirst holds work back while envelopes wait for their acknowledgement.
//
// Pauses do not nest, and the queue behind it knows only paused or not. Timers of an earlier pause
// may fire during a later one, so each carries the pause that it belongs to and does nothing if that
// is not the one that holds.
type AcksFirst struct {
	Work pauser

	mu     sync.Mutex
	coming int           // envelopes without an acknowledgement, and decisions under way
	pause  *pause        // nil: it is calm
	turns  chan struct{} // of the patient that go before the calm
}

// A pause ends with the next lull.
type pause struct {
	over    chan struct{}
	lull    *time.Timer // since the last acknowledgement
	last    time.Time   // of that
	dripped int
}

// NewAcksFirst makes one that holds back nothing yet.
func NewAcksFirst(work pauser) *AcksFirst {
	return &AcksFirst{Work: work, turns: make(chan struct{}, 1)}
}

// begin is called when an envelope comes.
func (a *AcksFirst) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coming++
	if a.pause != nil {
		return
	}
	p := &pause{over: make(chan struct{})}
	p.lull = time.AfterFunc(longestPause, func() { a.rest(p) })
	a.pause = p
	a.Work.Pause()
	time.AfterFunc(longestPause, func() { a.drip(p) })
}

// end is called when it has its acknowledgement, or will get none.
func (a *AcksFirst) end() { a.endAll(1) }

// endAll is end for n envelopes.
//
// The lull begins with the last acknowledgement, not with the last envelope: between the two the
// database writes, and the work would compete with it.
func (a *AcksFirst) endAll(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.coming -= n
	if p := a.pause; a.coming == 0 && p != nil {
		p.last = time.Now()
		p.lull.Reset(lull)
	}
}

// rest ends the pause if nothing came since. A timer that has fired already is not stopped by its reset.
func (a *AcksFirst) rest(p *pause) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pause != p || a.coming > 0 || time.Since(p.last) < lull {
		return
	}
	a.pause = nil
	close(p.over)
	a.Work.Resume()
}

// drip lets one piece of work begin, for as long as the pause holds.
func (a *AcksFirst) drip(p *pause) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pause != p {
		return
	}
	a.Work.Begin()
	if p.dripped++; p.dripped%patientDrips == 0 {
		select {
		case a.turns <- struct{}{}:
		default:
		}
	}
	time.AfterFunc(drip, func() { a.drip(p) })
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
	p := a.pause
	a.mu.Unlock()
	if p == nil {
		return
	}
	var turns <-chan struct{}
	long := longestPause
	if ctx.Value(patient{}) != nil {
		turns, long = a.turns, patience
	}
	enough := time.NewTimer(long)
	defer enough.Stop()
	select {
	case <-p.over:
	case <-turns:
	case <-enough.C:
	}
}
