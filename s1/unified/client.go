package unified

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"unicode/utf8"

	"s1bot/s1"
)

// The permissions of the console's role page, "Unified Alerts", in the form in which the rest of
// the API names its own.
const (
	mayView   = "Unified Alerts.view"
	mayManage = "Unified Alerts.manage"
)

// Console is what carries the documents; *s1.Client does.
type Console interface {
	GraphQL(ctx context.Context, d s1.Document, use func(data json.RawMessage) error) (said string, err error)
}

// A Client asks one console for its unified alerts. It remembers nothing.
type Client struct{ console Console }

// Of is the client for a console.
func Of(console Console) Client { return Client{console} }

// connection is the answer to a list.
type connection struct {
	Alerts struct {
		Edges []struct {
			Node json.RawMessage `json:"node"`
		} `json:"edges"`
		PageInfo struct {
			HasNextPage bool   `json:"hasNextPage"`
			EndCursor   string `json:"endCursor"`
		} `json:"pageInfo"`
		TotalCount *int `json:"totalCount"`
	} `json:"alerts"`
}

// Page returns one page of the alerts that match q, MaxPage at most. Keys of q are the fields of
// alerts ("severity", "alertName__contains", "createdAt__gte"), "siteIds" and the like for the
// scope, Search, sortBy, sortOrder, limit and cursor.
func (c Client) Page(ctx context.Context, q s1.Query) (page s1.Page[Alert], err error) {
	const does = "list unified alerts"
	vars, err := variables(q)
	if err != nil {
		return page, refusal(does, err)
	}
	said, err := c.console.GraphQL(ctx, s1.Document{Does: does, Name: "Alerts", Texts: []string{listText(rowFields), listText(olderFields)}, Variables: vars, Permission: mayView},
		func(data json.RawMessage) (err error) {
			page, err = readPage(data, q.Get("cursor"))
			return err
		})
	if err != nil {
		return s1.Page[Alert]{}, err
	}
	page.Remark = strings.TrimSpace(said + " " + page.Remark)
	return page, nil
}

var (
	errNoList  = errors.New("no list of alerts")
	errNoTotal = errors.New("the console doesn't say how many alerts there are")
)

// A row that is no object is counted in the remark, not an error: the others are of use.
func readPage(data json.RawMessage, after string) (s1.Page[Alert], error) {
	var answer connection
	if err := json.Unmarshal(data, &answer); err != nil {
		return s1.Page[Alert]{}, fmt.Errorf("%w: %w", errNoList, err)
	}
	nodes := make([]json.RawMessage, 0, len(answer.Alerts.Edges))
	for _, edge := range answer.Alerts.Edges {
		nodes = append(nodes, edge.Node)
	}
	page, err := s1.ReadRows(nodes, identity)
	if err != nil {
		return page, err
	}
	if total := answer.Alerts.TotalCount; total != nil && *total >= len(page.Items) {
		page.Total = *total
	}
	// A cursor that leads back to this page, or a page without rows, ends the list whatever
	// hasNextPage says.
	if info := answer.Alerts.PageInfo; info.HasNextPage && info.EndCursor != after && len(nodes) > 0 {
		page.Next = info.EndCursor
	}
	return page, nil
}

// Count is how many alerts match q. A console that does not say is an error: it is not zero.
func (c Client) Count(ctx context.Context, q s1.Query) (int, error) {
	page, err := c.Page(ctx, q.WithLimit(1))
	if err == nil && page.Next != "" && page.Total <= len(page.Items) {
		err = errNoTotal
	}
	return page.Total, err
}

// identity is what an alert is known again by.
func identity(a Alert) string { return cmp.Or(string(a.ID), string(a.Raw)) }

// All goes through all alerts that match q, page by page. It ends after the first error.
func (c Client) All(ctx context.Context, q s1.Query) iter.Seq2[Alert, error] {
	return func(yield func(Alert, error) bool) {
		seen := map[uint64]bool{}
		for trail, more := s1.NewTrail("list unified alerts", q), true; more; {
			page, err := c.Page(ctx, q)
			if err == nil {
				q, more, err = s1.Follow(trail, q, page)
			}
			for _, a := range page.Fresh(seen).Items {
				if !yield(a, nil) {
					return
				}
			}
			if err != nil {
				yield(Alert{}, err)
				return
			}
		}
	}
}

// ByID returns the alerts with these ids; those that the console does not know are missing. What
// has another id is left out: who asks by id acts on the answer.
func (c Client) ByID(ctx context.Context, ids []ID) ([]Alert, error) {
	if _, err := byIDs(ids); err != nil {
		return nil, refusal("list unified alerts", err)
	}
	return c.having(ctx, "id", ids, func(a Alert) string { return string(a.ID) })
}

// ByExternalID returns the alerts that a product knows by these ids.
func (c Client) ByExternalID(ctx context.Context, ids []string) ([]Alert, error) {
	var wanted []ID
	for _, id := range ids {
		wanted = append(wanted, ID(id))
	}
	return c.having(ctx, "externalId", wanted, func(a Alert) string { return a.ExternalID })
}

// The ids go a page at a time, so that an answer cannot be cut off.
func (c Client) having(ctx context.Context, field string, ids []ID, of func(Alert) string) ([]Alert, error) {
	var found []Alert
	for len(ids) > 0 {
		some := ids[:min(len(ids), MaxPage)]
		ids = ids[len(some):]
		values, wanted := make([]string, len(some)), map[string]bool{}
		for i, id := range some {
			values[i], wanted[string(id)] = string(id), true
		}
		for a, err := range c.All(ctx, s1.Query{}.With(field, values...)) {
			if err != nil {
				return nil, err
			}
			if wanted[of(a)] {
				found = append(found, a)
			}
		}
	}
	return found, nil
}

// Get returns an alert with its indicators. ErrNotFound says that the console has none with this id.
func (c Client) Get(ctx context.Context, id ID) (alert Alert, err error) {
	const does = "get a unified alert"
	if !id.Valid() {
		return alert, refusal(does, fmt.Errorf("%w: %q", s1.ErrInvalidID, string(id)))
	}
	doc := s1.Document{Does: does, Name: "Alert", Texts: []string{alertText(detailFields), alertText(rowFields), alertText(olderFields)},
		Variables: map[string]any{"id": id}, Permission: mayView}
	_, err = c.console.GraphQL(ctx, doc, func(data json.RawMessage) (err error) {
		alert, err = readField[Alert](data, "alert")
		return err
	})
	if err == nil && alert.ID == "" || errors.Is(err, s1.ErrNotFound) && !s1.IsRetired(err) {
		err = &s1.Error{Operation: does, Status: http.StatusOK, Message: "The console has no unified alert with the id " + string(id) + ".", Err: s1.ErrNotFound}
	}
	return alert, err
}

// readField reads a field of an answer's data; null is the zero value.
func readField[T any](data json.RawMessage, name string) (value T, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return value, err
	}
	if raw := fields[name]; len(raw) > 0 && string(raw) != "null" {
		return s1.ReadRow[T](raw)
	}
	return value, nil
}

// isNull tells whether an answer's data leaves a field open: it is null, or not there.
func isNull(data json.RawMessage, name string) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal(data, &fields) == nil && (len(fields[name]) == 0 || string(fields[name]) == "null")
}

// notes are the answer to a question for notes and to a new one alike.
type notes struct {
	Data []json.RawMessage `json:"data"`
}

// No notes is an empty list or null.
func readNotes(data json.RawMessage, field string) ([]Note, error) {
	answer, err := readField[notes](data, field)
	if err != nil || len(answer.Data) == 0 {
		return nil, err
	}
	page, err := s1.ReadRows(answer.Data, func(n Note) string { return cmp.Or(n.ID, string(n.Raw)) })
	return page.Items, err
}

// Notes returns the notes on an alert. Their texts are what people and integrations wrote: escape
// them before showing.
func (c Client) Notes(ctx context.Context, id ID) (list []Note, err error) {
	const does = "list the notes on a unified alert"
	if !id.Valid() {
		return nil, refusal(does, fmt.Errorf("%w: %q", s1.ErrInvalidID, string(id)))
	}
	doc := s1.Document{Does: does, Name: "AlertNotes", Texts: []string{notesText}, Variables: map[string]any{"alertId": id}, Permission: mayView}
	_, err = c.console.GraphQL(ctx, doc, func(data json.RawMessage) (err error) {
		list, err = readNotes(data, "alertNotes")
		return err
	})
	return list, err
}

// AddNote writes a note on an alert and returns all that stand on it now. The console accepts the
// note and cannot change or delete it for the next 30 to 90 seconds; nothing here does either.
func (c Client) AddNote(ctx context.Context, id ID, text string) (list []Note, err error) {
	const does = "add a note to a unified alert"
	switch n := utf8.RuneCountInString(text); {
	case !id.Valid():
		return nil, refusal(does, fmt.Errorf("%w: %q", s1.ErrInvalidID, string(id)))
	case strings.TrimSpace(text) == "" || n > s1.MaxNote:
		return nil, refusal(does, fmt.Errorf("%w: a note must have 1 to %d characters, not %d", s1.ErrInvalidValue, s1.MaxNote, n))
	}
	doc := s1.Document{Does: does, Name: "AddAlertNote", Texts: []string{addNoteText}, Variables: map[string]any{"alertId": id, "text": text}, Permission: mayManage,
		Changes: true, Rehearsed: json.RawMessage(`{"addAlertNote":{"data":[]}}`)}
	_, err = c.console.GraphQL(ctx, doc, func(data json.RawMessage) (err error) {
		if isNull(data, "addAlertNote") {
			return errSilent
		}
		list, err = readNotes(data, "addAlertNote")
		return err
	})
	return list, err
}

// refusal is an error of ours, made before anything was sent.
func refusal(does string, err error) error {
	return &s1.Error{Operation: does, Message: err.Error(), Err: err}
}
