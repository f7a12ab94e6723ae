package transport

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// smallBody is up to what size answers are read without asking the gate: all but the largest pages of lists.
	smallBody = 1 << 20
	// maxBody is the largest answer that is read, after decompression. A full page of threats has some 5 MB; a list whose page is larger
	// is asked for again with fewer rows (see list.page).
	maxBody = 8 << 20
	// maxProblem is how much is read of an answer that is an error: it is for a person.
	maxProblem = 256 << 10
	// maxValues is how many values an answer may have: as Go values, small ones take many times their size.
	maxValues = 1 << 20
	// largeAtOnce is how many answers above smallBody may be in memory as bytes at once. While it is decoded an answer takes three times
	// its size, and the whole process shall stay below 128 MiB.
	largeAtOnce = 2
	// freeAfter is when memory that large answers took goes back to the system, after the last of them.
	freeAfter = 3 * time.Second
)

// A Gate lets few large answers into memory at a time. Clients of one process share one.
type Gate struct {
	slots chan struct{}

	mu   sync.Mutex
	idle *time.Timer
}

// NewGate returns a gate with nobody in it.
func NewGate() *Gate { return &Gate{slots: make(chan struct{}, largeAtOnce)} }

// enter waits for a slot; leave, which may be called once, gives it back.
func (g *Gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.slots <- struct{}{}:
		return g.leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (g *Gate) leave() {
	<-g.slots
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.idle == nil {
		g.idle = time.AfterFunc(freeAfter, debug.FreeOSMemory)
		return
	}
	g.idle.Reset(freeAfter)
}
