package unified

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1"
)

// MaxPage is how many alerts one page has at most: live clients cap it so.
const MaxPage = 100

// A fieldKind is how the values of a field are compared. The kind decides which comparator a filter
// has; the console refuses a filter with none or with two.
type fieldKind int

const (
	word fieldKind = iota // text: equal to one of the values, with __nin to none of them, or with __contains in it
	moment
	number
	truth
)

// fields are what alerts can be filtered by (alertColumnMetadata of live consoles, 2026-10).
// Account, site and group are none: the scope is the only way to narrow the list down to them.
var fields = map[string]fieldKind{
	"id": word, "externalId": word, "storylineId": word, "alertName": word, "severity": word, "status": word, "analystVerdict": word, "confidenceLevel": word,
	"result": word, "classification": word, "detectionVendor": word, "detectionProduct": word, "assetName": word, "assetAgentUuid": word, "ticketId": word,
	"mitreTechniques": word, "mitreTactics": word, "fileSha1": word, "assigneeUserId": number, "alertNoteExists": truth,
	"detectedAt": moment, "createdAt": moment, "firstSeenAt": moment, "lastSeenAt": moment, "updatedAt": moment,
}

// Search is the key for what people type: it is found in names, and is equal to ids, hashes and
// storylines. The console has no full text.
const Search = "query"

// scopes are the keys that become the scope, and of which type.
var scopes = map[string]string{"accountIds": "ACCOUNT", "siteIds": "SITE", "groupIds": "GROUP"}

// variables are the arguments of a list. The keys are gone through in their order, so that the same
// query is always the same document.
func variables(q s1.Query) (map[string]any, error) {
	vars := map[string]any{"first": pageSize(q)}
	if after := q.Get("cursor"); after != "" {
		vars["after"] = after
	}
	if by := q.Get("sortBy"); by != "" {
		vars["sorts"] = []any{map[string]any{"by": by, "order": strings.ToUpper(q.Get("sortOrder"))}}
	}
	var filters []any
	for _, key := range slices.Sorted(maps.Keys(q)) {
		kind, isScope := scopes[key]
		switch {
		case slices.Contains([]string{"limit", "cursor", "skip", "sortBy", "sortOrder", Search}, key):
		case isScope && vars["scope"] != nil:
			return nil, fmt.Errorf("the list can be filtered by accounts, by sites or by groups, but only by one of these at a time")
		case isScope:
			vars["scope"] = map[string]any{"scopeIds": strings.Split(q.Get(key), ","), "scopeType": kind}
		default:
			f, err := filter(key, q.Get(key))
			if err != nil {
				return nil, err
			}
			filters = append(filters, f)
		}
	}
	if typed := q.Get(Search); typed != "" {
		vars["orFilter"] = anyOf(typed, filters)
		return vars, nil
	}
	if filters != nil {
		vars["filters"] = filters
	}
	return vars, nil
}

// More than MaxPage is asked for a page at a time.
func pageSize(q s1.Query) int {
	n, err := strconv.Atoi(q.Get("limit"))
	if err != nil || n < 1 {
		return MaxPage
	}
	return min(n, MaxPage)
}

// filter is one condition. Each has exactly one comparator.
func filter(key, value string) (any, error) {
	field, operator, _ := strings.Cut(key, "__")
	kind, known := fields[field]
	if !known {
		return nil, fmt.Errorf("unified alerts have no field %q to filter by", field)
	}
	condition := map[string]any{"fieldId": field, "isNegated": false}
	switch {
	case kind == moment && slices.Contains([]string{"gt", "gte", "lt", "lte"}, operator):
		at, err := time.Parse(time.RFC3339Nano, value)
		if err != nil {
			return nil, fmt.Errorf("%s is not a time", value)
		}
		condition["dateTimeRange"] = timeRange(at, operator)
	case kind == number && operator == "":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is not a number", value)
		}
		condition["longEqual"] = map[string]any{"value": n}
	case kind == truth && operator == "":
		condition["booleanEqual"] = map[string]any{"value": value == "true"}
	case kind == word && operator == "contains":
		condition["match"] = map[string]any{"values": strings.Split(value, ","), "operator": "contains"}
	case kind == word && operator == "":
		equal(condition, strings.Split(value, ","))
	case kind == word && operator == "nin":
		condition["isNegated"] = true
		equal(condition, strings.Split(value, ","))
	default:
		return nil, fmt.Errorf("unified alerts can't be filtered by %q", key)
	}
	return condition, nil
}

// equal puts the comparator for one value or for several.
func equal(condition map[string]any, values []string) {
	if len(values) == 1 {
		condition["stringEqual"] = map[string]any{"value": values[0]}
		return
	}
	condition["stringIn"] = map[string]any{"values": values}
}

// timeRange is open at one end, in milliseconds since 1970.
func timeRange(at time.Time, operator string) map[string]any {
	side, inclusive := "start", "startInclusive"
	if operator[0] == 'l' {
		side, inclusive = "end", "endInclusive"
	}
	return map[string]any{side: at.UnixMilli(), inclusive: strings.HasSuffix(operator, "e")}
}

// anyOf finds what was typed in any of the fields that people know alerts by, where all the other
// filters hold.
func anyOf(typed string, filters []any) any {
	var or []any
	for _, field := range []string{"alertName", "assetName"} {
		or = append(or, map[string]any{"fieldId": field, "isNegated": false, "match": map[string]any{"values": []string{typed}, "operator": "contains"}})
	}
	for _, field := range []string{"id", "externalId", "storylineId", "fileSha1"} {
		or = append(or, map[string]any{"fieldId": field, "isNegated": false, "stringEqual": map[string]any{"value": typed}})
	}
	for i, one := range or {
		or[i] = map[string]any{"and": append([]any{one}, filters...)}
	}
	return map[string]any{"or": or}
}

// byIDs is the only filter that a change is sent with. There must be ids: without a filter every
// alert is meant.
func byIDs(ids []ID) (any, error) {
	if len(ids) == 0 {
		return nil, s1.ErrNothingSelected
	}
	unique := make([]string, 0, len(ids))
	for _, id := range ids {
		if !id.Valid() {
			return nil, fmt.Errorf("%w: %q", s1.ErrInvalidID, string(id))
		}
		if !slices.Contains(unique, string(id)) {
			unique = append(unique, string(id))
		}
	}
	condition := map[string]any{"fieldId": "id", "isNegated": false}
	equal(condition, unique)
	return map[string]any{"or": []any{map[string]any{"and": []any{condition}}}}, nil
}
