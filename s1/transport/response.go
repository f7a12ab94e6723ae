package transport

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"s1bot/s1/wire"
)

// envelope is the frame of every answer. Its parts are slices of the body, decoded one by one, so
// that an odd one does not touch the others.
type envelope struct {
	Data       json.RawMessage
	Pagination json.RawMessage

	Remark string // see remarkIn
}

// An Unreadable answer came with a good status but makes no sense; the text is for people.
type Unreadable string

// Error is the text itself.
func (u Unreadable) Error() string { return string(u) }

// Open unpacks an answer. Without data it is an error, in the console's own words if it sent some.
func Open(body []byte) (envelope, error) {
	if err := wire.WellFormed(body); err != nil {
		return envelope{}, err
	}
	return OpenFields(wire.FieldsOf(body))
}

// OpenFields is Open for an answer whose fields are apart already.
func OpenFields(fields map[string]json.RawMessage) (envelope, error) {
	e := envelope{Data: fields["data"], Pagination: fields["pagination"], Remark: remarkIn(fields["errors"], fields["error"])}
	if wire.IsVoid(e.Data) && e.Remark != "" {
		return e, Unreadable(e.Remark)
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		var problems errorBody
		if body, err := json.Marshal(fields); err == nil {
			_ = wire.Decode(body, &problems) // of another form: then it says nothing
		}
		if message, _ := problems.summary(); message != "" {
			return e, Unreadable(plain(message))
		}
	}
	if len(e.Data) == 0 {
		return e, Unreadable("The console's answer has no data.")
	}
	return e, nil
}

// remarkIn returns what a console says went wrong in an answer that is a success by its status:
// {"data":…,"errors":[…]}.
func remarkIn(problems, problem json.RawMessage) string {
	said := map[string]json.RawMessage{}
	for key, part := range map[string]json.RawMessage{"errors": problems, "error": problem} {
		if !wire.IsVoid(part) {
			said[key] = part
		}
	}
	body, err := json.Marshal(said)
	if len(said) == 0 || err != nil {
		return ""
	}
	var e errorBody
	message := ""
	if wire.Decode(body, &e) == nil {
		message, _ = e.summary()
	}
	return plain(cmp.Or(message, leavesOf(body)))
}

// ErrNoFacts refuses an object without a single field: taken for a row, it would be one without an
// id.
const ErrNoFacts = Unreadable("The console's answer has an empty object where data was expected.")

// ReadItem reads an object and, if its type has room for it, keeps it as it came.
func ReadItem(raw json.RawMessage, item any) error {
	if !strings.HasPrefix(string(raw[:min(len(raw), 1)]), "{") {
		return Unreadable("The console's answer has no object where one was expected.")
	}
	if wire.IsVoid(raw) {
		return ErrNoFacts
	}
	if err := wire.Decode(raw, item); err != nil {
		return err
	}
	if checked, ok := item.(interface{ Check() error }); ok {
		if err := checked.Check(); err != nil {
			return err
		}
	}
	if keeper, ok := item.(interface{ Keep(json.RawMessage) }); ok {
		keeper.Keep(bytes.Clone(raw)) // raw is a part of the body, which would stay in memory with it
	}
	return nil
}

// Get reads one object.
func Get[T any](ctx context.Context, c *Client, call Call) (T, error) {
	var item T
	err := c.Read(ctx, call, func(body []byte, _ http.Header) error {
		e, err := Open(body)
		if err == nil {
			err = ReadItem(e.Data, &item)
		}
		if err != nil {
			return c.Unreadable(ctx, call, body, err)
		}
		c.NoteSaid(ctx, call, e.Remark)
		return nil
	})
	return item, err
}

// Acknowledge sends a change that consoles answer with nothing, or with a few words about it: data,
// which may be empty. accepted tells that its status was a success and that the console did not say
// in its own words that it failed: then an error is only that the words make no sense.
func (c *Client) Acknowledge(ctx context.Context, call Call) (data json.RawMessage, accepted bool, err error) {
	err = c.ReadBrief(ctx, call, func(body []byte) (err error) {
		var said bool
		data, said, err = c.acknowledgement(ctx, call, body)
		accepted = !said
		return err
	})
	return data, accepted, err
}

// acknowledgement reads what Acknowledge was answered; said tells whether an error is in the console's own words.
func (c *Client) acknowledgement(ctx context.Context, call Call, body []byte) (data json.RawMessage, said bool, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, false, nil
	}
	if err := wire.WellFormed(body); err != nil && !wire.IsVoid(body) {
		return nil, false, c.Unreadable(ctx, call, body, err)
	}
	fields := wire.FieldsOf(body)
	remark := remarkIn(fields["errors"], fields["error"])
	if wire.IsVoid(fields["data"]) && remark != "" {
		return nil, true, c.Unreadable(ctx, call, body, Unreadable(remark))
	}
	c.NoteSaid(ctx, call, remark)
	return bytes.Clone(fields["data"]), false, nil
}

// Unreadable is the error for a successful answer that cannot be read. After a change it means that
// the outcome is unknown.
func (c *Client) Unreadable(ctx context.Context, call Call, body []byte, err error) *Error {
	var own Unreadable
	var message string
	switch {
	case errors.As(err, &own):
		message = string(own)
	case errors.Is(err, ErrTooLarge):
		message = "I didn't read the console's answer, because it has " + strings.TrimPrefix(err.Error(), ErrTooLarge.Error()+": ") + ". Request less at a time."
	default:
		message = decodeProblem(body, err)
	}
	message = hide(message, append(call.Hides, c.token())...)
	c.logger.WarnContext(ctx, "console answer unreadable", "route", call.Route, "operation", call.Operation, "err", err)
	return &Error{Operation: call.Operation, Status: http.StatusOK, Message: message, Err: err, Unclear: !call.reads()}
}

// Invalid is the refusal of a value before anything is sent.
func Invalid(operation, format string, args ...any) *Error {
	return Refusal(operation, fmt.Errorf("%w: %s", ErrInvalidValue, fmt.Sprintf(format, args...)))
}
