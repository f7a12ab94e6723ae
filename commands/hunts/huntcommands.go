package hunts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// huntCommands share the shelf on which rows of the data lake are kept. There is one shelf for each
// catalog.
func huntCommands(kept *shelf) []*catalog.Command {
	return []*catalog.Command{
		query(kept), createQuery(kept), queryStatus(kept), queryEvents(kept), agentProcess(kept), createPowerQuery(kept), pingPowerQuery(kept),
	}
}

// onEither lets a hunt for events run on the engine that the console has.
func (h *hunt) onEither(ctx context.Context, kept *shelf, dv deepVisibility) error {
	return h.on(ctx, map[huntapi.HuntEngine]func() (engine, error){
		huntapi.DeepVisibility: func() (engine, error) { return dv, nil },
		huntapi.DataLake:       func() (engine, error) { return h.onLake(kept, dv.kind, dv.query.Limit) },
	})
}

// huntText is a query in one of the console's languages. Verbatim: quotes and words that look like
// parameters are the query's own.
type huntText string

func (huntText) Kind() catalog.Kind {
	k := catalog.TextKind()
	k.Name, k.Widget, k.Verbatim = "multiline", render.MultiLine, true
	k.Read = func(text string, _ text.Input) (any, error) { return plainQuotes(text), nil }
	return k
}

// plainQuotes mends the quotes of a query that was copied out of JSON or typed on a phone. A query
// that has straight quotes keeps its typographic ones, which are then part of a value.
func plainQuotes(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, `"`) {
		text = catalog.StraightQuotes.Replace(text)
	}
	for strings.Contains(text, `\"`) && strings.Count(text, `\"`) == strings.Count(text, `"`) {
		text = strings.ReplaceAll(text, `\"`, `"`)
	}
	return text
}

// eventLimit is how many events a query returns at most.
type eventLimit int

// The specification's range for dv/init-query. The data lake gives a few thousand an answer, and is
// asked several times.
const maxEventLimit = 100_000

func (eventLimit) Kind() catalog.Kind {
	k := catalog.IntegerKind(1, maxEventLimit, map[string]int64{"all": maxEventLimit})
	k.Hint = "1 to 100,000"
	return k
}

// patience is how many seconds a query may take. 300 seconds are the specification's least.
type patience int

func (patience) Kind() catalog.Kind {
	k := catalog.IntegerKind(300, int64(maxHunt.Seconds()), nil)
	k.Hint = "300 or more"
	return k
}

// queryRef is the id of a query; a search box offers those of the person. The console cannot list
// queries; the bot's storage knows whose are whose.
type queryRef huntapi.QueryID

func (queryRef) Kind() catalog.Kind {
	return catalog.Kind{Name: "query", Widget: render.Search, Search: catalog.SearchQueries, Read: func(typed string, _ text.Input) (any, error) {
		typed = strings.TrimSpace(typed)
		if !huntapi.QueryID(typed).Valid() {
			return nil, fmt.Errorf("%s is not the id of a query", text.Quote(typed))
		}
		return typed, nil
	}}
}

// eventKind is what kind of events is wanted, as the console's paths have it.
type eventKind string

const allKinds eventKind = "events"

func (eventKind) Choices() []s1.Choice {
	return []s1.Choice{
		{Value: "events", Label: "Events"}, {Value: "dns", Label: "DNS"}, {Value: "file", Label: "File"}, {Value: "ip", Label: "IP"},
		{Value: "logins", Label: "Logins"}, {Value: "process", Label: "Process"}, {Value: "registry", Label: "Registry"},
		{Value: "scheduled_task", Label: "Scheduled Task"}, {Value: "url", Label: "URL"},
	}
}

// path is the kind's part of the path; all kinds have none.
func (k eventKind) path() string {
	if k == allKinds {
		return ""
	}
	return string(k)
}

// onePerMinute is what every start of a query has to say.
const onePerMinute = " Deep Visibility takes one such query a minute; the data lake has no such limit."

type createQueryParams struct {
	Start time.Time   `json:"start-time" help:"Only events at this time or later."`
	End   time.Time   `json:"end-time" help:"Only events before this time."`
	Limit *eventLimit `json:"limit,omitzero" help:"Maximum number of events; 100,000 if empty."`
	Query huntText    `json:"query" help:"In S1QL: TgtProcName ContainsCIS \"svchost.exe\"."`
}

func (p *createQueryParams) Check() error { return inOrderOfTime(p.Start, p.End) }

func (p *createQueryParams) CheckOn(ctx context.Context, call *catalog.Call) error {
	return checkQuery(ctx, call, p.Query)
}

func inOrderOfTime(start, end time.Time) error {
	if !start.IsZero() && !end.IsZero() && !end.After(start) {
		return catalog.Wrong("end-time", "the end must be later than the start (start-time); nothing can match")
	}
	return nil
}

// orAll is the limit to send.
func orAll(limit *eventLimit, all int) int {
	if limit == nil {
		return all
	}
	return int(*limit)
}

func eventQuery(text huntText, from, to time.Time, limit int) huntapi.EventQuery {
	return huntapi.EventQuery{Query: string(text), Types: []string{"events"}, From: s1.Time{Time: from}, To: s1.Time{Time: to}, Limit: limit}
}

// POST /dv/init-query, or a launch at the data lake. Of the second no id outlives 30 seconds, so
// there the command waits and keeps the rows.
func createQuery(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "create-query", Title: "Create Query", Area: "hunts", Aliases: []string{"start-query"}, Main: "query", Long: true,
		Risk: catalog.Read, Needs: "SDL Search › View", Repeatable: true,
		Doc: "Starts a Deep Visibility query and shows its id." + onePerMinute,
		Examples: []string{`create-query start-time=-24h end-time=now limit=10 query="TgtProcName ContainsCIS \"svchost.exe\""`,
			`start-query since="2026-11-18 00:00" until="2026-11-19 00:00" query='DstIP = "203.0.113.66"'`},
	}, func(ctx context.Context, call *catalog.Call, p createQueryParams) (render.Card, error) {
		asked := eventQuery(p.Query, p.Start, p.End, orAll(p.Limit, maxEventLimit))
		h := &hunt{call: call, query: string(p.Query), from: p.Start, to: p.End}
		if err := h.onEither(ctx, kept, deepVisibility{call: call, query: asked}); err != nil {
			return render.Card{}, err
		}
		if h.keeps = h.state.Engine == huntapi.DataLake; h.keeps {
			return h.run(ctx)
		}
		return h.startOnly(ctx)
	})
}

// startOnly starts the query and leaves the rest to other commands.
func (h *hunt) startOnly(ctx context.Context) (render.Card, error) {
	h.call.SavedState(&h.state)
	if _, err := h.begun(ctx); err != nil {
		return h.ended(ctx, report{}, err)
	}
	card := h.head(h.call.Command.Title + " · started")
	card.Outcome, card.Text = render.Successful, "The query was started: "+string(h.state.ID)
	card.Parts = append(card.Parts,
		render.Fields{{Label: "Query ID", Value: render.Line{render.Mono(string(h.state.ID))}, Wide: true}, {Label: "Query", Value: render.Line{render.Mono(text.Shorten(h.query, 500))}, Wide: true}},
		render.Note{render.Text("It's running in the console now. You can read its events when it's finished.")})
	card.Actions = append(statusActions(h.state.ID), render.Button{Label: "Change the query", Do: h.call.Variant(render.Open)})
	return card, nil
}

type queryParams struct {
	Start   time.Time   `json:"start-time" help:"Only events at this time or later."`
	End     time.Time   `json:"end-time" help:"Only events before this time."`
	Limit   *eventLimit `json:"limit,omitzero" help:"Maximum number of events; 100,000 if empty."`
	Query   huntText    `json:"query" help:"In S1QL: TgtProcName ContainsCIS \"svchost.exe\"."`
	Timeout *patience   `json:"timeout-seconds,omitzero" title:"Timeout (Seconds)" help:"How long the query may run before it is cancelled; no limit if empty."`
}

func (p *queryParams) Check() error { return inOrderOfTime(p.Start, p.End) }

func (p *queryParams) CheckOn(ctx context.Context, call *catalog.Call) error {
	return checkQuery(ctx, call, p.Query)
}

// In one: start, wait, read, show. With a limit of time the query is also cancelled at the console
// (POST /dv/cancel-query, or DELETE).
func query(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "query", Title: "Query", Area: "hunts", Aliases: []string{"hunt", "dv"}, Main: "query", Long: true,
		Everyday: 8,
		Wording:  huntWording(),
		OnCards:  queryOnCards(), OnObservables: huntOnObservables(),
		Risk: catalog.Read, Needs: "SDL Search › View, SDL Query API › View, SDL API Keys › View + Manage", Repeatable: true,
		Doc: "Hunts for events with a Deep Visibility query and shows what it found." + onePerMinute,
		Examples: []string{`hunt start-time=-24h end-time=now query="TgtProcName ContainsCIS \"svchost.exe\""`,
			`query start-time="2026-11-20 00:00" end-time="2026-11-21 00:00" limit=1000 timeout-seconds=600 query='DstIP = "203.0.113.66" AND AgentName ContainsCIS "SRV"'`},
	}, func(ctx context.Context, call *catalog.Call, p queryParams) (render.Card, error) {
		asked := eventQuery(p.Query, p.Start, p.End, orAll(p.Limit, maxEventLimit))
		asked.Verbose = new(bool) // said, because the vendor's default has changed before
		h := &hunt{call: call, query: string(p.Query), from: p.Start, to: p.End}
		if err := h.onEither(ctx, kept, deepVisibility{call: call, query: asked}); err != nil {
			return render.Card{}, err
		}
		if p.Timeout != nil {
			h.timeout = time.Duration(*p.Timeout) * time.Second
		}
		return h.run(ctx)
	})
}

type agentProcessParams struct {
	Start time.Time      `json:"start-time,omitzero" help:"Only events at this time or later; 24 hours before end-time if empty."`
	End   time.Time      `json:"end-time,omitzero" help:"Only events before this time; now if empty."`
	Query huntText       `json:"query,omitzero" help:"In S1QL: TgtProcImagePath ContainsCIS \"windows\". All endpoints if empty."`
	Limit *listing.Count `json:"limit,omitzero" help:"Maximum number of events; 1000 if empty."`
}

func (p *agentProcessParams) Check() error { return inOrderOfTime(p.Start, p.End) }

// CheckAt refuses a start ahead where no end is given, which is now.
func (p *agentProcessParams) CheckAt(now time.Time) error {
	if p.End.IsZero() && !p.Start.Before(now) {
		return catalog.Wrong("start-time", "the start is in the future, so nothing can match")
	}
	return nil
}

func (p *agentProcessParams) CheckOn(ctx context.Context, call *catalog.Call) error {
	return checkQuery(ctx, call, p.Query)
}

// everyAgent is the query where none is given: the console wants one. In 1.0; the data lake takes
// an empty filter for everything, and a lone star is a 500 there.
const everyAgent = "AgentName IS NOT EMPTY"

// It is a query for events of processes. GET /agents/processes, whose name says the same, is
// obsolete and always empty.
func agentProcess(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-agent-process", Title: "Get Agent Process", Area: "hunts", Aliases: []string{"agent-process", "processes"}, Main: "query", Long: true,
		Wording: processesWording(),
		Risk:    catalog.Read, Needs: "Agent Packages › View, SDL Search › View", Repeatable: true,
		Doc: "Hunts for process activity." + onePerMinute,
		Examples: []string{`get-agent-process start-time=-7d end-time=now limit=10 query="TgtProcImagePath ContainsCIS \"windows\""`,
			`processes AgentName = "DESKTOP-1" since=-2h`},
	}, func(ctx context.Context, call *catalog.Call, p agentProcessParams) (render.Card, error) {
		from, to, text := p.Start, p.End, p.Query
		if to.IsZero() {
			to = call.Now
		}
		if from.IsZero() {
			from = to.Add(-24 * time.Hour)
		}
		if text == "" {
			text = everyAgent
		}
		limit := listing.MaxPage
		if p.Limit != nil {
			limit = int(*p.Limit)
		}
		h := &hunt{call: call, query: string(text), from: from, to: to}
		err := h.onEither(ctx, kept, deepVisibility{call: call, query: eventQuery(text, from, to, limit), kind: "process"})
		if err != nil {
			return render.Card{}, err
		}
		return h.run(ctx)
	})
}

// oldID is the form of the ids that Deep Visibility gives, "q" or "pq" and hexadecimal digits.
var oldID = regexp.MustCompile(`^p?q[0-9a-f]{4,}$`)

type queryEventsParams struct {
	ID   queryRef  `json:"query-id" help:"The query's id, which create-query shows."`
	Kind eventKind `json:"event-type,omitzero" help:"Only events of this type; all of them if empty."`
}

// GET /dv/events, or /dv/events/{kind}; events are there only once the query is FINISHED, and some
// seconds later on some consoles.
func queryEvents(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-events-by-query-id-and-type", Title: "Get Events by Query ID and Type", Short: "Get events of one type", Area: "hunts", Aliases: []string{"query-events", "get-query-events"}, Main: "query-id",
		Wording: queryEventsWording(),
		Risk:    catalog.Read, Needs: "SDL Search › View", Repeatable: true,
		Doc: "Lists the events a Deep Visibility query found, newest first.",
		Examples: []string{"query-events q9679169d5a4607cc41a9100123456789",
			`get-events-by-query-id-and-type query-id=q9679169d5a4607cc41a9100123456789 event-type="Scheduled Task"`},
	}, func(ctx context.Context, call *catalog.Call, p queryEventsParams) (render.Card, error) {
		id := huntapi.QueryID(p.ID)
		rows := eventListing(call, id, p.Kind.path())
		found, lake, err := fromLake(ctx, call, kept, id)
		switch {
		case err != nil:
			return render.Card{}, err
		case lake:
			return keptEvents(ctx, call, found, rows, p.Kind.path())
		}
		rows.Page = patiently(rows.Page, lookPatience, func() {})
		rows.None = func(card render.Card) render.Card { return whyNone(ctx, call, id, card) }
		card, err := rows.Show(ctx, call, eventSorting(), new(listing.Limit)) // all of them, page by page
		var refusal *s1.Error
		if errors.As(err, &refusal) && unready(err) {
			return unreadCard(call, id, p.Kind.path(), refusal, nil), nil
		}
		return card, err
	})
}

// keptEvents lists what the bot kept of a query.
func keptEvents(ctx context.Context, call *catalog.Call, found shelved, rows listing.Listing[huntapi.Event], kind string) (render.Card, error) {
	if !found.ready {
		return whileRunning(call, found.report.id, found.status()), nil
	}
	rows.Page = found.page(kind)
	card, err := rows.Show(ctx, call, eventSorting(), new(listing.Limit))
	card.Parts = append(card.Parts, found.notes()...)
	return card, err
}

// whyNone tells a query that found nothing from one that has not finished. If the console doesn't
// say, the list is empty.
func whyNone(ctx context.Context, call *catalog.Call, id huntapi.QueryID, card render.Card) render.Card {
	status, err := call.Console.QueryStatus(ctx, id)
	if err != nil || status.State.Done() {
		return card
	}
	return whileRunning(call, id, status)
}

// The specification's example of a query was cut at its bar; the real one is in Examples.
type powerQueryParams struct {
	Start    time.Time      `json:"start-time" help:"Only events at this time or later."`
	End      time.Time      `json:"end-time" help:"Only events before this time."`
	Limit    *eventLimit    `json:"limit,omitzero" help:"Maximum number of rows; the console's own limit, 20,000, if empty."`
	Query    huntText       `json:"query" help:"A condition, then commands separated by bars: event.time = * | columns event.time, endpoint.name."`
	Accounts []s1.AccountID `json:"account-ids,omitzero" help:"Only these accounts; if empty, all that the bot's token can see."`
	Sites    []s1.SiteID    `json:"site-ids,omitzero" help:"Only these sites."`
}

func (p *powerQueryParams) Check() error { return inOrderOfTime(p.Start, p.End) }

// place completes where to look, and says it. Sites alone may mean every site to the console: their
// accounts go with them.
func (p *powerQueryParams) place(ctx context.Context, call *catalog.Call) (string, error) {
	if len(p.Sites) == 0 {
		if len(p.Accounts) == 0 {
			return "in everything the bot's token can see", nil
		}
		return theseOf("account", call.Command.Names.List(catalog.Convert[string](p.Accounts))), nil
	}
	sites, err := lookup.SiteDirectory().All(ctx, call, "site-ids", catalog.Convert[string](p.Sites))
	if err != nil {
		return "", err
	}
	var names []string
	var accounts []s1.AccountID
	for _, s := range sites {
		switch {
		case !s.AccountID.Valid() && len(p.Accounts) > 0: // who asked names the accounts
		case !s.AccountID.Valid():
			return "", catalog.Wrong("site-ids", "the console doesn't say which account %s belongs to, and without it the query could cover every site", text.Quote(s.Name))
		case len(p.Accounts) > 0 && !slices.Contains(p.Accounts, s.AccountID):
			return "", catalog.Wrong("account-ids", "%s belongs to another account (%s)", text.Quote(s.Name), cmp.Or(s.AccountName, string(s.AccountID)))
		case !slices.Contains(accounts, s.AccountID):
			accounts = append(accounts, s.AccountID)
		}
		names = append(names, text.JoinNonEmpty(" / ", s.AccountName, cmp.Or(s.Name, string(s.ID))))
	}
	if len(p.Accounts) == 0 {
		p.Accounts = accounts
	}
	return theseOf("site", strings.Join(names, ", ")), nil
}

// theseOf is "in the site Paris", "in the sites Paris, Lyon".
func theseOf(noun, names string) string {
	if strings.Contains(names, ", ") {
		noun += "s"
	}
	return "in the " + noun + " " + text.Shorten(names, 300)
}

// POST /dv/events/pq, four calls a second, or a launch of the type PQ at the data lake.
func createPowerQuery(kept *shelf) *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "create-power-query", Title: "Create Power Query", Area: "hunts", Aliases: []string{"power-query", "pq"}, Main: "query", Long: true,
		Wording: powerQueryWording(),
		Risk:    catalog.Read, Needs: "SDL Query API › View", Repeatable: true,
		Doc: "Runs a PowerQuery, waits for it and shows its rows.",
		Examples: []string{`create-power-query start-time=-24h end-time=now limit=10 query="event.time = * | columns eventTime = event.time, agentUuid = agent.uuid, siteId = site.id"`,
			`pq since=-7d until=now query="event.type = 'Login' | group count() by endpoint.name" site-ids=Paris`},
	}, func(ctx context.Context, call *catalog.Call, p powerQueryParams) (render.Card, error) {
		scope, err := p.place(ctx, call)
		if err != nil {
			return render.Card{}, err
		}
		asked := huntapi.PowerQuery{
			Query: string(p.Query), From: s1.Time{Time: p.Start}, To: s1.Time{Time: p.End}, Limit: orAll(p.Limit, 0), Accounts: p.Accounts, Sites: p.Sites,
		}
		h := &hunt{call: call, query: string(p.Query), from: p.Start, to: p.End, scope: scope}
		err = h.on(ctx, map[huntapi.HuntEngine]func() (engine, error){
			huntapi.DeepVisibility: func() (engine, error) { return powerSearch{call, asked}, nil },
			huntapi.DataLake:       func() (engine, error) { return h.powerOnLake(kept, asked) },
		})
		if err != nil {
			return render.Card{}, err
		}
		return h.run(ctx)
	})
}
