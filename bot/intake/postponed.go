package intake

import (
	"errors"
	"sync"
	"time"

	"s1bot/bot/inbound"
)

// ErrPostponed is what the work on a delivery ends with that is taken up again.
var ErrPostponed = errors.New("postponed until a check can be made")

// Waiting holds deliveries that were put off.
//
// It lives in memory alone. The inbox has the same deliveries, unfinished, so nothing is lost with
// it: after a crash they are taken up as any other, with their number of tries back at nothing, and
// the person is told again.
type Waiting struct {
	mu    sync.Mutex
	items []postponed
}

type postponed struct {
	d   inbound.Delivery
	due time.Time
}

// Add puts a delivery off until it is due. In the inbox it stays this process's own, which no other takes
// up while this one gives signs of life.
func (w *Waiting) Add(d inbound.Delivery, due time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items = append(w.items, postponed{d, due})
}

// Due takes out what is due.
func (w *Waiting) Due(now time.Time) (ready []inbound.Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var rest []postponed
	for _, item := range w.items {
		if item.due.After(now) {
			rest = append(rest, item)
			continue
		}
		ready = append(ready, item.d)
	}
	w.items = rest
	return ready
}
