package s1

import (
	"bytes"
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
	rows, err := readRows(e.Data, nested)
	if err != nil {
		return Page[T]{}, err
	}
	items, err := readItems[T](rows)
	if err != nil {
		return Page[T]{}, err
	}
	var p pagination
	_ = decode(e.Pagination, &p) // none or nonsense: the list ends here
	page := Page[T]{Items: items, Next: p.cursor(), Total: -1, lost: len(rows) - len(items), marks: make([]uint64, len(rows))}
	for i, row := range rows {
		page.marks[i] = mark(row)
	}
	if p.TotalItems != nil && *p.TotalItems >= len(items) { // fewer than there are: not counted (skipCount)
		page.Total = *p.TotalItems
	}
	return page, nil
}

func readRows(data json.RawMessage, nested string) ([]json.RawMessage, error) {
	if nested != "" && strings.HasPrefix(string(data[:min(len(data), 1)]), "{") {
		data = fieldsOf(data)[nested]
	}
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil, nil
	case data[0] != '[':
		return nil, unreadable("The console's answer has no list where one was expected.")
	}
	rows := elementsOf(data, maxRows)
	if len(rows) > maxRows {
		return nil, fmt.Errorf("%w: more than %d rows on a page", ErrTooLarge, maxRows)
	}
	return rows, nil
}

// readItems reads each row for itself. What is no object is left out; a list of nothing else is an error.
func readItems[T any](rows []json.RawMessage) ([]T, error) {
	items := make([]T, 0, len(rows))
	for _, raw := range rows {
		var item T
		if err := readItem(raw, &item); err == nil {
			items = append(items, item)
		}
	}
	if len(items) == 0 && len(rows) > 0 {
		return nil, unreadable("The console's list has no objects in it.")
	}
	return items, nil
}

// readItem reads an object and, if its type has room for it, keeps it as it came.
func readItem(raw json.RawMessage, item any) error {
	if !strings.HasPrefix(string(raw[:min(len(raw), 1)]), "{") {
		return unreadable("The console's answer has no object where one was expected.")
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
		return nil
	})
	return item, err
}

// nonsense is the error for a successful answer that cannot be read. After a change it means that the outcome is unknown.
func (c *Client) nonsense(call call, body []byte, err error) *Error {
	var own unreadable
	var message string
	switch {
	case errors.As(err, &own):
		message = string(own)
	case errors.Is(err, ErrTooLarge):
		message = "The console's answer was not read, for it has " + strings.TrimPrefix(err.Error(), ErrTooLarge.Error()+": ") + "; ask for less."
	default:
		message = decodeProblem(body, err)
	}
	message = hide(message, append(call.hides, c.token)...)
	c.logger.Warn("console answer unreadable", "route", call.route, "operation", call.operation, "err", err)
	return &Error{Operation: call.operation, Status: http.StatusOK, Message: message, Err: err, unknown: !call.reads()}
}

// invalid is the refusal of a value before anything is sent.
func invalid(operation, format string, args ...any) *Error {
	return refusal(operation, fmt.Errorf("%w: %s", ErrInvalidValue, fmt.Sprintf(format, args...)))
}
