package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/filters"
	"s1bot/s1/huntapi"
)

// AlertRows is how lists of alerts look.
func AlertRows(call *catalog.Call) listing.Listing[s1.Alert] {
	return listing.Listing[s1.Alert]{
		Noun: "Alerts", Things: "alerts", Page: call.Console.AlertsPage, Raw: alertJSON, Stray: Strays(AlertMatcher, alertJSON),
		Table: func(alerts []s1.Alert) render.Table { return cards.AlertTable(alerts, call.Console) },
		Name: func(a s1.Alert) (id, name string) {
			return string(a.Identity()), text.JoinNonEmpty(catalog.LabelBreak, a.Name(), a.Host())
		},
		One: func(a s1.Alert) render.Card {
			return cards.AlertDetails(a, call.Console, call.CardActions())
		},
		More: []listing.Column[s1.Alert]{
			{Title: "Id", Value: func(a s1.Alert) string { return string(a.Identity()) }},
			{Title: "User", Value: func(a s1.Alert) string { return a.User() }},
			{Title: "Process path", Value: func(a s1.Alert) string { return a.Source.FilePath }},
			{Title: "Command line", Value: func(a s1.Alert) string { return a.Source.CommandLine }},
			{Title: "SHA-1", Value: func(a s1.Alert) string { return a.Source.FileHashSHA1 }},
			{Title: "Parent", Value: func(a s1.Alert) string { return a.Parent.Name }},
			{Title: "Target path", Value: func(a s1.Alert) string { return a.Target.FilePath }},
			{Title: "Source address", Value: func(a s1.Alert) string { return a.Info.SrcIP }},
			{Title: "Destination address", Value: func(a s1.Alert) string { return a.Info.DstIP }},
			{Title: "Storyline", Value: func(a s1.Alert) string { return a.Storyline() }},
			{Title: "Agent id", Value: func(a s1.Alert) string { return string(a.AgentID()) }},
			{Title: "Rule id", Value: func(a s1.Alert) string { return string(a.Rule.ID) }},
		},
		Empty: "Try a wider time range, or remove a condition. Alerts from scheduled rules appear only in the console's unified list.",
	}
}

// ThreatTarget is a threat as plans, policies and cards know it, with the endpoint it is on. The
// state as of now (Realtime) comes first; what the endpoint was when the threat was found stands in
// for it where the console has no more.
func ThreatTarget(call *catalog.Call, t s1.Threat) catalog.Target {
	id := t.Identity()
	target := catalog.Target{
		Kind: "threat", ID: string(id), Name: cmp.Or(t.Name(), string(id)), Host: t.Host(), Agent: string(t.AgentID()),
		Account: t.AccountName(), Site: t.SiteName(), Group: t.GroupName(), OS: t.OS(), User: t.User(), State: strings.ToLower(t.Info.MitigationStatus.Label()), Server: t.Realtime.MachineType == "server",
		URL: call.Console.ThreatURL(id),
	}
	if !t.Info.CreatedAt.IsZero() {
		target.Seen = "found " + catalog.Readable(t.Info.CreatedAt.Time, call.Caller)
	}
	if !t.Online() {
		target.Warnings = append(target.Warnings, "host is offline")
	}
	return target
}

// AlertTarget is a rule alert as plans and policies know it.
func AlertTarget(call *catalog.Call, a s1.Alert) catalog.Target {
	id := a.Identity()
	target := catalog.Target{
		Kind: "alert", ID: string(id), Name: cmp.Or(a.Name(), string(id)), Host: a.Host(), Agent: string(a.AgentID()), OS: a.OS(), User: a.User(),
		State: strings.ToLower(a.Info.IncidentStatus.Label()), Server: a.Detection.MachineType == "server", URL: call.Console.AlertURL(id),
	}
	if !a.Info.CreatedAt.IsZero() {
		target.Seen = "raised " + catalog.Readable(a.Info.CreatedAt.Time, call.Caller)
	}
	return target
}

// ThreatsWith returns the threats with these ids, in their order; one that the console does not
// know is an error.
func ThreatsWith(ctx context.Context, call *catalog.Call, param string, ids []s1.ThreatID) ([]s1.Threat, error) {
	found, err := seenOrAsked(ids, call.Seen.Threats, func(rest []s1.ThreatID) ([]s1.Threat, error) { return call.Console.ThreatsByID(ctx, rest) })
	if err != nil {
		return nil, err
	}
	return InOrder(param, "threat", ids, found, s1.Threat.Identity)
}

// InOrder sorts what the console returned by the ids that were asked for. A missing one is an
// error: the console leaves it out of its 200, and a change of fewer things than were named must
// not pass for all of them.
func InOrder[T any, ID ~string](param, noun string, ids []ID, found []T, identity func(T) ID) ([]T, error) {
	var ordered []T
	var unknown []string
	for _, id := range ids {
		i := slices.IndexFunc(found, func(thing T) bool { return identity(thing) == id })
		if i < 0 {
			unknown = append(unknown, string(id))
			continue
		}
		ordered = append(ordered, found[i])
	}
	if len(unknown) > 0 {
		e := catalog.Wrong(param, "the console has no %s with the id %s", noun, strings.Join(unknown[:min(len(unknown), 5)], ", "))
		e.Hint = "it may have been deleted, or the bot's token can't see it"
		return nil, e
	}
	return ordered, nil
}

// ThreatEventTable shows what happened, who did it, and to what.
func ThreatEventTable(events []huntapi.ThreatEvent) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "When"}, {Title: "Event"}, {Title: "Process"}, {Title: "What"}, {Title: "Parent"}, {Title: "User"}, {Title: "Host"}}}
	for _, e := range events {
		process := e.ProcessName
		if process != "" && e.PID != "" {
			process += " (" + e.PID + ")"
		}
		t.Rows = append(t.Rows, []render.Line{
			{render.At(e.CreatedAt.Time)}, {render.Text(cmp.Or(e.EventType, e.ObjectType))}, {render.Text(process)}, {render.Text(EventWords(e))},
			{render.Text(e.ParentProcessName)}, {render.Text(e.User)}, {render.Text(e.AgentName)},
		})
	}
	return t
}

// EventWords is what an event was about: the file, the address, the key, or else the command line.
func EventWords(e huntapi.ThreatEvent) string {
	address := text.JoinNonEmpty(":", e.DstIP, e.DstPort)
	source := text.JoinNonEmpty(":", e.SrcIP, e.SrcPort)
	about := ""
	switch e.ObjectType {
	case "file":
		about = text.JoinNonEmpty(" → ", e.OldFileName, e.FileFullName)
	case "ip":
		about = text.JoinNonEmpty(" ", text.JoinNonEmpty(" → ", source, address), strings.ToLower(e.Direction))
	case "dns":
		about = text.JoinNonEmpty(" → ", e.DNSRequest, e.DNSResponse)
	case "url":
		about = text.JoinNonEmpty(" ", e.NetworkMethod, e.NetworkURL)
	case "registry":
		about = cmp.Or(e.RegistryPath, e.RegistryID)
	case "scheduled_task":
		about = text.JoinNonEmpty(" · ", e.TaskName, e.TaskPath)
	case "logins":
		about = text.JoinNonEmpty(" · ", e.LoginsUserName, e.LoginsBaseType)
	case "indicators":
		about = text.JoinNonEmpty(": ", text.JoinNonEmpty(" / ", e.IndicatorCategory, e.IndicatorName), e.IndicatorDescription)
	}
	return cmp.Or(about, e.ProcessCmd, e.FileFullName, e.DNSRequest, e.NetworkURL, address, e.RegistryPath, e.ProcessImagePath)
}

// ThreatEventFacts are the columns that files of events have beside the table's.
func ThreatEventFacts() []listing.Column[huntapi.ThreatEvent] {
	return []listing.Column[huntapi.ThreatEvent]{
		{Title: "Type", Value: func(e huntapi.ThreatEvent) string { return e.ObjectType }},
		{Title: "Command line", Value: func(e huntapi.ThreatEvent) string { return e.ProcessCmd }},
		{Title: "Image", Value: func(e huntapi.ThreatEvent) string { return e.ProcessImagePath }},
		{Title: "File", Value: func(e huntapi.ThreatEvent) string { return e.FileFullName }},
		{Title: "SHA-1", Value: func(e huntapi.ThreatEvent) string { return e.FileSHA1 }},
		{Title: "SHA-256", Value: func(e huntapi.ThreatEvent) string { return e.FileSHA256 }},
		{Title: "Source", Value: func(e huntapi.ThreatEvent) string { return text.JoinNonEmpty(":", e.SrcIP, e.SrcPort) }},
		{Title: "Destination", Value: func(e huntapi.ThreatEvent) string { return text.JoinNonEmpty(":", e.DstIP, e.DstPort) }},
		{Title: "DNS", Value: func(e huntapi.ThreatEvent) string { return e.DNSRequest }},
		{Title: "URL", Value: func(e huntapi.ThreatEvent) string { return e.NetworkURL }},
		{Title: "Registry", Value: func(e huntapi.ThreatEvent) string { return e.RegistryPath }},
		{Title: "Event id", Value: func(e huntapi.ThreatEvent) string { return e.ProcessUniqueKey }},
		{Title: "Storyline", Value: func(e huntapi.ThreatEvent) string { return e.Storyline }},
		{Title: "Related to the threat", Value: func(e huntapi.ThreatEvent) string { return fmt.Sprint(e.RelatedToThreat) }},
		{Title: "Agent id", Value: func(e huntapi.ThreatEvent) string { return string(e.AgentID) }},
		{Title: "Id", Value: func(e huntapi.ThreatEvent) string { return e.ID }},
	}
}

// threatColumns are what the console sorts threats by (vendor's API document, 2.1).
var threatColumns = []string{
	"id", "createdAt", "updatedAt", "mitigationStatus", "fileDisplayName", "agentVersion", "agentMachineType", "siteId", "siteName",
	"agentComputerName", "filePath", "contentHash", "collectionId", "classification", "createdDate", "cloudAccount", "cloudImage",
	"cloudInstanceId", "cloudInstanceSize", "cloudLocation", "cloudNetwork",
}

// listKeys are what GET /threats takes beside the keys of a filter, and what is wrong with a value
// of theirs. They are no part of a filter's body, so they are kept apart: a change by filter must
// not carry a cursor.
var listKeys = map[string]func(string) error{
	"sortBy":    func(v string) error { return among(v, threatColumns) },
	"sortOrder": func(v string) error { return among(v, []string{string(s1.Ascending), string(s1.Descending)}) },
	"skip": func(v string) error {
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 1000 {
			return fmt.Errorf("takes a number from 0 to 1000, not %s; beyond that use cursor", text.Quote(v))
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
	return &catalog.ValueError{Problem: fmt.Sprintf("cannot be %s; it is one of %s", text.Quote(value), text.JoinNonEmpty(", ", choices...)), Nearest: text.Nearest(value, choices)}
}

// cutList takes the keys of a list out of an object, so that a filter is left. It is for people who
// paste a whole query string of the console's.
func cutList(raw json.RawMessage) (filter json.RawMessage, list s1.Query, err error) {
	if !mayHaveListKey(raw) {
		return raw, nil, nil
	}
	fields, err := catalog.Object(raw)
	if err != nil {
		return raw, nil, nil // said better by who reads it as a filter
	}
	of := len(fields)
	for key, check := range listKeys {
		value, given := fields[key]
		if !given {
			continue
		}
		if text := catalog.Word(value); !catalog.IsEmpty(value) {
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
	return catalog.Marshal(fields), list, nil
}

func mayHaveListKey(raw json.RawMessage) bool {
	for key := range listKeys {
		if mayHave(raw, key) {
			return true
		}
	}
	return false
}

// Kind reads everything that the console takes for a list of threats: the keys of a filter, and
// those of the list.
func (ThreatQuery) Kind() catalog.Kind {
	const hint = `JSON with the console's filter keys: {"computerName__contains": ["DESKTOP"], "resolved": false}; or ids, or words to search for`
	return narrowing(hint, statusText, func(raw json.RawMessage, in text.Input) (any, error) {
		filter, list, err := cutList(raw)
		if err != nil {
			return nil, err
		}
		checked, err := checkFilter(filters.Threats, filter, in)
		if err != nil || len(list) == 0 {
			return checked, err
		}
		fields, err := catalog.Object(checked.(json.RawMessage))
		for key := range list {
			fields[key] = catalog.Marshal(list.Get(key))
		}
		return catalog.Marshal(fields), err
	})
}

// statusWords are how people say which threats they want, by the work on them. Open is what
// somebody has yet to deal with.
var statusWords = map[string][]s1.IncidentStatus{
	"open": {s1.StatusUnresolved, s1.StatusInProgress}, "unresolved": {s1.StatusUnresolved}, "resolved": {s1.StatusResolved}, "closed": {s1.StatusResolved},
}

// statusText reads a plain word for a status ahead of words to search for: "open DESKTOP-1".
// Sent to the full text, the word would find whatever is called so.
func statusText(typed string) (json.RawMessage, error) {
	word, rest := text.CutWord(typed)
	statuses, ok := statusWords[strings.ToLower(word)]
	if !ok {
		return FreeText(typed)
	}
	fields := map[string]any{"incidentStatuses": statuses}
	if rest != "" {
		more, err := FreeText(rest)
		if err != nil {
			return nil, err
		}
		given, err := catalog.Object(more)
		if err != nil {
			return nil, err
		}
		for key, value := range given {
			fields[key] = value
		}
	}
	return catalog.Marshal(fields), nil
}

// Query is what is asked for, the newest first unless it says otherwise. skip and cursor go through
// as they are; the console takes skip up to 1000 only.
func (q ThreatQuery) Query() (s1.Query, error) {
	raw, list, err := cutList(json.RawMessage(q.String()))
	if err != nil {
		return nil, err
	}
	filter, err := filters.Parse(string(raw))
	if err != nil {
		return nil, err
	}
	query, err := filter.ToQuery(filters.Threats)
	return query.SortedBy("createdAt", s1.Descending).And(list), err
}

// ThreatRows is how lists of threats look.
func ThreatRows(call *catalog.Call) listing.Listing[s1.Threat] {
	return listing.Listing[s1.Threat]{
		Noun: "Threats", Things: "threats", Page: call.Console.ThreatsPage, Raw: threatJSON, Stray: Strays(ThreatMatcher, threatJSON),
		Table: func(threats []s1.Threat) render.Table { return cards.ThreatTable(threats, call.Console) },
		Name: func(t s1.Threat) (id, name string) {
			return string(t.Identity()), text.JoinNonEmpty(catalog.LabelBreak, t.Name(), t.Host())
		},
		One: func(t s1.Threat) render.Card { return cards.ThreatDetails(t, call.Console, call.CardActions()) },
		More: []listing.Column[s1.Threat]{
			{Title: "Id", Value: func(t s1.Threat) string { return string(t.Identity()) }},
			{Title: "Classification", Value: func(t s1.Threat) string { return t.Info.Classification }},
			{Title: "Path", Value: func(t s1.Threat) string { return t.Info.FilePath }},
			{Title: "Process", Value: func(t s1.Threat) string { return t.Info.OriginatorProcess }},
			{Title: "User", Value: func(t s1.Threat) string { return t.User() }},
			{Title: "SHA-1", Value: func(t s1.Threat) string { return t.Info.SHA1 }},
			{Title: "SHA-256", Value: func(t s1.Threat) string { return t.Info.SHA256 }},
			{Title: "MD5", Value: func(t s1.Threat) string { return t.Info.MD5 }},
			{Title: "Storyline", Value: func(t s1.Threat) string { return t.Info.Storyline }},
			{Title: "Agent id", Value: func(t s1.Threat) string { return string(t.AgentID()) }},
			{Title: "Operating system", Value: func(t s1.Threat) string { return t.OS() }},
			{Title: "Addresses", Value: func(t s1.Threat) string { return text.JoinNonEmpty(" ", t.IPs()...) }},
		},
		Empty: "Try a wider time range, or remove a condition.",
	}
}

// ThreatIDs are the ids of threats, in their order.
func ThreatIDs(threats []s1.Threat) []s1.ThreatID {
	ids := make([]s1.ThreatID, len(threats))
	for i, t := range threats {
		ids[i] = t.Identity()
	}
	return ids
}

// ThreatChange looks at the threats after the console's yes, to tell them by name.
func ThreatChange(ctx context.Context, call *catalog.Call, ids []s1.ThreatID, result s1.ActionResult, done string) change.Outcome {
	c, _ := ThreatsAfter(ctx, call, ids, result, done)
	return c
}

// ThreatsAfter is ThreatChange with the rows themselves, for whoever looks at their state.
func ThreatsAfter(ctx context.Context, call *catalog.Call, ids []s1.ThreatID, result s1.ActionResult, done string) (change.Outcome, []s1.Threat) {
	found, err := call.Console.ThreatsByID(ctx, ids[:min(len(ids), change.MaxShown)])
	c := change.Outcome{Noun: "threat", Done: done, Result: result, Why: "The threats are gone, in that state already, or the bot's token isn't allowed to change them."}
	return change.Named(c, call, ids, found, err, ThreatTarget), found
}

func alertJSON(a s1.Alert) json.RawMessage { return a.Raw }

func threatJSON(t s1.Threat) json.RawMessage { return t.Raw }
