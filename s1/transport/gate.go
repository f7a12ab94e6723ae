package transport

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// smallBody is up to what size answers are read without asking the gate: all but the largest pages
	// of lists.
	smallBody = 1 << 20
	// maxBody is the largest answer that is read, after decompression. A full page of threats has some
	// 5 MB; a list whose page is larger is asked for again with fewer rows (see pages.List).
	maxBody = 8 << 20
	// maxProblem is how much is read of an answer that is an error: it is for a person.
	maxProblem = 256 << 10
	// maxValues is how many values an answer may have: as Go values, small ones take many times their
	// size.
	maxValues = 1 << 20
	// DefaultMemory is what a process with one client may take in all, in bytes, where nobody says.
	DefaultMemory = 96 << 20
	// bodyShare is the part of the process's memory that large answers may have as bytes: while it is
	// decoded, an answer takes three times its size, and half of the memory is for everything else.
	bodyShare = 6
	// maxQueued is how long an answer waits for room before it is given up. None that is read takes
	// longer than that.
	maxQueued = 2 * time.Minute
	// freeAfter is when memory that large answers took goes back to the system, after the last of
	// them.
	freeAfter = 3 * time.Second
	// freeAgain is when it does once more: what was made of an answer may still have been on its way to
	// Slack.
	freeAgain = 12 * time.Second
)

// errNoRoom: other large answers were read all the time.
var errNoRoom = errors.New("no room for a large answer")

// A Gate lets large answers into memory as far as the process's budget goes; the rest wait, first
// come first served, with their connections open and their time-outs stopped. Clients of one
// process share one.
type Gate struct {
	room *semaphore.Weighted
	most int64
	free func() // gives memory back to the system

	mu   sync.Mutex
	idle *time.Timer
}

// NewGate returns a gate with nobody in it, for a process that may take so many bytes of memory in
// all.
func NewGate(memory int64) *Gate {
	most := max(memory/bodyShare, smallBody)
	return &Gate{room: semaphore.NewWeighted(most), most: most, free: debug.FreeOSMemory}
}

// enter waits for room for so many bytes; what is larger than all of it enters alone. leave, which
// may be called once, gives it back.
func (g *Gate) enter(ctx context.Context, bytes int64) (leave func(), err error) {
	bytes = min(bytes, g.most)
	ctx, cancel := context.WithTimeoutCause(ctx, maxQueued, errNoRoom)
	defer cancel()
	if err := g.room.Acquire(ctx, bytes); err != nil {
		return nil, context.Cause(ctx)
	}
	return func() { g.leave(bytes) }, nil
}

// leave gives room back. Go keeps freed memory for a while, and a container with a tight limit
// counts that as used: so it goes back to the system soon after the last large answer, and not
// after each, because that costs time.
func (g *Gate) leave(bytes int64) {
	g.room.Release(bytes)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.idle == nil {
		g.idle = time.AfterFunc(freeAfter, func() {
			g.free()
			time.AfterFunc(freeAgain, g.free)
		})
		return
	}
	g.idle.Reset(freeAfter)
}
