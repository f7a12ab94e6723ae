package hunts

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// A shelf keeps what queries of the data lake found, for the commands that read it by the query's
// id: the console has dropped it by then. It is memory of this process alone, packed, and the
// oldest makes way. Methods lock it themselves; keptRows is written by the one hunt that fills it,
// under the same lock.
type shelf struct {
	mu    sync.Mutex
	items []*keptRows // the oldest first
}

// Bounds of the shelf, in bytes as packed (a tenth of what events are as text) and in queries.
const (
	maxShelf  = 16 << 20
	maxKept   = 4 << 20
	maxOnIt   = 200
	maxInLine = 4 << 20 // the largest event
)

// keptRows is one query on the shelf.
type keptRows struct {
	shelf  *shelf
	report report
	at     time.Time
	table  *huntapi.PowerResult
	packed bytes.Buffer // events, one a line
	writer *gzip.Writer
	rows   int
	cut    bool // there was no room for all
}

// note remembers how far a query is.
func (s *shelf) note(r report) {
	if r.id == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.find(r.id)
	if k == nil {
		k = &keptRows{shelf: s}
		s.items = append(s.items, k)
		s.shrink()
	}
	k.report, k.at = r, time.Now()
}

// find returns what is kept of a query. The caller holds mu.
func (s *shelf) find(id huntapi.QueryID) *keptRows {
	for _, k := range s.items {
		if k.report.id == id {
			return k
		}
	}
	return nil
}

// shrink takes the oldest off until the rest fits. The caller holds mu. The newest one stays, even
// if it alone is too large.
func (s *shelf) shrink() {
	size := 0
	for _, k := range s.items {
		size += k.size()
	}
	for len(s.items) > 1 && (size > maxShelf || len(s.items) > maxOnIt) {
		size -= s.items[0].size()
		s.items = s.items[1:]
	}
}

func (k *keptRows) size() int {
	size := k.packed.Len()
	if k.table != nil {
		size += 2 * len(k.table.Raw)
	}
	return size
}

// keepTable keeps the rows of a finished PowerQuery.
func (s *shelf) keepTable(id huntapi.QueryID, r huntapi.PowerResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.find(id); k != nil {
		k.table = &r
		s.shrink()
	}
}

// open begins to keep the events of a finished query. A second run under the same id begins anew.
func (s *shelf) open(r report) *keptRows {
	s.note(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.find(r.id)
	k.packed.Reset()
	k.rows, k.cut, k.writer = 0, false, gzip.NewWriter(&k.packed)
	return k
}

// add keeps events while there is room for them. Events come newest first, so what has no room is
// the oldest.
func (k *keptRows) add(events []huntapi.Event) {
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	for _, e := range events {
		if k.cut = k.cut || k.packed.Len() > maxKept || len(e.Raw) > maxInLine; k.cut {
			return
		}
		var line bytes.Buffer
		if json.Compact(&line, e.Raw) == nil {
			line.WriteByte('\n')
			_, _ = k.writer.Write(line.Bytes()) // into memory
			k.rows++
		}
	}
}

// close ends what add wrote; from then on it can be read.
func (k *keptRows) close() error {
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	err := k.writer.Close()
	k.writer = nil
	k.shelf.shrink()
	return err
}

// A shelved is a query on the shelf as a reader finds it; nothing of it changes any more. It is a
// copy, so that the shelf may drop the query while somebody turns its pages.
type shelved struct {
	report report
	table  *huntapi.PowerResult
	packed []byte
	rows   int
	cut    bool
	ready  bool
}

// take finds what is kept of a query.
func (s *shelf) take(id huntapi.QueryID) (shelved, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.find(id)
	if k == nil {
		return shelved{}, false
	}
	found := shelved{report: k.report, table: k.table, rows: k.rows, cut: k.cut, ready: k.report.done && k.writer == nil}
	if found.ready {
		found.packed = slices.Clone(k.packed.Bytes())
	}
	return found, true
}

// page reads the events of one page; their number in a cursor is where the next one begins. A page
// unpacks everything: reading is rare, and memory is what counts.
func (k shelved) page(kind string) func(context.Context, s1.Query) (s1.Page[huntapi.Event], error) {
	return func(_ context.Context, q s1.Query) (s1.Page[huntapi.Event], error) {
		events, err := k.events(kind)
		if err != nil {
			return s1.Page[huntapi.Event]{}, err
		}
		from, size := 0, listing.MaxPage
		_, _ = fmt.Sscan(q.Get("cursor"), &from)
		_, _ = fmt.Sscan(q.Get("limit"), &size)
		from = min(from, len(events))
		to := min(from+max(size, 1), len(events))
		page := s1.Page[huntapi.Event]{Items: events[from:to], Total: len(events)}
		if to < len(events) {
			page.Next = fmt.Sprint(to)
		}
		return page, nil
	}
}

// events unpacks the events of a kind.
func (k shelved) events(kind string) ([]huntapi.Event, error) {
	if len(k.packed) == 0 {
		return nil, nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(k.packed))
	if err != nil {
		return nil, fmt.Errorf("read the kept events: %w", err)
	}
	var events []huntapi.Event
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, maxInLine+1)
	for lines.Scan() {
		if e, ok := huntapi.ReadSDLEvent(lines.Bytes()); ok && (kind == "" || strings.EqualFold(e.ObjectType, kind)) {
			events = append(events, e)
		}
	}
	return events, lines.Err()
}

// status is how far the query is, in the words of Deep Visibility.
func (k shelved) status() huntapi.QueryStatus {
	s := huntapi.QueryStatus{State: k.report.state, Percent: k.report.percent, Problem: k.report.problem, Warnings: k.report.warnings}
	s.Raw = catalog.Marshal(map[string]any{
		"queryId": k.report.id, "responseState": s.State, "progressStatus": s.Percent, "responseError": s.Problem, "warnings": s.Warnings, "keptEvents": k.rows,
	})
	return s
}

// notes say what a reader of kept rows should know.
func (k shelved) notes() []render.Part {
	note := "From my copy: the console itself drops a query after 30 seconds."
	if k.cut {
		note += fmt.Sprintf(" I only had room for the newest %s.", text.Plural(k.rows, "event"))
	}
	return []render.Part{render.Note{render.Text(note)}}
}

// kept is the card of a query that was started for other commands to read.
func (h *hunt) kept(card render.Card, k *keptRows) render.Card {
	card.Text = "The query has finished: " + string(h.state.ID)
	card.Parts = append(card.Parts,
		render.Fields{{Label: "Query ID", Value: render.Line{render.Mono(string(h.state.ID))}, Wide: true}},
		render.Note{render.Text("The console drops a query after 30 seconds, so I waited for it and kept " + text.Plural(k.rows, "event") + ". I keep them until I restart or need the room.")})
	card.Actions = append(statusActions(h.state.ID), render.Button{Label: "Change the query", Do: h.call.Variant(render.Open)})
	return card
}

// notKept is the failure of a command that reads a query which is not on the shelf.
func notKept() error {
	return &s1.Error{
		Operation: "read a query", Status: http.StatusNotFound,
		Message: "I don't have this query any more. The console drops a query after 30 seconds; I only keep recent results, and only until I restart. Run the query again.",
	}
}
