package huntapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A QueryID names a query that the console runs. It belongs to the account that made it.
type QueryID string

// An id goes into addresses and comes from people, too: ids of Deep Visibility begin with q, those
// of power queries with pq, and those of the data lake are base64, so the form is wide and keeps
// out what would end an address.
var queryIDForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~+/=:-]{0,499}$`)

// Valid tells whether the text can be the id of a query.
func (id QueryID) Valid() bool { return queryIDForm.MatchString(string(id)) }

// A QueryState is how far a query is. The vendor's text and its list disagree on the names, so both
// spellings are known, and what is neither done nor dead counts as running.
type QueryState string

// States in which rows can be had, and parts of the names of those in which there will never be any.
var (
	doneStates = []QueryState{"FINISHED", "EMPTY_RESULTS"}
	deadStates = []wire.Choice{
		{Value: "CANCEL", Label: "cancelled"}, {Value: "EXPIRED", Label: "expired"}, {Value: "NOT_FOUND", Label: "not known to the console"},
		{Value: "TIMED_OUT", Label: "timed out at the console"}, {Value: "TIMEOUT", Label: "timed out at the console"}, {Value: "FAILED", Label: "failed"}, {Value: "ERROR", Label: "failed"},
	}
)

// dead says in words why the query will never have a result; "" for one that may still have.
func (s QueryState) dead() string {
	for _, c := range deadStates {
		if strings.Contains(string(s.upper()), c.Value) {
			return c.Label
		}
	}
	return ""
}

// upper is the state in one spelling: "Event running" and EVENT_RUNNING are one.
func (s QueryState) upper() QueryState {
	return QueryState(strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(string(s)), " ", "_")))
}

// Done tells whether the query ran to its end.
func (s QueryState) Done() bool { return slices.Contains(doneStates, s.upper()) }

// Dead tells whether the query will never have a result.
func (s QueryState) Dead() bool { return s.dead() != "" }

// Label is the state as people read it.
func (s QueryState) Label() string {
	switch s.upper() {
	case "FINISHED":
		return "finished"
	case "EMPTY_RESULTS":
		return "finished without results"
	case "PLANNING":
		return "being planned"
	}
	return cmp.Or(s.dead(), "running")
}

// An EventQuery asks for events in S1QL 1.0, the only language that the path takes. From must lie
// within the retention of the plan (14 days in the vendor's sample), or the console says 400 with
// its own words.
type EventQuery struct {
	Query   string    `json:"query"`
	Types   []string  `json:"queryType"` // "events", "processState"
	From    wire.Time `json:"fromDate"`
	To      wire.Time `json:"toDate"`
	Limit   int       `json:"limit,omitempty"`     // 1 to 100,000
	Verbose *bool     `json:"isVerbose,omitempty"` // all fields of each event; the vendor's default is false
}

// A QueryStatus is how far a query is, in percent, and what the console has to say about it.
type QueryStatus struct {
	wire.Row
	State    QueryState `json:"responseState"`
	Percent  int        `json:"progressStatus"`
	Problem  string     `json:"responseError"`
	Warnings []string   `json:"warnings"`
}

// StartQuery starts a query and returns its id. The console takes one start a minute, whoever asks
// with the token: callers wait in line, in the order in which they came, and wait (if set) is told
// their place whenever it changes.
func (c *Engines) StartQuery(ctx context.Context, q EventQuery, wait func(Place)) (QueryID, error) {
	start := transport.Call{Operation: "start a query", Method: http.MethodPost, Route: "dv/init-query", Body: q, Permission: "SDL Data.viewEdr"}
	var id QueryID
	err := c.starts.pass(ctx, c.t, start, wait, func(ctx context.Context, call transport.Call) error {
		started, err := transport.Get[struct {
			ID QueryID `json:"queryId"`
		}](ctx, c.t, call)
		id = started.ID
		return err
	})
	if err == nil && !id.Valid() {
		err = &transport.Error{Operation: start.Operation, Status: http.StatusOK, Message: "The console accepted the query but gave no id for it."}
	}
	return id, harmless(err)
}

// harmless takes back that a change may have happened: a query that nobody knows the id of changes
// nothing.
func harmless(err error) error {
	var e *transport.Error
	if errors.As(err, &e) {
		e.Unclear = false
	}
	return err
}

// QueryStatus returns how far a query is; the console takes one such call a second. It takes a
// state that is neither done nor dead for running, so an unknown word makes somebody wait and not
// give up.
func (c *Engines) QueryStatus(ctx context.Context, id QueryID) (QueryStatus, error) {
	call := transport.Call{Operation: "get query status", Method: http.MethodGet, Route: "dv/query-status", Permission: "SDL Data.viewEdr"}
	if !id.Valid() {
		return QueryStatus{}, transport.Refusal(call.Operation, wire.ErrInvalidID)
	}
	call.Query = transport.Query{}.With("queryId", string(id))
	return transport.Get[QueryStatus](ctx, c.t, call)
}

// EventsPage returns one page of what a query found; kind narrows it down to "process", "file",
// "ip", "dns", "url", "registry", "logins" or "scheduled_task", and "" is all. A cursor needs q to
// sort by createdAt, pid or processStartTime. Before the query is done the list is empty, without
// an error: who asks looks at the status first.
func (c *Engines) EventsPage(ctx context.Context, id QueryID, kind string, q transport.Query) (pages.Page[Event], error) {
	l := pages.List[Event]{Client: c.t, Call: transport.Call{Operation: "get events", Method: http.MethodGet, Route: "dv/events", Permission: "SDL Data.viewEdr"}}
	if !id.Valid() {
		return pages.Page[Event]{}, transport.Refusal(l.Operation, wire.ErrInvalidID)
	}
	q = q.With("queryId", string(id))
	if kind == "" {
		return l.Page(ctx, q)
	}
	l.Route, l.IDs = "dv/events/{id}", []string{kind}
	page, err := l.Page(ctx, q)
	if !unheardOf(err) {
		return page, err
	}
	return c.eventsOfKind(ctx, id, kind, q)
}

// unheardOf tells whether the console does not know the short names of kinds. Newer ones list names
// of single events instead; what they say about a query's id is something else.
func unheardOf(err error) bool {
	var e *transport.Error
	if !errors.As(err, &e) || strings.Contains(strings.ToLower(e.Message), "query") {
		return false
	}
	return e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed
}

// eventsOfKind asks for all events and leaves out those of other kinds. It goes on where a page has
// none: for who reads pages, an empty one is the end.
func (c *Engines) eventsOfKind(ctx context.Context, id QueryID, kind string, q transport.Query) (pages.Page[Event], error) {
	for trail := pages.NewTrail("get events", q); ; {
		page, err := c.EventsPage(ctx, id, "", q)
		page.Items = slices.DeleteFunc(page.Items, func(e Event) bool { return !strings.EqualFold(e.ObjectType, kind) })
		page.Total = -1
		if err != nil || len(page.Items) > 0 || page.Next == "" {
			return page, err
		}
		if q, _, err = pages.Follow(trail, q, page); err != nil {
			return page, err
		}
	}
}

// CancelQuery stops a query at the console. The answer says "FINISHED" whatever became of the
// query, so it is not read.
func (c *Engines) CancelQuery(ctx context.Context, id QueryID) error {
	call := transport.Call{Operation: "cancel a query", Method: http.MethodPost, Route: "dv/cancel-query", Permission: "SDL Data.viewEdr"}
	if !id.Valid() {
		return transport.Refusal(call.Operation, wire.ErrInvalidID)
	}
	call.Body = map[string]QueryID{"queryId": id}
	_, err := c.t.Do(ctx, call)
	return harmless(err)
}

// A PowerQuery asks in the language with pipes. Consoles have been seen to pass over Sites that
// come without their Accounts, and to query every site: send both.
type PowerQuery struct {
	Query    string           `json:"query"`
	From     wire.Time        `json:"fromDate"`
	To       wire.Time        `json:"toDate"`
	Limit    int              `json:"limit,omitempty"` // 1 to 100,000; the console's own is 20,000
	Accounts []wire.AccountID `json:"accountIds,omitempty"`
	Sites    []wire.SiteID    `json:"siteIds,omitempty"`
}

// A PowerResult is how far a power query is and, when it is finished, its rows: one value for each
// column.
type PowerResult struct {
	wire.Row
	ID      QueryID             `json:"queryId"`
	State   QueryState          `json:"status"`
	Percent int                 `json:"progress"`
	Columns []PowerColumn       `json:"columns"`
	Rows    [][]json.RawMessage `json:"data"`
	Advice  []string            `json:"recommendations"`
}

// A PowerColumn is the name of a column and the type of its values, as the console writes it:
// "STRING", "INTEGER".
type PowerColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Done tells whether the rows are complete. A result without a state has them at once.
func (r PowerResult) Done() bool {
	return r.State.Done() || r.State == "" && len(r.Columns) > 0
}

// StartPowerQuery starts a power query. One that is quick is finished in the answer already.
func (c *Engines) StartPowerQuery(ctx context.Context, q PowerQuery) (PowerResult, error) {
	call := transport.Call{Operation: "start a power query", Method: http.MethodPost, Route: "dv/events/pq", Body: q, Permission: "SDL Data.viewEdr"}
	result, err := transport.Get[PowerResult](ctx, c.t, call)
	if err == nil && !result.ID.Valid() && !result.Done() {
		err = &transport.Error{Operation: call.Operation, Status: http.StatusOK, Message: "The console accepted the query but gave no id for it."}
	}
	return result, harmless(err)
}

// PingPowerQuery returns how far a power query is. The console forgets one that is not asked about
// for some seconds, and then says 503. The id is put into an answer that leaves it out, so that
// whoever keeps the answer can ask again.
func (c *Engines) PingPowerQuery(ctx context.Context, id QueryID) (PowerResult, error) {
	call := transport.Call{Operation: "ping a power query", Method: http.MethodGet, Route: "dv/events/pq-ping", Permission: "SDL Data.viewEdr"}
	if !id.Valid() {
		return PowerResult{}, transport.Refusal(call.Operation, wire.ErrInvalidID)
	}
	call.Query = transport.Query{}.With("queryId", string(id))
	result, err := transport.Get[PowerResult](ctx, c.t, call)
	if result.ID == "" {
		result.ID = id
	}
	return result, err
}
