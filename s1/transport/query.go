package transport

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"s1bot/s1/wire"
)

// Query holds the parameters of a list: filter keys, sortBy, sortOrder, limit (rows per page, 1 to
// 1000), cursor, skip. The nil Query lists everything that the token can see.
type Query url.Values

// With returns a copy of q in which key has the values, comma separated as the console wants lists;
// without values the key is gone. The console cannot take a comma inside a value of a list: see
// Filter.ToQuery for values that people typed.
func (q Query) With(key string, values ...string) Query {
	copied := Query(maps.Clone(url.Values(q)))
	if copied == nil {
		copied = Query{}
	}
	if len(values) == 0 {
		delete(copied, key)
		return copied
	}
	copied[key] = []string{strings.Join(values, ",")}
	return copied
}

// WithLimit returns a copy of q that asks for pages of n rows; the console takes 1 to 1000.
func (q Query) WithLimit(n int) Query {
	return q.With("limit", strconv.Itoa(min(max(n, 1), MaxLimit)))
}

// SortedBy returns a copy of q that sorts by a field.
func (q Query) SortedBy(field string, order SortOrder) Query {
	return q.With("sortBy", field).With("sortOrder", string(order))
}

// And returns a copy of q with the parameters of other, which win where both have a key.
func (q Query) And(other Query) Query {
	for _, key := range slices.Sorted(maps.Keys(other)) {
		q = q.With(key, other[key]...)
	}
	return q
}

// Get returns the value of key, "" if it has none.
func (q Query) Get(key string) string { return url.Values(q).Get(key) }

// String returns the query as it is sent, keys in alphabetical order.
func (q Query) String() string { return url.Values(q).Encode() }

// Whole tells whether q begins at the first row and asks for the rows themselves.
func (q Query) Whole() bool {
	return q.Get("cursor") == "" && q.Get("skip") == "" && q.Get("countOnly") == ""
}

// SortOrder is a direction of sorting.
type SortOrder string

// The directions.
const (
	Ascending  SortOrder = "asc"
	Descending SortOrder = "desc"
)

// Choices lists the directions.
func (SortOrder) Choices() []wire.Choice {
	return []wire.Choice{{Value: "asc", Label: "Ascending"}, {Value: "desc", Label: "Descending"}}
}

// Label is the direction as people read it.
func (o SortOrder) Label() string { return wire.Label(o) }

// MaxLimit is the most rows that the console puts on a page.
const MaxLimit = 1000

// Everywhere returns a copy of q that asks for exclusions and blocklist items of scopes above and
// below, too. Without it the console tells those of the very scope that q names, or of the token's
// own.
func (q Query) Everywhere() Query {
	return q.With("includeChildren", "true").With("includeParents", "true")
}
