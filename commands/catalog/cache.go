package catalog

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// A cache remembers the console's answers for a moment. What is in it is never changed, so that several may read it. The
// expiry is in the value, because the package's own expiring cache never ends its goroutine.
type cache struct {
	entries *lru.Cache[string, cached]
	keep    time.Duration
}

// A cached value knows until when it holds.
type cached struct {
	value   any
	expires time.Time
}

// newCache keeps so many values for so long. A size below 1 panics, for it is a constant of the
// program.
func newCache(size int, keep time.Duration) *cache {
	entries, err := lru.New[string, cached](size)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &cache{entries, keep}
}

// get returns nil for what is not there or too old. A nil cache is always empty.
func (c *cache) get(key string, now time.Time) any {
	if c == nil {
		return nil
	}
	entry, ok := c.entries.Get(key)
	if !ok || !now.Before(entry.expires) {
		return nil
	}
	return entry.value
}

// put keeps a value, which nobody changes from then on. A nil cache forgets it.
func (c *cache) put(key string, value any, now time.Time) {
	if c != nil {
		c.entries.Add(key, cached{value, now.Add(c.keep)})
	}
}
