package hunts

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
)

// EventCommands are about events that the console made of threats and alerts; they need no hunt,
// only its lists.
func EventCommands() []*catalog.Command { return []*catalog.Command{fetchEvent()} }

// eventSource says which events are fetched. Threats are the specification's default.
type eventSource string

const (
	fromThreats eventSource = "threat"
	fromAlerts  eventSource = "alert"
)

func (eventSource) Choices() []s1.Choice {
	return []s1.Choice{{Value: "threat", Label: "Threat"}, {Value: "alert", Label: "Alert"}}
}

// eventSort is the column by which events are sorted, as threats name it; alerts have other names
// and none for the last change.
type eventSort string

func (eventSort) Choices() []s1.Choice {
	return []s1.Choice{{Value: "createdAt", Label: "Created At"}, {Value: "updatedAt", Label: "Updated At"}, {Value: "id", Label: "ID"}}
}

// The end is excluded and the start included, as createdAt__gte and createdAt__lt have it, so that
// stretches side by side share no event.
type fetchEventParams struct {
	Start     time.Time      `json:"start-time" help:"Only events created at this time or later."`
	End       time.Time      `json:"end-time" help:"Only events created before this time."`
	Count     *listing.Count `json:"number-of-events-fetched,omitzero" help:"Maximum number of events to list; 1000 if empty."`
	Search    string         `json:"search-condition,omitzero" help:"The console's query parameters: computerName__contains=DESKTOP&resolved=false"`
	SortBy    eventSort      `json:"sort-by,omitzero" help:"The column to sort by; Created At if empty."`
	Direction s1.SortOrder   `json:"direction,omitzero" help:"Sort direction; descending if empty."`
	Source    eventSource    `json:"event-source,omitzero" help:"Whether to list threats or alerts; threats if empty."`
}

// reserved are the query parameters that other parameters of the command set.
var reserved = []string{"createdAt__gte", "createdAt__lt", "limit", "cursor", "skip", "sortBy", "sortOrder", "countOnly", "skipCount"}

// onAlerts has the alerts' name of what the specification and threats call otherwise: its own
// example searches alerts by computerName__contains, which the console knows for threats alone.
var onAlerts = map[string]string{
	"computerName__contains": "origAgentName__contains", "filePath__contains": "sourceProcessFilePath__contains",
	"contentHash__contains": "sourceProcessFileHashSha1__contains", "uuid__contains": "origAgentUuid__contains",
	"incidentStatuses": "incidentStatus", "analystVerdicts": "analystVerdict", "osTypes": "osType",
}

// The condition is read here as well, so that a mistake in it is told before the console is asked.
func (p *fetchEventParams) Check() error {
	if !p.End.After(p.Start) {
		return catalog.Wrong("end-time", "the end must be later than the start (start-time); nothing can match")
	}
	if p.Source == fromAlerts && p.SortBy == "updatedAt" {
		e := catalog.Wrong("sort-by", "alerts can't be sorted by their last change")
		e.Nearest = []string{"Created At"}
		return e
	}
	_, err := p.condition()
	return err
}

// condition reads the search condition: key=value pairs joined by &, the values of a key by commas.
// The specification's own words show pairs joined by = only; such text is refused as unclear.
func (p *fetchEventParams) condition() (s1.Query, error) {
	q := s1.Query{}
	for pair := range strings.SplitSeq(p.Search, "&") {
		key, value, found := strings.Cut(strings.TrimSpace(pair), "=")
		if key == "" && !found {
			continue
		}
		plain, err := url.PathUnescape(value)
		switch {
		case !found || err != nil || value == "" || strings.Contains(value, "="):
			return nil, catalog.Wrong("search-condition", "%s is not of the form key=value; join several with &", text.Quote(pair))
		case slices.Contains(reserved, key):
			return nil, catalog.Wrong("search-condition", "%s is set by another parameter of this command", key)
		}
		spelled, err := p.spell(key, plain)
		if err != nil {
			return nil, err
		}
		q = q.With(p.wire(key), spelled)
	}
	return q, nil
}

// wire is the console's name of a key.
func (p *fetchEventParams) wire(key string) string {
	if name, ok := onAlerts[key]; ok && p.Source == fromAlerts {
		return name
	}
	return key
}

// spell writes a value as the console wants it under a key, and says what is wrong with either
// before the console does: a key that it does not know fails the whole request. Alert filters are
// UPPER_SNAKE and threat filters lower_snake; package filters knows which key takes what.
func (p *fetchEventParams) spell(key, value string) (string, error) {
	of := filters.Threats
	if p.Source == fromAlerts {
		of = filters.Alerts
	}
	given, key := key, p.wire(key)
	if !slices.Contains(of.Keys(), key) {
		e := catalog.Wrong("search-condition", "the console has no key %s for %s", text.Quote(given), of)
		e.Nearest = text.Nearest(given, of.Keys())
		return "", e
	}
	var query s1.Query
	filter, err := filters.Parse(string(catalog.Marshal(map[string]any{key: strings.Split(value, ",")})))
	if err == nil {
		query, err = filter.ToQuery(of)
	}
	if err != nil {
		return "", catalog.Wrong("search-condition", "%s", err)
	}
	return query.Get(key), nil
}

// The three lists name their column for the time of creation differently.
func (p fetchEventParams) Query() (s1.Query, error) {
	q, err := p.condition()
	if err != nil {
		return nil, err
	}
	q = q.With("createdAt__gte", s1.FormatTime(p.Start)).With("createdAt__lt", s1.FormatTime(p.End))
	column := cmp.Or(string(p.SortBy), "createdAt")
	if p.Source == fromAlerts && column == "createdAt" {
		column = "alertInfoCreatedAt"
	}
	order := cmp.Or(p.Direction, s1.Descending)
	return q.SortedBy(column, order), nil
}

// Needs is the permission for one source: a role that reads the other one lacks nothing here.
func (p *fetchEventParams) Needs() string {
	if p.Source == fromAlerts {
		return "STAR Rule Alerts › View"
	}
	return "Endpoint Threats › View"
}

// GET /threats or GET /cloud-detection/alerts, one page after the other.
func fetchEvent() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "fetch-event", Title: "Fetch Event", Area: "events", Aliases: []string{"events", "fetch-events"},
		Wording: fetchWording(),
		OnCards: fetchOnDigests(),
		Risk:    catalog.Read, Needs: "Endpoint Threats › View, or STAR Rule Alerts › View for alerts", Repeatable: true,
		Doc: "Lists threats or alerts from a time range, newest first, with the field names of the event field mapping. Exported files contain every field.",
		Examples: []string{"fetch-event start-time=-7d end-time=now number-of-events-fetched=100",
			`fetch-event start-time="2026-11-20 00:00" end-time="2026-11-21 00:00" event-source=Alert search-condition=severity=High`},
	}, func(ctx context.Context, call *catalog.Call, p fetchEventParams) (render.Card, error) {
		q, err := p.Query()
		if err != nil {
			return render.Card{}, err
		}
		limit := listing.LimitOf(p.Count, filters.Filter{})
		if p.Source == fromAlerts {
			return eventRows(call, p, lookup.AlertRows(call), alertEvent).Show(ctx, call, q, limit)
		}
		return eventRows(call, p, lookup.ThreatRows(call), threatEvent).Show(ctx, call, q, limit)
	})
}

// An event is what the specification's field mapping makes of a threat or an alert: the fields that
// matter first.
type event struct {
	id, name, kind, host, process, status, verdict, grade string
	url                                                   string
	started                                               s1.Time
}

func threatEvent(call *catalog.Call, t s1.Threat) event {
	return event{
		string(t.Identity()), t.Name(), t.Info.Classification, t.Host(), t.Info.OriginatorProcess, t.Info.IncidentStatus.Label(),
		t.Info.AnalystVerdict.Label(), t.Info.ConfidenceLevel.Label(), call.Console.ThreatURL(t.Identity()), t.Info.CreatedAt,
	}
}

func alertEvent(call *catalog.Call, a s1.Alert) event {
	return event{
		string(a.Identity()), a.Name(), a.Info.EventType, a.Host(), a.Source.Name, a.Info.IncidentStatus.Label(),
		a.Info.AnalystVerdict.Label(), a.Rule.Severity.Label(), call.Console.AlertURL(a.Identity()), a.Info.CreatedAt,
	}
}

// about says which stretch of time is meant, in the caller's zone.
func (p fetchEventParams) about(caller catalog.Caller) string {
	const layout = "2006-01-02 15:04"
	about := "from " + p.Start.In(caller.Location()).Format(layout) + " to " + p.End.In(caller.Location()).Format(layout+" MST")
	if p.Search != "" {
		about += " with " + p.Search
	}
	return about
}

// eventRows shows rows as events. The columns have the specification's names, as the file has.
func eventRows[T any](call *catalog.Call, p fetchEventParams, rows listing.Listing[T], of func(*catalog.Call, T) event) listing.Listing[T] {
	rows.Noun, rows.Things, rows.About = "Events", "events", p.about(call.Caller)
	level := "Confidence Level"
	if p.Source == fromAlerts {
		level = "Severity"
	}
	rows.Table = func(found []T) render.Table {
		t := render.Table{Columns: []render.Column{{Title: "Start Time"}, {Title: "Event name"}, {Title: "Event Type"}, {Title: level}, {Title: "Hostname"},
			{Title: "Process Name"}, {Title: "Status"}, {Title: "Analyst Verdict"}}}
		for _, row := range found {
			e := of(call, row)
			t.Rows = append(t.Rows, []render.Line{
				{render.At(e.started.Time)}, {render.Link(cmp.Or(e.name, e.id), e.url)}, {render.Text(e.kind)}, {render.Text(e.grade)},
				{render.Text(e.host)}, {render.Text(e.process)}, {render.Text(e.status)}, {render.Text(e.verdict)},
			})
		}
		return t
	}
	rows.Empty = fmt.Sprintf("Try a wider time range; times are in %s.", call.Caller.Location())
	return mappedRows(call, p, rows, of)
}
