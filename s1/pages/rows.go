package pages

import (
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// pagination is the console's word about a page.
type pagination struct {
	TotalItems *int   `json:"totalItems"`
	NextCursor string `json:"nextCursor"`
}

// cursor returns the next page's cursor; the last page has null, none, an empty one, or the string "null".
func (p pagination) cursor() string {
	if cursor := strings.TrimSpace(p.NextCursor); cursor != "null" {
		return cursor
	}
	return ""
}

// MaxRows is more than any console puts on a page, whatever it was asked for.
const MaxRows = 10 * transport.MaxLimit

// ReadPage reads a list. The rows are in data, or in its field nested. What is no object is left out.
func ReadPage[T any](body []byte, nested string) (Page[T], error) {
	e, err := transport.Open(body)
	if err != nil {
		return Page[T]{}, err
	}
	var p pagination
	_ = wire.Decode(e.Pagination, &p) // none or nonsense: the list ends here
	rows, err := readRows(e.Data, nested)
	if err != nil {
		return Page[T]{}, err
	}
	page, err := readItems[T](rows)
	if err != nil {
		return Page[T]{}, err
	}
	page.Next, page.said = p.cursor(), e.Remark
	if p.TotalItems != nil && *p.TotalItems >= len(page.Items) { // fewer than there are: not counted (skipCount)
		page.Total = *p.TotalItems
	}
	if rows == nil && !p.none() { // no list is not an empty one
		err = ErrNoList
	}
	return page, err
}

const ErrNoList = transport.Unreadable("The console's answer has no list where one was expected.")

// none tells whether the console says that there is nothing.
func (p pagination) none() bool { return p.TotalItems != nil && *p.TotalItems == 0 && p.cursor() == "" }

// readRows returns the rows of a list, nil where there is no list.
func readRows(data json.RawMessage, nested string) ([]json.RawMessage, error) {
	if nested != "" && strings.HasPrefix(string(data[:min(len(data), 1)]), "{") {
		data = wire.FieldsOf(data)[nested]
	}
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil, nil
	case data[0] != '[':
		return nil, ErrNoList
	}
	rows := wire.ElementsOf(data, MaxRows)
	if len(rows) > MaxRows {
		return nil, fmt.Errorf("%w: more than %d rows on a page", transport.ErrTooLarge, MaxRows)
	}
	if rows == nil {
		rows = []json.RawMessage{}
	}
	return rows, nil
}

// readItems reads each row for itself. What is no object is counted as lost, and a list of nothing else is an error. A row that
// comes twice is one row.
func readItems[T any](rows []json.RawMessage) (Page[T], error) {
	return readMarked(rows, func(item T, raw json.RawMessage) uint64 { return markOf(item, raw) })
}

// ReadRows reads the rows of a page that are known again by their identity; see Page.Fresh.
func ReadRows[T any](rows []json.RawMessage, identity func(T) string) (Page[T], error) {
	page, err := readMarked(rows, func(item T, _ json.RawMessage) uint64 { return mark([]byte(identity(item))) })
	if page.lost > 0 {
		page.Remark = fmt.Sprintf("Rows of the console's answer that could not be read: %d.", page.lost)
	}
	return page, err
}

// readMarked is readItems for rows that are known again by what markOf says.
func readMarked[T any](rows []json.RawMessage, markOf func(T, json.RawMessage) uint64) (Page[T], error) {
	page := Page[T]{Items: make([]T, 0, len(rows)), Total: -1, marks: make([]uint64, 0, len(rows))}
	seen := make(map[uint64]bool, len(rows))
	for _, raw := range rows {
		var item T
		if err := transport.ReadItem(raw, &item); err != nil {
			page.lost++
			continue
		}
		m := markOf(item, raw)
		if seen[m] {
			continue
		}
		seen[m] = true
		page.Items, page.marks = append(page.Items, item), append(page.marks, m)
	}
	if len(page.Items) == 0 && len(rows) > 0 {
		return page, transport.Unreadable("The console's list has no objects in it.")
	}
	return page, nil
}

// An identified row is the same row as any other of its identity, whatever else they say: the same endpoint a moment later.
type identified interface{ RowKey() string }

// markOf is what a row is known again by: its identity or, where it has none, all that it says. Events and activities go by all that
// they say, for their ids are not always their own.
func markOf(item any, raw json.RawMessage) uint64 {
	if row, ok := item.(identified); ok && row.RowKey() != "" {
		return mark([]byte(row.RowKey()))
	}
	return mark(raw)
}
