package lookup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
	"s1bot/s1/filters"
)

// A ThreatQuery narrows a list of threats down with the console's own filter keys. It may be empty:
// a list of everything is a list.
type ThreatQuery struct{ filters.Filter }

// A ThreatSelection names threats that are to be changed. It is never empty: the console would take
// that for all threats.
type ThreatSelection struct{ filters.Filter }

// An agentSelection names endpoints that are to be changed.
type agentSelection struct{ filters.Filter }

func (q ThreatQuery) IsZero() bool     { return len(q.Keys()) == 0 }
func (q ThreatSelection) IsZero() bool { return len(q.Keys()) == 0 }
func (q agentSelection) IsZero() bool  { return len(q.Keys()) == 0 }

func (ThreatSelection) Kind() catalog.Kind {
	k := Selecting(FilterKind(filters.Threats, `JSON with the console's filter keys, names or ids: {"computerName__contains": ["DESKTOP"], "resolved": false}`, OrNames))
	k.Selects = "threats"
	return k
}

func (agentSelection) Kind() catalog.Kind {
	k := Selecting(FilterKind(filters.Agents, `JSON with the console's filter keys, names or ids: {"computerName__contains": ["DESKTOP"], "networkStatuses": ["connected"]}`, OrNames))
	k.Selects, k.Beside = "agents", true
	return k
}

// FilterKind reads a filter: JSON, or what short makes of anything else. Keys are checked here,
// while somebody types, because an unknown one is a 400 of the console's whose text names no key
// that people know.
func FilterKind(of filters.Kind, hint string, short func(string) (json.RawMessage, error)) catalog.Kind {
	return narrowing(hint, short, func(raw json.RawMessage, in text.Input) (any, error) { return checkFilter(of, raw, in) })
}

// narrowing is the kind of what narrows a list down: JSON, or what short makes of anything else, as
// check then accepts it.
func narrowing(hint string, short func(string) (json.RawMessage, error), check func(json.RawMessage, text.Input) (any, error)) catalog.Kind {
	k := catalog.ObjectKind(hint, func(text string, _ text.Input) (json.RawMessage, error) { return short(text) })
	k.Filter = true
	read := k.Read
	k.Read = func(text string, in text.Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		return check(value.(json.RawMessage), in)
	}
	return k
}

// Selecting refuses filters that select everything. Empty means that no key is there which
// restricts; paging and sorting keys do not.
func Selecting(k catalog.Kind) catalog.Kind {
	read := k.Read
	k.Read = func(text string, in text.Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		filter, err := filters.Parse(string(value.(json.RawMessage)))
		if err == nil && filter.Empty() {
			err = errors.New("it restricts nothing, and to the console an empty filter means everything; add ids, hosts or another key")
		}
		return value, err
	}
	return k
}

// checkFilter settles times first, since "yesterday" is a value that the console does not know, and
// is the day before the one on which it was typed, also when it runs later. What is wrong comes
// back with all of it, key by key.
func checkFilter(of filters.Kind, raw json.RawMessage, in text.Input) (any, error) {
	raw = settleTimes(raw, in)
	filter, err := filters.Parse(string(raw))
	if err == nil {
		err = filter.Validate(of)
	}
	if err != nil {
		return nil, filterProblem(err, of)
	}
	return json.RawMessage(filter.String()), nil
}

// filterProblem words what is wrong with a filter, and offers the keys that were probably meant by
// the first one that is.
func filterProblem(err error, of filters.Kind) error {
	var first *filters.Error
	if !errors.As(err, &first) {
		return err
	}
	told := &catalog.ValueError{Problem: fmt.Sprintf("filter key %q %s", first.Key, first.Problem)}
	if !slices.Contains(of.Keys(), first.Key) {
		told.Nearest = text.Nearest(first.Key, of.Keys())
	}
	return told
}

// settleTimes turns "-24h" and "yesterday" under keys that are times into moments. Dates stay: in
// the console's JSON they are UTC, as its documentation has them. A filter that waits for an
// approval must mean the same time then, so "-24h" cannot stay.
func settleTimes(raw json.RawMessage, in text.Input) json.RawMessage {
	if !mayHave(raw, "__") {
		return raw
	}
	fields, err := catalog.Object(raw)
	if err != nil || in.Now.IsZero() {
		return raw
	}
	settled := false
	for key, value := range fields {
		if !catalog.TimeKey.MatchString(key) {
			continue
		}
		if t, ok := text.Relative(strings.ToLower(strings.TrimSpace(catalog.Word(value))), in.Now.In(in.Location())); ok {
			fields[key], settled = catalog.Marshal(s1.FormatTime(t)), true
		}
	}
	if !settled {
		return raw
	}
	return catalog.Marshal(fields)
}

// mayHave tells whether JSON can have such words in a key. It spares what has none of them to be taken apart.
func mayHave(raw json.RawMessage, key string) bool {
	return bytes.Contains(raw, []byte(key)) || bytes.Contains(raw, []byte(`\`))
}

// FreeText reads words that are no short filter as a full text search. It narrows a list down; it
// never selects what is changed. query is the console's own full text over names, paths, hashes and
// more.
func FreeText(text string) (json.RawMessage, error) {
	if filter, err := ShortFilter(text); err == nil && !catalog.ShortNumber.MatchString(text) {
		return filter, nil
	}
	return catalog.Marshal(map[string]string{"query": strings.TrimSpace(text)}), nil
}

// ShortFilter reads what people write instead of JSON: ids, or key=value&key=value as in an
// address. Brackets and quotes go, since people copy lists from JSON.
func ShortFilter(typed string) (json.RawMessage, error) {
	typed = strings.TrimSpace(strings.Trim(strings.TrimSpace(typed), "[]"))
	typed = strings.ReplaceAll(typed, `"`, "")
	switch {
	case catalog.IdList.MatchString(typed):
		ids := strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
		return catalog.Marshal(map[string][]string{"ids": ids}), nil
	case catalog.IdInAddress(typed) != "":
		return catalog.Marshal(map[string][]string{"ids": {catalog.IdInAddress(typed)}}), nil
	case catalog.PairedKeys.MatchString(typed):
		return pairs(typed)
	}
	return nil, fmt.Errorf("%s is neither JSON nor a list of ids", text.Quote(typed))
}

// OrNames reads what is no short filter as names of what it selects: each is looked up, and must
// fit exactly one thing. Anything that looks like a broken filter ({, }, &, =) stays an error: it
// must not become the name of a host.
func OrNames(text string) (json.RawMessage, error) {
	filter, err := ShortFilter(text)
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
	return catalog.Marshal(map[string][]string{catalog.SelectedIDs: names}), nil
}

// pairs reads key=value&key=value; a value with commas is a list.
func pairs(typed string) (json.RawMessage, error) {
	values, err := url.ParseQuery(strings.ReplaceAll(typed, "+", "%2B"))
	if err != nil {
		return nil, fmt.Errorf("%s is not a list of key=value joined by &", text.Quote(typed))
	}
	fields := map[string]any{}
	for key, list := range values {
		joined := strings.Join(list, ",")
		fields[key] = joined
		if strings.Contains(joined, ",") {
			fields[key] = strings.Split(joined, ",")
		}
	}
	return catalog.Marshal(fields), nil
}

// IdsOnly makes the filter that names ids and nothing else: what is approved and what runs. Ids are
// always marshalable, so it cannot fail.
func IdsOnly[ID ~string](ids []ID) filters.Filter {
	filter, err := filters.Parse(string(catalog.Marshal(map[string][]ID{"ids": ids})))
	if err != nil {
		panic(err)
	}
	return filter
}

// Ids returns what a filter made by idsOnly names.
func Ids[ID ~string](filter filters.Filter) []ID {
	var named struct {
		IDs []ID `json:"ids"`
	}
	if json.Unmarshal([]byte(filter.String()), &named) != nil {
		return nil
	}
	return named.IDs
}

// Threats returns what the filter selects now, at least one.
func (q ThreatSelection) Threats(ctx context.Context, call *catalog.Call, param string) ([]s1.Threat, error) {
	if catalog.OnlyIDs(json.RawMessage(q.String())) {
		return ThreatsWith(ctx, call, param, Ids[s1.ThreatID](q.Filter))
	}
	query, err := q.ToQuery(filters.Threats)
	if err != nil {
		return nil, catalog.Wrong(param, "%s", err)
	}
	return Selected(param, "threat", q.Filter, PostFiltered(call.Console.Threats(ctx, query), query, ThreatMatcher, func(t s1.Threat) json.RawMessage { return t.Raw }))
}

// Agents returns what the filter selects now, at least one.
func (q agentSelection) Agents(ctx context.Context, call *catalog.Call, param string) ([]s1.Agent, error) {
	query, err := q.ToQuery(filters.Agents)
	if err != nil {
		return nil, catalog.Wrong(param, "%s", err)
	}
	return Selected(param, "endpoint", q.Filter, PostFiltered(call.Console.Agents(ctx, query), query, AgentMatcher, func(a s1.Agent) json.RawMessage { return a.Raw }))
}

// Selected collects what a filter matches: not nothing, not more than the console takes, and no
// more than its own limit. One more than MaxTargets is read, to know that there are more. The
// filter's own limit caps what is touched, as it does at the console.
func Selected[T any](param, noun string, filter filters.Filter, rows iter.Seq2[T, error]) ([]T, error) {
	limit, capped := filter.Limit()
	if !capped || limit <= 0 {
		limit = catalog.MaxTargets + 1
	}
	found, err := s1.Collect(s1.Take(rows, limit))
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, catalog.NothingMatches(param, noun)
	case len(found) > catalog.MaxTargets:
		return nil, catalog.TooMany(param, noun+"s")
	}
	return found, nil
}

// ListQueryKind reads the query parameters of a list as JSON, or what short makes of anything else.
func ListQueryKind(hint string, keys []string, of string, short func(string) (json.RawMessage, error)) catalog.Kind {
	return narrowing(hint, short, func(raw json.RawMessage, in text.Input) (any, error) {
		raw = settleTimes(raw, in)
		_, err := ListQuery(raw, keys, of)
		return raw, err
	})
}

// A GroupQuery narrows a list of groups down with the console's query parameters.
type GroupQuery map[string]json.RawMessage

// groupKeys are the parameters of GET /groups, from the vendor's API document; siteIds and the
// cursor are the command's, and ids is what bare ids are read as.
var groupKeys = []string{
	"groupIds", "id", "ids", "accountIds", "type", "types", "isDefault", "name", "query", "rank", "description",
	"updatedAt__gte", "updatedAt__gt", "updatedAt__lte", "updatedAt__lt", "sortBy", "sortOrder", "limit",
}

func (GroupQuery) Kind() catalog.Kind {
	return ListQueryKind(`JSON: {"isDefault": false, "type": "static", "updatedAt__gte": "2026-08-01 16:42"}`, groupKeys, "groups", ShortFilter)
}

// GroupParams turns the object into query parameters. This list calls ids groupIds, and refuses ids.
func GroupParams(raw json.RawMessage) (s1.Query, error) {
	q, err := ListQuery(raw, groupKeys, "groups")
	if ids := q.Get("ids"); ids != "" {
		q = q.With("ids").With("groupIds", ids)
	}
	return q, err
}

// ListQuery turns an object into the query parameters of a list, all of which must be known. Lists
// such as groups and the blocklist take no filter object, only query parameters: an unknown one is
// a 400 on a live console.
func ListQuery(raw json.RawMessage, keys []string, of string) (s1.Query, error) {
	fields, err := catalog.Object(raw)
	if err != nil {
		return nil, err
	}
	query := s1.Query{}
	for key, value := range fields {
		if !slices.Contains(keys, key) {
			return nil, &catalog.ValueError{Problem: fmt.Sprintf("the console has no key %s for %s", text.Quote(key), of), Nearest: text.Nearest(key, keys)}
		}
		typed := catalog.Joined(value)
		if catalog.TimeKey.MatchString(key) {
			t, err := text.ReadTime(typed, text.Input{})
			if err != nil {
				return nil, err
			}
			typed = s1.FormatTime(t)
		}
		if typed != "" {
			query = query.With(key, typed)
		}
	}
	return query, nil
}
