package home

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/notifier/figures"
	"s1bot/render"
	"s1bot/s1"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// person is somebody with roles, or a stranger.
func person(t testing.TB, id string, full policy.Answer) workflow.Person {
	t.Helper()
	rules, err := policy.New(policy.Settings{Operators: []policy.Member{"UALICE"}, Approvers: []policy.Member{"UBOB"}})
	require.NoError(t, err)
	return workflow.Person{Person: rules.Person(policy.Identity{ID: id, Name: strings.ToLower(id[1:]), Active: policy.Certain(true), Full: full}), Zone: time.UTC}
}

func request(ref string, state approvals.State) approvals.Request {
	plan, _ := json.Marshal(catalog.Plan{Targets: []catalog.Target{{Kind: "agent", ID: "1400000000000000001", Name: "SRV-SQL-1"}}})
	return approvals.Request{
		ID: "id" + ref, Ref: ref, Command: "disconnect-agent-from-network", Title: "Disconnect Agent From Network", Risk: "destructive", Plan: plan, Targets: 1,
		Requester: "UALICE", RequesterName: "alice", Reason: "beaconing", State: state, Quorum: 1, By: []string{policy.Approvers}, Created: noon, Expires: noon.Add(30 * time.Minute),
	}
}

// asked is a request that waits since a moment ago, by the clock of a bubble.
func asked(ref string) approvals.Request {
	r := request(ref, approvals.Pending)
	r.Created, r.Expires = time.Now(), time.Now().Add(30*time.Minute)
	return r
}

var words = Words{Find: "find", Review: "review", Thaw: "thaw"}

func drawn(s State) (text string, blocks int) {
	s.Now = noon
	if s.Consoles == nil {
		s.Consoles = one(nil)
	}
	view := Page(s, commands.All(), words).Home(render.Options{})
	body, _ := json.Marshal(view)
	return string(body), len(view.Blocks.BlockSet)
}

// one is the only console there is, with its figures.
func one(counted map[string]figures.Figure) []Console {
	return []Console{{Name: consoles.Default, Figures: counted}}
}

func counted(n int) map[string]figures.Figure {
	all := map[string]figures.Figure{figures.Health: {Name: figures.Health, At: noon}}
	for i, name := range []string{figures.Malicious, figures.Suspicious, figures.Critical, figures.High, figures.Medium, figures.Low} {
		all[name] = figures.Figure{Name: name, At: noon, Body: json.RawMessage(fmt.Sprint(n + i))}
	}
	hosts, _ := json.Marshal(figures.Endpoints{Total: 1, Named: []figures.Endpoint{{ID: "1400000000000000001", Name: "SRV-SQL-1", Site: "Paris"}}})
	all[figures.Isolated] = figures.Figure{Name: figures.Isolated, At: noon, Body: hosts}
	return all
}

func TestAnApproverSeesWhatWaitsAndHowThingsAre(t *testing.T) {
	t.Parallel()
	done := request("A-0001", approvals.Done)
	done.Term, done.Approvals = &approvals.Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour)}, []approvals.Vote{{User: "UBOB"}}
	s := State{Person: person(t, "UBOB", policy.Certain(true)), Sockets: 2, TokenEnds: TokenEnd{At: noon.Add(41 * 24 * time.Hour)}, Consoles: one(counted(9)),
		Requests: []approvals.Request{request("A-7F3A", approvals.Pending)},
		Recent:   []string{"list-agents computer-name=DESKTOP", "nonsense ((("},
		Saved:    []Line{{"morning", "threats open"}}}
	s.Consoles[0].Isolators = map[string]approvals.Request{"1400000000000000001": done}
	text, _ := drawn(s)
	for _, want := range []string{"🟢 console · 🟢 Slack · token expires in 41 days", "Waiting for you (1)", "A-7F3A", "SRV-SQL-1", "beaconing", `"Approve"`, `"Deny"`, `"Review"`,
		"Threats 19", "9 malicious · 10 suspicious", "Alerts 50", "11 critical", "Isolated now (1)", "Extend", "Reconnect", "connect-agent-to-network", "List Agents", "list-agents computer-name=DESKTOP", "Run again", "The answers come in the Messages tab", "morning", "Find a command", "IOCs"} {
		require.Contains(t, text, want)
	}
	require.Equal(t, 1, strings.Count(text, `"Run again","emoji"`), "what cannot be read any more has no button")
	require.Equal(t, 1, strings.Count(text, "Messages tab"), "once is enough")
	require.NotContains(t, text, "Your requests")
	s.Person = person(t, "UALICE", policy.Certain(true))
	text, _ = drawn(s)
	require.Contains(t, text, "Your requests (1)")
	require.Contains(t, text, `"Withdraw"`)
	require.NotContains(t, text, `"Approve"`, "nobody is offered their own request")
}

// A row has the card's buttons, so it says what an approver decides by.
func TestARowToDecideSaysForHowLongWhereAndWhatIsActive(t *testing.T) {
	t.Parallel()
	req := request("A-7F3A", approvals.Pending)
	one, several := catalog.Target{Kind: "agent", ID: "1", Name: "SRV-SQL-1", Site: "Paris", Group: "Servers", State: "online", Threats: 2, Server: true}, req
	req.Plan, _ = json.Marshal(catalog.Plan{Targets: []catalog.Target{one}})
	req.Term = &approvals.Term{For: 4 * time.Hour}
	several.Plan, _ = json.Marshal(catalog.Plan{Targets: []catalog.Target{one, {Kind: "agent", ID: "2", Name: "SRV-SQL-2", Site: "Paris", Group: "Servers", State: "offline"}}})
	for want, req := range map[string]approvals.Request{
		"SRV-SQL-1 · Paris / Servers · 🟢 online · ⚠ server · 2 active threats · for 4 hours":                                   req,
		"SRV-SQL-1, SRV-SQL-2 · 2 endpoints · all in Paris / Servers · ⚠ 1 server · 1 offline · 2 active threats · no end set": several,
	} {
		s := State{Now: noon, Person: person(t, "UBOB", policy.Certain(true)), Requests: []approvals.Request{req}}
		text, _ := drawn(s)
		require.Contains(t, text, want)
		modal, _ := json.Marshal(WaitingPage(s, commands.All(), words))
		require.Contains(t, string(modal), want)
	}
}

func TestWhileFrozenNothingIsOfferedForApproval(t *testing.T) {
	t.Parallel()
	freeze := approvals.Request{ID: "F", Requester: "UBOB", Reason: "ransomware at HQ", State: approvals.Frozen, Quorum: 2, By: []string{policy.Approvers}, Created: noon}
	text, _ := drawn(State{Person: person(t, "UBOB", policy.Certain(true)), Freeze: &freeze, Requests: []approvals.Request{request("A-7F3A", approvals.Pending)}})
	require.Contains(t, text, "ransomware at HQ")
	require.Contains(t, text, `"Thaw"`)
	require.NotContains(t, text, `"Approve"`)
	require.Contains(t, text, `"Deny"`)
	text, _ = drawn(State{Person: person(t, "UALICE", policy.Certain(true)), Freeze: &freeze})
	require.Contains(t, text, "ransomware at HQ")
	require.NotContains(t, text, `"Thaw"`, "she is no approver")
	freeze.Approvals = []approvals.Vote{{User: "UBOB"}}
	text, _ = drawn(State{Person: person(t, "UBOB", policy.Certain(true)), Freeze: &freeze})
	require.NotContains(t, text, `"Thaw"`, "his word counts once")
}

// An extension waits as a request does: for who may approve it with its button, for who asked without.
func TestAnExtensionThatWaitsIsOnHome(t *testing.T) {
	t.Parallel()
	req := request("A-ED2C", approvals.Done)
	req.Term = &approvals.Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour), Proposed: []approvals.Proposal{{Asked: "UALICE", Reason: "away", By: 4 * time.Hour, Expires: noon.Add(time.Hour)}}}
	s := State{Now: noon, Extended: []approvals.Request{req}}
	for user, want := range map[string]string{"UBOB": "Waiting for you (1)", "UALICE": "Your requests (1)"} {
		s.Person = person(t, user, policy.Certain(true))
		text, _ := drawn(s)
		modal, _ := json.Marshal(WaitingPage(s, commands.All(), words))
		for _, page := range []string{text, string(modal)} {
			require.Contains(t, page, want)
			require.Contains(t, page, "Extension by 4 hours")
			require.Equal(t, user == "UBOB", strings.Contains(page, `"Extend by 4 hours"`), page)
		}
	}
	s.Person = person(t, "UEVE", policy.Certain(true))
	text, _ := drawn(s)
	require.NotContains(t, text, "A-ED2C")
}

func TestStrangersSeeASentence(t *testing.T) {
	t.Parallel()
	s := State{Consoles: one(counted(9)), Requests: []approvals.Request{request("A-7F3A", approvals.Pending)}, Recent: []string{"list-agents"}}
	for words, full := range map[string]policy.Answer{"This bot is for full members": policy.Certain(false), "I can't look you up in Slack": policy.CannotTell("slack is down")} {
		s.Person = person(t, "UEVE", full)
		text, blocks := drawn(s)
		require.Contains(t, text, words)
		require.Equal(t, 1, blocks)
		require.NotContains(t, text, "A-7F3A")
	}
	s.Person = person(t, "UMALLORY", policy.Certain(true))
	text, _ := drawn(s)
	require.NotContains(t, text, "A-7F3A", "who has no role decides nothing")
	require.Contains(t, text, "Threats")
}

// Each console has its own figures, its own isolated endpoints, be their ids equal, and buttons that act there.
func TestSeveralConsolesAreShownApart(t *testing.T) {
	t.Parallel()
	down := map[string]figures.Figure{figures.Health: {Failed: "no answer"}, figures.Isolated: {Failed: "no answer"}}
	by := request("A-0001", approvals.Done)
	req := request("A-7F3A", approvals.Pending)
	req.Console = "us"
	s := State{Person: person(t, "UBOB", policy.Certain(true)), TokenEnds: TokenEnd{At: noon.Add(3 * 24 * time.Hour), Of: "us"}, Requests: []approvals.Request{req},
		Recent: []string{"list-agents console=US", "list-threats console=gone"},
		Consoles: []Console{
			{Name: "emea", Stamp: "emea", Figures: counted(9), Isolators: map[string]approvals.Request{"1400000000000000001": by}},
			{Name: "us", Stamp: "us", Figures: counted(1)}, {Name: "apac", Stamp: "apac", Figures: down},
		}}
	text, _ := drawn(s)
	for _, want := range []string{"🟢 emea · 🟢 us · 🔴 apac: no answer", "us's token expires in 3 days", "Open threats and alerts in emea", "Threats 19", "Open threats and alerts in us", "Threats 3", "Open threats and alerts in apac",
		"Isolated now (2)", "SRV-SQL-1* (Paris) · emea · ", "SRV-SQL-1* (Paris) · us · isolated outside Slack", "apac: Couldn't check: no answer", `" · us"`} {
		require.Contains(t, text, want)
	}
	page := Page(s, commands.All(), words)
	acts := map[string][]string{}
	for _, section := range page.Sections {
		for _, row := range section.Rows {
			for _, a := range row.Actions {
				if b, ok := a.(render.Button); ok {
					acts[section.Title] = append(acts[section.Title], b.Label+" "+b.Do.Console)
				}
			}
		}
	}
	require.Equal(t, []string{"Show us", "Show us"}, acts["Open threats and alerts in us"])
	require.Equal(t, []string{"Reconnect emea", "Reconnect us"}, acts["Isolated now (2)"])
	require.Equal(t, []string{"Run again us"}, acts["Recent and saved"], "what names a console that is gone has no button")
}

func TestWhoIsolatedAnEndpointIsToldOfItsOwnConsole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.Consoles = called(t, "emea", "us")
	r.Figures = isolatedOn{"emea", "us"}
	mine := request("A-0001", approvals.Done)
	mine.Console, mine.Started = "us", noon
	over := request("A-0002", approvals.Done)
	over.Console, over.Started, over.Undone = "us", noon.Add(time.Hour), &approvals.Undone{Ref: "A-0003"} // what is isolated now is not its doing
	r.requests = []approvals.Request{mine, over}
	s, err := r.state(t.Context(), "UBOB")
	require.NoError(t, err)
	require.Len(t, s.Consoles, 2)
	require.Empty(t, s.Consoles[0].Isolators, "an endpoint of the same id")
	require.Equal(t, "A-0001", s.Consoles[1].Isolators["1400000000000000001"].Ref)
	require.JSONEq(t, "2", string(s.Consoles[1].Figures[figures.Malicious].Body))
}

// isolatedOn are consoles on which an endpoint is isolated.
type isolatedOn []string

func (names isolatedOn) All(context.Context) (map[string]figures.Figure, error) {
	all := map[string]figures.Figure{}
	for i, name := range names {
		for what, f := range counted(i + 1) {
			all[figures.Of(what, name)] = f
		}
	}
	return all, nil
}

func (isolatedOn) SetFigure(context.Context, figures.Figure) error { return nil }

func TestWhatWasNotCountedIsNoZero(t *testing.T) {
	t.Parallel()
	all := counted(9)
	s := State{Person: person(t, "UBOB", policy.Certain(true)), Consoles: one(all)}
	failed := all[figures.Malicious]
	failed.Failed = "status 403"
	all[figures.Malicious], all[figures.Isolated] = failed, figures.Figure{Failed: "status 403"}
	delete(all, figures.High)
	text, _ := drawn(s)
	require.Contains(t, text, "I can't count them right now: status 403")
	require.NotContains(t, text, "Threats 19")
	require.Contains(t, text, "Couldn't check: status 403")
	require.NotContains(t, text, "Isolated now (0)")
	text, _ = drawn(State{Person: s.Person})
	require.Contains(t, text, "not counted yet")
	require.Contains(t, text, "console: not checked yet")
	require.NotContains(t, text, "Threats 0")
}

func TestAHomeTabNeverHasMoreThanSlackTakes(t *testing.T) {
	t.Parallel()
	s := State{Person: person(t, "UBOB", policy.Certain(true)), Consoles: one(counted(1))}
	for i := range 500 {
		req := request(fmt.Sprintf("A-%04X", i), approvals.Pending)
		req.Title, req.Reason = strings.Repeat("<!channel> ", 500), strings.Repeat("*", 5000)
		s.Requests = append(s.Requests, req)
		s.Recent = append(s.Recent, strings.Repeat("list-agents ", 400))
		s.Saved = append(s.Saved, Line{strings.Repeat("x", 300), strings.Repeat("y", 9000)})
	}
	text, blocks := drawn(s)
	require.LessOrEqual(t, blocks, 100)
	require.Less(t, len(text), 250_000)
	require.Contains(t, text, "Waiting for you (500)")
	require.Contains(t, text, "… and 490 more")
	require.Contains(t, text, "Find a command", "what comes last has room, too")

	s.Unread = true
	text, _ = drawn(s)
	require.Contains(t, text, "Waiting for you (at least 500)")
	require.Contains(t, text, "… and at least 490 more")
	s.Requests = s.Requests[:3]
	text, _ = drawn(s)
	require.Contains(t, text, "Waiting for you (at least 3)")
	require.Contains(t, text, "There may be more")
}

// rig is a keeper at fake edges that count.
type rig struct {
	*Keeper
	mu        sync.Mutex
	reads     int
	published map[string][]string
	fails     error
	requests  []approvals.Request
	views     map[string]*viewer
	opened    map[string]time.Time
}

func newRig(t testing.TB) *rig {
	r := &rig{published: map[string][]string{}, views: map[string]*viewer{}, opened: map[string]time.Time{}}
	r.Keeper = New(Config{Catalog: commands.All(), Consoles: called(t, consoles.Default), Ledger: r, Figures: noFigures{}, Views: r, History: noLines{}, Saved: func(context.Context, string) ([]Line, error) { return nil, nil }, Publisher: r, Words: words, Every: 5 * time.Second,
		Who:     func(_ context.Context, id string) workflow.Person { return person(t, id, policy.Certain(true)) },
		Sockets: func() int { return 1 }, TokenEnds: func() TokenEnd { return TokenEnd{} }, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	return r
}

// called is a set of consoles of which only the names matter.
func called(t testing.TB, names ...string) *consoles.Set {
	t.Helper()
	var all []consoles.Console
	for _, name := range names {
		client, err := s1.New(s1.Config{BaseURL: "https://" + name + ".example", Token: s1.NewSecret("x")})
		require.NoError(t, err)
		all = append(all, consoles.Console{Name: name, Client: client, Catalog: commands.All()})
	}
	set, err := consoles.NewSet(all...)
	require.NoError(t, err)
	return set
}

type noFigures struct{}

func (noFigures) All(context.Context) (map[string]figures.Figure, error) { return nil, nil }
func (noFigures) SetFigure(context.Context, figures.Figure) error        { return nil }

type noLines struct{}

func (noLines) Last(context.Context, string, int) ([]string, error) { return nil, nil }

func (r *rig) Find(_ context.Context, q approvals.Query) ([]approvals.Request, error) {
	if !q.Due.IsZero() {
		return nil, nil // no isolation has an end
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	return r.requests, nil
}
func (r *rig) Frozen(context.Context) (approvals.Request, bool, error) {
	return approvals.Request{}, false, nil
}
func (r *rig) Publish(_ context.Context, user string, page render.Page) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails != nil {
		return r.fails
	}
	body, err := json.Marshal(page)
	r.published[user] = append(r.published[user], string(body))
	return err
}
func (r *rig) Opened(_ context.Context, user string, at time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.views[user] == nil {
		r.views[user] = &viewer{}
	}
	r.opened[user] = at
	return nil
}

type viewer struct {
	published time.Time
	print     string
}

func (r *rig) Viewers(_ context.Context, since, notAfter time.Time) (all []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for user, v := range r.views {
		if !r.opened[user].Before(since) && !v.published.After(notAfter) {
			all = append(all, user)
		}
	}
	return all, nil
}
func (r *rig) Claim(_ context.Context, user, print string, now, notAfter time.Time, force bool) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.views[user]
	if v.published.After(notAfter) || !force && v.print == print {
		return false, nil
	}
	v.print, v.published = print, now
	return true, nil
}
func (r *rig) Release(_ context.Context, user string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.views[user].print = ""
	return nil
}

func (r *rig) count(user string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.published[user])
}

func TestAHundredPeopleWhoOpenItTogetherReadItOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		var opening sync.WaitGroup
		for i := range 100 {
			opening.Go(func() { require.NoError(t, r.Keeper.Opened(t.Context(), fmt.Sprintf("U%03d", i))) })
		}
		opening.Wait()
		for i := range 100 {
			require.Equal(t, 1, r.count(fmt.Sprintf("U%03d", i)))
		}
		require.Equal(t, 1, r.reads, "requests were read once for all")
	})
}

// runs has the keeper keep tabs up to date until the test ends.
func (r *rig) runs(t *testing.T) context.Context {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go r.Run(ctx)
	return ctx
}

func TestATabFollowsWhatChangesAtMostEveryTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		ctx := r.runs(t)
		require.NoError(t, r.Keeper.Opened(ctx, "UBOB"))
		require.NoError(t, r.Keeper.Opened(ctx, "UBOB"))
		require.Equal(t, 1, r.count("UBOB"), "opened twice within ten seconds")
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 1, r.count("UBOB"), "nothing changed")
		for i := range 30 { // something every second
			r.mu.Lock()
			req := asked(fmt.Sprintf("A-%04d", i))
			req.Expires = time.Now().Add(time.Hour)
			r.requests = []approvals.Request{req}
			r.mu.Unlock()
			time.Sleep(time.Second)
			synctest.Wait()
		}
		require.GreaterOrEqual(t, r.count("UBOB"), 3)
		require.LessOrEqual(t, r.count("UBOB"), 4)
		require.Contains(t, r.published["UBOB"][r.count("UBOB")-1], "A-00")
	})
}

func TestATabThatNobodyLooksAtForADayStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.Every = time.Minute
		ctx := r.runs(t)
		require.NoError(t, r.Keeper.Opened(ctx, "UBOB"))
		changes := func() (edits int) {
			before := r.count("UBOB")
			r.mu.Lock()
			r.requests = append(r.requests, asked(fmt.Sprintf("A-%04d", len(r.requests))))
			r.mu.Unlock()
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			return r.count("UBOB") - before
		}
		require.Equal(t, 1, changes())
		time.Sleep(25 * time.Hour)
		require.Zero(t, changes())
	})
}

func TestATabFollowsAtOnceWhatItsOwnerDidThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.Every = time.Minute
		ctx := r.runs(t)
		act := func(ref string) {
			r.mu.Lock()
			r.requests = []approvals.Request{asked(ref)}
			r.mu.Unlock()
			r.Acted("UBOB")
			synctest.Wait()
		}
		require.NoError(t, r.Keeper.Opened(ctx, "UBOB"))
		time.Sleep(11 * time.Second)
		act("A-0001")
		require.Equal(t, 2, r.count("UBOB"), "at once")
		act("A-0002")
		require.Equal(t, 2, r.count("UBOB"), "at most every ten seconds")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		require.Equal(t, 3, r.count("UBOB"), "as soon as it may")
	})
}

func TestWhatDidNotGetThereIsPublishedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		ctx := r.runs(t)
		r.fails = errors.New("hash_conflict")
		require.Error(t, r.Keeper.Opened(ctx, "UBOB"))
		r.mu.Lock()
		r.fails = nil
		r.mu.Unlock()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		require.Equal(t, 1, r.count("UBOB"))
		r.mu.Lock()
		r.fails, r.reads = ErrOff, 0
		r.requests = []approvals.Request{asked("A-7F3A")}
		r.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		r.mu.Lock()
		defer r.mu.Unlock()
		require.LessOrEqual(t, r.reads, 2, "an app without a Home tab is asked again in an hour")
	})
}

// Who has no role sees how things are, and no button that can only ever refuse: what takes back,
// what extends, what ran before and changes something. A role that nobody could look up is none that
// they lack.
func TestWhoHasNoRoleIsOfferedNoChange(t *testing.T) {
	t.Parallel()
	done := request("A-0001", approvals.Done)
	done.Term, done.Approvals = &approvals.Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour)}, []approvals.Vote{{User: "UBOB"}}
	s := State{Now: noon, Person: person(t, "UMALLORY", policy.Certain(true)), Consoles: one(counted(1)), Recent: []string{"isolate SRV-SQL-1 reason=test", "agents"}, Saved: []Line{{"cut", "isolate SRV-SQL-1 reason=test"}}}
	s.Consoles[0].Isolators = map[string]approvals.Request{"1400000000000000001": done}
	changes := []string{`"Extend"`, `"Reconnect"`, `"Run"`, " · shutdown", "isolate · "}
	text, _ := drawn(s)
	for _, want := range append(changes, "connect-agent-to-network") {
		require.NotContains(t, text, want)
	}
	require.Equal(t, 1, strings.Count(text, `"Run again"`), "what only reads is theirs")
	for _, state := range []string{"Isolated now (1)", "SRV-SQL-1", "until", "Threats", "Find a command", "threats · ", "You have no role here"} {
		require.Contains(t, text, state)
	}
	for _, open := range []workflow.Person{person(t, "UALICE", policy.Certain(true)), {Person: policy.Person{ID: "UMALLORY", Full: policy.Certain(true)}}} {
		s.Person = open
		text, _ = drawn(s)
		for _, want := range changes {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, "You have no role here")
	}
}
