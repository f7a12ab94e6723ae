package intake

import (
	"maps"
	"slices"
	"sync"

	"s1bot/bot/inbound"
)

// underway are the deliveries that somebody waits for while work on them runs. The zero value is
// ready.
type underway struct {
	mu         sync.Mutex
	deliveries map[string]inbound.Delivery // by key
}

// begin adds one until done is called.
func (u *underway) begin(d inbound.Delivery) (done func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.deliveries == nil {
		u.deliveries = map[string]inbound.Delivery{}
	}
	u.deliveries[d.Key] = d
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.deliveries, d.Key)
	}
}

// all are those that run now.
func (u *underway) all() []inbound.Delivery {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Values(u.deliveries))
}
