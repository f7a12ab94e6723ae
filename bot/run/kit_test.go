package run

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/bot/jobs"
	"s1bot/bot/library"
	"s1bot/bot/post"
	"s1bot/bot/seal"
	"s1bot/bot/store"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands"
	"s1bot/commands/consoles"
	"s1bot/commands/plain"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// The kit is a runner with its forms, searches and pages, on a database in memory, a simulated console and a canned Slack. Alice may ask, bob
// approves, dave has no role, and guest is one.
const (
	alice = "U0ALICE"
	bob   = "U0BOB"
	dave  = "U0DAVE"
	guest = "U0GUEST"
)

type kit struct {
	t        *testing.T
	runner   *Runner
	forms    *Forms
	searches *Searches
	pages    *Pages
	slack    *webapitest.Slack
	console  *s1sim.Console
	desk     *desk
	counted  []string
	n        int // interactions so far
}

// A desk is what a workflow needs of Slack: it keeps what was posted, and what long work was begun.
type desk struct {
	posted []string
	began  []jobs.Job
	policy policy.Policy
}

func (d *desk) Post(_ context.Context, channel, _, _ string, card render.Card) (workflow.Message, error) {
	d.posted = append(d.posted, channel+": "+card.Text)
	return workflow.Message{Channel: channel, TS: "1.1"}, nil
}
func (d *desk) Edit(context.Context, string, string, render.Card) error { return nil }
func (d *desk) Replace(context.Context, string, render.Card) error      { return nil }
func (d *desk) Find(context.Context, workflow.Search) ([]string, error) { return nil, nil }

func (d *desk) Deliver(ctx context.Context, user string, _ render.Origin, card render.Card) (workflow.Message, error) {
	return d.Post(ctx, user, "", "", card)
}
func (d *desk) Tell(_ context.Context, topic, _ string) {
	d.posted = append(d.posted, "operators: "+topic)
}
func (d *desk) Settle(context.Context, string, string)                           {}
func (d *desk) Show(context.Context, render.Card)                                {}
func (d *desk) Thread(context.Context, render.Origin) string                     { return "" }
func (d *desk) Watch(context.Context, workflow.Watch) error                      { return nil }
func (d *desk) Gate(ctx context.Context) context.Context                         { return ctx }
func (d *desk) Start(_ context.Context, j jobs.Job) error                        { d.began = append(d.began, j); return nil }
func (d *desk) Direct(context.Context, string) (string, error)                   { return "", nil }
func (d *desk) SetDirect(context.Context, string, string) error                  { return nil }
func (d *desk) Follow(context.Context, approvals.Request, json.RawMessage) error { return nil }

func (d *desk) Who(_ context.Context, id string) workflow.Person {
	full := policy.Certain(id != guest)
	return workflow.Person{Person: d.policy.Person(policy.Identity{ID: id, Name: strings.ToLower(id[2:]), Active: policy.Certain(true), Full: full}), Zone: time.UTC}
}
func (d *desk) Afresh(ctx context.Context, id string) workflow.Person { return d.Who(ctx, id) }

// meter counts into the kit.
type meter struct {
	Unmetered
	k *kit
}

func (m meter) Command(name, outcome string) { m.k.counted = append(m.k.counted, name+" "+outcome) }

type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func newKit(t *testing.T, rules ...policy.Rule) *kit {
	t.Helper()
	k := &kit{t: t, slack: webapitest.New(), console: s1sim.New(s1sim.Options{Empty: true, Agents: -1}), desk: &desk{}}
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-2"})
	client, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{k.console}}, RetryPause: time.Nanosecond})
	require.NoError(t, err)
	all := commands.All()
	set, err := consoles.NewSet(consoles.Console{Name: consoles.Default, Client: client, Catalog: all})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), "sqlite::memory:", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	ledger, err := approvals.New(approvals.Config{Store: db.Requests(), Owner: "kit", Logger: log})
	require.NoError(t, err)
	k.desk.policy, err = policy.New(policy.Settings{Operators: policy.Members([]string{alice}), Approvers: policy.Members([]string{bob}), Channel: "C0APPROVE", Rules: rules})
	require.NoError(t, err)
	current := func() policy.Policy { return k.desk.policy }
	flow := workflow.New(workflow.Config{
		Ledger: ledger, Catalog: all, Consoles: set, Policy: current, Messenger: k.desk, People: k.desk, Operators: k.desk, Threads: k.desk, Background: k.desk,
		Explain: func(_ string, err error) (render.Card, error) { return render.Notice(err.Error()), nil },
		Enqueue: func(string, func(context.Context)) {}, Conclude: func(context.Context, string, func(context.Context)) {}, Tick: time.Hour, Now: time.Now, Log: log,
	})
	api, sealer := k.slack.API(), seal.Sealer{Key: s1.NewSecret("key")}
	messenger := &post.Messenger{
		Seal: sealer.Click, API: api, Uploads: api, HTTP: k.slack.HTTP(), Console: "http://localhost", Directs: k.desk, Clips: db.Clips(), Log: log,
		Find:     func(context.Context, string, string, string, time.Time) ([]string, error) { return nil, nil },
		Attached: func(context.Context, string, string, string) (bool, error) { return false, nil },
	}
	responder := &exchange.Responder{Post: messenger, Operators: k.desk, Address: func() string { return "https://soc.slack.com/" }, Log: log}
	gate := &exchange.Gate{People: k.desk, Trail: ledger, Log: log}
	caller := Caller{Queries: db.Queries(), Columns: db.Columns(), Now: time.Now, Log: log}
	settler := exchange.Settler{Set: set, Subjects: exchange.Subjects{Log: log}}
	shelf := library.Library{Catalog: all, History: db.History(), Store: db.Saved(), Own: []string{"help"}, Now: time.Now}
	k.forms = &Forms{Catalog: all, Library: shelf, Settler: settler, Caller: caller, Rules: flow.Gate, Gate: gate, Views: api, Seal: sealer, Responder: responder, Consoles: []string{"http://localhost"}, Log: log}
	k.searches = &Searches{Library: shelf, Settler: settler, Caller: caller, Rules: flow.Gate, Policy: current, Gate: gate, Log: log}
	k.pages = &Pages{Views: api, Homes: api, Actions: messenger, Seal: sealer, Consoles: []string{"http://localhost"}, Operators: k.desk, Log: log}
	sentences := plain.New(all)
	k.runner = &Runner{
		Catalog: all, Settler: settler, Caller: caller, Policy: current, Gate: flow.Gate, Submitter: flow.Submitter, History: db.History(), Jobs: k.desk,
		Forms: k.forms, Responder: responder, Meter: meter{k: k}, Words: []string{"help", ""}, Sentences: sentences, Library: shelf, Now: time.Now, Log: log,
	}
	return k
}

// by is somebody in a channel, with a trigger that opens a form.
func (k *kit) by(user string) exchange.Interaction {
	k.n++ // no two have the same key: that would be the same thing, delivered twice
	a := exchange.Interaction{Interaction: workflow.Interaction{User: user, At: exchange.Origin{Channel: "C0SOC", ResponseURL: "http://slack.test/respond", Key: fmt.Sprint(k.n)}}, Trigger: "t.1"}
	a.Who = k.desk.Who(k.t.Context(), user)
	return a
}

// types is somebody who types a line; it returns what they read, and the error.
func (k *kit) types(user, line string) (string, error) {
	k.t.Helper()
	a := k.by(user)
	a.Line = line
	k.slack.Forget()
	err := k.runner.Command(k.t.Context(), a)
	return k.said(), err
}

// does is somebody who clicks on what carries an invocation.
func (k *kit) does(user string, do render.Invocation) (string, error) {
	k.t.Helper()
	a := k.by(user)
	a.Do, a.Drawn = do, true
	k.slack.Forget()
	err := k.runner.Invoke(k.t.Context(), a)
	return k.said(), err
}

// said is the last that Slack was told, by its method and in full.
func (k *kit) said() string {
	calls := k.slack.Calls()
	if len(calls) == 0 {
		return ""
	}
	last := calls[len(calls)-1]
	return last.Method + " " + last.Blocks()
}

// sent is a form that was opened last, as Slack sends it back with these values.
func (k *kit) sent(user string, values map[string]string) inbound.Payload {
	k.t.Helper()
	calls := k.slack.Calls("views.open", "views.update", "views.push")
	require.NotEmpty(k.t, calls, "no form is open")
	var view slack.View
	require.NoError(k.t, json.Unmarshal([]byte(calls[len(calls)-1].Get("view")), &view))
	view.ID, view.State = "V1", &slack.ViewState{Values: map[string]map[string]slack.BlockAction{}}
	for _, block := range view.Blocks.BlockSet {
		input, ok := block.(*slack.InputBlock)
		if !ok {
			continue
		}
		value := values[input.BlockID]
		view.State.Values[input.BlockID] = map[string]slack.BlockAction{"x": {Type: slack.ActionType(input.Element.ElementType()), Value: value, SelectedOption: slack.OptionBlockObject{Value: value}}}
	}
	p := inbound.Payload{Type: inbound.Submission, User: inbound.Sender{ID: user}, View: view}
	p.Form, p.FormErr = k.forms.Seal.ReadForm(view, user)
	return p
}

// checks is what Slack is told of a form: empty where it can go.
func (k *kit) checks(in inbound.Payload) string {
	k.t.Helper()
	answer := k.forms.CheckForm(k.t.Context(), in)
	if answer == nil {
		return ""
	}
	body, err := json.Marshal(answer)
	require.NoError(k.t, err)
	return string(body)
}
