package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"s1bot/s1/wire"
)

// graphQLRoute is the one path of the API that speaks GraphQL. It answers 200 to nearly everything:
// what went wrong stands in the body.
const graphQLRoute = "unifiedalerts/graphql"

// A Document is one question or one change in GraphQL. The fields of an answer differ by the
// console's release, and one that it does not know fails the whole document: so there may be poorer
// texts, tried in turn and remembered by the name.
type Document struct {
	Does       string // for people: "list unified alerts"
	Name       string // of the operation in each text
	Texts      []string
	Variables  map[string]any
	Changes    bool            // a mutation: sent once, whatever becomes of it
	Permission string          // "Unified Alerts.view"
	Rehearsed  json.RawMessage // of a mutation: the data that a rehearsal answers with
}

// GraphQL sends a document and hands the data of the answer to use, which must keep no part of it;
// said is what the console added to an answer that came only in part, a sentence. Errors beside no
// data are an *Error of status 200. A question is tried again like any read, a mutation never.
func (c *Client) GraphQL(ctx context.Context, d Document, use func(data json.RawMessage) error) (said string, err error) {
	for text := c.texts.known(d); ; text++ {
		said, err = c.graphQL(ctx, d, d.Texts[text], use)
		if !errors.Is(err, errUnknownField) || text == len(d.Texts)-1 || d.Changes {
			return said, err
		}
		c.texts.remember(d, text+1)
	}
}

// graphQL sends one text of a document. A question counts as a read: it is retried and goes through
// the breaker. A field that the console does not know is said with status 400 or, in the body, with
// 200: both end as errUnknownField.
func (c *Client) graphQL(ctx context.Context, d Document, text string, use func(json.RawMessage) error) (said string, err error) {
	call := Call{
		Operation: d.Does, Method: http.MethodPost, Route: graphQLRoute, Permission: d.Permission, Question: !d.Changes, pretend: d.Rehearsed,
		Body: map[string]any{"operationName": d.Name, "query": text, "variables": d.Variables},
	}
	err = c.Read(ctx, call, func(body []byte, _ http.Header) error {
		a, err := openGraphQL(body)
		if err != nil {
			return c.Unreadable(ctx, call, body, err)
		}
		if isNothing(a.data) && a.said != "" {
			return c.graphQLError(ctx, call, a)
		}
		if err := use(a.data); err != nil {
			return c.Unreadable(ctx, call, body, err)
		}
		said = c.NoteSaid(ctx, call, a.said)
		return nil
	})
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest && isUnknownField(refused.Message) {
		refused.Err = errUnknownField
	}
	return said, err
}

// errUnknownField says that a console does not know a field that was asked for.
var errUnknownField = errors.New("a field that the console does not know")

// isUnknownField goes by the words: the answer has no code for it. Both wordings are those of
// common GraphQL servers.
func isUnknownField(message string) bool {
	return strings.Contains(message, "FieldUndefined") || strings.Contains(message, "Cannot query field")
}

// A graphQLAnswer is an answer taken apart.
type graphQLAnswer struct {
	data     json.RawMessage
	said     string // what went wrong, in the console's words; "" for nothing
	problems graphQLProblems
}

// graphQLProblems are the errors of an answer, as far as they have GraphQL's form.
type graphQLProblems []struct {
	Message    string `json:"message"`
	Extensions struct {
		Classification string `json:"classification"`
	} `json:"extensions"`
}

// refusedBeforehand tells whether the console refused a document before it did anything of it: it
// could not read it, or the token may not.
func (p graphQLProblems) refusedBeforehand() bool {
	for _, one := range p {
		message := strings.ToLower(one.Message)
		if one.Extensions.Classification != "ValidationError" && one.Extensions.Classification != "InvalidSyntax" && !strings.HasPrefix(message, "validation error") &&
			!strings.Contains(message, "variabletypemismatch") && !strings.Contains(message, "invalid input for enum") && !strings.Contains(message, "permission") {
			return false
		}
	}
	return len(p) > 0
}

// openGraphQL unpacks an answer. Something before GraphQL may say errors in the form of the rest of
// the API.
func openGraphQL(body []byte) (a graphQLAnswer, err error) {
	if err := wire.WellFormed(body); err != nil {
		return a, err
	}
	fields := wire.FieldsOf(body)
	a.data, a.said = fields["data"], remarkIn(fields["errors"], fields["error"])
	_ = wire.Decode(fields["errors"], &a.problems) // of another form: told in words alone
	if wire.IsVoid(a.data) && a.said == "" {
		return a, Unreadable("The console's answer has no data.")
	}
	return a, nil
}

// isNothing tells whether the data of an answer says nothing: there is none, or each of its fields
// is null.
func isNothing(data json.RawMessage) bool {
	if wire.IsVoid(data) || !bytes.HasPrefix(data, []byte("{")) {
		return true
	}
	for _, value := range wire.FieldsOf(data) {
		if string(value) != "null" {
			return false
		}
	}
	return true
}

// graphQLError is the error of an answer without data. Whether a mutation that was not refused
// beforehand has happened, nobody knows.
func (c *Client) graphQLError(ctx context.Context, call Call, a graphQLAnswer) *Error {
	e := &Error{Operation: call.Operation, Status: http.StatusOK, Message: hide(a.said, append(call.Hides, c.token())...)}
	e.Unclear = !call.reads() && !a.problems.refusedBeforehand()
	switch lower := strings.ToLower(a.said); {
	case isUnknownField(a.said):
		e.Err = errUnknownField
	case strings.Contains(lower, "permission"): // "Missing UAM manage permissions"
		e.Reason, e.Permission = LacksPermission, call.Permission
	case strings.Contains(lower, "required value was null"): // that is how the console says that it has no such alert
		e.Err = ErrNotFound
	}
	c.logger.WarnContext(ctx, "console refused a GraphQL document", "operation", call.Operation, "err", e.Message)
	return e
}

// documentTexts remembers by name which text of a Document a console understands.
type documentTexts struct {
	mu     sync.Mutex
	chosen map[string]int
}

// known is the richest text that the console has not refused yet.
func (t *documentTexts) known(d Document) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return min(t.chosen[d.Name], len(d.Texts)-1)
}

// remember notes that a console does not understand the texts before this one. It holds until the
// process ends, so an update of the console is noticed at the next start.
func (t *documentTexts) remember(d Document, text int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.chosen == nil {
		t.chosen = map[string]int{}
	}
	t.chosen[d.Name] = text
}
