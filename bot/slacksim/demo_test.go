package slacksim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

// demo asks for something as the page does; what fails is ok:false.
func (s *story) demo(path string, body map[string]any) map[string]any {
	s.T.Helper()
	_, out := s.Post("/demo/"+path, body)
	return out
}

func (s *story) state(user string) map[string]any {
	s.T.Helper()
	r, err := http.NewRequest(http.MethodGet, s.Server.URL+"/demo/state?user="+user, nil)
	simtest.Must(s.T, err)
	_, out := s.Do(r)
	return out
}

// listen opens the event stream of a person.
func (s *story) listen(user string) <-chan map[string]any {
	s.T.Helper()
	r, err := http.NewRequestWithContext(s.Ctx, http.MethodGet, s.Server.URL+"/demo/events?user="+user, nil)
	simtest.Must(s.T, err)
	answer, err := http.DefaultClient.Do(r)
	simtest.Must(s.T, err)
	simtest.Equal(s.T, answer.Header.Get("Content-Type"), "text/event-stream")
	events := make(chan map[string]any, 100)
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the greeting: from here on nothing is missed
	go func() {
		defer answer.Body.Close()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				event := map[string]any{}
				if json.Unmarshal([]byte(data), &event) == nil {
					events <- event
				}
			}
		}
	}()
	return events
}

// event waits for the next event of a type.
func event(t *testing.T, events <-chan map[string]any, kind string) map[string]any {
	t.Helper()
	for {
		select {
		case e := <-events:
			if e["type"] == kind {
				return e
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("no %s came", kind)
		}
	}
}

func TestThePageIsServed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	answer, err := http.Get(s.Server.URL + "/")
	simtest.Must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	simtest.Must(t, err)
	simtest.Equal(t, answer.StatusCode, http.StatusOK)
	simtest.Contains(t, string(body), "<html")
}

func TestThePageShowsWhatItsPersonMaySee(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.AddUser(slacksim.User{Name: "guest", IsRestricted: true})
	secret := s.AddChannel(slacksim.Channel{Name: "secret", Private: true, Members: []string{"alice"}, Topic: "hush"})
	simtest.Must(t, s.User("alice").Types("#secret", "between us"))
	simtest.Must(t, s.User("alice").Types("#soc", "hello @bob <b>"))
	s.Works("chat.postEphemeral", "channel", s.SOC, "user", s.User("bob").ID(), "text", "psst")
	alice, bob := s.state(""), s.state("bob")
	simtest.Equal(t, alice["me"], any("U0ALICE00"))
	simtest.Equal(t, simtest.Dig(alice, "team", "name"), any("SOC"))
	simtest.Equal(t, simtest.Dig(alice, "commands", 0, "command"), any("/s1"))
	kinds := map[string]string{}
	for _, c := range alice["channels"].([]any) {
		kinds[simtest.Dig(c, "name").(string)] = simtest.Dig(c, "kind").(string)
	}
	simtest.Equal(t, kinds, map[string]string{"soc": "channel", "secret": "private", "s1bot": "app"})
	simtest.Equal(t, simtest.Dig(alice, "messages", secret, 0, "text"), any("between us"))
	simtest.Equal(t, simtest.Dig(bob, "messages", secret), any(nil))
	simtest.Equal(t, simtest.Dig(bob, "messages", s.SOC, 0, "text"), any("hello <@U0BOB0000> &lt;b&gt;"))
	simtest.Equal(t, simtest.Dig(bob, "messages", s.SOC, 1, "ephemeral"), any(true))
	simtest.Equal(t, len(simtest.Dig(alice, "messages", s.SOC).([]any)), 1)
	simtest.Equal(t, simtest.Dig(bob, "channels", 0, "mentions"), any(1.0))
	simtest.Equal(t, s.state("nobody")["ok"], any(false))
	simtest.Equal(t, s.state("s1bot")["ok"], any(false))
}

func TestThePageHearsWhatHappens(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	bob, carol := s.listen("bob"), s.listen("carol")
	simtest.Equal(t, s.demo("message", map[string]any{"user": "U0ALICE00", "channel": s.SOC, "text": "hello @bob"})["ok"], any(true))
	e := event(t, bob, "message")
	simtest.Equal(t, simtest.Dig(e, "message", "text"), any("hello <@U0BOB0000>"))
	simtest.Equal(t, simtest.Dig(e, "message", "name"), any("Alice Doe"))
	simtest.Equal(t, event(t, bob, "unread")["mentions"], any(1.0))
	simtest.Equal(t, event(t, carol, "unread")["mentions"], any(0.0))
	s.demo("read", map[string]any{"user": "bob", "channel": s.SOC})
	simtest.Equal(t, event(t, bob, "unread")["unread"], any(0.0))
	ts := s.Works("chat.postMessage", "channel", s.SOC, "text", "a card", "blocks", simtest.Card)["ts"].(string)
	simtest.Equal(t, simtest.Dig(event(t, bob, "message"), "message", "blocks", 0, "type"), any("header"))
	s.Works("chat.update", "channel", s.SOC, "ts", ts, "text", "changed", "blocks", "[]")
	simtest.Equal(t, simtest.Dig(event(t, bob, "message_changed"), "message", "edited"), any(true))
	s.Works("chat.postMessage", "channel", s.SOC, "thread_ts", ts, "text", "a reply")
	simtest.Equal(t, simtest.Dig(event(t, bob, "message_changed"), "message", "reply_count"), any(1.0))
	simtest.Equal(t, simtest.Dig(event(t, bob, "message"), "message", "thread_ts"), any(ts))
	s.Works("chat.delete", "channel", s.SOC, "ts", ts)
	simtest.Equal(t, event(t, bob, "message_deleted")["ts"], any(ts))
	s.Works("chat.postEphemeral", "channel", s.SOC, "user", "U0CAROL00", "text", "psst")
	for text := any(nil); text != "psst"; {
		text = simtest.Dig(event(t, carol, "message"), "message", "text")
	}
	simtest.Must(t, s.User("carol").Types("#soc", "/s1"))
	simtest.Contains(t, event(t, carol, "notice")["text"].(string), "dispatch_failed")
}

func TestThePageHearsOnlyWhatItsPersonMaySee(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.AddChannel(slacksim.Channel{Name: "secret", Private: true, Members: []string{"alice"}})
	bob := s.listen("bob")
	s.Works("chat.postEphemeral", "channel", s.SOC, "user", "U0ALICE00", "text", "for alice alone")
	simtest.Must(t, s.User("alice").Types("#secret", "between us"))
	simtest.Must(t, s.User("alice").Types("#soc", "for all"))
	simtest.Equal(t, simtest.Dig(event(t, bob, "message"), "message", "text"), any("for all"))
}

func TestThePageClicksSearchesAndSubmits(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	events := s.listen("alice")
	ts := s.Works("chat.postMessage", "channel", s.SOC, "text", "a card", "blocks", simtest.Card)["ts"].(string)
	on := map[string]any{"user": "alice", "channel": s.SOC, "message_ts": ts, "block_id": "decide"}
	simtest.Equal(t, s.demo("action", with(on, "action_id", "yes"))["ok"], any(true))
	click := l.Take()
	simtest.Equal(t, simtest.Dig(click.Payload, "actions", 0, "value"), any("A-1"))
	simtest.Equal(t, s.demo("action", with(on, "action_id", "gone"))["error"], any("element_not_found"))
	s.demo("action", with(on, "action_id", "verdict", "selected_option", option("tp")))
	simtest.Equal(t, simtest.Dig(l.Take().Payload, "state", "values", "decide", "verdict", "selected_option", "value"), any("tp"))

	s.Works("views.open", "trigger_id", click.Payload["trigger_id"].(string), "view", simtest.Form)
	id := simtest.Dig(event(t, events, "view_opened"), "view", "id").(string)
	simtest.Equal(t, simtest.Dig(s.state("alice"), "views", 0, "id"), any(id))
	in := map[string]any{"user": "alice", "view_id": id}
	go func() { l.Ack(l.Next(), map[string]any{"options": []any{option("DESKTOP-1")}}) }()
	found := s.demo("suggest", with(in, "block_id", "b3", "action_id", "hosts", "value", "DESK"))
	simtest.Equal(t, simtest.Dig(found, "options", 0, "value"), any("DESKTOP-1"))
	simtest.Equal(t, simtest.Dig(s.demo("view/submit", with(in, "values", map[string]any{})), "errors", "b1"), any("Please complete this required field."))

	values := map[string]any{"b1": map[string]any{"reason": map[string]any{"type": "plain_text_input", "value": "because"}}}
	go func() { l.Ack(l.Next(), jsonValue(t, `{"response_action":"errors","errors":{"b1":"say more"}}`)) }()
	out := s.demo("view/submit", with(in, "values", values))
	simtest.Equal(t, out["response_action"], any("errors"))
	simtest.Equal(t, simtest.Dig(out, "errors", "b1"), any("say more"))
	go func() { l.Take() }()
	out = s.demo("view/submit", with(in, "values", values))
	simtest.Equal(t, out["ok"], any(true))
	simtest.Equal(t, out["response_action"], any(nil))
	simtest.Equal(t, event(t, events, "view_closed")["view_id"], any(id))
	simtest.Equal(t, s.demo("view/close", in)["error"], any("not_found"))
	simtest.Must(t, s.Settle(s.Ctx))
	s.NoViolations()
}

func TestThePageIsToldWhatDoesNotWork(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Types("#soc", "an incident"))
	m := s.User("alice").Sees("#soc")[0]
	s.AddChannel(slacksim.Channel{Name: "secret", Private: true, Members: []string{"alice"}})
	for _, tc := range []struct {
		path string
		body map[string]any
		want string
	}{
		{"message", map[string]any{"user": "alice", "channel": s.SOC, "thread_ts": m.TS, "text": "/s1 help"}, "/s1 is not supported in threads. Sorry!"},
		{"message", map[string]any{"user": "alice", "channel": s.SOC, "text": "/nonsense"}, "/nonsense is not a valid command."},
		{"message", map[string]any{"user": "alice", "channel": s.SOC, "text": "  "}, "There is nothing to send"},
		{"message", map[string]any{"user": "bob", "channel": s.ChannelID("secret"), "text": "hi"}, "bob knows no channel " + s.ChannelID("secret")},
		{"message", map[string]any{"user": "mallory", "channel": s.SOC, "text": "hi"}, "Nobody here has that name."},
		{"message", map[string]any{"user": "bob", "channel": s.SOC, "thread_ts": "1.000001", "text": "hi"}, "This message has no thread."},
		{"action", map[string]any{"user": "bob", "channel": s.SOC, "message_ts": "1.000001"}, "This is no longer there."},
		{"view/submit", map[string]any{"user": "bob", "view_id": "V1"}, "This form is no longer open."},
	} {
		out := s.demo(tc.path, tc.body)
		simtest.Equal(t, out["ok"], any(false))
		simtest.Equal(t, out["message"], any(tc.want))
	}
	_, out := s.Post("/demo/message", "no JSON")
	simtest.Equal(t, out["error"], any("invalid_json"))
}

// with is a copy of a request with more fields.
func with(o map[string]any, pairs ...any) map[string]any {
	all := map[string]any{}
	for k, v := range o {
		all[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	return all
}
