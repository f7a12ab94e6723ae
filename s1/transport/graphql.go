package transport

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"s1bot/s1/wire"
)

// graphQLRoute is the one path of the API that speaks GraphQL. It answers 200 to nearly everything: what went wrong stands in the body.
const graphQLRoute = "unifiedalerts/graphql"

// A Document is one question or one change in GraphQL. The fields of an answer differ by the console's release, and one that it does
// not know fails the whole document: so there may be poorer texts, tried in turn and remembered by the name.
type Document struct {
	Does       string // for people: "list unified alerts"
	Name       string // of the operation in each text
	Texts      []string
	Variables  map[string]any
	Changes    bool            // a mutation: sent once, whatever becomes of it
	Permission string          // "Unified Alerts.view"
	Rehearsed  json.RawMessage // of a mutation: the data that a rehearsal answers with
}

// GraphQL sends a document and hands the data of the answer to use, which must keep no part of it; said is what the console added to an
// answer that came only in part, a sentence. Errors beside no data are an *Error of status 200. A question is tried again like any read,
// a mutation never.
func (c *Client) GraphQL(ctx context.Context, d Document, use func(data json.RawMessage) error) (said string, err error) {
	for text := c.texts.known(d); ; text++ {
		said, err = c.graphQL(ctx, d, d.Texts[text], use)
		if !errors.Is(err, errUnknownField) || text == len(d.Texts)-1 || d.Changes {
			return said, err
		}
		c.texts.remember(d, text+1)
	}
}

func (c *Client) graphQL(ctx context.Context, d Document, text string, use func(json.RawMessage) error) (said string, err error) {
	call := Call{
		Operation: d.Does, Method: http.MethodPost, Route: graphQLRoute, Permission: d.Permission, Question: !d.Changes, pretend: d.Rehearsed,
		Body: map[string]any{"operationName": d.Name, "query": text, "variables": d.Variables},
	}
	err = c.Read(ctx, call, func(body []byte, _ http.Header) error {
		data, problems, err := openGraphQL(body)
		if err != nil {
			return c.Unreadable(call, body, err)
		}
		if isNothing(data) && len(problems) > 0 {
			return c.graphQLError(call, problems)
		}
		if err := use(data); err != nil {
			return c.Unreadable(call, body, err)
		}
		said = c.NoteSaid(ctx, call, problems.words())
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

func isUnknownField(message string) bool {
	return strings.Contains(message, "FieldUndefined") || strings.Contains(message, "Cannot query field")
}

// graphQLProblems are the errors of an answer.
type graphQLProblems []struct {
	Message    string `json:"message"`
	Extensions struct {
		Classification string `json:"classification"`
	} `json:"extensions"`
}

func (p graphQLProblems) words() string {
	var words []string
	for _, one := range p {
		if w := plain(one.Message); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, "; ")
}

// refusedBeforehand tells whether the console refused a document before it did anything of it: it could not read it, or the token may not.
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

// openGraphQL unpacks an answer.
func openGraphQL(body []byte) (data json.RawMessage, problems graphQLProblems, err error) {
	if err := wire.WellFormed(body); err != nil {
		return nil, nil, err
	}
	fields := wire.FieldsOf(body)
	data = fields["data"]
	if raw := fields["errors"]; !wire.IsVoid(raw) && wire.Decode(raw, &problems) != nil {
		problems = graphQLProblems{{Message: leavesOf(body)}}
	}
	if wire.IsVoid(data) && len(problems) == 0 {
		return data, nil, Unreadable("The console's answer has no data.")
	}
	return data, problems, nil
}

// isNothing tells whether the data of an answer says nothing: there is none, or each of its fields is null.
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

// graphQLError is the error of an answer without data. Whether a mutation that was not refused beforehand has happened, nobody knows.
func (c *Client) graphQLError(call Call, problems graphQLProblems) *Error {
	message := cmp.Or(problems.words(), "the console gave no reason")
	e := &Error{Operation: call.Operation, Status: http.StatusOK, Message: hide(message, append(call.Hides, c.token())...)}
	e.Unclear = !call.reads() && !problems.refusedBeforehand()
	switch lower := strings.ToLower(message); {
	case isUnknownField(message):
		e.Err = errUnknownField
	case strings.Contains(lower, "permission"): // "Missing UAM manage permissions"
		e.Reason, e.Permission = LacksPermission, call.Permission
	case strings.Contains(lower, "required value was null"): // that is how the console says that it has no such alert
		e.Err = ErrNotFound
	}
	c.logger.Warn("console refused a GraphQL document", "operation", call.Operation, "err", e.Message)
	return e
}

// documentTexts remembers by name which text of a Document a console understands.
type documentTexts struct {
	mu     sync.Mutex
	chosen map[string]int
}

func (t *documentTexts) known(d Document) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return min(t.chosen[d.Name], len(d.Texts)-1)
}

func (t *documentTexts) remember(d Document, text int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.chosen == nil {
		t.chosen = map[string]int{}
	}
	t.chosen[d.Name] = text
}
