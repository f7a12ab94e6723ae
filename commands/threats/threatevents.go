package threats

import (
	"context"
	"encoding/json"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
	"s1bot/s1/huntapi"
)

func threatDetailCommands() []*catalog.Command {
	return []*catalog.Command{getThreatAnalysis(), getThreatEvents()}
}

// threatEventType is what an event is about.
type threatEventType string

func (threatEventType) Choices() []s1.Choice {
	return []s1.Choice{
		{Value: "events", Label: "Events"}, {Value: "file", Label: "File"}, {Value: "ip", Label: "IP"}, {Value: "url", Label: "URL"},
		{Value: "dns", Label: "DNS"}, {Value: "process", Label: "Process"}, {Value: "registry", Label: "Registry"},
		{Value: "scheduled_task", Label: "Scheduled Task"}, {Value: "logins", Label: "Logins"}, {Value: "indicators", Label: "Indicators"},
		{Value: "module", Label: "Module"},
	}
}

// threatEventSubType is what happened, within a type. They are the vendor's own words, which its
// pages show in capitals as well.
type threatEventSubType string

func (threatEventSubType) Choices() []s1.Choice {
	var choices []s1.Choice
	for value := range strings.FieldsSeq(`PROCESSCREATION PROCESSTERMINATION PROCESSMODIFICATION TCPV4 TCPV6 TCPV4LISTEN TCPV6LISTEN
		FILEMODIFICATION FILESCAN FILECREATION FILEDELETION FILERENAME LOGIN LOGOUT HTTP DNS SCHEDTASKREGISTER SCHEDTASKSTART
		SCHEDTASKUPDATE SCHEDTASKTRIGGER SCHEDTASKDELETE REGKEYCREATE REGKEYRENAME REGKEYDELETE REGKEYEXPORT
		REGKEYSECURITYCHANGED REGKEYIMPORT REGVALUEMODIFIED REGVALUECREATE REGISTRYACTION BEHAVIORALINDICATORS MODULE`) {
		choices = append(choices, s1.Choice{Value: value, Label: value})
	}
	return choices
}

// threatEventSort is the column by which events are sorted.
type threatEventSort string

func (threatEventSort) Choices() []s1.Choice {
	return []s1.Choice{
		{Value: "id", Label: "ID"}, {Value: "createdAt", Label: "Created At"}, {Value: "eventType", Label: "Event Type"}, {Value: "fileSize", Label: "File Size"},
		{Value: "fileType", Label: "File Type"}, {Value: "registryPath", Label: "Registry Path"}, {Value: "registryId", Label: "Registry ID"},
		{Value: "registryClassification", Label: "Registry Classification"}, {Value: "pid", Label: "PID"}, {Value: "processName", Label: "Process Name"},
	}
}

func (threatEventSort) Kind() catalog.Kind { return listing.SortKind(threatEventSort("").Choices()) }

// The public path is GET /threats/{id}/explore/events; the private one, explore/all-events,
// enriches each event and takes fewer keys.
type threatEventsParams struct {
	Threat    s1.ThreatID          `json:"threat-id" help:"The threat whose events to list, by name or id."`
	Private   bool                 `json:"use-private-call,omitzero" help:"Uses the API call behind the console's own pages, which returns more about each event."`
	Event     string               `json:"event-id,omitzero" help:"Only events of the process with this unique key, and of its children."`
	Types     []threatEventType    `json:"event-types,omitzero" help:"Only events of these types."`
	SubTypes  []threatEventSubType `json:"event-sub-types,omitzero" help:"Only events of these subtypes."`
	Process   string               `json:"process-name,omitzero" help:"Only events of processes with this in their name."`
	CountOnly bool                 `json:"count-only,omitzero" help:"Returns only the number of events."`
	SkipCount bool                 `json:"skip-count,omitzero" help:"Skips counting, which is faster."`
	Limit     *listing.Count       `json:"limit,omitzero" help:"Maximum number of events to list; 1000 if empty."`
	Offset    *listing.Offset      `json:"offset,omitzero" help:"The number of rows to skip."`
	SortBy    threatEventSort      `json:"sort-by,omitzero" help:"The column to sort by."`
	Direction s1.SortOrder         `json:"direction,omitzero" help:"Sort direction; ascending if empty."`
	NextPage  string               `json:"next-page,omitzero" help:"The cursor from an earlier list. The More rows button fills it in."`
}

// Of these two keys nobody knows whether the private path reads them; if it does not, the list
// would hold more than was asked for.
func (p *threatEventsParams) Check() error {
	if !p.Private {
		return nil
	}
	const hint = "leave it out, or use the public call"
	for _, of := range []struct {
		name  string
		given bool
	}{{"event-sub-types", len(p.SubTypes) > 0}, {"process-name", p.Process != ""}} {
		if of.given {
			e := catalog.Wrong(of.name, "the private call doesn't support it")
			e.Hint = hint
			return e
		}
	}
	return nil
}

// eventSubTypes and processName__like belong to the public path; of the private one they are not
// known.
func (p threatEventsParams) Query() s1.Query {
	q := s1.Query{}
	if len(p.Types) > 0 {
		q = q.With("eventTypes", catalog.Convert[string](p.Types)...)
	}
	if len(p.SubTypes) > 0 {
		q = q.With("eventSubTypes", catalog.Convert[string](p.SubTypes)...)
	}
	for key, value := range map[string]string{"eventId": p.Event, "processName__like": p.Process} {
		if value != "" {
			q = q.With(key, value)
		}
	}
	for key, on := range map[string]bool{"countOnly": p.CountOnly, "skipCount": p.SkipCount} {
		if on {
			q = q.With(key, "true")
		}
	}
	return listing.Ordered(q, string(p.SortBy), p.Direction, p.Offset, p.NextPage)
}

// Threats that were caught before they ran have no events at all: an empty list is the usual answer
// for static detections.
func getThreatEvents() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-threat-events", Title: "Get Threat Events", Area: "threats", Aliases: []string{"threat-events"}, Main: "threat-id",
		Everyday: 12,
		Wording:  eventsWording(),
		OnCards:  eventsOnCards(),
		Risk:     catalog.Read, Needs: "Endpoint Threats › View", Route: "threats/{id}/explore/events", Repeatable: true,
		Doc:      "Lists what happened in the storyline of a threat: processes, files, connections and more.",
		Examples: []string{"threat-events 1112953674841025235", `get-threat-events threat-id=1112953674841025235 event-types=file,process event-sub-types=FILEDELETION sort-by="Created At" direction=Ascending`},
	}, func(ctx context.Context, call *catalog.Call, p threatEventsParams) (render.Card, error) {
		page := call.Console.ThreatEventsPage
		if p.Private {
			page = call.Console.AllThreatEventsPage
		}
		if p.CountOnly {
			return countEvents(ctx, call, p, page)
		}
		rows := listing.Listing[huntapi.ThreatEvent]{
			Noun: "Threat events", Things: "events", Table: lookup.ThreatEventTable, More: lookup.ThreatEventFacts(),
			Raw: func(e huntapi.ThreatEvent) json.RawMessage { return e.Raw },
			Page: func(ctx context.Context, q s1.Query) (s1.Page[huntapi.ThreatEvent], error) {
				return page(ctx, p.Threat, q)
			},
			Empty: "That's normal for a threat that was caught before it ran. Otherwise, try removing a condition.",
		}
		return rows.Show(ctx, call, p.Query(), listing.LimitOf(p.Limit, filters.Filter{}))
	})
}

// countEvents tells the number alone. skipCount leaves totalItems at 0, which is no count; the card
// must not read "0 events".
func countEvents(ctx context.Context, call *catalog.Call, p threatEventsParams, page func(context.Context, s1.ThreatID, s1.Query) (s1.Page[huntapi.ThreatEvent], error)) (render.Card, error) {
	found, err := page(ctx, p.Threat, p.Query().WithLimit(1))
	if err != nil {
		return render.Card{}, err
	}
	words := text.Plural(max(found.Total, 0), "event")
	if found.Total < 0 || p.SkipCount {
		words = "The console didn't count the events"
	}
	card := render.Card{
		Tone: render.Info, Title: "Threat events · " + words, Text: words + " of threat " + string(p.Threat),
		Parts:   []render.Part{render.Line{render.Bold(words), render.Text(" of "), render.Link("threat "+string(p.Threat), call.Console.ThreatURL(p.Threat))}},
		Actions: []render.Action{render.Button{Label: "List them", Do: call.With("count-only", false)}},
	}
	return listing.Single(call, "threat-events", catalog.Marshal(map[string]int{"totalItems": found.Total}), card)
}
