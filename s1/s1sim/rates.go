package s1sim

import (
	"net"
	"strings"
	"sync"
	"time"

	"s1bot/s1/s1sim/hunting"
	"s1bot/s1/s1sim/wire"
)

// A rate is the vendor's published limit of a path: so many a second, and how many may come on top
// at once.
type rate struct {
	path    string
	per     float64 // a second
	burst   float64
	address bool // counted by the caller's address, not by token
}

// published are the limits of the vendor's table; the first path that fits counts. The proxy lets
// burst calls come early, so a bucket holds one more than that. A path that is not in the table has
// no published limit, and none here. The longer of two paths that begin alike stands first.
func published() []rate {
	const minute = 1.0 / 60
	return []rate{
		{path: "/users/login", per: 1, address: true},
		{path: "/system/status", per: 1, address: true},
		{path: "/dv/init-query", per: minute},
		{path: "/dv/query-status", per: 1},
		{path: "/dv/events/pq", per: 4, burst: 3},
		{path: hunting.LakeRoot, per: 3, burst: 2}, // the lowest figure that is published
		{path: "/update/agent/download/", per: 2 * minute, burst: 1},
		{path: "/cloud-detection/rules", per: 30 * minute, burst: 29},
		{path: "/threat-intelligence", per: 30 * minute, burst: 29},
		{path: "/threats/", per: 100, burst: 1000},
		{path: "/threats", per: 10, burst: 50},
		{path: "/agents", per: 25, burst: 1},
		{path: "/accounts", per: 100, burst: 10},
		{path: "/sites", per: 100, burst: 10},
		{path: "/activities", per: 10, burst: 30},
		{path: "/exclusions", per: 25, burst: 25},
		{path: "/remote-scripts", per: 1, burst: 30},
		{path: "/export", per: 1, burst: 30},
	}
}

// A bucket fills at its rate and every call takes one from it.
type bucket struct {
	level float64
	last  time.Time
}

// A meter counts calls against the published limits. The console's lock is not held while it
// counts, so it has its own.
type meter struct {
	mu      sync.Mutex
	rates   []rate
	buckets map[string]*bucket
}

func newMeter() *meter {
	return &meter{rates: published(), buckets: map[string]*bucket{}}
}

// allow says whether a call keeps to its limit.
func (m *meter) allow(q *wire.Request, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	path := strings.TrimPrefix(q.Path, wire.Prefix)
	for _, r := range m.rates {
		if !strings.HasPrefix(path, r.path) {
			continue
		}
		key := r.path + " " + q.Auth
		if r.address {
			host, _, _ := net.SplitHostPort(q.Remote)
			key = r.path + " " + host
		}
		return m.bucket(key, r, now).take(r, now)
	}
	return true
}

// bucket is the one of a path and a caller, full when it is new.
func (m *meter) bucket(key string, r rate, now time.Time) *bucket {
	if m.buckets[key] == nil {
		m.buckets[key] = &bucket{level: r.burst + 1, last: now}
	}
	return m.buckets[key]
}

// take fills by the time that passed and takes one. It goes by the console's clock, so a test
// decides when there is room again.
func (b *bucket) take(r rate, now time.Time) bool {
	b.level = min(r.burst+1, b.level+now.Sub(b.last).Seconds()*r.per)
	b.last = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}
