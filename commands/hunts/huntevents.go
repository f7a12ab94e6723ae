package hunts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// deepVisibility hunts for events in S1QL.
type deepVisibility struct {
	call  *catalog.Call
	query huntapi.EventQuery
	kind  string // "process": events of that kind alone; "" is all
}

func (d deepVisibility) Start(ctx context.Context, wait func(huntapi.Place)) (report, error) {
	id, err := d.call.Console.StartQuery(ctx, d.query, wait)
	return report{id: id}, err
}

func (d deepVisibility) Look(ctx context.Context, t huntapi.SDLTicket) (report, error) {
	status, err := d.call.Console.QueryStatus(ctx, t.ID)
	return reportOf(t.ID, status), err
}

func reportOf(id huntapi.QueryID, status huntapi.QueryStatus) report {
	return report{id: id, state: status.State, percent: status.Percent, problem: status.Problem, warnings: status.Warnings, done: status.State.Done()}
}

func (d deepVisibility) stop(ctx context.Context, t huntapi.SDLTicket) error {
	return d.call.Console.CancelQuery(ctx, t.ID)
}

// eventSorting is the order in which events are read, the newest first. A cursor needs one of three
// columns to sort by.
func eventSorting() s1.Query { return s1.Query{}.SortedBy("createdAt", s1.Descending) }

// Show reads all events: the first ones for the card, all for the counts and for a file, which
// outlives the console's copy. The file is read to its end at once: the console's copy is gone
// after a while, the file is not.
func (d deepVisibility) Show(ctx context.Context, h *hunt, found report) (render.Card, error) {
	rows := eventListing(d.call, found.id, d.kind)
	rows.Page = patiently(rows.Page, rowsPatience, func() { h.call.Show(h.gathering()) })
	pages := rows.Rows(ctx, eventSorting().WithLimit(min(d.query.Limit, listing.MaxPage)), d.query.Limit)
	return h.gather(ctx, found, rows, pages, bounds{d.kind, d.query.Limit})
}

// bounds are what a hunt was limited to.
type bounds struct {
	kind  string // "process": events of that kind alone; "" is all
	limit int
}

// gather reads the pages of a finished hunt. Rows that were read are shown even if the rest cannot
// be, as a partial success; a restart in the middle reads again from the start.
func (h *hunt) gather(ctx context.Context, found report, rows listing.Listing[huntapi.Event], pages iter.Seq2[s1.Page[huntapi.Event], error], b bounds) (render.Card, error) {
	as := *h.call
	as.How = render.CSV
	file := listing.NewExport(&as, rows.Things)
	defer file.Abandon()
	if err := file.Csv(rows.Sheet(nil), true); err != nil {
		return render.Card{}, err
	}
	t, matching := tally{warnings: found.warnings}, 0
	for page, err := range pages {
		matching = max(matching, page.Total)
		if err != nil {
			if t.broken = err; t.rows == 0 || errors.Is(context.Cause(ctx), catalog.ErrCancelled) || ctx.Err() == nil {
				break
			}
			return h.ended(ctx, found, err)
		}
		t.Add(page.Items)
		if err := file.Csv(rows.Sheet(page.Items), false); err != nil {
			return render.Card{}, err
		}
		h.call.Show(h.reading(t.rows, page.Total))
	}
	switch {
	case t.broken != nil && t.rows == 0 && ctx.Err() == nil:
		return h.unread(b.kind, t.broken)
	case t.broken != nil && t.rows == 0:
		return h.ended(ctx, found, t.broken)
	}
	if t.cut = file.Full(); t.cut || t.broken != nil {
		file.Lacks(max(matching, t.rows))
	}
	return h.events(found.id, b, &t, file), nil
}

// A tally counts events by what they are and where they happened. It is what is kept of rows that
// are streamed: counts, and the ten for the card.
type tally struct {
	rows     int
	first    []huntapi.Event
	kinds    counts
	hosts    counts
	suspects []suspect
	warnings []string
	broken   error // why the rest could not be read
	cut      bool  // the file has not all of them
}

// The key of a count is the most telling name there is; "unknown" is counted too, or the sums would
// not fit.
func (t *tally) Add(events []huntapi.Event) {
	t.rows += len(events)
	t.first = append(t.first, events[:min(len(events), listing.PageRows-len(t.first))]...)
	for _, e := range events {
		t.kinds.Add(cmp.Or(e.EventType, e.ObjectType, unknown))
		t.hosts.Add(cmp.Or(e.Host(), string(e.AgentID), unknown))
	}
	t.suspects = suspectsIn(t.suspects, events)
}

// unknown is counted where an event doesn't say.
const unknown = "unknown"

// counts is how often each word came up.
type counts map[string]int

func (c *counts) Add(word string) {
	if *c == nil {
		*c = counts{}
	}
	(*c)[word]++
}

// names are the words, the most frequent first.
func (c counts) names() []string {
	return slices.SortedFunc(maps.Keys(c), func(a, b string) int { return cmp.Or(c[b]-c[a], strings.Compare(a, b)) })
}

// words lists the most frequent ones: "Process Creation 30, Login 2 and 3 more".
func (c counts) words(most int) string {
	names := c.names()
	typed := ""
	for i, name := range names[:min(len(names), most)] {
		if i > 0 {
			typed += " · "
		}
		typed += fmt.Sprintf("%s %d", text.Shorten(name, 60), c[name])
	}
	if more := len(names) - most; more > 0 {
		typed += fmt.Sprintf(" and %d more", more)
	}
	return typed
}

// events is the card of a finished hunt.
func (h *hunt) events(id huntapi.QueryID, b bounds, t *tally, file *listing.Export) render.Card {
	title := h.call.Command.Title
	card := render.Card{Outcome: render.Successful, Title: title + " · " + text.Plural(t.rows, "event")}
	when := h.span()
	if t.rows == 0 {
		card.Title, when = title+" · no events", h.nothing()
	}
	card.Parts = []render.Part{render.Line{render.Mono(text.Shorten(h.query, 300))}, when}
	if t.rows > 0 {
		card.Parts = append(card.Parts, render.Fields{
			{Label: "By type", Value: render.Line{render.Text(t.kinds.words(8))}, Wide: true},
			{Label: "By host", Value: render.Line{render.Text(t.hosts.words(8))}, Wide: true},
		}, huntTable(h.call, t.first))
	}
	card.Parts = append(card.Parts, h.notes(t, b.limit)...)
	card.Parts = append(card.Parts, warned(t.warnings)...)
	if t.broken != nil {
		card.Outcome = render.Partial
		card.Parts = append(card.Parts, render.Line{render.Text("I couldn't read the rest: " + refusal.Reason(t.broken))})
	}
	card.Parts = append(card.Parts, h.asSent()...)
	card.Actions = h.again()
	if rows := eventActions(id, b.kind, t.rows); len(rows) > 0 { // four that show; the form that changes the query hunts again as well
		card.Actions = slices.Concat(isolating(t.suspects), h.narrowing(t), rows[:1], card.Actions[1:], rows[1:])
	}
	card.Actions = append(card.Actions, render.Button{Label: "Open the console", URL: h.call.Console.ConsoleURL()})
	if t.rows > 0 {
		card.Files = file.Card("Events", "").Files
	}
	return card
}

// unlessCut is what is said of a file that has all rows, or that it has not.
func unlessCut(whole string, cut bool) string {
	if cut {
		return "there was no room for all of them in a file, so narrow the query down for the rest"
	}
	return whole
}

// notes are the small print of a finished hunt. As many rows as the limit means that there may be
// more: the console does not say.
func (h *hunt) notes(t *tally, limit int) []render.Part {
	note := render.Note{}
	say := func(words string) {
		if len(note) == 0 {
			words = render.Capital(words)
		} else {
			words = " · " + words
		}
		note = append(note, render.Text(words))
	}
	if t.rows > listing.PageRows {
		say(fmt.Sprintf("the newest %d of %d; %s", len(t.first), t.rows, unlessCut("the file has all of them", t.cut)))
	}
	if t.rows == limit {
		say(fmt.Sprintf("there may be more than the limit of %d", limit))
	}
	if t.rows == 0 {
		say("try a wider time range, or remove a condition")
		if hint := h.caseMatters(); hint != "" {
			say(hint)
		}
	}
	if !h.state.Began.IsZero() {
		say("query " + string(h.state.ID))
	}
	if len(note) == 0 {
		return nil
	}
	return []render.Part{note}
}

// eventActions lead from a query to all of its events.
func eventActions(id huntapi.QueryID, kind string, rows int) []render.Action {
	if rows == 0 {
		return nil
	}
	args := map[string]any{"query-id": id}
	if kind != "" {
		args["event-type"] = kind
	}
	do := func(how render.How) catalog.Invocation {
		return catalog.Invocation{Command: "get-events-by-query-id-and-type", Args: catalog.Marshal(args), How: how}
	}
	return []render.Action{
		render.Button{Label: "All events", Do: do(render.Run)},
		render.Button{Label: "CSV file", Do: do(render.CSV)},
		render.Button{Label: "JSON file", Do: do(render.JSON)},
		render.Button{Label: "Share in channel", Do: do(render.Share)},
	}
}

// eventListing is how the events of a query look.
func eventListing(call *catalog.Call, id huntapi.QueryID, kind string) listing.Listing[huntapi.Event] {
	rows := listing.Listing[huntapi.Event]{
		Noun: "Events", Things: "events", About: "of query " + string(id), Raw: func(e huntapi.Event) json.RawMessage { return e.Raw },
		Page: func(ctx context.Context, q s1.Query) (s1.Page[huntapi.Event], error) {
			return call.Console.EventsPage(ctx, id, kind, q)
		},
		Table: func(events []huntapi.Event) render.Table { return huntTable(call, events) },
		Deeds: func(events []huntapi.Event) []render.Action { return isolating(suspectsIn(nil, events)) },
	}
	for _, c := range lookup.ThreatEventFacts() {
		rows.More = append(rows.More, listing.Column[huntapi.Event]{Title: c.Title, Value: func(e huntapi.Event) string { return c.Value(e.ThreatEvent) }})
	}
	rows.More = append(rows.More,
		listing.Column[huntapi.Event]{Title: "Parent", Value: func(e huntapi.Event) string { return e.ParentProcessName }},
		listing.Column[huntapi.Event]{Title: "PID", Value: func(e huntapi.Event) string { return e.PID }},
		listing.Column[huntapi.Event]{Title: "Site", Value: func(e huntapi.Event) string { return e.SiteName }},
		listing.Column[huntapi.Event]{Title: "Agent UUID", Value: func(e huntapi.Event) string { return e.AgentUUID }},
		listing.Column[huntapi.Event]{Title: "OS", Value: func(e huntapi.Event) string { return e.AgentOS }},
		listing.Column[huntapi.Event]{Title: "Publisher", Value: func(e huntapi.Event) string { return e.Publisher }},
		listing.Column[huntapi.Event]{Title: "Process SHA-1", Value: func(e huntapi.Event) string { return e.SHA1 }},
	)
	return rows
}

// huntTable shows what happened where. A phone shows the first two or three columns: which host,
// which process, what it did. Rows come newest first, so the time may stand behind.
func huntTable(call *catalog.Call, events []huntapi.Event) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Host"}, {Title: "Process"}, {Title: "What"}, {Title: "When"}, {Title: "User"}, {Title: "Event"}}}
	for _, e := range events {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(cmp.Or(e.Host(), string(e.AgentID)), call.Console.AgentURL(e.AgentID))}, {render.Text(e.ProcessName)}, {render.Text(lookup.EventWords(e.ThreatEvent))},
			{render.At(e.At().Time)}, {render.Text(e.User)}, {render.Text(cmp.Or(e.EventType, e.ObjectType))},
		})
	}
	return t
}

// A suspect is an endpoint that a row is about. ref is what a command finds the endpoint by: its id
// where the row has one. Site and system tell it from another one of its name.
type suspect struct{ ref, name, site, os string }

// maxSuspects is how many endpoints a menu offers; Slack takes 100.
const maxSuspects = 50

// suspectsIn adds the endpoints of events to known ones, each once: by id, or by what else names
// them. Rows of the data lake have UUIDs and names, no ids.
func suspectsIn(known []suspect, events []huntapi.Event) []suspect {
	for _, e := range events {
		ref := cmp.Or(lookup.PlainUUID(e.AgentUUID), e.Host())
		if e.AgentID.Valid() {
			ref = string(e.AgentID)
		}
		if ref != "" {
			known = withSuspect(known, suspect{ref, cmp.Or(e.Host(), ref), e.SiteName, e.AgentOS})
		}
	}
	return known
}

func withSuspect(known []suspect, s suspect) []suspect {
	if len(known) >= maxSuspects || slices.ContainsFunc(known, func(k suspect) bool { return k.ref == s.ref }) {
		return known
	}
	return append(known, s)
}

// isolating offers to cut the endpoints off that rows are about, one by one.
func isolating(hosts []suspect) []render.Action {
	do := catalog.Invocation{Command: "disconnect-agent-from-network"}
	switch len(hosts) {
	case 0:
		return nil
	case 1:
		do.Args = catalog.Marshal(map[string][]string{"agent-ids": {hosts[0].ref}})
		return []render.Action{render.Button{Label: "Isolate " + hosts[0].name, Style: render.Danger, Do: do}}
	}
	menu := render.Menu{Label: "Isolate a host", Do: do, Param: "agent-ids", List: true}
	for i, label := range suspectLabels(hosts) {
		menu.Options = append(menu.Options, render.Option{Label: label, Value: hosts[i].ref})
	}
	return []render.Action{menu}
}

// suspectLabels are the names of endpoints; those that several have with what tells them apart, as
// where an ambiguous name was typed.
func suspectLabels(hosts []suspect) []string {
	called := map[string]int{}
	for _, s := range hosts {
		called[strings.ToLower(s.name)]++
	}
	targets := make([]catalog.Target, len(hosts))
	for i, s := range hosts {
		if targets[i] = (catalog.Target{ID: s.ref, Name: s.name}); called[strings.ToLower(s.name)] > 1 {
			targets[i].Site, targets[i].OS = s.site, s.os
		}
	}
	return (&catalog.AmbiguousError{Matches: targets}).Labels()
}
