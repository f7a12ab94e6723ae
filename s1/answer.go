package s1

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// envelope is the frame of every answer. Its parts are slices of the body, decoded one by one, so that an odd one does not touch the
// others.
type envelope struct {
	Data       json.RawMessage
	Pagination json.RawMessage

	remark string // see remarkIn
}

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

// An unreadable answer came with a good status but makes no sense; the text is for people.
type unreadable string

func (u unreadable) Error() string { return string(u) }

// open unpacks an answer. Without data it is an error, in the console's own words if it sent some.
func open(body []byte) (envelope, error) {
	var e envelope
	if err := wellFormed(body); err != nil {
		return e, err
	}
	fields := fieldsOf(body)
	e.Data, e.Pagination = fields["data"], fields["pagination"]
	e.remark = remarkIn(fields["errors"], fields["error"])
	if isVoid(e.Data) && e.remark != "" {
		return e, unreadable(e.remark)
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		var problems errorBody
		_ = decode(body, &problems)
		if message, _ := problems.summary(); message != "" {
			return e, unreadable(plain(message))
		}
	}
	if len(e.Data) == 0 {
		return e, unreadable("The console's answer has no data.")
	}
	return e, nil
}

// isVoid tells whether a part of an answer is absent or empty.
func isVoid(part json.RawMessage) bool {
	if len(part) > 16 { // with blanks in it
		return false
	}
	switch string(compacted(part)) {
	case "", "null", "[]", "{}", `""`, "false", "0":
		return true
	}
	return false
}

// remarkIn returns what a console says went wrong in an answer that is a success by its status: {"data":…,"errors":[…]}.
func remarkIn(problems, problem json.RawMessage) string {
	said := map[string]json.RawMessage{}
	for key, part := range map[string]json.RawMessage{"errors": problems, "error": problem} {
		if !isVoid(part) {
			said[key] = part
		}
	}
	body, err := json.Marshal(said)
	if len(said) == 0 || err != nil {
		return ""
	}
	var e errorBody
	message := ""
	if decode(body, &e) == nil {
		message, _ = e.summary()
	}
	return plain(cmp.Or(message, leavesOf(body)))
}

func compacted(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

// wellFormed says what is wrong with a body that is no JSON object.
func wellFormed(body []byte) error {
	if !json.Valid(body) || !strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), "{") {
		var e struct{}
		return json.Unmarshal(body, &e)
	}
	return nil
}

// maxRows is more than any console puts on a page, whatever it was asked for.
const maxRows = 10 * maxLimit

// readPage reads a list. The rows are in data, or in its field nested. What is no object is left out.
func readPage[T any](body []byte, nested string) (Page[T], error) {
	e, err := open(body)
	if err != nil {
		return Page[T]{}, err
	}
	var p pagination
	_ = decode(e.Pagination, &p) // none or nonsense: the list ends here
	rows, err := readRows(e.Data, nested)
	if err != nil {
		return Page[T]{}, err
	}
	page, err := readItems[T](rows)
	if err != nil {
		return Page[T]{}, err
	}
	page.Next, page.said = p.cursor(), e.remark
	if p.TotalItems != nil && *p.TotalItems >= len(page.Items) { // fewer than there are: not counted (skipCount)
		page.Total = *p.TotalItems
	}
	if rows == nil && !p.none() { // no list is not an empty one
		err = errNoList
	}
	return page, err
}

const errNoList = unreadable("The console's answer has no list where one was expected.")

// none tells whether the console says that there is nothing.
func (p pagination) none() bool { return p.TotalItems != nil && *p.TotalItems == 0 && p.cursor() == "" }

// readRows returns the rows of a list, nil where there is no list.
func readRows(data json.RawMessage, nested string) ([]json.RawMessage, error) {
	if nested != "" && strings.HasPrefix(string(data[:min(len(data), 1)]), "{") {
		data = fieldsOf(data)[nested]
	}
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil, nil
	case data[0] != '[':
		return nil, errNoList
	}
	rows := elementsOf(data, maxRows)
	if len(rows) > maxRows {
		return nil, fmt.Errorf("%w: more than %d rows on a page", ErrTooLarge, maxRows)
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

// readMarked is readItems for rows that are known again by what markOf says.
func readMarked[T any](rows []json.RawMessage, markOf func(T, json.RawMessage) uint64) (Page[T], error) {
	page := Page[T]{Items: make([]T, 0, len(rows)), Total: -1, marks: make([]uint64, 0, len(rows))}
	seen := make(map[uint64]bool, len(rows))
	for _, raw := range rows {
		var item T
		if err := readItem(raw, &item); err != nil {
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
		return page, unreadable("The console's list has no objects in it.")
	}
	return page, nil
}

// An identified row is the same row as any other of its identity, whatever else they say: the same endpoint a moment later.
type identified interface{ identity() string }

func (a Agent) identity() string         { return string(a.ID) }
func (t Threat) identity() string        { return string(t.Identity()) }
func (a Alert) identity() string         { return string(a.Identity()) }
func (s Site) identity() string          { return string(s.ID) }
func (g Group) identity() string         { return string(g.ID) }
func (a Account) identity() string       { return string(a.ID) }
func (n Note) identity() string          { return string(n.ID) }
func (r Rule) identity() string          { return string(r.ID) }
func (e Exclusion) identity() string     { return string(e.ID) }
func (b BlocklistItem) identity() string { return string(b.ID) }
func (s Script) identity() string        { return string(s.ID) }
func (t ScriptTask) identity() string    { return string(t.ID) }

// markOf is what a row is known again by: its identity or, where it has none, all that it says. Events and activities go by all that
// they say, for their ids are not always their own.
func markOf(item any, raw json.RawMessage) uint64 {
	if row, ok := item.(identified); ok && row.identity() != "" {
		return mark([]byte(row.identity()))
	}
	return mark(raw)
}

const errNoFacts = unreadable("The console's answer has an empty object where facts were expected.")

// readItem reads an object and, if its type has room for it, keeps it as it came.
func readItem(raw json.RawMessage, item any) error {
	if !strings.HasPrefix(string(raw[:min(len(raw), 1)]), "{") {
		return unreadable("The console's answer has no object where one was expected.")
	}
	if isVoid(raw) {
		return errNoFacts
	}
	if err := decode(raw, item); err != nil {
		return err
	}
	if keeper, ok := item.(interface{ keep(json.RawMessage) }); ok {
		keeper.keep(bytes.Clone(raw)) // raw is a part of the body, which would stay in memory with it
	}
	return nil
}

// get reads one object.
func get[T any](ctx context.Context, c *Client, call call) (T, error) {
	var item T
	err := c.read(ctx, call, func(body []byte) error {
		e, err := open(body)
		if err == nil {
			err = readItem(e.Data, &item)
		}
		if err != nil {
			return c.nonsense(call, body, err)
		}
		c.noteSaid(ctx, call, e.remark)
		return nil
	})
	return item, err
}

// taken reads the answer to a change that consoles answer with nothing, or with a few words about it: data, which may be empty. said
// tells whether an error is in the console's own words.
func (c *Client) taken(ctx context.Context, call call, body []byte) (data json.RawMessage, said bool, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, false, nil
	}
	if err := wellFormed(body); err != nil && !isVoid(body) {
		return nil, false, c.nonsense(call, body, err)
	}
	fields := fieldsOf(body)
	remark := remarkIn(fields["errors"], fields["error"])
	if isVoid(fields["data"]) && remark != "" {
		return nil, true, c.nonsense(call, body, unreadable(remark))
	}
	c.noteSaid(ctx, call, remark)
	return bytes.Clone(fields["data"]), false, nil
}

// nonsense is the error for a successful answer that cannot be read. After a change it means that the outcome is unknown.
func (c *Client) nonsense(call call, body []byte, err error) *Error {
	var own unreadable
	var message string
	switch {
	case errors.As(err, &own):
		message = string(own)
	case errors.Is(err, ErrTooLarge):
		message = "The console's answer was not read, because it has " + strings.TrimPrefix(err.Error(), ErrTooLarge.Error()+": ") + "; ask for less."
	default:
		message = decodeProblem(body, err)
	}
	message = hide(message, append(call.hides, c.token())...)
	c.logger.Warn("console answer unreadable", "route", call.route, "operation", call.operation, "err", err)
	return &Error{Operation: call.operation, Status: http.StatusOK, Message: message, Err: err, unknown: !call.reads()}
}

// invalid is the refusal of a value before anything is sent.
func invalid(operation, format string, args ...any) *Error {
	return refusal(operation, fmt.Errorf("%w: %s", ErrInvalidValue, fmt.Sprintf(format, args...)))
}
