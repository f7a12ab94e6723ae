package s1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// envelope is the frame of every answer. Its parts are decoded one by one, so that an odd one does not touch the others.
type envelope struct {
	Data       json.RawMessage `json:"data"`
	Pagination json.RawMessage `json:"pagination"`
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
	if err := decode(body, &e); err != nil {
		return e, err
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
	page := Page[T]{Items: items, Next: p.cursor(), Total: -1, lost: len(rows) - len(items)}
	if p.TotalItems != nil && *p.TotalItems >= len(items) { // fewer than there are: not counted (skipCount)
		page.Total = *p.TotalItems
	}
	return page, nil
}

func readRows(data json.RawMessage, nested string) ([]json.RawMessage, error) {
	if nested != "" && strings.HasPrefix(string(data), "{") {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(data, &fields); err != nil {
			return nil, err
		}
		data = fields[nested]
	}
	if len(data) == 0 {
		return nil, nil
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, unreadable("The console's answer has no list where one was expected.")
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
		keeper.keep(raw)
	}
	return nil
}

// get reads one object.
func get[T any](ctx context.Context, c *Client, call call) (T, error) {
	var item T
	body, err := c.do(ctx, call)
	if err != nil {
		return item, err
	}
	e, err := open(body)
	if err == nil {
		err = readItem(e.Data, &item)
	}
	if err != nil {
		return item, c.nonsense(call, body, err)
	}
	return item, nil
}

// nonsense is the error for a successful answer that cannot be read. After a change it means that the outcome is unknown.
func (c *Client) nonsense(call call, body []byte, err error) *Error {
	var own unreadable
	var message string
	if errors.As(err, &own) {
		message = string(own)
	} else {
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
