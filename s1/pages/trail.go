package pages

import (
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"

	"s1bot/s1/transport"
)

const (
	// maxPages is how many pages of one list are followed: at 1,000 rows each more than any list that
	// a person reads.
	maxPages = 200
	// maxFittedRows and maxFittedPages bound a list whose pages have as many rows as fit; see
	// Trail.Fit.
	maxFittedRows  = 200_000
	maxFittedPages = 4000
	// pageBytes is how large pages are asked for by who reads a whole list.
	pageBytes = 1 << 20
	// maxEmpty and maxRepeated are how many pages in a row may bring nothing, and nothing that is new,
	// before a list counts as endless.
	maxEmpty    = 5
	maxRepeated = 2
)

// ErrTooManyPages: a list that goes on for longer than it is followed.
var ErrTooManyPages = errors.New("the list has too many pages")

// A Trail is the way through the pages of one list. Consoles have sent cursors that lead back, new
// cursors with the same rows, and empty pages without end; all of that ends in an error here, and
// so does a list that is merely too long. It holds marks and no rows: 8 bytes each, so that a list
// of 200,000 rows can be followed.
type Trail struct {
	operation       string
	pages, read     int  // pages and their rows
	fitted          bool // see Fit
	empty, repeated int  // pages in a row
	cursors         map[string]bool
	rows            map[uint64]struct{}
}

// NewTrail begins at the page that q asks for. The cursor that q begins with counts as read: a page
// that leads there leads back.
func NewTrail(operation string, q transport.Query) *Trail {
	return &Trail{operation: operation, cursors: map[string]bool{q.Get("cursor"): true}, rows: map[uint64]struct{}{}}
}

// Follow returns the query for the page after the one that q brought; more is false at the end of
// the list. A page of rows that were all read already counts as repeated only after two of them:
// what comes in between two answers shifts rows, and one such page happens.
func Follow[T any](t *Trail, q transport.Query, page Page[T]) (next transport.Query, more bool, err error) {
	fresh := t.see(page.marks)
	t.pages++
	t.read += max(len(page.marks), len(page.Items))
	switch {
	case page.Next == "":
		return q, false, nil
	case t.cursors[page.Next]:
		return q, false, endless(t.operation, "it leads back to a page that was read already")
	case len(page.Items) == 0 && len(page.marks) == 0:
		t.empty++
	case !fresh && len(page.marks) > 0:
		t.repeated++
	default:
		t.empty, t.repeated = 0, 0
	}
	switch {
	case t.empty >= maxEmpty:
		return q, false, endless(t.operation, "page after page is empty")
	case t.repeated >= maxRepeated:
		return q, false, endless(t.operation, "page after page has rows that were read already")
	case t.fitted && (t.read >= maxFittedRows || t.pages >= maxFittedPages), !t.fitted && t.pages >= maxPages:
		message := fmt.Sprintf("The console's list never ends: I read it up to page %d and left out the rest.", t.pages)
		return q, false, &transport.Error{Operation: t.operation, Status: http.StatusOK, Message: message, Err: ErrTooManyPages}
	}
	t.cursors[page.Next] = true
	if t.fitted {
		q = q.WithLimit(page.fitting())
	} else if page.limit > 0 {
		q = q.WithLimit(page.limit)
	}
	return q.With("cursor", page.Next).With("skip"), true, nil
}

// FirstRows is how many rows the first page has for who reads a whole list and does not know how
// wide its rows are.
const FirstRows = 100

// Fit lets the trail ask for as many rows on a page as take about a MiB, so that a list of any
// length and width is read within the same memory. It returns the trail.
func (t *Trail) Fit() *Trail {
	t.fitted = true
	return t
}

// fitting is how many rows like those of the page take about pageBytes.
func (p Page[T]) fitting() int {
	rows := max(len(p.marks), len(p.Items), 1)
	return min(max(pageBytes*rows/max(p.size, 1), fewest), transport.MaxLimit)
}

// see remembers rows and tells whether one of them is new.
func (t *Trail) see(marks []uint64) (fresh bool) {
	for _, m := range marks {
		if _, seen := t.rows[m]; !seen {
			fresh = true
			t.rows[m] = struct{}{}
		}
	}
	return fresh
}

// endless is the error of a list that would never end. The console did answer, and its answer is of
// no use.
func endless(operation, why string) *transport.Error {
	return &transport.Error{Operation: operation, Status: http.StatusOK, Message: "The console's list has no end: " + why + ".", Err: transport.ErrCursorLoop}
}

// seed makes marks of rows; it is the same for all of a process.
var seed = maphash.MakeSeed()

// mark is what a row is known again by.
func mark(row []byte) uint64 { return maphash.Bytes(seed, row) }

// Convert returns a page with each of its items made into something else. The marks go along, so
// that Fresh and Follow still know the rows.
func Convert[A, B any](p Page[A], f func(A) B) Page[B] {
	items := make([]B, len(p.Items))
	for i, a := range p.Items {
		items[i] = f(a)
	}
	return Page[B]{Items: items, Next: p.Next, Total: p.Total, Remark: p.Remark, said: p.said, lost: p.lost, size: p.size, limit: p.limit, marks: p.marks}
}
