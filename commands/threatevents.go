package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

func threatDetailCommands() []*Command { return []*Command{getThreatAnalysis(), getThreatEvents()} }

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

// threatEventSubType is what happened, within a type.
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

func (threatEventSort) kind() kind { return sortKind(threatEventSort("").Choices()) }

type threatEventsParams struct {
	Threat    s1.ThreatID          `json:"threat-id" help:"The threat."`
	Private   bool                 `json:"use-private-call,omitzero" help:"Asks the call of the console's own pages, which tells more of each event."`
	Event     string               `json:"event-id,omitzero" help:"The unique key of a process: its events and those of its children."`
	Types     []threatEventType    `json:"event-types,omitzero" help:"Only events of these types."`
	SubTypes  []threatEventSubType `json:"event-sub-types,omitzero" help:"Only these kinds of events."`
	Process   string               `json:"process-name,omitzero" help:"Only events of processes with this in their name."`
	CountOnly bool                 `json:"count-only,omitzero" help:"Only how many there are."`
	SkipCount bool                 `json:"skip-count,omitzero" help:"Does not count them, which is faster."`
	Limit     *Count               `json:"limit,omitzero" help:"How many events at most; 1000 when empty."`
	Offset    *Offset              `json:"offset,omitzero" help:"How many to skip."`
	SortBy    threatEventSort      `json:"sort-by,omitzero" help:"The column to sort by."`
	Direction s1.SortOrder         `json:"direction,omitzero" help:"Ascending when empty."`
	NextPage  string               `json:"next-page,omitzero" help:"Where an earlier list ended; its button Rows after these sets it."`
}

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
			e := wrong(of.name, "the private call does not know it")
			e.Hint = hint
			return e
		}
	}
	return nil
}

func (p threatEventsParams) query() s1.Query {
	q := s1.Query{}
	if len(p.Types) > 0 {
		q = q.With("eventTypes", convert[string](p.Types)...)
	}
	if len(p.SubTypes) > 0 {
		q = q.With("eventSubTypes", convert[string](p.SubTypes)...)
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
	return ordered(q, string(p.SortBy), p.Direction, p.Offset, p.NextPage)
}

func getThreatEvents() *Command {
	return define(Command{
		Name: "get-threat-events", Title: "Get Threat Events", Area: "threats", Aliases: []string{"threat-events"}, Main: "threat-id",
		Risk: Read, Needs: "Endpoint Threats › View", Repeatable: true,
		Doc:      "Lists what happened in the storyline of a threat: processes, files, connections and more.",
		Examples: []string{"threat-events 1112953674841025235", `get-threat-events threat-id=1112953674841025235 event-types=file,process event-sub-types=FILEDELETION sort-by="Create At" direction=Ascending`},
	}, func(ctx context.Context, call *Call, p threatEventsParams) (render.Card, error) {
		page := call.Console.ThreatEventsPage
		if p.Private {
			page = call.Console.AllThreatEventsPage
		}
		if p.CountOnly {
			return countEvents(ctx, call, p, page)
		}
		rows := listing[s1.ThreatEvent]{
			noun: "Threat events", things: "events", table: threatEventTable, more: threatEventFacts(),
			raw: func(e s1.ThreatEvent) json.RawMessage { return e.Raw },
			page: func(ctx context.Context, q s1.Query) (s1.Page[s1.ThreatEvent], error) {
				return page(ctx, p.Threat, q)
			},
			empty: "That is normal for a threat that was found before it ran: it did nothing. Else leave a condition out.",
		}
		return rows.show(ctx, call, p.query(), limitOf(p.Limit, s1.Filter{}))
	})
}

// countEvents tells the number alone.
func countEvents(ctx context.Context, call *Call, p threatEventsParams, page func(context.Context, s1.ThreatID, s1.Query) (s1.Page[s1.ThreatEvent], error)) (render.Card, error) {
	found, err := page(ctx, p.Threat, p.query().WithLimit(1))
	if err != nil {
		return render.Card{}, err
	}
	words := plural(max(found.Total, 0), "event")
	if found.Total < 0 || p.SkipCount {
		words = "The console did not count the events"
	}
	card := render.Card{
		Tone: render.Info, Title: "Threat events · " + words, Text: words + " of threat " + string(p.Threat),
		Parts:   []render.Part{render.Line{render.Bold(words), render.Text(" of "), render.Link("threat "+string(p.Threat), call.Console.ThreatURL(p.Threat))}},
		Actions: []render.Action{render.Button{Label: "List them", Do: call.with("count-only", false)}},
	}
	return single(call, "threat-events", marshal(map[string]int{"totalItems": found.Total}), card)
}

// threatEventTable shows what happened, who did it, and to what.
func threatEventTable(events []s1.ThreatEvent) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "When"}, {Title: "Event"}, {Title: "Process"}, {Title: "What"}, {Title: "Parent"}, {Title: "User"}, {Title: "Host"}}}
	for _, e := range events {
		process := e.ProcessName
		if process != "" && e.PID != "" {
			process += " (" + e.PID + ")"
		}
		t.Rows = append(t.Rows, []render.Line{
			{render.At(e.CreatedAt.Time)}, {render.Text(firstNonEmpty(e.EventType, e.ObjectType))}, {render.Text(process)}, {render.Text(eventWords(e))},
			{render.Text(e.ParentProcessName)}, {render.Text(e.User)}, {render.Text(e.AgentName)},
		})
	}
	return t
}

// eventWords is what an event was about: the file, the address, the key, or else the command line.
func eventWords(e s1.ThreatEvent) string {
	address := joinNonEmpty(":", e.DstIP, e.DstPort)
	source := joinNonEmpty(":", e.SrcIP, e.SrcPort)
	about := ""
	switch e.ObjectType {
	case "file":
		about = joinNonEmpty(" → ", e.OldFileName, e.FileFullName)
	case "ip":
		about = joinNonEmpty(" ", joinNonEmpty(" → ", source, address), strings.ToLower(e.Direction))
	case "dns":
		about = joinNonEmpty(" → ", e.DNSRequest, e.DNSResponse)
	case "url":
		about = joinNonEmpty(" ", e.NetworkMethod, e.NetworkURL)
	case "registry":
		about = firstNonEmpty(e.RegistryPath, e.RegistryID)
	case "scheduled_task":
		about = joinNonEmpty(" · ", e.TaskName, e.TaskPath)
	case "logins":
		about = joinNonEmpty(" · ", e.LoginsUserName, e.LoginsBaseType)
	case "indicators":
		about = joinNonEmpty(": ", joinNonEmpty(" / ", e.IndicatorCategory, e.IndicatorName), e.IndicatorDescription)
	}
	return firstNonEmpty(about, e.ProcessCmd, e.FileFullName, e.DNSRequest, e.NetworkURL, address, e.RegistryPath, e.ProcessImagePath)
}

func threatEventFacts() []column[s1.ThreatEvent] {
	return []column[s1.ThreatEvent]{
		{"Type", func(e s1.ThreatEvent) string { return e.ObjectType }},
		{"Command line", func(e s1.ThreatEvent) string { return e.ProcessCmd }},
		{"Image", func(e s1.ThreatEvent) string { return e.ProcessImagePath }},
		{"File", func(e s1.ThreatEvent) string { return e.FileFullName }},
		{"SHA-1", func(e s1.ThreatEvent) string { return e.FileSHA1 }},
		{"SHA-256", func(e s1.ThreatEvent) string { return e.FileSHA256 }},
		{"Source", func(e s1.ThreatEvent) string { return joinNonEmpty(":", e.SrcIP, e.SrcPort) }},
		{"Destination", func(e s1.ThreatEvent) string { return joinNonEmpty(":", e.DstIP, e.DstPort) }},
		{"DNS", func(e s1.ThreatEvent) string { return e.DNSRequest }},
		{"URL", func(e s1.ThreatEvent) string { return e.NetworkURL }},
		{"Registry", func(e s1.ThreatEvent) string { return e.RegistryPath }},
		{"Event id", func(e s1.ThreatEvent) string { return e.ProcessUniqueKey }},
		{"Storyline", func(e s1.ThreatEvent) string { return e.Storyline }},
		{"Related to the threat", func(e s1.ThreatEvent) string { return fmt.Sprint(e.RelatedToThreat) }},
		{"Agent id", func(e s1.ThreatEvent) string { return string(e.AgentID) }},
		{"Id", func(e s1.ThreatEvent) string { return e.ID }},
	}
}
