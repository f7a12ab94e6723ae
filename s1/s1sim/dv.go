package s1sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/eventql"
)

func dvRoutes() []route {
	return []route{
		{method: "POST", path: "/dv/init-query", handle: initQuery},
		{method: "GET", path: "/dv/query-status", handle: queryStatus},
		{method: "POST", path: "/dv/cancel-query", handle: cancelQuery},
		{method: "POST", path: "/dv/events/pq", handle: startPowerQuery},
		{method: "GET", path: "/dv/events/pq-ping", handle: pingPowerQuery},
		{method: "GET", path: "/dv/events", handle: getEvents},
		{method: "GET", path: "/dv/events/{type}", handle: getEvents},
	}
}

// Bounds of Deep Visibility. Retention depends on the plan; the specification's sample has 14 days. That a power query is
// forgotten is in the API document, after how long is not: 30 seconds is what the successor of these paths states.
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
	events    collection
	result    eventql.Table
}

// progress is how far the hunt is, in percent.
func (h *hunt) progress(c *Console, now time.Time) int {
	if !h.cancelled.IsZero() {
		now = h.cancelled
	}
	if c.opt.QueryTime <= 0 {
		return 100
	}
	return min(100, int(100*now.Sub(h.began)/c.opt.QueryTime))
}

func (h *hunt) state(c *Console, now time.Time) string {
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
	return &apiError{http.StatusBadRequest, "Bad Request", detail}
}

func notParsed() error { return badRequest("Bad Request - could not parse query.") }

// A hunting is the body of a call that starts a query.
type hunting struct {
	query    string
	from, to time.Time
	limit    int
	scope    func(object) bool
}

// readHunting checks the body as the service does: fields, range, retention. The language comes after.
func readHunting(q *request, fields string, limit int) (hunting, error) {
	body, err := q.body()
	if err != nil {
		return hunting{}, err
	}
	for name := range body {
		if !slices.Contains(strings.Fields(fields), name) {
			return hunting{}, invalid("%s: Unknown field.", name)
		}
	}
	h := hunting{limit: limit}
	if h.query, _ = body["query"].(string); strings.TrimSpace(h.query) == "" {
		return h, invalid("query: Missing data for required field.")
	}
	if h.from, err = momentIn(body, "fromDate"); err != nil {
		return h, err
	}
	if h.to, err = momentIn(body, "toDate"); err != nil {
		return h, err
	}
	if v, given := body["limit"]; given {
		n, err := strconv.Atoi(plain(v))
		if err != nil || n < 1 || n > maxEvents {
			return h, invalid("Limit must be greater than or equals to 1 and less than equals to 100000")
		}
		h.limit = n
	}
	switch {
	case !h.to.After(h.from):
		return h, invalid("toDate: Must be after fromDate.") // inferred
	case q.now.Sub(h.from) > retention+time.Minute:
		return h, invalid("Deep Visibility currently retains data for 14 days, to increase your data retention, please contact S1.")
	}
	h.scope, err = scopeIn(body)
	return h, err
}

// momentIn reads a time of a body: ISO 8601 or milliseconds since 1970.
func momentIn(body object, name string) (time.Time, error) {
	v, given := body[name]
	if !given || v == nil {
		return time.Time{}, invalid("%s: Missing data for required field.", name)
	}
	if ms, err := strconv.ParseInt(plain(v), 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339Nano, plain(v))
	if err != nil {
		return t, invalid("%s: Not a valid datetime.", name)
	}
	return t, nil
}

// scopeIn reads where a query looks; no scope is everywhere.
func scopeIn(body object) (func(object) bool, error) {
	wanted := map[string][]string{}
	for name, key := range map[string]string{"accountIds": "accountId", "siteIds": "siteId", "groupIds": "agentGroupId"} {
		v, given := body[name]
		if !given {
			continue
		}
		list, ok := v.([]any)
		if !ok {
			return nil, invalid("%s: Not a valid list.", name)
		}
		for i, id := range list {
			if s, ok := id.(string); !ok || !digits(s) {
				return nil, invalid("%s: %d: Not a valid id.", name, i)
			}
			wanted[key] = append(wanted[key], plain(id))
		}
	}
	return func(e object) bool {
		for key, ids := range wanted {
			if !slices.Contains(ids, text(e, key)) {
				return false
			}
		}
		return true
	}, nil
}

// initQuery starts a query in S1QL.
func initQuery(c *Console, q *request) (any, error) {
	h, err := readHunting(q, "query queryType fromDate toDate limit isVerbose accountIds siteIds groupIds tenant", 20_000)
	if err != nil {
		return nil, err
	}
	body, _ := q.body()
	types, _ := body["queryType"].([]any)
	for i, t := range types {
		if s, _ := t.(string); s != "events" && s != "processState" {
			return nil, invalid("queryType: %d: Must be one of: events, processState.", i)
		}
	}
	keep, err := eventql.ParseOne(h.query)
	if err != nil {
		return nil, notParsed()
	}
	made := &hunt{id: "q" + c.hex(32), query: h.query, began: q.now, asked: q.now}
	for _, e := range c.recorded(h.from, h.to, q.now) {
		if len(made.events.rows) < h.limit && h.scope(e) && keep(e) {
			made.events.add(text(e, "id"), e)
		}
	}
	c.keepHunt(made)
	return data(object{"queryId": made.id, "queryModeInfo": object{"mode": "scalyr", "lastActivatedAt": "2022-07-31T08:11:01+00:00"}}), nil
}

func (c *Console) keepHunt(h *hunt) {
	if c.hunts == nil {
		c.hunts = map[string]*hunt{}
	}
	c.hunts[h.id] = h
}

// huntOf finds the query that a call is about.
func (c *Console) huntOf(id string, given bool) (*hunt, error) {
	if !given {
		return nil, invalid("queryId: Missing data for required field.")
	}
	h := c.hunts[id]
	if h == nil {
		return nil, badRequest("Bad Request: ['Invalid query ID']")
	}
	return h, nil
}

func queryStatus(c *Console, q *request) (any, error) {
	h, err := c.huntOf(q.query.Get("queryId"), q.query.Has("queryId"))
	if err != nil {
		return nil, err
	}
	return data(object{
		"responseState": h.state(c, q.now), "progressStatus": h.progress(c, q.now), "responseError": nil, "warnings": nil,
		"queryModeInfo": object{"mode": "scalyr", "lastActivatedAt": "2022-07-31T08:11:01+00:00"},
	}), nil
}

// cancelQuery stops a query. Its answer says "FINISHED" whatever became of it, which is how the API document has it.
func cancelQuery(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	id, given := body["queryId"].(string)
	h, err := c.huntOf(id, given)
	if err != nil {
		return nil, err
	}
	if h.state(c, q.now) == "RUNNING" {
		h.cancelled = q.now
	}
	return data(object{"success": "FINISHED"}), nil
}

// typesOfEvents are the short names that integrations send.
var typesOfEvents = strings.Fields("dns file ip logins process registry scheduled_task url indicators")

// getEvents answers what a query found. That there is nothing before it has finished is documented; that this is an empty list
// and no error is inferred.
func getEvents(c *Console, q *request) (any, error) {
	kind := q.params["type"]
	if kind != "" && !slices.Contains(typesOfEvents, kind) && !slices.Contains(eventTitles, kind) {
		return nil, invalid("event_type: Must be one of: %s.", strings.Join(typesOfEvents, ", "))
	}
	h, err := c.huntOf(q.query.Get("queryId"), q.query.Has("queryId"))
	if err != nil {
		return nil, err
	}
	if sort := q.query.Get("sortBy"); q.query.Get("cursor") != "" && !slices.Contains([]string{"createdAt", "pid", "processStartTime"}, sort) {
		return nil, invalid("cursor: Can be used only with sortBy createdAt, pid or processStartTime.")
	}
	rows := listing{
		rows: func(*Console, *request) *collection {
			if h.state(c, q.now) != "FINISHED" {
				return &collection{}
			}
			return &h.events
		},
		keys: func() keys {
			return table(legal("queryId", textual), legal("subQuery", textual))
		},
		sorts: sortsBy("createdAt pid processStartTime eventType objectType agentName processName"),
		order: "createdAt",
		implied: func(filter) func(object) bool {
			return func(e object) bool {
				return kind == "" || text(e, "objectType") == kind || text(e, "eventType") == kind
			}
		},
	}
	return rows.handle(c, q)
}

// startPowerQuery starts a query in the language with pipes. Sites without their accounts are not heeded, which integrators report of
// live consoles: the query then covers every site.
func startPowerQuery(c *Console, q *request) (any, error) {
	h, err := readHunting(q, "query fromDate toDate limit accountIds siteIds groupIds tenant", 1000)
	if err != nil {
		return nil, err
	}
	body, _ := q.body()
	if body["accountIds"] == nil {
		h.scope = func(object) bool { return true }
	}
	found := []object{}
	for _, e := range c.recorded(h.from, h.to, q.now) {
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
	made := &hunt{id: "pq" + c.hex(32), query: h.query, power: true, began: q.now, asked: q.now, result: table}
	c.keepHunt(made)
	return data(made.answer(c, q.now)), nil
}

// pingPowerQuery answers how far a power query is, unless it was forgotten because nobody asked.
func pingPowerQuery(c *Console, q *request) (any, error) {
	h, err := c.huntOf(q.query.Get("queryId"), q.query.Has("queryId"))
	if err != nil {
		return nil, err
	}
	if !h.power {
		return nil, badRequest("Bad Request: ['Invalid query ID']")
	}
	if q.now.Sub(h.asked) > keepPinged {
		return nil, &apiError{http.StatusServiceUnavailable, "Service Unavailable", nil}
	}
	h.asked = q.now
	return data(h.answer(c, q.now)), nil
}

// answer is the answer to a start and to a ping: rows only at the end.
func (h *hunt) answer(c *Console, now time.Time) object {
	o := object{"queryId": h.id, "externalId": nil, "status": h.state(c, now), "progress": h.progress(c, now)}
	if h.state(c, now) != "FINISHED" {
		return o
	}
	o["columns"], o["data"], o["recommendations"] = h.result.Columns, h.result.Rows, []any{}
	if h.result.Cut {
		o["recommendations"] = words(`Result set limited to 1000 rows by default. To display more rows, add a command like "| limit 10000".`)
	}
	return o
}

// Queries tells of every query that was started, in no order: queryId, query, state.
func (c *Console) Queries() []map[string]any {
	defer c.look()()
	out := []map[string]any{}
	for _, h := range c.hunts {
		out = append(out, object{"queryId": h.id, "query": h.query, "state": h.state(c, c.now())})
	}
	return out
}

// SetQueryTime changes how long queries run, those that run already included.
func (c *Console) SetQueryTime(d time.Duration) {
	defer c.lock()()
	c.opt.QueryTime = d
}
