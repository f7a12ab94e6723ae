package memory

import (
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// By how many percent the heap may grow beyond what is live before it is collected, and what tells a
// busy process from a calm one.
//
// Go's usual hundred would be a tenth of all that a calm process takes: live are 5 MiB, and a
// collection of so little costs a few milliseconds. While clicks stream in, the same would happen
// once in fifty of them, and whoever clicks then waits those milliseconds for their acknowledgement.
const (
	calmGrowth = 50
	busyGrowth = 400
	burst      = 20               // envelopes within a second make it busy: one person and what they start are no burst
	calmAfter  = 10 * time.Second // without another burst
	quietAfter = 30 * time.Second // without a single envelope: nobody feels what it costs to give memory back
)

// A Heap lets garbage gather while many people are at work, and keeps the process small while few
// are, or nobody is: the runtime gives back what a list took over many minutes. How large it may grow in all is bounded by Bound, whatever it does.
type Heap struct {
	grow    func(percent int) // sets what is allowed from now on
	release func()            // gives back what is free

	mu    sync.Mutex
	since time.Time // the second that is counted
	count int       // envelopes in it
	calm  *time.Timer
	quiet *time.Timer // since the last envelope
	busy  bool

	applying sync.Mutex // one after the other, so that the last one to decide is the last one to set
}

// NewHeap is the process's own; nil where GOGC says how it is to be collected.
func NewHeap() *Heap {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	h := &Heap{grow: func(percent int) { debug.SetGCPercent(percent) }, release: debug.FreeOSMemory}
	h.grow(calmGrowth)
	return h
}

// Beat counts an envelope, and never waits: to change the setting stops the program until a
// collection that is under way has ended, so others do that. A nil Heap counts nothing.
func (h *Heap) Beat() {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.quiet == nil {
		h.quiet = time.AfterFunc(quietAfter, h.release)
	} else {
		h.quiet.Reset(quietAfter)
	}
	now := time.Now()
	if now.Sub(h.since) > time.Second {
		h.since, h.count = now, 0
	}
	if h.count++; h.count < burst {
		return
	}
	if h.busy {
		h.calm.Reset(calmAfter)
		return
	}
	h.busy = true
	h.calm = time.AfterFunc(calmAfter, h.rest)
	time.AfterFunc(0, h.apply)
}

// rest ends the busy time.
func (h *Heap) rest() {
	h.mu.Lock()
	h.busy = false
	h.mu.Unlock()
	h.apply()
	h.release()
}

// apply sets what holds now.
func (h *Heap) apply() {
	h.applying.Lock()
	defer h.applying.Unlock()
	h.mu.Lock()
	growth := calmGrowth
	if h.busy {
		growth = busyGrowth
	}
	h.mu.Unlock()
	h.grow(growth)
}
