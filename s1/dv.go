package s1

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Deep Visibility: questions to what endpoints recorded. The vendor retires these paths on 2027-02-15 in favour of
// /sdl/v2/api/queries; whoever hunts does it through an interface of a few methods, so that the second can be added.

// A QueryID names a query that the console runs. It belongs to the account that made it.
type QueryID string

var queryIDForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~+/=:-]{0,499}$`)

// Valid tells whether the text can be the id of a query.
func (id QueryID) Valid() bool { return queryIDForm.MatchString(string(id)) }

// A QueryState is how far a query is. The vendor's text and its list disagree on the names, so both spellings are known, and
// what is neither done nor dead counts as running.
type QueryState string

// States in which rows can be had, and parts of the names of those in which there will never be any.
var (
	doneStates = []QueryState{"FINISHED", "EMPTY_RESULTS"}
	deadStates = []Choice{
		{"CANCEL", "cancelled"}, {"EXPIRED", "expired"}, {"NOT_FOUND", "not known to the console"},
		{"TIMED_OUT", "timed out at the console"}, {"TIMEOUT", "timed out at the console"}, {"FAILED", "failed"}, {"ERROR", "failed"},
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

// An EventQuery asks for events in S1QL 1.0, the only language that the path takes.
type EventQuery struct {
	Query   string   `json:"query"`
	Types   []string `json:"queryType"` // "events", "processState"
	From    Time     `json:"fromDate"`
	To      Time     `json:"toDate"`
	Limit   int      `json:"limit,omitempty"`     // 1 to 100,000
	Verbose *bool    `json:"isVerbose,omitempty"` // all fields of each event; the vendor's default is false
}

// A QueryStatus is how far a query is, in percent, and what the console has to say about it.
type QueryStatus struct {
	Row
	State    QueryState `json:"responseState"`
	Percent  int        `json:"progressStatus"`
	Problem  string     `json:"responseError"`
	Warnings []string   `json:"warnings"`
}

// An Event is something that an endpoint recorded: the same fields as the events of a threat, and where it was.
type Event struct {
	ThreatEvent
	AgentUUID   string `json:"agentUuid"`
	AgentOS     string `json:"agentOs"`
	AgentIP     string `json:"agentIp"`
	AgentDomain string `json:"agentDomain"`
	Endpoint    string `json:"endpointName"`
	EventTime   Time   `json:"eventTime"`
	SHA1        string `json:"processImageSha1Hash"`
	Publisher   string `json:"publisher"`
	TrueContext string `json:"trueContext"`
	SiteName    string `json:"siteName"`
	Target      string `json:"tgtProcName"`    // the process that something was done to; of the data lake alone
	TargetCmd   string `json:"tgtProcCmdLine"` // likewise
}

// Host is the endpoint's name.
func (e Event) Host() string {
	if e.AgentName != "" {
		return e.AgentName
	}
	return e.Endpoint
}

// At is when it happened.
func (e Event) At() Time {
	if e.CreatedAt.IsZero() {
		return e.EventTime
	}
	return e.CreatedAt
}

// StartQuery starts a query and returns its id. The console takes one start a minute, whoever asks with the token: callers
// wait in line, in the order in which they came, and wait (if set) is told their place whenever it changes.
func (c *Client) StartQuery(ctx context.Context, q EventQuery, wait func(Place)) (QueryID, error) {
	start := call{operation: "start a query", method: http.MethodPost, route: "dv/init-query", body: q, permission: "SDL Data.viewEdr"}
	var id QueryID
	err := c.starts.pass(ctx, c, start, wait, func(ctx context.Context, call call) error {
		started, err := get[struct {
			ID QueryID `json:"queryId"`
		}](ctx, c, call)
		id = started.ID
		return err
	})
	if err == nil && !id.Valid() {
		err = &Error{Operation: start.operation, Status: http.StatusOK, Message: "The console accepted the query but gave no id for it."}
	}
	return id, harmless(err)
}

// harmless takes back that a change may have happened: a query that nobody knows the id of changes nothing.
func harmless(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.unknown = false
	}
	return err
}

// QueryStatus returns how far a query is; the console takes one such call a second.
func (c *Client) QueryStatus(ctx context.Context, id QueryID) (QueryStatus, error) {
	call := call{operation: "get query status", method: http.MethodGet, route: "dv/query-status", permission: "SDL Data.viewEdr"}
	if !id.Valid() {
		return QueryStatus{}, refusal(call.operation, ErrInvalidID)
	}
	call.query = Query{}.With("queryId", string(id))
	return get[QueryStatus](ctx, c, call)
}

// EventsPage returns one page of what a query found; kind narrows it down to "process", "file", "ip", "dns", "url", "registry",
// "logins" or "scheduled_task", and "" is all. A cursor needs q to sort by createdAt, pid or processStartTime.
func (c *Client) EventsPage(ctx context.Context, id QueryID, kind string, q Query) (Page[Event], error) {
	l := list[Event]{client: c, call: call{operation: "get events", method: http.MethodGet, route: "dv/events", permission: "SDL Data.viewEdr"}}
	if !id.Valid() {
		return Page[Event]{}, refusal(l.operation, ErrInvalidID)
	}
	q = q.With("queryId", string(id))
	if kind == "" {
		return l.page(ctx, q)
	}
	l.route, l.ids = "dv/events/{id}", []string{kind}
	page, err := l.page(ctx, q)
	if !unheardOf(err) {
		return page, err
	}
	return c.eventsOfKind(ctx, id, kind, q)
}

// unheardOf tells whether the console does not know the short names of kinds. Newer ones list names of single events instead;
// what they say about a query's id is something else.
func unheardOf(err error) bool {
	var e *Error
	if !errors.As(err, &e) || strings.Contains(strings.ToLower(e.Message), "query") {
		return false
	}
	return e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed
}

// eventsOfKind asks for all events and leaves out those of other kinds. It goes on where a page has none: for who reads pages, an
// empty one is the end.
func (c *Client) eventsOfKind(ctx context.Context, id QueryID, kind string, q Query) (Page[Event], error) {
	for trail := NewTrail("get events", q); ; {
		page, err := c.EventsPage(ctx, id, "", q)
		page.Items = slices.DeleteFunc(page.Items, func(e Event) bool { return !strings.EqualFold(e.ObjectType, kind) })
		page.Total = -1
		if err != nil || len(page.Items) > 0 || page.Next == "" {
			return page, err
		}
		if q, _, err = Follow(trail, q, page); err != nil {
			return page, err
		}
	}
}

// CancelQuery stops a query at the console.
func (c *Client) CancelQuery(ctx context.Context, id QueryID) error {
	call := call{operation: "cancel a query", method: http.MethodPost, route: "dv/cancel-query", permission: "SDL Data.viewEdr"}
	if !id.Valid() {
		return refusal(call.operation, ErrInvalidID)
	}
	call.body = map[string]QueryID{"queryId": id}
	_, err := c.do(ctx, call)
	return harmless(err)
}

// A PowerQuery asks in the language with pipes.
type PowerQuery struct {
	Query    string      `json:"query"`
	From     Time        `json:"fromDate"`
	To       Time        `json:"toDate"`
	Limit    int         `json:"limit,omitempty"` // 1 to 100,000; the console's own is 20,000
	Accounts []AccountID `json:"accountIds,omitempty"`
	Sites    []SiteID    `json:"siteIds,omitempty"`
}

// A PowerResult is how far a power query is and, when it is finished, its rows: one value for each column.
type PowerResult struct {
	Row
	ID      QueryID             `json:"queryId"`
	State   QueryState          `json:"status"`
	Percent int                 `json:"progress"`
	Columns []PowerColumn       `json:"columns"`
	Rows    [][]json.RawMessage `json:"data"`
	Advice  []string            `json:"recommendations"`
}

// A PowerColumn is the name of a column and the type of its values, as the console writes it: "STRING", "INTEGER".
type PowerColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Done tells whether the rows are complete. A result without a state has them at once.
func (r PowerResult) Done() bool {
	return r.State.Done() || r.State == "" && len(r.Columns) > 0
}

// StartPowerQuery starts a power query. One that is quick is finished in the answer already.
func (c *Client) StartPowerQuery(ctx context.Context, q PowerQuery) (PowerResult, error) {
	call := call{operation: "start a power query", method: http.MethodPost, route: "dv/events/pq", body: q, permission: "SDL Data.viewEdr"}
	result, err := get[PowerResult](ctx, c, call)
	if err == nil && !result.ID.Valid() && !result.Done() {
		err = &Error{Operation: call.operation, Status: http.StatusOK, Message: "The console accepted the query but gave no id for it."}
	}
	return result, harmless(err)
}

// PingPowerQuery returns how far a power query is. The console forgets one that is not asked about for some seconds, and then
// says 503.
func (c *Client) PingPowerQuery(ctx context.Context, id QueryID) (PowerResult, error) {
	call := call{operation: "ping a power query", method: http.MethodGet, route: "dv/events/pq-ping", permission: "SDL Data.viewEdr"}
	if !id.Valid() {
		return PowerResult{}, refusal(call.operation, ErrInvalidID)
	}
	call.query = Query{}.With("queryId", string(id))
	result, err := get[PowerResult](ctx, c, call)
	if result.ID == "" {
		result.ID = id
	}
	return result, err
}
