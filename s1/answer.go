package s1

import (
	"cmp"
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
	Errors     json.RawMessage `json:"errors"`
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

// readPage reads a list. The rows are in data, or in its field nested.
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
	page := Page[T]{Items: items, Next: p.cursor(), Total: -1}
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
	message = strings.ReplaceAll(message, c.token.Reveal(), hidden)
	c.logger.Warn("console answer unreadable", "route", call.route, "operation", call.operation, "err", err)
	return &Error{Operation: call.operation, Status: http.StatusOK, Message: message, Err: err, unknown: !call.reads()}
}

// An ActionResult is the console's answer to a change.
type ActionResult struct {
	Affected int        // how many things the console will change; 0 means that nothing happened
	Details  []IDResult // per id, where the console says so
	Skipped  []Skip     // what it did not do, and why
}

// An IDResult is what became of one id: "updated", "not_changed", "already_set", "conditions_not_met", "missing_permissions".
type IDResult struct {
	ID      string
	Result  string
	Reports []MitigationReport // of a mitigation
}

// OK tells whether the id is now as it was wanted, be it by this call or before.
func (r IDResult) OK() bool {
	switch r.Result {
	case "", "updated", "already_set", "not_changed":
		return true
	}
	return false
}

// A Skip is a part of a mitigation that was not done; Reason is "permissions", "not_supported", "precondition" or "triggered".
type Skip struct {
	ID          string
	Action      string
	Reason      string
	Description string
}

// Failed returns the ids that are not as they were wanted, skipped ones included.
func (r ActionResult) Failed() []string {
	var failed []string
	seen := map[string]bool{}
	add := func(id string) {
		if id != "" && !seen[id] {
			seen[id] = true
			failed = append(failed, id)
		}
	}
	for _, d := range r.Details {
		if !d.OK() {
			add(d.ID)
		}
	}
	for _, s := range r.Skipped {
		add(s.ID)
	}
	return failed
}

// affected is the data of an answer to a change.
type affected struct {
	Affected *int           `json:"affected"`
	Details  []actionDetail `json:"details"`
}

type actionDetail struct {
	ThreatID string             `json:"threatId"`
	AlertID  string             `json:"alertId"`
	ID       string             `json:"id"`
	Result   string             `json:"result"`
	Reports  []MitigationReport `json:"reports"`
	Skipped  []struct {
		Action      string `json:"action"`
		Reason      string `json:"reason"`
		Description string `json:"description"`
	} `json:"skipped"`
}

// idFilter is the only filter that this package sends to a path that changes something.
type idFilter struct {
	IDs []string `json:"ids"`
}

// change is the body of an action.
type change struct {
	Filter idFilter `json:"filter"`
	Data   any      `json:"data,omitempty"`
}

// act sends a change to the things with the given ids.
func act[ID ~string](ctx context.Context, c *Client, call call, ids []ID, data any) (ActionResult, error) {
	selected, err := selection(ids)
	if err != nil {
		return ActionResult{}, refusal(call.operation, err)
	}
	call.method, call.body = http.MethodPost, change{idFilter{selected}, data}
	answer, err := get[affected](ctx, c, call)
	if err != nil {
		return ActionResult{}, err
	}
	if answer.Affected == nil {
		return ActionResult{}, &Error{Operation: call.operation, Status: http.StatusOK, unknown: true,
			Message: "The console accepted the request but did not say how many things it affects."}
	}
	return answer.result(), nil
}

func (a affected) result() ActionResult {
	result := ActionResult{Affected: *a.Affected}
	for _, d := range a.Details {
		id := cmp.Or(d.ThreatID, d.AlertID, d.ID)
		result.Details = append(result.Details, IDResult{id, d.Result, d.Reports})
		for _, s := range d.Skipped {
			result.Skipped = append(result.Skipped, Skip{id, s.Action, s.Reason, s.Description})
		}
	}
	return result
}

// invalid is the refusal of a value before anything is sent.
func invalid(operation, format string, args ...any) *Error {
	return refusal(operation, fmt.Errorf("%w: %s", ErrInvalidValue, fmt.Sprintf(format, args...)))
}
