// Package hunting is what endpoints recorded and the two ways to search it: Deep Visibility, with
// its queries that one starts, watches and reads, and the data lake, which took over from it.
//
//	init-query ──▶ RUNNING ──QueryTime──▶ FINISHED ──▶ events, page by page
//	                  └──cancel──▶ QUERY_CANCELLED
//	launch ──▶ steps of 20, each answer with a new forward tag ──▶ all of it at once; forgotten 30 s after the last poll
//
// The languages themselves are eventql's. What is recorded is made up anew for each query from the
// world's endpoints and threats, so that a new threat is found at once.
//
// The rule: the two do not share a form. What the data lake refuses, and how, is in its own words
// and without the envelope.
package hunting

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/eventql"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// A Chronicle is what endpoints recorded, and the queries that search it: those of Deep Visibility
// and those of the data lake.
type Chronicle struct {
	world     *world.World
	queryTime time.Duration    // how long a query runs
	hunts     map[string]*hunt // by the id of their query
	lake      lake
}

// New has recorded nothing yet that the world does not tell.
func New(w *world.World, queryTime time.Duration) *Chronicle {
	return &Chronicle{world: w, queryTime: queryTime}
}

// Routes are the calls that search what was recorded.
func Routes(c *Chronicle) []wire.Route { return slices.Concat(dvRoutes(c), lakeRoutes(c)) }

// The vendor closes all of these on 2027-02-15; Options.Age plays a console of after that day. The
// literal paths of power queries stand before the one with a type.
func dvRoutes(c *Chronicle) []wire.Route {
	return []wire.Route{
		{Method: "POST", Path: "/dv/init-query", Handle: wire.On(c, initQuery)},
		{Method: "GET", Path: "/dv/query-status", Handle: wire.On(c, queryStatus)},
		{Method: "POST", Path: "/dv/cancel-query", Handle: wire.On(c, cancelQuery)},
		{Method: "POST", Path: "/dv/events/pq", Handle: wire.On(c, startPowerQuery)},
		{Method: "GET", Path: "/dv/events/pq-ping", Handle: wire.On(c, pingPowerQuery)},
		{Method: "GET", Path: "/dv/events", Handle: wire.On(c, getEvents)},
		{Method: "GET", Path: "/dv/events/{type}", Handle: wire.On(c, getEvents)},
	}
}

// Bounds of Deep Visibility. Retention depends on the plan; the specification's sample has 14 days.
// That a power query is forgotten is in the API document, after how long is not: 30 seconds is what
// the successor of these paths states.
const (
	retention  = 14 * 24 * time.Hour
	keepPinged = 30 * time.Second
	maxEvents  = 100_000
)

// A hunt is one query that the console runs.
type hunt struct {
	id, query string
	power     bool
	began     time.Time
	asked     time.Time // when somebody last looked
	cancelled time.Time // zero while nobody did
	events    store.Collection
	result    eventql.Table
}

// progress is how far the hunt is, in percent.
func (h *hunt) progress(c *Chronicle, now time.Time) int {
	if !h.cancelled.IsZero() {
		now = h.cancelled
	}
	if c.queryTime <= 0 {
		return 100
	}
	return min(100, int(100*now.Sub(h.began)/c.queryTime))
}

// state is the service's word for it. A query here never fails by itself: FAILED, TIMED_OUT and
// their like are played by faults.
func (h *hunt) state(c *Chronicle, now time.Time) string {
	switch {
	case !h.cancelled.IsZero():
		return "QUERY_CANCELLED"
	case h.progress(c, now) < 100:
		return "RUNNING"
	}
	return "FINISHED"
}

// badRequest is what the service says about queries. Its code, 4000040, is in a recording.
func badRequest(detail string) error {
	return &wire.Error{Status: http.StatusBadRequest, Title: "Bad Request", Detail: detail}
}

// notParsed is all that this service says of a wrong query; where it is wrong is for the caller to
// find out.
func notParsed() error { return badRequest("Bad Request - could not parse query.") }

// A queryBody is the body of a call that starts a query.
type queryBody struct {
	query    string
	from, to time.Time
	limit    int
	scope    func(wire.Object) bool
}

// readHunting checks the body as the service does: fields, range, retention. The language comes
// after.
func readHunting(q *wire.Request, fields string, limit int) (queryBody, error) {
	body, err := q.Body()
	if err != nil {
		return queryBody{}, err
	}
	for name := range body {
		if !slices.Contains(strings.Fields(fields), name) {
			return queryBody{}, wire.Invalid("%s: Unknown field.", name)
		}
	}
	h := queryBody{limit: limit}
	if h.query, _ = body["query"].(string); strings.TrimSpace(h.query) == "" {
		return h, wire.Invalid("query: Missing data for required field.")
	}
	if h.from, err = momentIn(body, "fromDate"); err != nil {
		return h, err
	}
	if h.to, err = momentIn(body, "toDate"); err != nil {
		return h, err
	}
	if v, given := body["limit"]; given {
		n, err := strconv.Atoi(wire.Plain(v))
		if err != nil || n < 1 || n > maxEvents {
			return h, wire.Invalid("Limit must be greater than or equals to 1 and less than equals to 100000")
		}
		h.limit = n
	}
	switch {
	case !h.to.After(h.from):
		return h, wire.Invalid("toDate: Must be after fromDate.") // inferred
	case q.Now.Sub(h.from) > retention+time.Minute:
		return h, wire.Invalid("Deep Visibility currently retains data for 14 days, to increase your data retention, please contact S1.")
	}
	h.scope, err = scopeIn(body)
	return h, err
}

// momentIn reads a time of a body: ISO 8601 or milliseconds since 1970.
func momentIn(body wire.Object, name string) (time.Time, error) {
	v, given := body[name]
	if !given || v == nil {
		return time.Time{}, wire.Invalid("%s: Missing data for required field.", name)
	}
	if ms, err := strconv.ParseInt(wire.Plain(v), 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339Nano, wire.Plain(v))
	if err != nil {
		return t, wire.Invalid("%s: Not a valid datetime.", name)
	}
	return t, nil
}

// scopeIn reads where a query looks; no scope is everywhere.
func scopeIn(body wire.Object) (func(wire.Object) bool, error) {
	wanted := map[string][]string{}
	for name, key := range map[string]string{"accountIds": "accountId", "siteIds": "siteId", "groupIds": "agentGroupId"} {
		v, given := body[name]
		if !given {
			continue
		}
		list, ok := v.([]any)
		if !ok {
			return nil, wire.Invalid("%s: Not a valid list.", name)
		}
		for i, id := range list {
			if s, ok := id.(string); !ok || !keys.Digits(s) {
				return nil, wire.Invalid("%s: %d: Not a valid id.", name, i)
			}
			wanted[key] = append(wanted[key], wire.Plain(id))
		}
	}
	return func(e wire.Object) bool {
		for key, ids := range wanted {
			if !slices.Contains(ids, wire.Text(e, key)) {
				return false
			}
		}
		return true
	}, nil
}

// initQuery starts a query in S1QL. What it finds is settled at once and shown when the time has
// come: what happens while a query runs is not in its result. The answer's mode "scalyr" is
// recorded: a hint of the new engine behind the old path.
func initQuery(c *Chronicle, q *wire.Request) (any, error) {
	h, err := readHunting(q, "query queryType fromDate toDate limit isVerbose accountIds siteIds groupIds tenant", 20_000)
	if err != nil {
		return nil, err
	}
	body, _ := q.Body()
	types, _ := body["queryType"].([]any)
	for i, t := range types {
		if s, _ := t.(string); s != "events" && s != "processState" {
			return nil, wire.Invalid("queryType: %d: Must be one of: events, processState.", i)
		}
	}
	keep, err := eventql.ParseOne(h.query)
	if err != nil {
		return nil, notParsed()
	}
	made := &hunt{id: "q" + c.world.Hex(32), query: h.query, began: q.Now, asked: q.Now}
	for _, e := range c.recorded(h.from, h.to, q.Now) {
		if len(made.events.Rows) < h.limit && h.scope(e) && keep(e) {
			made.events.Add(wire.Text(e, "id"), e)
		}
	}
	c.keepHunt(made)
	return wire.Data(wire.Object{"queryId": made.id, "queryModeInfo": wire.Object{"mode": "scalyr", "lastActivatedAt": "2022-07-31T08:11:01+00:00"}}), nil
}

// keepHunt keeps a query for as long as the console lives. A real one keeps it for its user and
// account.
func (c *Chronicle) keepHunt(h *hunt) {
	if c.hunts == nil {
		c.hunts = map[string]*hunt{}
	}
	c.hunts[h.id] = h
}

// huntOf finds the query that a call is about.
func (c *Chronicle) huntOf(id string, given bool) (*hunt, error) {
	if !given {
		return nil, wire.Invalid("queryId: Missing data for required field.")
	}
	h := c.hunts[id]
	if h == nil {
		return nil, badRequest("Bad Request: ['Invalid query ID']")
	}
	return h, nil
}

// aboutQuery refuses whatever else is asked of a call that has the query's id as its only key.
func aboutQuery(q *wire.Request) error {
	for key := range q.Query {
		if key != "queryId" {
			return wire.Invalid("%s: Unknown field.", key)
		}
	}
	return nil
}

// queryStatus answers for both kinds of query, though a power query has its own call.
func queryStatus(c *Chronicle, q *wire.Request) (any, error) {
	if err := aboutQuery(q); err != nil {
		return nil, err
	}
	h, err := c.huntOf(q.Query.Get("queryId"), q.Query.Has("queryId"))
	if err != nil {
		return nil, err
	}
	return wire.Data(wire.Object{
		"responseState": h.state(c, q.Now), "progressStatus": h.progress(c, q.Now), "responseError": nil, "warnings": nil,
		"queryModeInfo": wire.Object{"mode": "scalyr", "lastActivatedAt": "2022-07-31T08:11:01+00:00"},
	}), nil
}

// cancelQuery stops a query. Its answer says "FINISHED" whatever became of it, which is how the API
// document has it.
func cancelQuery(c *Chronicle, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	id, given := body["queryId"].(string)
	h, err := c.huntOf(id, given)
	if err != nil {
		return nil, err
	}
	if h.state(c, q.Now) == "RUNNING" {
		h.cancelled = q.Now
	}
	return wire.Data(wire.Object{"success": "FINISHED"}), nil
}

// typesOfEvents are the short names that integrations send.
var typesOfEvents = strings.Fields("dns file ip logins process registry scheduled_task url indicators")

// eventTitles are the names of single events, as the API document lists them for the path of events;
// it takes them beside the short names of kinds.
var eventTitles = []string{
	"Process Exit", "Process Modification", "Process Creation", "Duplicate Process Handle", "Duplicate Thread Handle", "Open Remote Process Handle", "Remote Thread Creation",
	"Remote Process Termination", "Command Script", "IP Connect", "IP Listen", "File Modification", "File Creation", "File Scan", "File Deletion", "File Rename",
	"Pre Execution Detection", "Login", "Logout", "GET", "OPTIONS", "POST", "PUT", "DELETE", "CONNECT", "HEAD", "DNS Resolved", "DNS Unresolved", "Task Register", "Task Update",
	"Task Start", "Task Trigger", "Task Delete", "Registry Key Create", "Registry Key Rename", "Registry Key Delete", "Registry Key Export", "Registry Key Security Changed",
	"Registry Key Import", "Registry Value Modified", "Registry Value Create", "Registry Value Delete", "Behavioral Indicators", "Module Load",
}

// getEvents answers what a query found. That there is nothing before it has finished is documented;
// that this is an empty list and no error is inferred.
func getEvents(c *Chronicle, q *wire.Request) (any, error) {
	kind := q.Params["type"]
	if kind != "" && !slices.Contains(typesOfEvents, kind) && !slices.Contains(eventTitles, kind) {
		return nil, wire.Invalid("event_type: Must be one of: %s.", strings.Join(typesOfEvents, ", "))
	}
	h, err := c.huntOf(q.Query.Get("queryId"), q.Query.Has("queryId"))
	if err != nil {
		return nil, err
	}
	if sort := q.Query.Get("sortBy"); q.Query.Get("cursor") != "" && !slices.Contains([]string{"createdAt", "pid", "processStartTime"}, sort) {
		return nil, wire.Invalid("cursor: Can be used only with sortBy createdAt, pid or processStartTime.")
	}
	rows := store.Listing{
		Rows: func(*wire.Request) *store.Collection {
			if h.state(c, q.Now) != "FINISHED" {
				return &store.Collection{}
			}
			return &h.events
		},
		Keys: func() keys.Table {
			return keys.Of(keys.Legal("queryId", keys.Textual), keys.Legal("subQuery", keys.Textual))
		},
		Sorts: store.SortsBy("createdAt pid processStartTime eventType objectType agentName processName"),
		Order: "createdAt", Uncounted: true,
		Implied: func(keys.Filter) func(wire.Object) bool {
			return func(e wire.Object) bool {
				return kind == "" || wire.Text(e, "objectType") == kind || wire.Text(e, "eventType") == kind
			}
		},
	}
	return rows.Handle(q)
}

// startPowerQuery starts a query in the language with pipes. Sites without their accounts are not
// heeded, which integrators report of live consoles: the query then covers every site.
func startPowerQuery(c *Chronicle, q *wire.Request) (any, error) {
	h, err := readHunting(q, "query fromDate toDate limit accountIds siteIds groupIds tenant", 1000)
	if err != nil {
		return nil, err
	}
	body, _ := q.Body()
	if body["accountIds"] == nil {
		h.scope = func(wire.Object) bool { return true }
	}
	found := []wire.Object{}
	for _, e := range c.recorded(h.from, h.to, q.Now) {
		if h.scope(e) {
			found = append(found, e)
		}
	}
	table, err := eventql.RunPower(h.query, found, eventql.Conditions)
	if err != nil {
		return nil, badRequest("could not parse query")
	}
	if len(table.Rows) > h.limit {
		table.Rows = table.Rows[:h.limit]
		table.Cut = true
	}
	made := &hunt{id: "pq" + c.world.Hex(32), query: h.query, power: true, began: q.Now, asked: q.Now, result: table}
	c.keepHunt(made)
	return wire.Data(made.Answer(c, q.Now)), nil
}

// pingPowerQuery answers how far a power query is, unless it was forgotten because nobody asked.
func pingPowerQuery(c *Chronicle, q *wire.Request) (any, error) {
	if err := aboutQuery(q); err != nil {
		return nil, err
	}
	h, err := c.huntOf(q.Query.Get("queryId"), q.Query.Has("queryId"))
	if err != nil {
		return nil, err
	}
	if !h.power {
		return nil, badRequest("Bad Request: ['Invalid query ID']")
	}
	if q.Now.Sub(h.asked) > keepPinged {
		return nil, &wire.Error{Status: http.StatusServiceUnavailable, Title: "Service Unavailable", Detail: nil}
	}
	h.asked = q.Now
	return wire.Data(h.Answer(c, q.Now)), nil
}

// Answer is the answer to a start and to a ping: rows only at the end.
func (h *hunt) Answer(c *Chronicle, now time.Time) wire.Object {
	o := wire.Object{"queryId": h.id, "externalId": nil, "status": h.state(c, now), "progress": h.progress(c, now)}
	if h.state(c, now) != "FINISHED" {
		return o
	}
	o["columns"], o["data"], o["recommendations"] = h.result.Columns, h.result.Rows, []any{}
	if h.result.Cut {
		o["recommendations"] = wire.List(`Result set limited to 1000 rows by default. To display more rows, add a command like "| limit 10000".`)
	}
	return o
}

// Queries tells of every query that was started, in no order: queryId, query, state.
func (c *Chronicle) Queries() []map[string]any {
	defer c.world.Look()()
	out := []map[string]any{}
	for _, h := range c.hunts {
		out = append(out, wire.Object{"queryId": h.id, "query": h.query, "state": h.state(c, c.world.Now())})
	}
	return out
}

// SetQueryTime changes how long queries run, those that run already included. With 0 a query is
// finished in the answer that starts it.
func (c *Chronicle) SetQueryTime(d time.Duration) {
	defer c.world.Lock()()
	c.queryTime = d
}
