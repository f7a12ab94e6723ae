package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/store"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// The kit is a workflow with a real ledger, a real database, the real commands and a simulated console. What Slack does stands in maps.
// Alice may run things, bob and carol approve, and dave is a member without a role.
const (
	channel = "CAPPROVALS"
	alice   = "UALICE"
	bob     = "UBOB"
	carol   = "UCAROL"
	dave    = "UDAVE"
)

type kit struct {
	t          *testing.T
	console    *s1sim.Console
	ledger     *approvals.Ledger
	store      approvals.Store
	closeStore func() error
	catalog    *catalog.Catalog
	flow       *Workflow
	chat       *chat
	people     *roster
	jobs       *jobs

	mu     sync.Mutex
	policy policy.Policy
	ahead  time.Duration // of the wall clock
	queue  []func(context.Context)
	keys   int

	giveWay func(context.Context) // of the watches; may be nil
	replies bool                  // answers can be replaced by an address of their own
}

func newKit(t *testing.T, edit ...func(*policy.Settings)) *kit {
	t.Helper()
	k := &kit{t: t, catalog: commands.All(), chat: &chat{shown: map[Message]*post{}}, people: &roster{}, jobs: &jobs{}}
	k.console = s1sim.New(s1sim.Options{Empty: true, Agents: -1, Now: k.now})
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-2"})
	k.setPolicy(edit...)
	client, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{k.console}}, RetryPause: time.Nanosecond})
	require.NoError(t, err)
	only, err := consoles.NewSet(consoles.Console{Name: consoles.Default, Client: client, Catalog: k.catalog})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), "sqlite::memory:", nil)
	require.NoError(t, err)
	k.closeStore = sync.OnceValue(db.Close)
	t.Cleanup(func() { require.NoError(t, k.closeStore()) })
	k.store = db.Requests()
	k.ledger, err = approvals.New(approvals.Config{Store: k.store, Owner: "kit", Now: k.now, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	require.NoError(t, err)
	k.people.policy = k.rules
	k.flow = New(Config{
		Ledger: k.ledger, Catalog: k.catalog, Consoles: only, Policy: k.rules, Messenger: k.chat, People: k.people, Operators: k.chat,
		Threads: k.chat, Background: k.jobs, Explain: explain, Enqueue: func(_ string, work func(context.Context)) { k.queue = append(k.queue, work) },
		Conclude: func(_ context.Context, _ string, work func(context.Context)) { k.queue = append(k.queue, work) },
		GiveWay: func(ctx context.Context) {
			if k.giveWay != nil {
				k.giveWay(ctx)
			}
		},
		Tick: time.Millisecond, Promptly: time.Minute, Now: k.now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	return k
}

func (k *kit) setPolicy(edit ...func(*policy.Settings)) {
	k.t.Helper()
	s := policy.Settings{Operators: policy.Members([]string{alice}), Approvers: policy.Members([]string{bob, carol, alice}), Channel: channel}
	for _, change := range edit {
		change(&s)
	}
	rules, err := policy.New(s)
	require.NoError(k.t, err)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.policy = rules
}

func (k *kit) rules() policy.Policy {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.policy
}

func (k *kit) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Now().Add(k.ahead)
}

// later lets time pass, and has done what is due then.
func (k *kit) later(d time.Duration) {
	k.t.Helper()
	k.mu.Lock()
	k.ahead += d
	k.mu.Unlock()
	k.tick()
}

func (k *kit) tick() {
	k.t.Helper()
	k.flow.Keeper.Tick(k.t.Context())
	k.settle()
}

// settle does what was put off until nobody waits.
func (k *kit) settle() {
	for len(k.queue) > 0 {
		work := k.queue[0]
		k.queue = k.queue[1:]
		work(k.t.Context())
	}
}

// by is an interaction of a person, and the dialog that keeps its answers.
func (k *kit) by(user string) (Interaction, *dialog) {
	k.keys++
	d := &dialog{user: user}
	if k.replies {
		d.chat = k.chat
	}
	return Interaction{User: user, Who: k.people.Who(k.t.Context(), user), At: render.Origin{Channel: "CSOC", Key: fmt.Sprint("key-", k.keys)}, Dialog: d}, d
}

// Says runs a line as a person types it, and returns what they read.
func (k *kit) Says(user, line string) (string, error) {
	k.t.Helper()
	in, d := k.by(user)
	var err error
	in.Do, in.Extras, err = slash.Parse(k.catalog, line, text.Input{Zone: time.UTC, Now: k.now()})
	require.NoError(k.t, err)
	cmd, ok := k.catalog.Find(in.Do.Command)
	require.True(k.t, ok)
	in.Do.Args, in.Secrets = cmd.Hide(in.Do.Args)
	err = k.flow.Submitter.Submit(k.t.Context(), cmd, in)
	return d.read(), err
}

// asks is says of a request that must wait, and returns it.
func (k *kit) asks(user, line string) approvals.Request {
	k.t.Helper()
	answer, err := k.Says(user, line)
	require.NoError(k.t, err)
	if k.chat.thread == "" {
		require.Contains(k.t, answer, "Waiting for approval")
	} else { // it would stay there after the decision
		require.NotContains(k.t, answer, "Waiting")
		require.Contains(k.t, answer, "Approval requested in")
	}
	return k.last(approvals.Pending)
}

// last is the latest request in a state.
func (k *kit) last(state approvals.State) approvals.Request {
	k.t.Helper()
	all, err := k.ledger.Find(k.t.Context(), approvals.Query{States: []approvals.State{state}})
	require.NoError(k.t, err)
	require.NotEmpty(k.t, all)
	latest := all[0]
	for _, req := range all {
		if req.Created.After(latest.Created) {
			latest = req
		}
	}
	return latest
}

func (k *kit) get(id string) approvals.Request {
	k.t.Helper()
	req, err := k.ledger.Get(k.t.Context(), id)
	require.NoError(k.t, err)
	return req
}

func (k *kit) approves(user, id string) (string, error) {
	in, d := k.by(user)
	err := k.flow.Decisions.Approve(k.t.Context(), in, id)
	k.settle()
	return d.read(), err
}

// watches looks at the effect of what ran until it is over.
func (k *kit) watches(w Watch) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(k.t, k.flow.Watcher.Watch(ctx, w, func(json.RawMessage) error { return nil }))
}

// inProcess answers calls without a network.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w, sent := httptest.NewRecorder(), false
	func() {
		defer func() {
			if err := recover(); err != nil && err != http.ErrAbortHandler {
				panic(err)
			}
		}()
		p.handler.ServeHTTP(w, r)
		sent = true
	}()
	if !sent {
		return nil, errors.New("connection reset by peer")
	}
	return w.Result(), nil
}

// explain has an error's own words; those of the person's making are no fault.
func explain(_ string, err error) (render.Card, error) { return render.Notice(err.Error()), nil }

// A dialog keeps what its person reads.
type dialog struct {
	user    string
	answers []string
	secrets []string
	chat    *chat // whose answers can be replaced; nil where nothing can
}

func (d *dialog) Reply(_ context.Context, _ render.Origin, card render.Card) Message {
	d.answers = append(d.answers, wordsOf(card))
	return Message{}
}

func (d *dialog) ReplyFollowed(ctx context.Context, at render.Origin, card, _ render.Card) approvals.CardRef {
	d.Reply(ctx, at, card)
	if d.chat == nil {
		return approvals.CardRef{}
	}
	said, _ := d.chat.Post(ctx, aside, "", "", card) // nothing fails there
	return approvals.CardRef{Reply: said.TS}
}

func (d *dialog) Point(ctx context.Context, at render.Origin, card render.Card, _ Message) {
	d.Reply(ctx, at, card)
}

func (d *dialog) Confide(_ context.Context, _ render.Origin, card render.Card) error {
	d.secrets = append(d.secrets, wordsOf(card))
	return nil
}

func (d *dialog) read() string { return strings.Join(d.answers, "\n") }

// wordsOf is a card as text, with the labels of its buttons.
func wordsOf(card render.Card) string {
	words := strings.ReplaceAll(card.Bare().Text, "＠", "@") // which keeps mentions from ringing
	for _, action := range card.Actions {
		if button, ok := action.(render.Button); ok {
			words += "\n[" + button.Label + "]"
		}
	}
	return words
}

// A chat is a messenger whose messages stand in a map; it hears what operators hear, too.
type chat struct {
	mu     sync.Mutex
	n      int
	shown  map[Message]*post
	order  []Message
	fail   func(op, channel string) error
	topics []string
	// delivered are the places in which people would be told who take no direct messages.
	delivered []render.Origin
	thread    string // of the card that every place is under; none when empty
}

type post struct {
	thread, key string
	card        render.Card
	edits       int
}

func (c *chat) broken(op, channel string) error {
	if c.fail == nil {
		return nil
	}
	return c.fail(op, channel)
}

func (c *chat) Post(_ context.Context, channel, thread, key string, card render.Card) (Message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.broken("post", channel)
	if err != nil && !errors.Is(err, errLost) {
		return Message{}, err
	}
	c.n++
	at := Message{channel, fmt.Sprintf("%d.0", c.n)}
	c.shown[at], c.order = &post{thread: thread, key: key, card: card}, append(c.order, at)
	if err != nil {
		return Message{}, err
	}
	return at, nil
}

// errLost is what a post whose answer got lost fails with: the message is there.
var errLost = errors.New("the answer got lost")

func (c *chat) Edit(_ context.Context, channel, ts string, card render.Card) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.broken("edit", channel); err != nil {
		return err
	}
	m, ok := c.shown[Message{channel, ts}]
	if !ok {
		return &MessageError{Fate: Final, Err: errors.New("message_not_found")}
	}
	m.card, m.edits = card, m.edits+1
	return nil
}

// aside is where answers stand that their own address alone can replace.
const aside = "EPHEMERAL"

func (c *chat) Replace(ctx context.Context, reply string, card render.Card) error {
	return c.Edit(ctx, aside, reply, card)
}

func (c *chat) Find(_ context.Context, s Search) (all []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.broken("find", s.Channel); err != nil {
		return nil, err
	}
	for _, at := range c.order {
		if at.Channel == s.Channel && c.shown[at].key == s.Key {
			all = append(all, at.TS)
		}
	}
	return all, nil
}

func (c *chat) Deliver(ctx context.Context, user string, at render.Origin, card render.Card) (Message, error) {
	c.delivered = append(c.delivered, at)
	return c.Post(ctx, user, "", "", card)
}

func (c *chat) Thread(context.Context, render.Origin) string { return c.thread }

func (c *chat) Tell(_ context.Context, topic, words string) {
	c.topics = append(c.topics, topic+": "+words)
}

func (c *chat) Settle(_ context.Context, topic, words string) {
	if len(c.topics) > 0 {
		c.topics = append(c.topics, topic+" is well: "+words)
	}
}

func (c *chat) Show(ctx context.Context, card render.Card) {
	_, _ = c.Post(ctx, "COPERATORS", "", "", card)
}

// reads is everything that stands in a channel, or in the direct messages with a person.
func (c *chat) reads(channel string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, at := range c.order {
		if at.Channel == channel {
			all = append(all, wordsOf(c.shown[at].card))
		}
	}
	return strings.Join(all, "\n——\n")
}

// A roster says who people are; of those it is silent about it can't tell.
type roster struct {
	policy func() policy.Policy
	silent map[string]bool
}

func (r *roster) Who(_ context.Context, id string) Person {
	known := policy.Certain(true)
	if r.silent[id] {
		known = policy.CannotTell("I can't look up " + id + " in Slack")
	}
	name := strings.ToLower(strings.TrimPrefix(id, "U"))
	return Person{Person: r.policy().Person(policy.Identity{ID: id, Name: name, Active: known, Full: known}), Zone: time.UTC}
}

func (r *roster) Afresh(ctx context.Context, id string) Person { return r.Who(ctx, id) }

func (r *roster) Gate(ctx context.Context) context.Context { return ctx }

// jobs keeps the long work that was begun.
type jobs struct {
	watches []Watch
	follows []string
	full    error // what the database says
}

func (j *jobs) Watch(_ context.Context, w Watch) error {
	if j.full != nil {
		return j.full
	}
	j.watches = append(j.watches, w)
	return nil
}

func (j *jobs) Follow(_ context.Context, req approvals.Request, _ json.RawMessage) error {
	j.follows = append(j.follows, req.Command)
	return nil
}

// slow is how a messenger fails that asks to wait.
func slow() error { return &MessageError{Fate: Passing, Err: errors.New("ratelimited")} }
