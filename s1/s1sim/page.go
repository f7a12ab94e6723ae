package s1sim

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pageKeys are the query parameters of every list.
var pageKeys = []string{"limit", "skip", "cursor", "sortBy", "sortOrder", "countOnly", "skipCount"}

// A listing is a resource that can be listed: where its objects are, what filters it and what sorts it.
type listing struct {
	rows  func(*Console, *request) *collection
	keys  func() keys
	sorts map[string]string // legal values of sortBy and the path each one means
	order string            // the path that sorts when nobody asks
	desc  bool
	// implied adds what the service restricts by itself where the caller does not say otherwise.
	implied func(filter) func(object) bool
}

// A window is which part of a list was asked for.
type window struct {
	limit, skip          int
	cursor               string
	countOnly, skipCount bool
	path                 string
	desc                 bool
}

// list answers a GET: the rows of one page and its pagination.
func (l listing) list(c *Console, q *request) (rows []any, pagination object, err error) {
	f, err := l.keys().fromQuery(c, q.query, pageKeys)
	if err != nil {
		return nil, nil, err
	}
	w, err := l.window(q)
	if err != nil {
		return nil, nil, err
	}
	all := sorted(l.choose(l.rows(c, q), f), w)
	total := len(all)
	if w.skipCount {
		total = 0 // not computed, and the service says 0
	}
	if w.countOnly {
		return []any{}, object{"totalItems": len(all), "nextCursor": nil}, nil
	}
	page, next, err := cut(all, w, f.fingerprint(q.path, w))
	if err != nil {
		return nil, nil, err
	}
	rows = []any{}
	for _, r := range page {
		rows = append(rows, r.obj)
	}
	return rows, object{"totalItems": total, "nextCursor": next}, nil
}

// handle is list as a route has it.
func (l listing) handle(c *Console, q *request) (any, error) {
	rows, pagination, err := l.list(c, q)
	if err != nil {
		return nil, err
	}
	return object{"data": rows, "pagination": pagination}, nil
}

// choose returns the rows that a filter means, for lists and actions alike.
func (l listing) choose(from *collection, f filter) []*row {
	also := func(object) bool { return true }
	if l.implied != nil && !from.whole {
		also = l.implied(f)
	}
	return from.where(func(o object) bool { return also(o) && f.keep(o) })
}

func (l listing) window(q *request) (window, error) {
	w := window{limit: 10, cursor: q.query.Get("cursor"), path: l.order, desc: l.desc}
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
	if s := q.query.Get("sortBy"); q.query.Has("sortBy") {
		path, ok := l.sorts[s]
		if !ok {
			return w, invalid("sortBy: %q is not a valid choice.", s)
		}
		w.path, w.desc = path, false
	}
	switch s := q.query.Get("sortOrder"); {
	case s == "asc" || s == "desc":
		w.desc = s == "desc"
	case q.query.Has("sortOrder"):
		return w, invalid("sortOrder: %q is not a valid choice.", s)
	}
	return w, nil
}

func number(q *request, name string, low, high, fallback int) (int, error) {
	if !q.query.Has(name) {
		return fallback, nil
	}
	s := q.query.Get(name)
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, invalid("%s: Not a valid integer.", name)
	}
	if n < low || n > high {
		return 0, invalid("%s: Must be between %d and %d.", name, low, high)
	}
	return n, nil
}

func truth(q *request, name string) (bool, error) {
	if !q.query.Has(name) {
		return false, nil
	}
	b, err := strconv.ParseBool(q.query.Get(name))
	if err != nil {
		return false, invalid("%s: Not a valid boolean.", name)
	}
	return b, nil
}

// A place is where a row stands in a sorted list; a cursor holds the place of the last row it gave, so that what arrives or
// goes between two pages neither repeats nor hides a row.
type place struct {
	Number float64 `json:"n,omitempty"`
	Text   string  `json:"t,omitempty"`
	Seq    int     `json:"q"`
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Text, b.Text), cmp.Compare(a.Seq, b.Seq))
}

// placeOf reads the value that sorts: a time, a number, an id or a text. What is absent comes first.
func placeOf(r *row, path string) place {
	s := text(r.obj, path)
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return place{Number: float64(t.UnixMicro()), Seq: r.seq}
	}
	if digits(s) && len(s) >= 17 {
		return place{Text: strings.Repeat("0", max(0, 20-len(s))) + s, Seq: r.seq}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return place{Number: n, Seq: r.seq}
	}
	return place{Text: s, Seq: r.seq}
}

type placed struct {
	*row
	place place
}

func sorted(rows []*row, w window) []placed {
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

// cut returns one page and the cursor of the next, nil after the last.
func cut(all []placed, w window, fingerprint uint64) (page []placed, next any, err error) {
	page = all
	if w.cursor != "" {
		m, ok := readMark(w.cursor)
		if !ok || m.Query != fingerprint {
			return nil, nil, invalid("cursor: Invalid cursor.")
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

func readMark(s string) (m mark, ok bool) {
	b, err := base64.URLEncoding.DecodeString(s)
	if err != nil {
		return m, false
	}
	return m, json.Unmarshal(b, &m) == nil
}

// fingerprint is equal for two calls that ask for the same rows in the same order.
func (f filter) fingerprint(path string, w window) uint64 {
	h := fnv.New64a()
	parts := []string{path, w.path, strconv.FormatBool(w.desc)}
	for _, k := range slices.Sorted(maps.Keys(f.given)) {
		parts = append(parts, k, strings.Join(f.given[k], ","))
	}
	_, _ = h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum64()
}

// sortsBy makes the table of a listing whose sort keys are the names of its fields.
func sortsBy(names string) map[string]string {
	out := map[string]string{}
	for n := range strings.FieldsSeq(names) {
		out[n] = n
	}
	return out
}
