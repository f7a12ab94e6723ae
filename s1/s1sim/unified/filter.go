package unified

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// paths say where a row has what a filter's field names (alertColumnMetadata of live consoles,
// 2026-10).
var paths = map[string]string{
	"id": "id", "storylineId": "storylineId", "alertName": "name", "detectedAt": "detectedAt", "createdAt": "createdAt", "firstSeenAt": "firstSeenAt",
	"lastSeenAt": "lastSeenAt", "updatedAt": "updatedAt", "severity": "severity", "confidenceLevel": "confidenceLevel", "analystVerdict": "analystVerdict",
	"status": "status", "result": "result", "classification": "classification", "detectionVendor": "detectionSource.vendor",
	"detectionProduct": "detectionSource.product", "assetName": "assets.name", "assetAgentUuid": "assets.agentUuid", "externalId": "externalId",
	"assigneeUserId": "assignee.userId", "alertNoteExists": "noteExists", "ticketId": "ticketId", "mitreTechniques": "indicators.attacks.technique.uid",
	"mitreTactics": "indicators.attacks.tactic.uid", "fileSha1": "process.file.sha1",
}

// choose returns the rows that the arguments of a list or of a mutation mean.
func (l *List) choose(args map[string]any) ([]*store.Row, error) {
	keep, err := filtered(args)
	if err != nil {
		return nil, err
	}
	inScope := scoped(args["scope"])
	return l.rows.Where(func(o wire.Object) bool { return inScope(o) && keep(o) }), nil
}

type condition func(wire.Object) bool

// filtered reads the filter: conditions that all hold, or groups of them of which one does. None is
// every row.
func filtered(args map[string]any) (condition, error) {
	or, grouped := args["orFilter"].(map[string]any)
	if !grouped {
		or, grouped = args["filter"].(map[string]any)
	}
	if !grouped {
		return allOf(args["filters"])
	}
	var groups []condition
	for _, g := range listOf(or["or"]) {
		group, _ := g.(map[string]any)
		c, err := allOf(group["and"])
		if err != nil {
			return nil, err
		}
		groups = append(groups, c)
	}
	return func(o wire.Object) bool { return slices.ContainsFunc(groups, func(c condition) bool { return c(o) }) }, nil
}

// allOf is a list of filters, of which all must hold; none of them is every alert, for changes as
// well, as in the service.
func allOf(filters any) (condition, error) {
	var all []condition
	for _, f := range listOf(filters) {
		c, err := one(f.(map[string]any))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return func(o wire.Object) bool { return !slices.ContainsFunc(all, func(c condition) bool { return !c(o) }) }, nil
}

// one is a single FilterInput. A value that no alert can have ("OPEN" for a status) is legal and
// finds nothing: the service does not say so either.
func one(f map[string]any) (condition, error) {
	path, known := paths[wire.Plain(f["fieldId"])]
	if !known {
		return nil, fetching("Field name does not exist or not supported for FILTER API call")
	}
	var holds func(value string) bool
	count := 0
	for name, comparator := range comparators {
		if given, ok := f[name].(map[string]any); ok {
			holds, count = comparator(given), count+1
		}
	}
	if count != 1 {
		return nil, fetching("Exactly one comparator is expected in a filter")
	}
	negated := f["isNegated"] == true
	return func(o wire.Object) bool {
		return slices.ContainsFunc(wire.At(o, path), func(v any) bool { return holds(wire.Plain(v)) }) != negated
	}, nil
}

var comparators = map[string]func(map[string]any) func(string) bool{
	"stringEqual":  func(f map[string]any) func(string) bool { return oneOf([]any{f["value"]}) },
	"stringIn":     func(f map[string]any) func(string) bool { return oneOf(listOf(f["values"])) },
	"booleanEqual": func(f map[string]any) func(string) bool { return oneOf([]any{f["value"]}) },
	"longEqual":    func(f map[string]any) func(string) bool { return oneOf([]any{f["value"]}) },
	"longIn":       func(f map[string]any) func(string) bool { return oneOf(listOf(f["values"])) },
	"match":        matched, "dateTimeRange": within,
}

// oneOf compares as text, whatever the kind of the comparator was.
func oneOf(values []any) func(string) bool {
	return func(s string) bool {
		return slices.ContainsFunc(values, func(v any) bool { return wire.Plain(v) == s })
	}
}

// matched ignores case; without an operator it is "contains".
func matched(f map[string]any) func(string) bool {
	fits := map[string]func(s, part string) bool{"startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix, "exactMatch": func(s, part string) bool { return s == part }}[wire.Plain(f["operator"])]
	if fits == nil {
		fits = strings.Contains
	}
	return func(s string) bool {
		return slices.ContainsFunc(listOf(f["values"]), func(v any) bool { return fits(strings.ToLower(s), strings.ToLower(wire.Plain(v))) })
	}
}

// within takes milliseconds since 1970, each end open where it is null and included unless it is
// said not to be.
func within(f map[string]any) func(string) bool {
	start, end := millis(f["start"]), millis(f["end"])
	return func(s string) bool {
		at, err := time.Parse(time.RFC3339Nano, s)
		ms := at.UnixMilli()
		return err == nil && (f["start"] == nil || ms > start || ms == start && f["startInclusive"] != false) && (f["end"] == nil || ms < end || ms == end && f["endInclusive"] != false)
	}
}

// millis reads a number that may have come as text; 0 for what is none.
func millis(v any) int64 {
	n, _ := strconv.ParseInt(wire.Plain(v), 10, 64)
	return n
}

// scoped reads the scope; none is all that the token sees. Account, site and group are no fields of
// a filter: the scope is the only way to them. It goes by where the asset is now.
func scoped(v any) condition {
	scope, given := v.(map[string]any)
	if !given {
		return func(wire.Object) bool { return true }
	}
	path := "realTime.scope." + strings.ToLower(wire.Plain(scope["scopeType"])) + ".id"
	return func(o wire.Object) bool { return oneOf(listOf(scope["scopeIds"]))(wire.Text(o, path)) }
}

// listOf is a list; a single value stands for a list of one, as GraphQL has it.
func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// page cuts rows into a connection. A cursor is a position in the list as it is then. The service
// has served 200 at once and 100 is what clients ask for; 50 where nobody says.
func page(rows []*store.Row, args map[string]any) (wire.Object, error) {
	if err := sortRows(rows, args["sorts"]); err != nil {
		return nil, err
	}
	first, from := 50, 0
	if args["first"] != nil {
		first = int(millis(args["first"]))
	}
	if first < 1 || first > 200 {
		return nil, fetching("first must be between 1 and 200")
	}
	if after := wire.Plain(args["after"]); args["after"] != nil {
		raw, err := base64.StdEncoding.DecodeString(after)
		if err != nil || json.Unmarshal(raw, &from) != nil {
			return nil, fetching("Invalid cursor")
		}
	}
	total := len(rows)
	rows = rows[min(from, total):min(from+first, total)]
	edges := []any{}
	for i, r := range rows {
		edges = append(edges, wire.Object{"cursor": cursor(from + i + 1), "node": r.Obj})
	}
	info := wire.Object{"hasNextPage": from+first < total, "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil}
	if len(rows) > 0 {
		info["startCursor"], info["endCursor"] = cursor(from+1), cursor(from+len(rows))
	}
	return wire.Object{"edges": edges, "pageInfo": info, "totalCount": total}, nil
}

func cursor(position int) string {
	return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(position)))
}

// sortRows sorts in place, before the page is cut. No caller sends more than one order; of several
// the last would count most.
func sortRows(rows []*store.Row, sorts any) error {
	for _, s := range listOf(sorts) {
		by, _ := s.(map[string]any)
		path, known := paths[wire.Plain(by["by"])]
		if !known {
			return fetching(fmt.Sprintf("Field %v is not sortable", by["by"]))
		}
		slices.SortStableFunc(rows, func(a, b *store.Row) int {
			c := strings.Compare(wire.Text(a.Obj, path), wire.Text(b.Obj, path)) // times are all of one form, so they sort as text
			if wire.Plain(by["order"]) == "DESC" {
				c = -c
			}
			return c
		})
	}
	return nil
}
