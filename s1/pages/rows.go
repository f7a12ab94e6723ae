package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// pagination is the console's word about a page. totalItems is 0 where the caller asked for
// skipCount, so a number below the rows at hand is none.
type pagination struct {
	TotalItems *int   `json:"totalItems"`
	NextCursor string `json:"nextCursor"`
}

// cursor returns the next page's cursor; the last page has null, none, an empty one, or the string
// "null".
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
	return ReadFrom[T](bytes.NewReader(body), nested)
}

// ReadFrom is ReadPage for an answer that is still coming: one row of it is in memory at a time,
// beside what is made of the rows.
func ReadFrom[T any](body io.Reader, nested string) (Page[T], error) {
	c := collect(markOfRow[T])
	answer, err := splitAnswer(body, nested, func() { c = collect(markOfRow[T]) }, func(row json.RawMessage) error { return c.add(row) })
	if err != nil {
		return Page[T]{}, err
	}
	e, err := transport.OpenFields(answer)
	if err != nil {
		return Page[T]{}, err
	}
	var p pagination
	_ = wire.Decode(e.Pagination, &p) // none or nonsense: the list ends here
	list := inner(e.Data, nested)
	if !isNull(list) && list[0] != '[' {
		return Page[T]{}, ErrNoList
	}
	page, err := c.end()
	if err != nil {
		return Page[T]{}, err
	}
	page.Next, page.said = p.cursor(), e.Remark
	if p.TotalItems != nil && *p.TotalItems >= len(page.Items) { // fewer than there are: not counted (skipCount)
		page.Total = *p.TotalItems
	}
	if isNull(list) && !p.none() { // no list is not an empty one
		err = ErrNoList
	}
	return page, err
}

// inner is what stands where the rows of a list belong.
func inner(data json.RawMessage, nested string) json.RawMessage {
	if nested != "" && bytes.HasPrefix(data, []byte("{")) {
		return wire.FieldsOf(data)[nested]
	}
	return data
}

func isNull(data json.RawMessage) bool { return len(data) == 0 || string(data) == "null" }

const ErrNoList = transport.Unreadable("The console's answer has no list where one was expected.")

// none tells whether the console says that there is nothing.
func (p pagination) none() bool { return p.TotalItems != nil && *p.TotalItems == 0 && p.cursor() == "" }

// ReadRows reads the rows of a page that are known again by their identity; see Page.Fresh.
func ReadRows[T any](rows []json.RawMessage, identity func(T) string) (Page[T], error) {
	c := collect(func(item T, _ json.RawMessage) uint64 { return mark([]byte(identity(item))) })
	for _, row := range rows {
		if err := c.add(row); err != nil {
			return c.page, err
		}
	}
	page, err := c.end()
	if page.lost > 0 {
		page.Remark = fmt.Sprintf("Rows of the console's answer that I couldn't read: %d.", page.lost)
	}
	return page, err
}

// A collector makes a page of rows, each read for itself. What is no object is counted as lost, and
// a list of nothing else is an error. A row that comes twice, by what markOf says, is one row.
type collector[T any] struct {
	page   Page[T]
	markOf func(T, json.RawMessage) uint64
	seen   map[uint64]bool
	rows   int
}

func collect[T any](markOf func(T, json.RawMessage) uint64) *collector[T] {
	return &collector[T]{page: Page[T]{Items: []T{}, Total: -1}, markOf: markOf, seen: map[uint64]bool{}}
}

// add reads one row, and keeps no part of raw.
func (c *collector[T]) add(raw json.RawMessage) error {
	if c.rows++; c.rows > MaxRows {
		return fmt.Errorf("%w: more than %d rows on a page", transport.ErrTooLarge, MaxRows)
	}
	var item T
	if err := transport.ReadItem(raw, &item); err != nil {
		c.page.lost++
		return nil
	}
	m := c.markOf(item, raw)
	if !c.seen[m] {
		c.seen[m] = true
		c.page.Items, c.page.marks = append(c.page.Items, item), append(c.page.marks, m)
	}
	return nil
}

// end is the page of all rows.
func (c *collector[T]) end() (Page[T], error) {
	if len(c.page.Items) == 0 && c.rows > 0 {
		return c.page, transport.Unreadable("The console's list has no objects in it.")
	}
	return c.page, nil
}

// An identified row is the same row as any other of its identity, whatever else they say: the same
// endpoint a moment later.
type identified interface{ RowKey() string }

// markOfRow is what a row is known again by: its identity or, where it has none, all that it says.
// Events and activities go by all that they say, for their ids are not always their own. A mark is
// 64 bits of a hash: that two rows of one list share one by chance can be neglected.
func markOfRow[T any](item T, raw json.RawMessage) uint64 {
	if row, ok := any(item).(identified); ok && row.RowKey() != "" {
		return mark([]byte(row.RowKey()))
	}
	return mark(raw)
}
