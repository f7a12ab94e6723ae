package store

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// pageKeys are the query parameters of every list; those that count are the last two.
var pageKeys = []string{"limit", "skip", "cursor", "sortBy", "sortOrder", "countOnly", "skipCount"}

// A Listing is a resource that can be listed: where its objects are, what filters it and what sorts
// it.
type Listing struct {
	Rows      func(*wire.Request) *Collection
	Keys      func() keys.Table
	Sorts     map[string]string // legal values of sortBy and the path each one means
	Order     string            // the path that sorts when nobody asks
	Desc      bool
	Uncounted bool // takes neither countOnly nor skipCount
	// implied adds what the service restricts by itself where the caller does not say otherwise.
	Implied func(keys.Filter) func(wire.Object) bool
}

// A window is which part of a list was asked for. Cursor and skip exclude each other: with a cursor
// the other is not looked at.
type window struct {
	limit, skip          int
	cursor               string
	countOnly, skipCount bool
	path                 string
	desc                 bool
}

// List answers a GET: the rows of one page and its pagination.
func (l Listing) List(q *wire.Request) (rows []any, pagination wire.Object, err error) {
	ofPages := pageKeys
	if l.Uncounted {
		ofPages = pageKeys[:len(pageKeys)-2]
	}
	f, err := l.Keys().FromQuery(q.Query, ofPages)
	if err != nil {
		return nil, nil, err
	}
	w, err := l.window(q)
	if err != nil {
		return nil, nil, err
	}
	all := sorted(l.Choose(l.Rows(q), f), w)
	total := len(all)
	if w.skipCount {
		total = 0 // not computed, and the service says 0
	}
	if w.countOnly {
		return []any{}, wire.Object{"totalItems": len(all), "nextCursor": nil}, nil
	}
	page, next, err := cut(all, w, f.Fingerprint(q.Path, w.path, w.desc))
	if err != nil {
		return nil, nil, err
	}
	rows = []any{}
	for _, r := range page {
		rows = append(rows, r.Obj)
	}
	return rows, wire.Object{"totalItems": total, "nextCursor": next}, nil
}

// Handle is List as a route has it.
func (l Listing) Handle(q *wire.Request) (any, error) {
	rows, pagination, err := l.List(q)
	if err != nil {
		return nil, err
	}
	return wire.Object{"data": rows, "pagination": pagination}, nil
}

// Choose returns the rows that a filter means, for lists and actions alike. The service's own
// restrictions hold for actions as for lists (inferred), so an action never means what a list does
// not show.
func (l Listing) Choose(from *Collection, f keys.Filter) []*Row {
	also := func(wire.Object) bool { return true }
	if l.Implied != nil && !from.Whole {
		also = l.Implied(f)
	}
	return from.Where(func(o wire.Object) bool { return f.Keep(o) && also(o) }) // what is asked for is fewer than what is not implied
}

// Chosen reads the filter of an action on threats or alerts and returns what it means, no more than
// its limit of it.
func (l Listing) Chosen(body wire.Object) ([]*Row, error) {
	f, err := l.Keys().FromBody(body)
	if err != nil {
		return nil, err
	}
	rows := l.Choose(l.Rows(nil), f)
	if f.Limit > 0 && len(rows) > f.Limit {
		rows = rows[:f.Limit]
	}
	return rows, nil
}

// A sortBy without an order is ascending, whatever the list does by itself.
func (l Listing) window(q *wire.Request) (window, error) {
	w := window{limit: 10, cursor: q.Query.Get("cursor"), path: l.Order, desc: l.Desc}
	var err error
	if w.limit, err = number(q, "limit", 1, 1000, 10); err != nil {
		return w, err
	}
	if w.skip, err = number(q, "skip", 0, 1000, 0); err != nil {
		return w, err
	}
	if w.countOnly, err = truth(q, "countOnly"); err != nil {
		return w, err
	}
	if w.skipCount, err = truth(q, "skipCount"); err != nil {
		return w, err
	}
	if s := q.Query.Get("sortBy"); q.Query.Has("sortBy") {
		path, ok := l.Sorts[s]
		if !ok {
			return w, wire.Invalid("sortBy: %q is not a valid choice.", s)
		}
		w.path, w.desc = path, false
	}
	switch s := q.Query.Get("sortOrder"); {
	case s == "asc" || s == "desc":
		w.desc = s == "desc"
	case q.Query.Has("sortOrder"):
		return w, wire.Invalid("sortOrder: %q is not a valid choice.", s)
	}
	return w, nil
}

// number is a bounded parameter of a page, in the service's words where it is none.
func number(q *wire.Request, name string, low, high, fallback int) (int, error) {
	if !q.Query.Has(name) {
		return fallback, nil
	}
	s := q.Query.Get(name)
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, wire.Invalid("%s: Not a valid integer.", name)
	}
	if n < low || n > high {
		return 0, wire.Invalid("%s: Must be between %d and %d.", name, low, high)
	}
	return n, nil
}

// truth is the same for booleans.
func truth(q *wire.Request, name string) (bool, error) {
	if !q.Query.Has(name) {
		return false, nil
	}
	b, err := strconv.ParseBool(q.Query.Get(name))
	if err != nil {
		return false, wire.Invalid("%s: Not a valid boolean.", name)
	}
	return b, nil
}

// A place is where a row stands in a sorted list; a cursor holds the place of the last row it gave,
// so that what arrives or goes between two pages neither repeats nor hides a row.
type place struct {
	Number float64 `json:"n,omitempty"`
	Text   string  `json:"t,omitempty"`
	Seq    int     `json:"q"`
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Text, b.Text), cmp.Compare(a.Seq, b.Seq))
}

// placeOf reads the value that sorts: a time, a number, an id or a text. What is absent comes first.
func placeOf(r *Row, path string) place {
	s := wire.Text(r.Obj, path)
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return place{Number: float64(t.UnixMicro()), Seq: r.seq}
	}
	if keys.Digits(s) && len(s) >= 17 {
		return place{Text: strings.Repeat("0", max(0, 20-len(s))) + s, Seq: r.seq}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return place{Number: n, Seq: r.seq}
	}
	return place{Text: s, Seq: r.seq}
}

type placed struct {
	*Row
	place place
}

// Rows of one value stand in the order of their arrival, so that the order is the same on every
// page.
func sorted(rows []*Row, w window) []placed {
	out := make([]placed, len(rows))
	for i, r := range rows {
		out[i] = placed{r, placeOf(r, w.path)}
	}
	slices.SortFunc(out, func(a, b placed) int { return w.compare(a.place, b.place) })
	return out
}

func (w window) compare(a, b place) int {
	if w.desc {
		a, b = b, a
	}
	return a.compare(b)
}

// A mark is what a cursor says.
type mark struct {
	Query uint64 `json:"f"` // the fingerprint of what was asked: a cursor goes with its own filters only
	After place  `json:"p"`
}

// cut returns one page and the cursor of the next, nil after the last. With a cursor the rows up to
// its place are passed over; the row that it names need not be there any more.
func cut(all []placed, w window, fingerprint uint64) (page []placed, next any, err error) {
	page = all
	if w.cursor != "" {
		m, ok := readMark(w.cursor)
		if !ok || m.Query != fingerprint {
			return nil, nil, wire.Invalid("cursor: Invalid cursor.")
		}
		for len(page) > 0 && w.compare(page[0].place, m.After) <= 0 {
			page = page[1:]
		}
	} else {
		page = page[min(w.skip, len(page)):]
	}
	if len(page) <= w.limit {
		return page, nil, nil
	}
	page = page[:w.limit]
	return page, mark{fingerprint, page[w.limit-1].place}.String(), nil
}

func (m mark) String() string {
	b, _ := json.Marshal(m)
	return base64.URLEncoding.EncodeToString(b) // with "=" at the end, which callers must escape
}

// A cursor from elsewhere is refused and no start from the beginning: that would repeat rows
// without a word.
func readMark(s string) (m mark, ok bool) {
	b, err := base64.URLEncoding.DecodeString(s)
	if err != nil {
		return m, false
	}
	return m, json.Unmarshal(b, &m) == nil
}

// SortsBy makes the table of a listing whose sort keys are the names of its fields.
func SortsBy(names string) map[string]string {
	out := map[string]string{}
	for n := range strings.FieldsSeq(names) {
		out[n] = n
	}
	return out
}
