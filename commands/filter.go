package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"s1bot/s1"
)

// A threatQuery narrows a list of threats down with the console's own filter keys.
type threatQuery struct{ s1.Filter }

// A threatSelection names threats that are to be changed. It is never empty: the console would take that for all threats.
type threatSelection struct{ s1.Filter }

// An agentSelection names endpoints that are to be changed.
type agentSelection struct{ s1.Filter }

func (q threatQuery) IsZero() bool     { return len(q.Keys()) == 0 }
func (q threatSelection) IsZero() bool { return len(q.Keys()) == 0 }
func (q agentSelection) IsZero() bool  { return len(q.Keys()) == 0 }

func (threatSelection) kind() kind {
	k := selecting(filterKind(s1.ThreatFilter, `JSON with the console's filter keys, names or ids: {"computerName__contains": ["DESKTOP"], "resolved": false}`, orNames))
	k.selects = "threats"
	return k
}

func (agentSelection) kind() kind {
	k := selecting(filterKind(s1.AgentFilter, `JSON with the console's filter keys, names or ids: {"computerName__contains": ["DESKTOP"], "networkStatuses": ["connected"]}`, orNames))
	k.selects, k.beside = "agents", true
	return k
}

// filterKind reads a filter: JSON, or what short makes of anything else.
func filterKind(of s1.FilterKind, hint string, short func(string) (json.RawMessage, error)) kind {
	k := objectKind(hint, func(text string, _ Input) (json.RawMessage, error) { return short(text) })
	k.filter = true
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		return checkFilter(of, value.(json.RawMessage), in)
	}
	return k
}

// idWordsOf are the values of a filter key: a list, or one text with commas.
func idWordsOf(value json.RawMessage) []string {
	var words []string
	if isEmpty(value) {
		return nil
	}
	if strings.HasPrefix(string(value), "[") {
		return listWords(string(value))
	}
	for part := range strings.SplitSeq(word(value), ",") {
		words = append(words, strings.TrimSpace(part))
	}
	return words
}

// selecting refuses filters that select everything.
func selecting(k kind) kind {
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		filter, err := s1.ParseFilter(string(value.(json.RawMessage)))
		if err == nil && filter.Empty() {
			err = errors.New("it restricts nothing, and an empty filter means everything to the console; name ids, hosts or another key")
		}
		return value, err
	}
	return k
}

func checkFilter(of s1.FilterKind, raw json.RawMessage, in Input) (any, error) {
	raw = settleTimes(raw, in)
	filter, err := s1.ParseFilter(string(raw))
	if err == nil {
		err = filter.Validate(of)
	}
	if err != nil {
		return nil, filterProblem(err, of)
	}
	return json.RawMessage(filter.String()), nil
}

// filterProblem words what is wrong with a filter, and offers the keys that were probably meant by the first one that is.
func filterProblem(err error, of s1.FilterKind) error {
	var first *s1.FilterError
	if !errors.As(err, &first) {
		return err
	}
	told := &valueError{problem: fmt.Sprintf("filter key %q %s", first.Key, first.Problem), nearest: first.Nearest}
	if len(told.nearest) == 0 && !slices.Contains(of.Keys(), first.Key) {
		told.nearest = Nearest(first.Key, of.Keys())
	}
	return told
}

var (
	timeKey     = regexp.MustCompile(`(?:At|Date)__(?:gt|gte|lt|lte)$`)
	idList      = regexp.MustCompile(`^\s*\d{1,20}(?:[\s,]+\d{1,20})*[\s,]*$`)
	shortNumber = regexp.MustCompile(`^[\s",\[\]]*\d{1,16}(?:[\s",\[\]]|$)`) // of words to search for, no id
	pairedKeys  = regexp.MustCompile(`^[A-Za-z0-9_]+=`)
)

// settleTimes turns "-24h" and "yesterday" under keys that are times into moments. Dates stay: in the console's JSON they
// are UTC, as its documentation has them.
func settleTimes(raw json.RawMessage, in Input) json.RawMessage {
	fields, err := object(raw)
	if err != nil || in.Now.IsZero() {
		return raw
	}
	settled := false
	for key, value := range fields {
		if !timeKey.MatchString(key) {
			continue
		}
		if t, ok := relative(strings.ToLower(strings.TrimSpace(word(value))), in.Now.In(in.zone())); ok {
			fields[key], settled = marshal(s1.FormatTime(t)), true
		}
	}
	if !settled {
		return raw
	}
	return marshal(fields)
}

// freeText reads words that are no short filter as a full text search. It narrows a list down; it never selects what is changed.
func freeText(text string) (json.RawMessage, error) {
	if filter, err := shortFilter(text); err == nil && !shortNumber.MatchString(text) {
		return filter, nil
	}
	return marshal(map[string]string{"query": strings.TrimSpace(text)}), nil
}

// shortFilter reads what people write instead of JSON: ids, or key=value&key=value as in an address.
func shortFilter(text string) (json.RawMessage, error) {
	text = strings.TrimSpace(strings.Trim(strings.TrimSpace(text), "[]"))
	text = strings.ReplaceAll(text, `"`, "")
	switch {
	case idList.MatchString(text):
		ids := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
		return marshal(map[string][]string{"ids": ids}), nil
	case idInAddress(text) != "":
		return marshal(map[string][]string{"ids": {idInAddress(text)}}), nil
	case pairedKeys.MatchString(text):
		return pairs(text)
	}
	return nil, fmt.Errorf("%s is neither JSON nor a list of ids", quote(text))
}

// orNames reads what is no short filter as names of what it selects: each is looked up, and must fit exactly one thing.
func orNames(text string) (json.RawMessage, error) {
	filter, err := shortFilter(text)
	if err == nil || strings.ContainsAny(text, "{}&=") {
		return filter, err
	}
	var names []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '[' || r == ']' }) {
		if name = strings.Trim(strings.TrimSpace(name), `"`); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, err
	}
	return marshal(map[string][]string{selectedIDs: names}), nil
}

// pairs reads key=value&key=value; a value with commas is a list.
func pairs(text string) (json.RawMessage, error) {
	values, err := url.ParseQuery(strings.ReplaceAll(text, "+", "%2B"))
	if err != nil {
		return nil, fmt.Errorf("%s is not a list of key=value joined by &", quote(text))
	}
	fields := map[string]any{}
	for key, list := range values {
		joined := strings.Join(list, ",")
		fields[key] = joined
		if strings.Contains(joined, ",") {
			fields[key] = strings.Split(joined, ",")
		}
	}
	return marshal(fields), nil
}

// idsOnly makes the filter that names ids and nothing else: what is approved and what runs.
func idsOnly[ID ~string](ids []ID) s1.Filter {
	filter, err := s1.ParseFilter(string(marshal(map[string][]ID{"ids": ids})))
	if err != nil {
		panic(err)
	}
	return filter
}

// ids returns what a filter made by idsOnly names.
func ids[ID ~string](filter s1.Filter) []ID {
	var named struct {
		IDs []ID `json:"ids"`
	}
	if json.Unmarshal([]byte(filter.String()), &named) != nil {
		return nil
	}
	return named.IDs
}

// threats returns what the filter selects now, at least one.
func (q threatSelection) threats(ctx context.Context, call *Call, param string) ([]s1.Threat, error) {
	if onlyIDs(json.RawMessage(q.String())) {
		return threatsWith(ctx, call, param, ids[s1.ThreatID](q.Filter))
	}
	query, err := q.ToQuery(s1.ThreatFilter)
	if err != nil {
		return nil, wrong(param, "%s", err)
	}
	return selected(param, "threat", q.Filter, heeded(call.Console.Threats(ctx, query), query, threatSieve, func(t s1.Threat) json.RawMessage { return t.Raw }))
}

// agents returns what the filter selects now, at least one.
func (q agentSelection) agents(ctx context.Context, call *Call, param string) ([]s1.Agent, error) {
	query, err := q.ToQuery(s1.AgentFilter)
	if err != nil {
		return nil, wrong(param, "%s", err)
	}
	return selected(param, "endpoint", q.Filter, heeded(call.Console.Agents(ctx, query), query, agentSieve, func(a s1.Agent) json.RawMessage { return a.Raw }))
}

// selected collects what a filter matches: not nothing, not more than the console takes, and no more than its own limit.
func selected[T any](param, noun string, filter s1.Filter, rows iter.Seq2[T, error]) ([]T, error) {
	limit, capped := filter.Limit()
	if !capped || limit <= 0 {
		limit = maxTargets + 1
	}
	found, err := s1.Collect(s1.Take(rows, limit))
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, nothingMatches(param, noun)
	case len(found) > maxTargets:
		return nil, tooMany(param, noun+"s")
	}
	return found, nil
}

// listQueryKind reads the query parameters of a list as JSON, or what short makes of anything else.
func listQueryKind(hint string, keys []string, of string, short func(string) (json.RawMessage, error)) kind {
	k := objectKind(hint, func(text string, _ Input) (json.RawMessage, error) { return short(text) })
	k.filter = true
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		raw := settleTimes(value.(json.RawMessage), in)
		_, err = listQuery(raw, keys, of)
		return raw, err
	}
	return k
}

// A groupQuery narrows a list of groups down with the console's query parameters.
type groupQuery map[string]json.RawMessage

// groupKeys are the parameters of GET /groups, from the vendor's API document; siteIds, limit and the cursor are the command's.
var groupKeys = []string{
	"groupIds", "id", "ids", "accountIds", "type", "types", "isDefault", "name", "query", "rank", "description",
	"updatedAt__gte", "updatedAt__gt", "updatedAt__lte", "updatedAt__lt", "updatedAt__between",
	"createdAt__gte", "createdAt__gt", "createdAt__lte", "createdAt__lt", "sortBy", "sortOrder", "limit",
}

func (groupQuery) kind() kind {
	return listQueryKind(`JSON: {"isDefault": false, "type": "static", "updatedAt__gte": "2026-08-01 16:42"}`, groupKeys, "groups", shortFilter)
}

// groupParams turns the object into query parameters.
func groupParams(raw json.RawMessage) (s1.Query, error) { return listQuery(raw, groupKeys, "groups") }

// listQuery turns an object into the query parameters of a list, all of which must be known.
func listQuery(raw json.RawMessage, keys []string, of string) (s1.Query, error) {
	fields, err := object(raw)
	if err != nil {
		return nil, err
	}
	query := s1.Query{}
	for key, value := range fields {
		if !slices.Contains(keys, key) {
			return nil, &valueError{problem: fmt.Sprintf("the console knows no key %s for %s", quote(key), of), nearest: Nearest(key, keys)}
		}
		text := joined(value)
		if timeKey.MatchString(key) {
			t, err := readTime(text, Input{})
			if err != nil {
				return nil, err
			}
			text = s1.FormatTime(t)
		}
		if text != "" {
			query = query.With(key, text)
		}
	}
	return query, nil
}

// joined writes a JSON value as the console's queries want it: lists comma separated.
func joined(value json.RawMessage) string {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) != nil {
		list = []json.RawMessage{value}
	}
	var texts []string
	for _, element := range list {
		if !isEmpty(element) {
			texts = append(texts, strings.TrimSpace(word(element)))
		}
	}
	return strings.Join(texts, ",")
}
