package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// threatColumns are what the console sorts threats by (vendor's API document, 2.1).
var threatColumns = []string{
	"id", "createdAt", "updatedAt", "mitigationStatus", "fileDisplayName", "agentVersion", "agentMachineType", "siteId", "siteName",
	"agentComputerName", "filePath", "contentHash", "collectionId", "classification", "createdDate", "cloudAccount", "cloudImage",
	"cloudInstanceId", "cloudInstanceSize", "cloudLocation", "cloudNetwork",
}

// listKeys are what GET /threats takes beside the keys of a filter, and what is wrong with a value of theirs.
var listKeys = map[string]func(string) error{
	"sortBy":    func(v string) error { return among(v, threatColumns) },
	"sortOrder": func(v string) error { return among(v, []string{string(s1.Ascending), string(s1.Descending)}) },
	"skip": func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 1000 {
			return fmt.Errorf("takes a number from 0 to 1000, not %s; beyond that use cursor", quote(v))
		}
		return nil
	},
	"cursor":    func(string) error { return nil },
	"skipCount": func(v string) error { return among(v, []string{"true", "false"}) },
	"countOnly": func(v string) error { return among(v, []string{"true", "false"}) },
}

func among(value string, choices []string) error {
	if slices.Contains(choices, value) {
		return nil
	}
	return &valueError{problem: fmt.Sprintf("cannot be %s; it is one of %s", quote(value), joinNonEmpty(", ", choices...)), nearest: Nearest(value, choices)}
}

// cutList takes the keys of a list out of an object, so that a filter is left.
func cutList(raw json.RawMessage) (filter json.RawMessage, list s1.Query, err error) {
	fields, err := object(raw)
	if err != nil {
		return raw, nil, nil // said better by who reads it as a filter
	}
	of := len(fields)
	for key, check := range listKeys {
		value, given := fields[key]
		if !given {
			continue
		}
		if text := word(value); !isEmpty(value) {
			if err := check(text); err != nil {
				return nil, nil, fmt.Errorf("filter key %q %w", key, err)
			}
			list = list.With(key, text)
		}
		delete(fields, key)
	}
	if len(fields) == of {
		return raw, nil, nil
	}
	return marshal(fields), list, nil
}

// kind reads everything that the console takes for a list of threats: the keys of a filter, and those of the list.
func (threatQuery) kind() kind {
	k := objectKind(`JSON with the console's filter keys: {"computerName__contains": ["DESKTOP"], "resolved": false}; or ids, or words to search for`,
		func(text string, _ Input) (json.RawMessage, error) { return statusText(text) })
	k.filter = true
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		value, err := read(text, in)
		if err != nil {
			return nil, err
		}
		filter, list, err := cutList(value.(json.RawMessage))
		if err != nil {
			return nil, err
		}
		checked, err := checkFilter(s1.ThreatFilter, filter, in)
		if err != nil || len(list) == 0 {
			return checked, err
		}
		fields, err := object(checked.(json.RawMessage))
		for key := range list {
			fields[key] = marshal(list.Get(key))
		}
		return marshal(fields), err
	}
	return k
}

// statusWords are how people say which threats they want, by the work on them. Open is what somebody has yet to deal with.
var statusWords = map[string][]s1.IncidentStatus{
	"open": {s1.StatusUnresolved, s1.StatusInProgress}, "unresolved": {s1.StatusUnresolved}, "resolved": {s1.StatusResolved}, "closed": {s1.StatusResolved},
}

// statusText reads a plain word for a status ahead of words to search for: "open DESKTOP-1".
func statusText(text string) (json.RawMessage, error) {
	word, rest := CutWord(text)
	statuses, ok := statusWords[strings.ToLower(word)]
	if !ok {
		return freeText(text)
	}
	fields := map[string]any{"incidentStatuses": statuses}
	if rest != "" {
		more, err := freeText(rest)
		if err != nil {
			return nil, err
		}
		given, err := object(more)
		if err != nil {
			return nil, err
		}
		for key, value := range given {
			fields[key] = value
		}
	}
	return marshal(fields), nil
}

// query is what is asked for, the newest first unless it says otherwise.
func (q threatQuery) query() (s1.Query, error) {
	raw, list, err := cutList(json.RawMessage(q.String()))
	if err != nil {
		return nil, err
	}
	filter, err := s1.ParseFilter(string(raw))
	if err != nil {
		return nil, err
	}
	query, err := filter.ToQuery(s1.ThreatFilter)
	return query.SortedBy("createdAt", s1.Descending).And(list), err
}

// countThreats tells the number alone.
func countThreats(ctx context.Context, call *Call, q s1.Query) (render.Card, error) {
	page, err := call.Console.ThreatsPage(ctx, q.WithLimit(1))
	if err != nil {
		return render.Card{}, err
	}
	words := plural(max(page.Total, 0), "threat")
	if page.Total < 0 {
		words = "The console did not count the threats"
	}
	card := render.Card{Tone: render.Info, Title: fmt.Sprintf("Threats · %d", max(page.Total, 0)), Text: words, Parts: []render.Part{render.Line{render.Bold(words), render.Text(" " + matching(call))}}}
	return single(call, "threats", marshal(map[string]int{"totalItems": page.Total}), card)
}

func matching(call *Call) string {
	if words := call.describe(); words != "" {
		return "match " + words + "."
	}
	return "in reach of the bot's token."
}
