package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/run"
	"s1bot/bot/snoozing"
	"s1bot/bot/socketmode"
	"s1bot/bot/store"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// The kit is a bot that is put together as ever, with a database in memory, a simulated console and a canned Slack. No socket is open: a test
// hands it one delivery, and what is answered to that is there at once; what a request leads to is awaited. Alice asks, bob and carol approve, dave has no role, and guest
// is one.
const (
	approvalsChannel = "C0APPROVE"
	soc              = "C0SOC"
	alice            = "U0ALICE"
	bob              = "U0BOB"
	carol            = "U0CAROL"
	dave             = "U0DAVE"
	guest            = "U0GUEST"
)

type kit struct {
	t       *testing.T
	bot     *Bot
	db      *store.DB
	slack   *webapitest.Slack
	address string // of Slack
	console *s1sim.Console
	notices *fakeNotices
	metered *tally

	mu    sync.Mutex
	ahead time.Duration // of the wall clock
	n     int           // deliveries so far
}

// inProcess answers a client's calls without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// tally counts what is metered.
type tally struct {
	run.Unmetered
	mu    sync.Mutex
	words []string
}

func (m *tally) Command(name, outcome string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.words = append(m.words, name+" "+outcome)
}

func (m *tally) last() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.words) == 0 {
		return ""
	}
	return m.words[len(m.words)-1]
}

// fakeNotices are a notifier that knows one card, of a threat in thread 5.5, and one of an alert in 6.6.
type fakeNotices struct {
	threat  string
	fails   error
	snoozed []string
}

func (n *fakeNotices) About(_ context.Context, _, ts string) (exchange.Subject, error) {
	switch ts {
	case "5.5":
		return exchange.Subject{Kind: "threat", ID: n.threat}, n.fails
	case "6.6":
		return exchange.Subject{Kind: "alert", ID: "77"}, n.fails
	}
	return exchange.Subject{}, n.fails
}

func (n *fakeNotices) Explain(_ context.Context, _, id string) (render.Card, error) {
	return render.Notice("route of " + id), n.fails
}

func (n *fakeNotices) Snooze(_ context.Context, s snoozing.Snooze) (render.Card, error) {
	n.snoozed = append(n.snoozed, fmt.Sprintf("%s %s=%s (%s) for %s", s.Owner, s.Kind, s.Value, s.Reason, time.Until(s.Until).Round(time.Minute)))
	return render.Notice("snoozed " + s.Value), n.fails
}

func (n *fakeNotices) Snoozed(context.Context) (render.Card, error) {
	return render.Notice("1 snooze"), n.fails
}

func (n *fakeNotices) Unsnooze(_ context.Context, id string) (render.Card, error) {
	return render.Notice("ended " + id), n.fails
}

// newKit makes a bot; edit changes its policy, and more its configuration.
func newKit(t *testing.T, edit func(*policy.Settings), more ...func(*Config)) *kit {
	t.Helper()
	k := &kit{t: t, slack: webapitest.New(), notices: &fakeNotices{}, metered: &tally{}}
	server := httptest.NewServer(k.slack)
	t.Cleanup(server.Close)
	k.address = server.URL
	k.slack.On("users.info", member)
	k.console = s1sim.New(s1sim.Options{Empty: true, Agents: -1, Now: k.now})
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-2"})
	client, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{k.console}}, RetryPause: time.Nanosecond})
	require.NoError(t, err)
	all := commands.All()
	set, err := consoles.NewSet(consoles.Console{Name: consoles.Default, Client: client, Catalog: all})
	require.NoError(t, err)
	k.db, err = store.Open(t.Context(), "sqlite::memory:", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.db.Close()) })
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	ledger, err := approvals.New(approvals.Config{Store: k.db.Requests(), Owner: "kit", Now: k.now, Logger: log})
	require.NoError(t, err)
	s := policy.Settings{Operators: policy.Members([]string{alice, bob}), Approvers: policy.Members([]string{bob, carol, alice}), Channel: approvalsChannel}
	if edit != nil {
		edit(&s)
	}
	rules, err := policy.New(s)
	require.NoError(t, err)
	c := Config{
		AppToken: s1.NewSecret("xapp-made-up"), BotToken: s1.NewSecret("xoxb-made-up"), SealKey: s1.NewSecret("key"), APIURL: server.URL + "/api/", Sockets: 1, Consoles: set, Catalog: all, Ledger: ledger,
		Policy: func() policy.Policy { return rules }, Inbox: k.db.Inbox(), Clips: k.db.Clips(), Directs: k.db.Directs(), Jobs: k.db.Jobs(), History: k.db.History(), Saved: k.db.Saved(), Columns: k.db.Columns(),
		Homes: k.db.Homes(), Figures: k.db.Figures(), TokenEnds: func() home.TokenEnd { return home.TokenEnd{} }, Feeds: func(string) []string { return nil }, Queries: k.db.Queries(),
		Exports: tempfile.NewSpace(t.TempDir(), 1<<20), Now: k.now, Log: log, Notices: k.notices, Meter: k.metered,
	}
	for _, change := range more {
		change(&c)
	}
	k.bot, err = New(c)
	require.NoError(t, err)
	*k.bot.self = identity{Team: "T0SOC", User: "U0BOT", BotID: "B0BOT", Address: "https://soc.slack.com/"}
	var working sync.WaitGroup
	queue, intake := k.bot.scheduler.Work, k.bot.intake.Queue
	working.Go(func() { intake.Run(context.Background()) })
	working.Go(func() { queue.Run(context.Background()) })
	t.Cleanup(func() { intake.Finish(); queue.Finish(); working.Wait(); k.bot.jobs.Close() })
	return k
}

// awaitCall waits for a call that has these words, in what can be read of it or in its body.
func (k *kit) awaitCall(method, words string) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 20*time.Second)
	defer cancel()
	_, err := k.slack.Await(ctx, func(c webapitest.Call) bool {
		return c.Method == method && (strings.Contains(string(c.Body), words) || strings.Contains(said{c, k.t}.text(), words))
	})
	require.NoError(k.t, err, "no %s says %q", method, words)
}

// await waits for a message, or an edit of one, in a channel, or to a person, that has these words.
func (k *kit) await(where, words string) said {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 20*time.Second)
	defer cancel()
	c, err := k.slack.Await(ctx, func(c webapitest.Call) bool {
		channel := c.Get("channel")
		return (channel == where || channel == "D"+where[1:]) && strings.Contains(said{c, k.t}.text(), words)
	})
	require.NoError(k.t, err, "nothing in %s says %q", where, words)
	return said{c, k.t}
}

// member is what Slack says of a person.
func member(c webapitest.Call) (int, http.Header, string, error) {
	id := c.Get("user")
	return http.StatusOK, nil, fmt.Sprintf(`{"ok":true,"user":{"id":%q,"team_id":"T0SOC","name":%q,"is_restricted":%t,"tz":"Europe/Paris"}}`, id, strings.ToLower(id[2:]), id == guest), nil
}

func (k *kit) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Now().Add(k.ahead)
}

// later lets time pass.
func (k *kit) later(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ahead += d
}

// deliver works on one delivery, as it comes from a queue, and returns the calls of Slack that this led to.
func (k *kit) deliver(kind string, payload any) []webapitest.Call {
	k.t.Helper()
	d := k.bot.intake.Reader.Envelope(k.envelope(kind, payload, func(context.Context, any) error { return nil }))
	_, err := k.bot.Inbox.Save(k.t.Context(), d.Key, d.Kind, k.bot.intake.Reader.Masked(d))()
	require.NoError(k.t, err)
	k.slack.Forget()
	k.bot.scheduler.Process(k.t.Context(), d)
	return k.slack.Calls()
}

// envelope is what Slack sends.
func (k *kit) envelope(kind string, payload any, ack func(context.Context, any) error) socketmode.Envelope {
	k.t.Helper()
	body, err := json.Marshal(payload)
	require.NoError(k.t, err)
	k.n++
	return socketmode.Envelope{ID: fmt.Sprint("envelope ", k.n), Type: kind, Payload: body}.AnsweredBy(ack)
}

// types is somebody who types "/s1 …", and what they read then.
func (k *kit) types(user, line string) said {
	k.t.Helper()
	return k.typesIn(user, soc, line)
}

func (k *kit) typesIn(user, channel, line string) said {
	k.t.Helper()
	k.deliver("slash_commands", m{
		"user_id": user, "channel_id": channel, "command": "/s1", "text": line, "trigger_id": fmt.Sprint("trigger.", k.n), "response_url": k.address + "/respond",
	})
	return k.answer()
}

// writes is somebody who writes a message: to the bot, in a thread where thread is not empty.
func (k *kit) writes(user, thread, line string) said {
	k.t.Helper()
	k.n++
	ts := fmt.Sprintf("1764000001.%06d", k.n)
	k.deliver("events_api", m{"event_id": ts, "event": m{
		"type": "message", "channel_type": "im", "user": user, "channel": "D" + user[1:], "ts": ts, "thread_ts": thread, "text": line,
		"blocks": []m{{"type": "rich_text", "elements": []m{{"type": "rich_text_section", "elements": []m{{"type": "text", "text": line}}}}}},
	}})
	return k.answer()
}

// clicks is somebody who clicks on a button that a message shows.
func (k *kit) clicks(user string, on said, label string) said {
	k.t.Helper()
	k.click(user, on, on.button(label))
	return k.answer()
}

// picks is somebody who picks an entry of a message's menu.
func (k *kit) picks(user string, on said, label string) said {
	k.t.Helper()
	var labels []string
	for _, menu := range blocksIn(on.tree(), "") {
		options, _ := menu["options"].([]any)
		for _, option := range options {
			text := option.(m)["text"].(m)["text"].(string)
			if text == label {
				k.click(user, on, m{"type": menu["type"], "action_id": menu["action_id"], "selected_option": option})
				return k.answer()
			}
			labels = append(labels, text)
		}
	}
	require.Fail(k.t, "no such entry", "%q among %q", label, labels)
	return said{t: k.t}
}

func (k *kit) click(user string, on said, button m) []webapitest.Call {
	k.t.Helper()
	k.n++
	channel := on.Get("channel")
	if channel == "" {
		channel = soc
	}
	var metadata json.RawMessage
	if given := on.Get("metadata"); given != "" {
		metadata = json.RawMessage(given)
	}
	return k.deliver("interactive", m{
		"type": "block_actions", "user": m{"id": user}, "trigger_id": fmt.Sprint("trigger.", k.n), "response_url": k.address + "/respond",
		"channel": m{"id": channel}, "container": m{"channel_id": channel, "message_ts": "1764000000.000001"},
		"message": m{"ts": "1764000000.000001", "metadata": metadata},
		"actions": []m{{"type": button["type"], "action_id": button["action_id"], "block_id": "b", "value": button["value"], "selected_option": button["selected_option"], "action_ts": fmt.Sprint("1.", k.n)}},
	})
}

// sends is somebody who fills in a form that was opened for them, and sends it.
func (k *kit) sends(user string, form said, values map[string]string) said {
	k.t.Helper()
	k.deliver("interactive", filledIn(k, user, form, values))
	return k.answer()
}

func filledIn(k *kit, user string, form said, values map[string]string) m {
	k.t.Helper()
	require.NotEmpty(k.t, form.Get("view"), "no form is open")
	var view m
	require.NoError(k.t, json.Unmarshal([]byte(form.Get("view")), &view))
	state := m{}
	for _, b := range blocksIn(view["blocks"], "input") {
		element, name := b["element"].(map[string]any), b["block_id"].(string)
		entered := m{"type": element["type"], "value": element["initial_value"], "selected_option": element["initial_option"], "selected_options": element["initial_options"]}
		if value, given := values[name]; given {
			option := m{"text": m{"type": "plain_text", "text": value}, "value": value}
			entered = m{"type": element["type"], "value": value, "selected_option": option, "selected_options": []m{option}}
		}
		state[name] = m{element["action_id"].(string): entered}
	}
	view["id"], view["state"] = "V1", m{"values": state}
	k.n++
	return m{"type": "view_submission", "user": m{"id": user}, "trigger_id": fmt.Sprint("trigger.", k.n), "view": view}
}

type m = map[string]any

// said is one call by which the bot said something.
type said struct {
	webapitest.Call
	t *testing.T
}

// answer is the last that was said to anybody; nothing where nothing was.
func (k *kit) answer() said {
	k.t.Helper()
	calls := k.slack.Calls("/respond", "chat.postEphemeral", "chat.postMessage", "views.open", "views.push", "views.update")
	if len(calls) == 0 {
		return said{t: k.t}
	}
	return said{calls[len(calls)-1], k.t}
}

// posted is what stands in a channel or thread since the last delivery.
func (k *kit) posted(channel string) (all []said) {
	k.t.Helper()
	for _, c := range k.slack.Calls("chat.postMessage", "chat.update") {
		if c.Get("channel") == channel {
			all = append(all, said{c, k.t})
		}
	}
	return all
}

// text is all that can be read, in one line.
func (s said) text() string {
	s.t.Helper()
	var words []string
	for _, e := range blocksIn(s.tree(), "") {
		for _, key := range []string{"text", "alt_text"} {
			if text, ok := e[key].(string); ok {
				words = append(words, text)
			}
		}
	}
	return strings.Join(words, " ")
}

// has requires that all of these can be read.
func (s said) has(words ...string) said {
	s.t.Helper()
	for _, w := range words {
		require.Contains(s.t, s.text(), w)
	}
	return s
}

func (s said) tree() any {
	s.t.Helper()
	for _, raw := range []string{s.Get("blocks"), s.Get("view"), string(s.Body)} {
		if strings.HasPrefix(raw, "[") || strings.HasPrefix(raw, "{") { // not the bytes of a file
			var tree any
			require.NoError(s.t, json.Unmarshal([]byte(raw), &tree))
			return tree
		}
	}
	return nil
}

// labels are those of all buttons.
func (s said) labels() (all []string) {
	s.t.Helper()
	for _, b := range blocksIn(s.tree(), "button") {
		all = append(all, b["text"].(map[string]any)["text"].(string))
	}
	return all
}

// button is the one with that label.
func (s said) button(label string) m {
	s.t.Helper()
	buttons := blocksIn(s.tree(), "button")
	i := slices.Index(s.labels(), label)
	require.GreaterOrEqual(s.t, i, 0, "no button %q among %q", label, s.labels())
	return buttons[i]
}

// blocksIn are the objects of a type anywhere in a tree, in their order; all of them where kind is empty.
func blocksIn(tree any, kind string) (found []m) {
	switch at := tree.(type) {
	case []any:
		for _, item := range at {
			found = append(found, blocksIn(item, kind)...)
		}
	case map[string]any:
		if kind == "" || at["type"] == kind {
			found = append(found, at)
		}
		for _, key := range slices.Sorted(mapKeys(at)) {
			found = append(found, blocksIn(at[key], kind)...)
		}
	}
	return found
}

func mapKeys(of map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range of {
			if !yield(key) {
				return
			}
		}
	}
}
