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
)

// demo asks for something as the page does; what fails is ok:false.
func (s *story) demo(path string, body map[string]any) map[string]any {
	s.t.Helper()
	_, out := s.post("/demo/"+path, body)
	return out
}

func (s *story) state(user string) map[string]any {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.server.URL+"/demo/state?user="+user, nil)
	must(s.t, err)
	_, out := s.do(r)
	return out
}

// listen opens the event stream of a person.
func (s *story) listen(user string) <-chan map[string]any {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.server.URL+"/demo/events?user="+user, nil)
	must(s.t, err)
	answer, err := http.DefaultClient.Do(r)
	must(s.t, err)
	equal(s.t, answer.Header.Get("Content-Type"), "text/event-stream")
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
	answer, err := http.Get(s.server.URL + "/")
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	equal(t, answer.StatusCode, http.StatusOK)
	contains(t, string(body), "<html")
}

func TestThePageShowsWhatItsPersonMaySee(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.AddUser(slacksim.User{Name: "guest", IsRestricted: true})
	secret := s.AddChannel(slacksim.Channel{Name: "secret", Private: true, Members: []string{"alice"}, Topic: "hush"})
	must(t, s.User("alice").Types("#secret", "between us"))
	must(t, s.User("alice").Types("#soc", "hello @bob <b>"))
	s.works("chat.postEphemeral", "channel", s.soc, "user", s.User("bob").ID(), "text", "psst")
	alice, bob := s.state(""), s.state("bob")
	equal(t, alice["me"], any("U0ALICE00"))
	equal(t, dig(alice, "team", "name"), any("SOC"))
	equal(t, dig(alice, "commands", 0, "command"), any("/s1"))
	kinds := map[string]string{}
	for _, c := range alice["channels"].([]any) {
		kinds[dig(c, "name").(string)] = dig(c, "kind").(string)
	}
	equal(t, kinds, map[string]string{"soc": "channel", "secret": "private", "s1bot": "app"})
	equal(t, dig(alice, "messages", secret, 0, "text"), any("between us"))
	equal(t, dig(bob, "messages", secret), any(nil))
	equal(t, dig(bob, "messages", s.soc, 0, "text"), any("hello <@U0BOB0000> &lt;b&gt;"))
	equal(t, dig(bob, "messages", s.soc, 1, "ephemeral"), any(true))
	equal(t, len(dig(alice, "messages", s.soc).([]any)), 1)
	equal(t, dig(bob, "channels", 0, "mentions"), any(1.0))
	equal(t, s.state("nobody")["ok"], any(false))
	equal(t, s.state("s1bot")["ok"], any(false))
}

func TestThePageHearsWhatHappens(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	bob, carol := s.listen("bob"), s.listen("carol")
	equal(t, s.demo("message", map[string]any{"user": "U0ALICE00", "channel": s.soc, "text": "hello @bob"})["ok"], any(true))
	e := event(t, bob, "message")
	equal(t, dig(e, "message", "text"), any("hello <@U0BOB0000>"))
	equal(t, dig(e, "message", "name"), any("Alice Doe"))
	equal(t, event(t, bob, "unread")["mentions"], any(1.0))
	equal(t, event(t, carol, "unread")["mentions"], any(0.0))
	s.demo("read", map[string]any{"user": "bob", "channel": s.soc})
	equal(t, event(t, bob, "unread")["unread"], any(0.0))
	ts := s.works("chat.postMessage", "channel", s.soc, "text", "a card", "blocks", card)["ts"].(string)
	equal(t, dig(event(t, bob, "message"), "message", "blocks", 0, "type"), any("header"))
	s.works("chat.update", "channel", s.soc, "ts", ts, "text", "changed", "blocks", "[]")
	equal(t, dig(event(t, bob, "message_changed"), "message", "edited"), any(true))
	s.works("chat.postMessage", "channel", s.soc, "thread_ts", ts, "text", "a reply")
	equal(t, dig(event(t, bob, "message_changed"), "message", "reply_count"), any(1.0))
	equal(t, dig(event(t, bob, "message"), "message", "thread_ts"), any(ts))
	s.works("chat.delete", "channel", s.soc, "ts", ts)
	equal(t, event(t, bob, "message_deleted")["ts"], any(ts))
	s.works("chat.postEphemeral", "channel", s.soc, "user", "U0CAROL00", "text", "psst")
	for text := any(nil); text != "psst"; {
		text = dig(event(t, carol, "message"), "message", "text")
	}
	must(t, s.User("carol").Types("#soc", "/s1"))
	contains(t, event(t, carol, "notice")["text"].(string), "dispatch_failed")
}

func TestThePageHearsOnlyWhatItsPersonMaySee(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.AddChannel(slacksim.Channel{Name: "secret", Private: true, Members: []string{"alice"}})
	bob := s.listen("bob")
	s.works("chat.postEphemeral", "channel", s.soc, "user", "U0ALICE00", "text", "for alice alone")
	must(t, s.User("alice").Types("#secret", "between us"))
	must(t, s.User("alice").Types("#soc", "for all"))
	equal(t, dig(event(t, bob, "message"), "message", "text"), any("for all"))
}

func TestThePageClicksSearchesAndSubmits(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	events := s.listen("alice")
	ts := s.works("chat.postMessage", "channel", s.soc, "text", "a card", "blocks", card)["ts"].(string)
	on := map[string]any{"user": "alice", "channel": s.soc, "message_ts": ts, "block_id": "decide"}
	equal(t, s.demo("action", with(on, "action_id", "yes"))["ok"], any(true))
	click := l.take()
	equal(t, dig(click.Payload, "actions", 0, "value"), any("A-1"))
	equal(t, s.demo("action", with(on, "action_id", "gone"))["error"], any("element_not_found"))
	s.demo("action", with(on, "action_id", "verdict", "selected_option", option("tp")))
	equal(t, dig(l.take().Payload, "state", "values", "decide", "verdict", "selected_option", "value"), any("tp"))

	s.works("views.open", "trigger_id", click.Payload["trigger_id"].(string), "view", form)
	id := dig(event(t, events, "view_opened"), "view", "id").(string)
	equal(t, dig(s.state("alice"), "views", 0, "id"), any(id))
	in := map[string]any{"user": "alice", "view_id": id}
	go func() { l.ack(l.next(), map[string]any{"options": []any{option("DESKTOP-1")}}) }()
	found := s.demo("suggest", with(in, "block_id", "b3", "action_id", "hosts", "value", "DESK"))
	equal(t, dig(found, "options", 0, "value"), any("DESKTOP-1"))
	equal(t, dig(s.demo("view/submit", with(in, "values", map[string]any{})), "errors", "b1"), any("Please complete this required field."))

	values := map[string]any{"b1": map[string]any{"reason": map[string]any{"type": "plain_text_input", "value": "because"}}}
	go func() { l.ack(l.next(), jsonValue(t, `{"response_action":"errors","errors":{"b1":"say more"}}`)) }()
	out := s.demo("view/submit", with(in, "values", values))
	equal(t, out["response_action"], any("errors"))
	equal(t, dig(out, "errors", "b1"), any("say more"))
	go func() { l.take() }()
	out = s.demo("view/submit", with(in, "values", values))
	equal(t, out["ok"], any(true))
	equal(t, out["response_action"], any(nil))
	equal(t, event(t, events, "view_closed")["view_id"], any(id))
	equal(t, s.demo("view/close", in)["error"], any("not_found"))
	must(t, s.Settle(s.ctx))
	s.noViolations()
}

func TestThePageIsToldWhatDoesNotWork(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	must(t, s.User("alice").Types("#soc", "an incident"))
	m := s.User("alice").Sees("#soc")[0]
	s.AddChannel(slacksim.Channel{Name: "secret", Private: true, Members: []string{"alice"}})
	for _, tc := range []struct {
		path string
		body map[string]any
		want string
	}{
		{"message", map[string]any{"user": "alice", "channel": s.soc, "thread_ts": m.TS, "text": "/s1 help"}, "/s1 is not supported in threads. Sorry!"},
		{"message", map[string]any{"user": "alice", "channel": s.soc, "text": "/nonsense"}, "/nonsense is not a valid command."},
		{"message", map[string]any{"user": "alice", "channel": s.soc, "text": "  "}, "There is nothing to send"},
		{"message", map[string]any{"user": "bob", "channel": s.ChannelID("secret"), "text": "hi"}, "bob knows no channel " + s.ChannelID("secret")},
		{"message", map[string]any{"user": "mallory", "channel": s.soc, "text": "hi"}, "Nobody here has that name."},
		{"message", map[string]any{"user": "bob", "channel": s.soc, "thread_ts": "1.000001", "text": "hi"}, "This message has no thread."},
		{"action", map[string]any{"user": "bob", "channel": s.soc, "message_ts": "1.000001"}, "This is no longer there."},
		{"view/submit", map[string]any{"user": "bob", "view_id": "V1"}, "This form is no longer open."},
	} {
		out := s.demo(tc.path, tc.body)
		equal(t, out["ok"], any(false))
		equal(t, out["message"], any(tc.want))
	}
	_, out := s.post("/demo/message", "no JSON")
	equal(t, out["error"], any("invalid_json"))
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
