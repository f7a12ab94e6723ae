package bot

import (
	"context"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/bot/casework"
	"s1bot/bot/chat"
	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/inbound"
	"s1bot/bot/intake"
	"s1bot/bot/jobs"
	"s1bot/bot/library"
	"s1bot/bot/people"
	"s1bot/bot/post"
	"s1bot/bot/report"
	"s1bot/bot/run"
	"s1bot/bot/seal"
	"s1bot/bot/setup"
	"s1bot/bot/socketmode"
	"s1bot/bot/webapi"
	"s1bot/commands/consoles"
	"s1bot/commands/plain"
	"s1bot/render"
)

// The parts of a bot are put together here: each gets what it asks for and knows nothing of the
// others. They are made from the outside in: ways to Slack and to people, the workflow of requests,
// commands, words, and last what takes in what Slack delivers.
//
// Two knots cannot be cut by order and are tied afterwards: the workflow and the jobs need each
// other (background.jobs), and help lists all words, of which it is one (vocabulary is a map that
// is filled last).

// ways are how the bot reaches Slack and the people there.
type ways struct {
	seal      seal.Sealer
	finder    chat.Finder
	post      *post.Messenger
	people    *people.Directory
	operators *people.Operators
	responder *exchange.Responder
	gate      *exchange.Gate
	caller    run.Caller
	settler   exchange.Settler
	subjects  exchange.Subjects
}

// client is a client of the Web API whose calls may take as long as limit.
func (b *Bot) client(limit time.Duration) (*http.Client, *slack.Client) {
	return webapi.New(webapi.Config{Tokens: b.Tokens, Address: b.APIURL, Timeout: limit, Count: b.Meter.SlackRequest})
}

// wire makes the parts.
func (b *Bot) wire() error {
	client, api := b.client(slackLimit)
	b.api = api
	work := intake.Chores{Work: intake.NewWork(b.Log)}
	first := intake.NewAcksFirst(work.Work)
	w, err := b.wireSlack(client, first.GiveWay)
	if err != nil {
		return err
	}
	b.wireWorkflow(w, work, func(ctx context.Context) { first.GiveWay(intake.Patient(ctx)) })
	shelf := library.Library{Catalog: b.Catalog, History: b.History, Store: b.Saved, Own: BuiltinWords(), Words: inPalette(), Menus: setup.Menus(), Now: b.Now}
	forms := &run.Forms{Library: shelf, Catalog: b.Catalog, Settler: w.settler, Caller: w.caller, Rules: b.flow.Gate, Gate: w.gate, Views: api, Seal: w.seal, Responder: w.responder, Consoles: b.addresses(), Unsettled: b.unsettled(), Log: b.Log}
	sentences := plain.New(b.Catalog)
	searches := &run.Searches{Library: shelf, Settler: w.settler, Caller: w.caller, Rules: b.flow.Gate, Policy: b.Policy, Gate: w.gate, Log: b.Log}
	handler := b.wireHandler(w, forms, searches, sentences, shelf, work)
	reader := inbound.Reader{Self: b.self.ids, Seal: w.seal, Catalog: b.Catalog}
	b.scheduler = &intake.Scheduler{
		Chores: work, First: first, Inbox: b.Inbox, Reader: reader, Handler: handler, Later: handler.postponer.later, People: w.people, Responder: w.responder, Words: handler.words, Pools: handler.shortcuts.pools, Meter: b.Meter, Log: b.Log,
	}
	b.intake = &intake.Receiver{
		Queue: intake.NewQueue(b.Log), First: first,
		Inbox: b.Inbox, Reader: reader, Forms: forms, Scheduler: b.scheduler, Meter: b.Meter, Log: b.Log,
		Searches: searches,
	}
	b.sockets = socketmode.New(b.Sockets, b.openSocket, b.intake.Receive, b.Log)
	return nil
}

// wireSlack makes the ways to Slack and to people, and what others ask of them. Messages call
// giveWay before they are drawn.
//
// Uploads have a client of their own, because a file of many megabytes takes longer than a call of
// the Web API may.
func (b *Bot) wireSlack(client *http.Client, giveWay func(context.Context)) (w ways, err error) {
	_, uploads := b.client(intake.WorkLimit)
	w.seal = seal.Sealer{Key: b.SealKey}
	w.finder = chat.Finder{API: b.api, Self: b.self.ids}
	w.post = &post.Messenger{
		Seal: w.seal.Click, API: b.api, Uploads: uploads, HTTP: client, Console: b.addresses()[0], Others: b.addresses()[1:], Unsettled: b.unsettled(), Clips: b.Clips, Directs: b.Directs,
		Find: w.finder.Find, Attached: w.finder.Attached, GiveWay: giveWay, Log: b.Log,
	}
	w.people, err = people.New(people.Config{API: b.api, Team: func() string { return b.self.Team }, Policy: b.Policy, Now: b.Now, Log: b.Log})
	if err != nil {
		return w, err
	}
	w.operators = people.NewOperators(w.people, w.post, b.OperatorChannels)
	w.responder = &exchange.Responder{Post: w.post, Operators: w.operators, Kept: b.Clips, Address: func() string { return b.self.Address }, Log: b.Log}
	w.gate = &exchange.Gate{People: w.people, Trail: b.Ledger, Log: b.Log}
	w.caller = run.Caller{Queries: b.Queries, Exports: b.Exports, Columns: b.Columns, Now: b.Now, Log: b.Log}
	w.subjects = exchange.Subjects{Source: b.Notices, Log: b.Log}
	w.settler = exchange.Settler{Set: b.Consoles, Subjects: w.subjects}
	b.people = w.people
	b.roles = &people.RoleWatch{Directory: w.people, Operators: w.operators, Finder: w.finder, Trail: b.Ledger, Tick: b.Tick}
	b.Channels = &chat.Channels{Finder: w.finder, Messenger: w.post, Groups: w.people, Operators: w.operators}
	b.Shifts = b.shifts()
	return w, nil
}

// shifts are the reports of each console.
func (b *Bot) shifts() (all report.All) {
	for _, c := range b.Consoles.All() {
		all = append(all, report.Shifts{
			Console: c.Client, Links: c.Client, Requests: b.Ledger, Catalog: c.Catalog, Now: b.Now, Label: b.Consoles.Label(c), Stamp: b.Consoles.Stamp(c),
			About: func(req approvals.Request) bool {
				on, err := b.Consoles.Carried(req.Console)
				return err == nil && on.Name == c.Name
			},
			Snoozes: b.snoozesOf(b.Consoles.Mark(c)),
		})
	}
	return all
}

// snoozesOf reads what is snoozed on one console, by its mark; nil where nothing is told.
func (b *Bot) snoozesOf(mark string) func(context.Context) ([]report.Snooze, error) {
	if b.Snoozes == nil {
		return nil
	}
	return func(ctx context.Context) ([]report.Snooze, error) { return b.Snoozes(ctx, mark, b.Now()) }
}

// addresses are those of the consoles.
func (b *Bot) addresses() (addresses []string) {
	for _, c := range b.Consoles.All() {
		addresses = append(addresses, c.Client.ConsoleURL())
	}
	return addresses
}

// unsettled is the console that buttons carry of which nobody knows for which one they are.
func (b *Bot) unsettled() string {
	if !b.Consoles.Several() {
		return ""
	}
	return consoles.Unsettled
}

// wireWorkflow makes the workflow of requests and the jobs, which need each other: a request is watched as a job.
func (b *Bot) wireWorkflow(w ways, work intake.Chores, giveWay func(context.Context)) {
	long := &background{now: b.Now}
	b.flow = workflow.New(workflow.Config{
		Ledger: b.Ledger, Catalog: b.Catalog, Consoles: b.Consoles, Queries: b.Queries, Policy: b.Policy, Changed: b.Changed,
		Messenger: messenger{w.post, w.finder, w.responder}, People: w.people, Operators: w.operators, Threads: threads{w.subjects}, Background: long,
		Explain: func(ref string, err error) (render.Card, error) {
			return exchange.Explain(exchange.Interaction{Interaction: workflow.Interaction{At: exchange.Origin{Key: ref}}}, err)
		},
		Count: b.Meter.Command, Enqueue: work.PushFor, Conclude: work.Conclude, GiveWay: giveWay, Tick: b.Tick, Now: b.Now, Log: b.Log,
	})
	b.jobs = jobs.New(jobs.Config{
		Store: b.Jobs, Messages: w.post, Responder: w.responder, Watcher: b.flow.Watcher, Log: b.Log,
		Commands: longWork{gate: w.gate, settler: w.settler, caller: w.caller, meter: b.Meter},
	})
	long.jobs = b.jobs
}

// wireHandler makes what runner commands, the bot's own words, and what works on deliveries with both.
func (b *Bot) wireHandler(w ways, forms *run.Forms, searches *run.Searches, sentences *plain.Reader, shelf library.Library, work intake.Chores) *handler {
	runner := &run.Runner{
		Catalog: b.Catalog, Settler: w.settler, Caller: w.caller, Policy: b.Policy, Gate: b.flow.Gate, Submitter: b.flow.Submitter, History: b.History, Jobs: b.jobs,
		Forms: forms, Responder: w.responder, Meter: b.Meter, Words: append(BuiltinWords(), ""), Sentences: sentences, Library: shelf, Now: b.Now, Log: b.Log,
	}
	pages := &run.Pages{
		Views: b.api, Homes: b.api, Actions: w.post, Seal: w.seal, Consoles: b.addresses(), Unsettled: b.unsettled(), Operators: w.operators, Log: b.Log,
	}
	greetings := b.wireHome(w, pages)
	words := vocabulary{}
	help := helpWords{words: words, library: shelf, catalog: b.Catalog, set: b.Consoles, forms: forms, responder: w.responder, runner: runner}
	my := myWords{catalog: b.Catalog, requests: b.Ledger, home: b.home, responder: w.responder, now: b.Now}
	requests := requestWords{
		waiting: my.list, flow: b.flow, policy: b.Policy, ledger: b.Ledger, gate: w.gate, forms: forms, responder: w.responder, log: b.Log,
	}
	notices := noticeWords{catalog: b.Catalog, source: b.Notices, subjects: w.subjects, trail: b.Ledger, runner: runner, responder: w.responder, now: b.Now}
	files := casework.Cases{Catalog: b.Catalog, Settler: w.settler, Call: w.caller.Call, Gate: runner, Ledger: b.Ledger, Exports: b.Exports, Answers: w.responder, Now: w.caller.Now}
	words.add(answerers{
		help: help, greetings: greetings, cases: files, notices: notices, requests: requests,
		my:     my,
		dryRun: dryRunWord{preview: b.flow.Preview, catalog: b.Catalog, settler: w.settler, responder: w.responder, now: b.Now},
		report: reportWord{shifts: b.Shifts, responder: w.responder, people: w.people, now: b.Now},
		extend: extendWord{extensions: b.flow.Extensions, requests: requests, forms: forms, responder: w.responder},
		jobs:   jobWords{jobs: b.jobs, responder: w.responder}, columns: columnsWords{store: b.Columns, runner: runner},
	}.builtins())
	return &handler{
		greetings: greetings, home: b.home,
		shortcuts: &shortcuts{
			help: help, notices: notices, my: my, home: b.home, pages: pages, searches: searches,
			slots: work.Work, pools: intake.Pools{Settler: w.settler, Requests: b.Ledger, Library: shelf, Words: words},
			address: func() string { return b.self.Address }, user: func() string { return b.self.User }, log: b.Log,
		},
		gate: w.gate, runner: runner, words: words, talk: decisionTalk{words: words, requests: b.Ledger, cards: b.Ledger.Cards(), responder: w.responder}, responder: w.responder, catalog: b.Catalog,
		postponer: &postponer{requests: b.Ledger, shown: b.flow.Decisions, rules: b.flow.Gate, responder: w.responder, later: &intake.Waiting{}, now: b.Now},
		made:      b.Ledger, clips: b.Clips, directs: w.post, bots: w.people, meter: b.Meter, now: b.Now, log: b.Log,
	}
}

// savedLines are what a person saved, as Home shows it.
func savedLines(store library.Store) func(context.Context, string) ([]home.Line, error) {
	return func(ctx context.Context, user string) (lines []home.Line, err error) {
		saved, err := store.All(ctx, user)
		for _, s := range saved {
			lines = append(lines, home.Line{Name: s.Name, Text: s.Line})
		}
		return lines, err
	}
}

// wireHome makes what keeps Home tabs, and what greets.
func (b *Bot) wireHome(w ways, pages *run.Pages) *greetings {
	b.home = home.New(home.Config{
		Catalog: b.Catalog, Consoles: b.Consoles, Ledger: b.Ledger, Figures: b.Figures, Views: b.Homes, History: b.History, Saved: savedLines(b.Saved), Publisher: pages, Who: w.people.Who,
		Sockets: b.Ready, TokenEnds: b.TokenEnds, Words: home.Words{Find: library.FindWord, Review: reviewWord, Thaw: thawWord}, Every: b.Tick, Patience: 3 * time.Second, Now: b.Now, Log: b.Log,
	})
	return &greetings{
		catalog: b.Catalog, home: b.home, greeted: b.Homes, post: w.post, people: w.people, gate: w.gate, responder: w.responder, policy: b.Policy,
		feeds: b.Feeds, now: b.Now, log: b.Log,
	}
}
