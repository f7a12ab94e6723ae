package hunting

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/eventql"
	"s1bot/s1/s1sim/wire"
)

// LakeRoot is where the paths of the Singularity Data Lake begin, which took over from Deep
// Visibility. Its answers have no envelope.
const LakeRoot = "/sdl/v2/api"

// A query that was deleted is gone: the next look is a 404. The document answers 204 to the delete,
// and 200 was seen.
func lakeRoutes(c *Chronicle) []wire.Route {
	return []wire.Route{
		{Method: "POST", Root: LakeRoot, Path: "/queries", Handle: wire.On(c, launchQuery)},
		{Method: "GET", Root: LakeRoot, Path: "/queries/{id}", Handle: wire.On(c, pollQuery)},
		{Method: "DELETE", Root: LakeRoot, Path: "/queries/{id}", Handle: wire.On(c, endQuery)},
	}
}

// Bounds of the data lake, measured by public clients of live consoles.
const (
	lakeMemory = 30 * time.Second // since launch or the last poll
	lakeSteps  = 20
	lakeRows   = 5000
)

// A lake is the queries of the data lake.
type lake struct {
	queries map[string]*lakeQuery
	order   []string
}

// A lakeQuery is one query from its launch to its deletion.
type lakeQuery struct {
	id, kind, query string
	tags            []string // all that were given out; one of them must come back
	began, polled   time.Time
	deleted         bool
	from, to        time.Time
	matches         []any
	table           eventql.Table
	warnings        []any
}

// A lakeError is one in the data lake's own form.
type lakeError struct {
	status  int
	code    string
	message string
	field   string // of the body that is wrong, and detail says how
	detail  string
}

func (e *lakeError) Error() string { return e.message }

// Answer is the error without the envelope of the rest of the API. A 500 carries the status word of
// a wrong parameter, for that is what it is: a query that cannot be read is a 500 here, and
// repeating it does not help.
func (e *lakeError) Answer() wire.Answer {
	body := wire.Object{"message": e.message}
	if e.code != "" {
		body["code"] = e.code
	}
	if e.field != "" {
		body["details"] = []any{wire.Object{"field": e.field, "message": e.detail}}
	}
	if e.status == http.StatusInternalServerError {
		body["status"] = "error/client/badParam"
	}
	return wire.JSON(e.status, body)
}

// lakeRefused is a body that says something that cannot be.
func lakeRefused(message string) error {
	return &lakeError{status: http.StatusBadRequest, code: "invalid_argument", message: message}
}

// lakeField is a body that cannot be read, with the field in which it stopped.
func lakeField(field, detail string) error {
	return &lakeError{status: http.StatusBadRequest, code: "invalid_argument", message: "Invalid JSON", field: field, detail: detail}
}

// lakeForgotten is the same for a query that ended, one that was never there, and one whose tag is
// missing.
func lakeForgotten(id string) error {
	return &lakeError{status: http.StatusNotFound, code: "not_found", message: "Requested token=" + id + " not found"}
}

// WrongWord is what the data lake says to the header of the rest of the API.
func WrongWord(header string) error {
	return &lakeError{status: http.StatusInternalServerError, message: fmt.Sprintf("Header must start with Bearer, but actually starts with %q", header[:min(len(header), 6)])}
}

// lakeFields are the fields that a launch may have, by the object that they are in.
var lakeFields = map[string]string{
	"":    "queryType tenant accountIds startTime endTime queryPriority log pq topFacets facetValues plot distribution scheme",
	"log": "filter limit ascending cursor exclusive",
	"pq":  "query resultType frequency",
}

// knownFields refuses a field that the service does not have, by name. siteIds, skip and sortBy of
// the older engine are such fields.
func knownFields(in string, o wire.Object) error {
	for name := range o {
		if !slices.Contains(strings.Fields(lakeFields[in]), name) {
			return lakeField(strings.TrimPrefix(in+"."+name, "."), "Cannot deserialize JSON")
		}
	}
	return nil
}

// launchQuery starts a query. Small ones are done at once, as most are out there. The range and the
// scope are checked before the language: whoever has several of them wrong hears of the first.
func launchQuery(c *Chronicle, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, lakeRefused("Invalid JSON")
	}
	if err := knownFields("", body); err != nil {
		return nil, err
	}
	made := &lakeQuery{kind: plainOr(body["queryType"], ""), began: q.Now, polled: q.Now}
	if made.from, made.to, err = lakeRange(body, q.Now); err != nil {
		return nil, err
	}
	within, err := lakeScope(body)
	if err != nil {
		return nil, err
	}
	var events []wire.Object
	for _, e := range c.recorded(made.from, made.to, q.Now) {
		if within(e) {
			events = append(events, e)
		}
	}
	if err := made.Find(body, events); err != nil {
		return nil, err
	}
	made.id = "eyJ0eXBl" + c.world.Hex(40)
	c.lake.Keep(made)
	return made.Answer(c, q.Now), nil
}

// Keep remembers queries that are over, too, for LakeQueries.
func (l *lake) Keep(q *lakeQuery) {
	if l.queries == nil {
		l.queries = map[string]*lakeQuery{}
	}
	l.queries[q.id], l.order = q, append(l.order, q.id)
}

func plainOr(v any, fallback string) string {
	if v == nil {
		return fallback
	}
	return wire.Plain(v)
}

// Find runs the query over the events, the oldest of which come first.
func (l *lakeQuery) Find(body wire.Object, events []wire.Object) error {
	switch l.kind {
	case "LOG":
		return l.findLog(body, events)
	case "PQ":
		return l.findTable(body, events)
	case "":
		return lakeRefused("Query type must be specified")
	}
	return lakeField("queryType", "Cannot deserialize JSON")
}

// findLog keeps the newest matches, or the oldest where ascending is true; they come the oldest
// first either way. More than 5000 come in no answer, however high the limit: the bound was
// measured by a client, no document has it.
func (l *lakeQuery) findLog(body wire.Object, events []wire.Object) error {
	part, _ := body["log"].(wire.Object)
	if err := knownFields("log", part); err != nil {
		return err
	}
	l.query = plainOr(part["filter"], "")
	keep, err := eventql.ParseTwo(l.query)
	if err != nil {
		return lakeCannotRead(err)
	}
	limit, err := strconv.Atoi(plainOr(part["limit"], "1000"))
	if err != nil || limit < 1 {
		return lakeField("log.limit", "must be greater than or equal to 1")
	}
	for _, e := range events {
		if keep(e) {
			l.matches = append(l.matches, asMatch(e))
		}
	}
	if limit = min(limit, lakeRows); len(l.matches) > limit {
		if part["ascending"] == true {
			l.matches = l.matches[:limit]
		} else {
			l.matches = l.matches[len(l.matches)-limit:]
		}
	}
	return nil
}

// asMatch is an event as a match. It has the time twice: in nanoseconds beside the values and in
// milliseconds among them.
func asMatch(e wire.Object) wire.Object {
	values := eventql.Flat(e)
	at := eventql.Moment(e)
	return wire.Object{
		"cursor": "c-" + wire.Plain(e["id"]), "timestamp": json.Number(wire.Itoa(at.UnixNano())), "severity": 3, "sessionId": "", "threadId": "",
		"serverInfo": wire.Object{}, "values": values,
	}
}

// A table without a limit of its own ends after 1000 rows, with a warning. There is no second page.
func (l *lakeQuery) findTable(body wire.Object, events []wire.Object) error {
	part, _ := body["pq"].(wire.Object)
	if err := knownFields("pq", part); err != nil {
		return err
	}
	if l.query = plainOr(part["query"], ""); part["query"] == nil {
		return lakeField("pq.query", "must not be null")
	}
	if kind := plainOr(part["resultType"], ""); kind != "TABLE" && kind != "PLOT" {
		return lakeField("pq.resultType", fmt.Sprintf("Unexpected value '%s'", kind))
	}
	table, err := eventql.RunPower(l.query, events, eventql.LakeConditions)
	if err != nil {
		return lakeCannotRead(err)
	}
	if l.table = table; len(table.Rows) > 1000 && !strings.Contains(l.query, "limit") {
		l.table.Rows = table.Rows[:1000]
		l.warnings = wire.List(`Result set limited to 1000 rows by default. To display more rows, add a command like "| limit 10000".`)
	}
	return nil
}

// lakeCannotRead is the refusal of the language, in its words where it has some.
func lakeCannotRead(err error) error {
	message := "Unable to parse the entire query"
	var refusal eventql.Refusal
	if errors.As(err, &refusal) {
		message = string(refusal)
	}
	return &lakeError{status: http.StatusInternalServerError, message: message}
}

// lakeScope reads where a query looks. With neither tenant nor accounts that is next to nothing,
// and no error. The document says that tenant false is not supported yet, and consoles of 2026-09
// want it with accounts: both are taken.
func lakeScope(body wire.Object) (func(wire.Object) bool, error) {
	tenant := body["tenant"] == true
	v, given := body["accountIds"]
	list, ok := v.([]any)
	if given && !ok {
		return nil, lakeField("accountIds", "Cannot deserialize JSON")
	}
	if tenant && len(list) > 0 {
		return nil, lakeRefused("tenant=false should be used when querying accountIds")
	}
	return func(e wire.Object) bool {
		return tenant || slices.ContainsFunc(list, func(id any) bool { return wire.Plain(id) == wire.Text(e, "accountId") })
	}, nil
}

var relative = regexp.MustCompile(`^(\d+) ?(s|m|h|d|seconds?|minutes?|hours?|days?)$`)

// lakeRange reads the range: the last day, unless one end or both are given. A start and no end
// means the day after it, an end and no start the day before. The start belongs to the range and
// the end does not.
func lakeRange(body wire.Object, now time.Time) (from, to time.Time, err error) {
	read := func(name string) (time.Time, error) {
		s := plainOr(body[name], "")
		if m := relative.FindStringSubmatch(s); m != nil {
			n, _ := strconv.Atoi(m[1])
			return now.Add(-time.Duration(n) * map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[m[2][0]]), nil
		}
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return epochTime(n), nil
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil && s != "" {
			return t, lakeRefused("Invalid " + name)
		}
		return t, nil
	}
	if from, err = read("startTime"); err != nil {
		return from, to, err
	}
	if to, err = read("endTime"); err != nil {
		return from, to, err
	}
	switch {
	case from.IsZero() && to.IsZero():
		from, to = now.Add(-24*time.Hour), now
	case from.IsZero():
		from = to.Add(-24 * time.Hour)
	case to.IsZero():
		to = from.Add(24 * time.Hour)
	}
	if !to.After(from) {
		return from, to, lakeRefused("startTime must be before endTime")
	}
	return from, to, nil
}

// epochTime reads seconds, milliseconds or nanoseconds.
func epochTime(n int64) time.Time {
	switch {
	case n > 1e17:
		return time.Unix(0, n).UTC()
	case n > 1e11:
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// steps are how many of lakeSteps are completed.
func (l *lakeQuery) steps(c *Chronicle, now time.Time) int {
	if c.queryTime <= 0 {
		return lakeSteps
	}
	return min(lakeSteps, int(lakeSteps*now.Sub(l.began)/c.queryTime))
}

// Answer is the query object, with a tag that was not there before. There is no word for done: all
// steps are completed and data is there. The total stands under two names, as in some recorded
// answers. Each answer has a new tag and takes any that it gave out before, the newest or not.
func (l *lakeQuery) Answer(c *Chronicle, now time.Time) wire.Answer {
	done := l.steps(c, now)
	o := wire.Object{
		"id": l.id, "stepsCompleted": done, "stepsTotal": lakeSteps, "totalSteps": lakeSteps, "cpuUsage": 12_000_000, "data": nil, "error": nil,
		"resolvedTimeRange": wire.Object{"start": json.Number(wire.Itoa(l.from.UnixNano())), "end": json.Number(wire.Itoa(l.to.UnixNano()))},
	}
	if done == lakeSteps {
		o["data"] = l.data()
	}
	a := wire.JSON(http.StatusOK, o)
	l.tags = append(l.tags, "G/"+c.world.Hex(12))
	a.Header = map[string]string{"X-Dataset-Query-Forward-Tag": l.tags[len(l.tags)-1]}
	return a
}

// data is what was found, in the form of the query's type.
func (l *lakeQuery) data() wire.Object {
	if l.kind == "LOG" {
		matches := l.matches
		if matches == nil {
			matches = []any{}
		}
		return wire.Object{"estimatedMatchCount": len(matches), "matches": matches}
	}
	columns := []any{}
	for _, column := range l.table.Columns {
		o := column.(wire.Object)
		kind := "STRING"
		if o["type"] == "INTEGER" {
			kind = "NUMBER"
		}
		columns = append(columns, wire.Object{"name": o["name"], "cellType": kind, "decimalPlaces": 0})
	}
	return wire.Object{
		"columns": columns, "values": l.table.Rows, "matchCount": len(l.table.Rows), "keyColumns": 0, "omittedEvents": 0,
		"discardedArrayItems": 0, "partialResultsDueToTimeLimit": false, "warnings": l.warnings,
	}
}

// lakeQueryOf finds the query of a call: by its id, with one of its tags, and polled in time.
func (c *Chronicle) lakeQueryOf(q *wire.Request) (*lakeQuery, error) {
	id := q.Params["id"]
	l := c.lake.queries[id]
	if l == nil || l.deleted || !slices.Contains(l.tags, q.Forward) || q.Now.Sub(l.polled) > lakeMemory {
		return nil, lakeForgotten(id)
	}
	return l, nil
}

// A poll is what keeps a query alive: 30 seconds without one and it is forgotten.
func pollQuery(c *Chronicle, q *wire.Request) (any, error) {
	if _, err := strconv.Atoi(q.Query.Get("lastStepSeen")); err != nil {
		return nil, lakeRefused("lastStepSeen must be specified")
	}
	l, err := c.lakeQueryOf(q)
	if err != nil {
		return nil, err
	}
	l.polled = q.Now
	return l.Answer(c, q.Now), nil
}

// endQuery frees the slot. A client is to send it after every end, success included.
func endQuery(c *Chronicle, q *wire.Request) (any, error) {
	l, err := c.lakeQueryOf(q)
	if err != nil {
		return nil, err
	}
	l.deleted = true
	return wire.Answer{Status: http.StatusNoContent}, nil
}

// LakeQueries tells of every query that the data lake was sent, in order: id, queryType, query, and
// state, which is RUNNING, FINISHED, DELETED, or EXPIRED where nobody polled in time.
func (c *Chronicle) LakeQueries() []map[string]any {
	defer c.world.Look()()
	out := []map[string]any{}
	for _, id := range c.lake.order {
		l := c.lake.queries[id]
		state := "RUNNING"
		switch now := c.world.Now(); {
		case l.deleted:
			state = "DELETED"
		case now.Sub(l.polled) > lakeMemory:
			state = "EXPIRED"
		case l.steps(c, now) == lakeSteps:
			state = "FINISHED"
		}
		out = append(out, wire.Object{"id": id, "queryType": l.kind, "query": l.query, "state": state})
	}
	return out
}
