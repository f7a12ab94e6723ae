package slacksim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

const card = `[{"type":"header","text":{"type":"plain_text","text":"Approval needed"}},
{"type":"section","text":{"type":"mrkdwn","text":"*DESKTOP-1* of <@U0ALICE00>"},"fields":[{"type":"mrkdwn","text":"Paris"}]},
{"type":"actions","block_id":"decide","elements":[
{"type":"button","action_id":"yes","value":"A-1","style":"primary","text":{"type":"plain_text","text":"Approve"}},
{"type":"button","action_id":"no","value":"A-1","text":{"type":"plain_text","text":"Deny"}},
{"type":"static_select","action_id":"verdict","placeholder":{"type":"plain_text","text":"Verdict"},"options":[{"text":{"type":"plain_text","text":"True positive"},"value":"tp"}]},
{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Details"},"value":"d"}]}]}]`

// posted is a card in #soc.
func posted(t *testing.T, o slacksim.Options) (*story, *simtest.Link, slacksim.Message) {
	t.Helper()
	s := newStory(t, o)
	l := s.Connect()
	s.Works("chat.postMessage", "channel", s.SOC, "text", "Approval needed", "blocks", card)
	m, err := s.WaitMessage(s.Ctx, "#soc", nil)
	simtest.Must(t, err)
	return s, l, m
}

func TestAMessageIsReadAsAPersonReadsIt(t *testing.T) {
	t.Parallel()
	_, _, m := posted(t, slacksim.Options{})
	simtest.Equal(t, m.PlainText(), "Approval needed\n*DESKTOP-1* of <@U0ALICE00>\nParis\nApprove\nDeny\nVerdict\nTrue positive\nDetails")
	simtest.Equal(t, m.Buttons(), []string{"Approve", "Deny"})
}

func TestAClickArrivesAsSlackSendsIt(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	simtest.Must(t, s.User("bob").Clicks(m, "Approve"))
	e := l.Take()
	simtest.Equal(t, e.Type, "interactive")
	simtest.Equal(t, e.Payload["type"], any("block_actions"))
	simtest.Equal(t, simtest.Dig(e.Payload, "user", "id"), any("U0BOB0000"))
	simtest.Equal(t, simtest.Dig(e.Payload, "user", "team_id"), any("T0SOC0001"))
	simtest.Equal(t, simtest.Dig(e.Payload, "container", "message_ts"), any(m.TS))
	simtest.Equal(t, simtest.Dig(e.Payload, "container", "is_ephemeral"), any(false))
	simtest.Equal(t, simtest.Dig(e.Payload, "message", "ts"), any(m.TS))
	simtest.Equal(t, simtest.Dig(e.Payload, "channel", "id"), any(s.SOC))
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "action_id"), any("yes"))
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "block_id"), any("decide"))
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "value"), any("A-1"))
	simtest.Must(t, s.User("bob").Clicks(m, "Details"))
	e = l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "type"), any("overflow"))
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "selected_option", "value"), any("d"))
	simtest.Must(t, s.User("bob").Selects(m, "Verdict", "True positive"))
	e = l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "selected_option", "value"), any("tp"))
	simtest.Equal(t, simtest.Dig(e.Payload, "state", "values", "decide", "verdict", "selected_option", "value"), any("tp"))
	simtest.Must(t, s.User("bob").Clicks(m, "True positive"))
	simtest.Equal(t, simtest.Dig(l.Take().Payload, "actions", 0, "action_id"), any("verdict"))
	simtest.Must(t, s.Settle(s.Ctx))
	s.NoViolations()
	if err := s.User("bob").Clicks(m, "Explode"); err == nil || !strings.Contains(err.Error(), "Approve") {
		t.Fatalf("a button that is not there: %v", err)
	}
}

func TestShortcutsArriveAsSlackSendsThem(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	s.User("alice").Shortcut("palette")
	e := l.Take()
	simtest.Equal(t, e.Payload["type"], any("shortcut"))
	simtest.Equal(t, e.Payload["callback_id"], any("palette"))
	simtest.Must(t, s.User("alice").ShortcutOn(m, "hunt"))
	e = l.Take()
	simtest.Equal(t, e.Payload["type"], any("message_action"))
	simtest.Equal(t, simtest.Dig(e.Payload, "message", "ts"), any(m.TS))
	s.Works("views.open", "trigger_id", e.Payload["trigger_id"].(string), "view", form)
	simtest.Must(t, s.Settle(s.Ctx))
	s.NoViolations()
}

func TestWhatOneSawMayBeOlderThanWhatIsThere(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	s.Works("chat.update", "channel", s.SOC, "ts", m.TS, "text", "done", "blocks", `[]`)
	simtest.Must(t, s.User("bob").Clicks(m, "Approve"))
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "value"), any("A-1"))
	simtest.Equal(t, simtest.Dig(e.Payload, "message", "text"), any("done"))
	s.Works("chat.delete", "channel", s.SOC, "ts", m.TS)
	if s.User("bob").Clicks(m, "Approve") == nil {
		t.Fatal("a deleted message was clicked")
	}
}

func TestAnUpdateKeepsBlocksUnlessItBringsItsOwn(t *testing.T) {
	t.Parallel()
	s, _, m := posted(t, slacksim.Options{})
	s.Works("chat.update", "channel", s.SOC, "ts", m.TS, "text", "new text")
	now, err := s.WaitUpdate(s.Ctx, "#soc", m.TS, func(m slacksim.Message) bool { return m.Edited == 1 })
	simtest.Must(t, err)
	simtest.Equal(t, now.Buttons(), []string{"Approve", "Deny"})
	simtest.Equal(t, now.Text, "new text")
	s.Works("chat.update", "channel", s.SOC, "ts", m.TS, "text", "done", "blocks", "[]")
	now, err = s.WaitUpdate(s.Ctx, "#soc", m.TS, func(m slacksim.Message) bool { return m.Edited == 2 })
	simtest.Must(t, err)
	simtest.Equal(t, now.PlainText(), "done")
}

func TestAnEditHasATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	s, _, m := posted(t, slacksim.Options{})
	s.Works("chat.update", "channel", s.SOC, "ts", m.TS, "text", "new text")
	edited := simtest.Dig(s.Works("conversations.history", "channel", s.SOC), "messages", 0, "edited", "ts")
	if ts, _ := edited.(string); ts <= m.TS {
		t.Fatalf("edited.ts is %v, the message's is %s", edited, m.TS)
	}
}

func TestEphemeralMessagesAreForOneUser(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	ts := s.Works("chat.postEphemeral", "channel", s.SOC, "user", s.User("alice").ID(), "text", "psst", "blocks", card)["message_ts"].(string)
	m, err := s.WaitEphemeral(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.TS, ts)
	simtest.Equal(t, len(s.User("alice").Sees("#soc")), 1)
	simtest.Equal(t, len(s.User("bob").Sees("#soc")), 0)
	if s.User("bob").Clicks(m, "Approve") == nil {
		t.Fatal("bob clicked what he does not see")
	}
	simtest.Must(t, s.User("alice").Clicks(m, "Approve"))
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "container", "is_ephemeral"), any(true))
	if _, given := e.Payload["message"]; given {
		t.Fatal("an ephemeral message came along")
	}
	simtest.Equal(t, s.Fails("chat.update", "channel", s.SOC, "ts", ts, "text", "x"), "message_not_found")
	simtest.Equal(t, s.Fails("chat.delete", "channel", s.SOC, "ts", ts), "message_not_found")
	simtest.Equal(t, s.Fails("chat.postMessage", "channel", s.SOC, "thread_ts", ts, "text", "x"), "cannot_reply_to_message")
}

func TestAResponseURLAnswersFiveTimesWithinHalfAnHour(t *testing.T) {
	t.Parallel()
	c := simtest.NewClock()
	s := newStory(t, slacksim.Options{Now: c.Now})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "/s1"))
	address := l.Take().Payload["response_url"].(string)
	for range 5 {
		answer, out := s.Post(address, map[string]any{"text": "for alice"})
		simtest.Equal(t, answer.StatusCode, 200)
		simtest.Equal(t, out["ok"], any(true))
	}
	simtest.Equal(t, len(s.User("alice").Sees("#soc")), 5)
	simtest.Equal(t, len(s.User("bob").Sees("#soc")), 0)
	answer, out := s.Post(address, map[string]any{"text": "once more"})
	simtest.Equal(t, answer.StatusCode, 404)
	simtest.Equal(t, out["error"], any("used_url"))
	simtest.Must(t, s.User("alice").Types("#soc", "/s1"))
	address = l.Take().Payload["response_url"].(string)
	c.Add(30*time.Minute + time.Second)
	_, out = s.Post(address, map[string]any{"text": "too late"})
	simtest.Equal(t, out["error"], any("expired_url"))
	simtest.Equal(t, len(s.Violations()), 2)
}

func TestAResponseURLReplacesAndDeletesWhatWasClicked(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	simtest.Must(t, s.User("bob").Clicks(m, "Approve"))
	address := l.Take().Payload["response_url"].(string)
	s.Post(address, map[string]any{"text": "approved", "replace_original": true})
	now, err := s.WaitUpdate(s.Ctx, "#soc", m.TS, func(m slacksim.Message) bool { return m.Edited == 1 })
	simtest.Must(t, err)
	simtest.Equal(t, now.PlainText(), "approved")
	s.Post(address, map[string]any{"text": "in the thread", "replace_original": false, "response_type": "in_channel", "thread_ts": m.TS})
	reply, err := s.WaitMessage(s.Ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "in the thread" })
	simtest.Must(t, err)
	simtest.Equal(t, reply.ThreadTS, m.TS)
	_, out := s.Post(address, map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "alert"}}})
	simtest.Equal(t, out["error"], any("invalid_blocks"))
	s.Violated("unsupported type: alert")
	_, out = s.Post(address, map[string]any{"delete_original": "true"})
	simtest.Equal(t, out["ok"], any(true))
	simtest.Equal(t, len(s.User("bob").Sees("#soc")), 1)
}

func TestABroadcastReplyStandsInTheThreadAndInTheChannel(t *testing.T) {
	t.Parallel()
	s, _, root := posted(t, slacksim.Options{})
	s.Works("chat.postMessage", "channel", s.SOC, "text", "quiet", "thread_ts", root.TS)
	out := s.Works("chat.postMessage", "channel", s.SOC, "text", "loud", "thread_ts", root.TS, "reply_broadcast", "true")
	simtest.Equal(t, out["message"].(map[string]any)["subtype"], any("thread_broadcast"))
	s.Works("chat.postMessage", "channel", s.SOC, "text", "no thread", "reply_broadcast", "true")

	texts := func(method string) (found []string) {
		for _, m := range s.Works(method, "channel", s.SOC, "ts", root.TS)["messages"].([]any) {
			found = append(found, m.(map[string]any)["text"].(string))
		}
		return found
	}
	simtest.Equal(t, texts("conversations.history"), []string{"no thread", "loud", root.Text})
	simtest.Equal(t, texts("conversations.replies"), []string{root.Text, "quiet", "loud"})
	unread, _ := s.User("carol").Unread("#soc")
	simtest.Equal(t, unread, 3)
}

func TestUnreadMessagesAreCounted(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.AddGroup(slacksim.Group{Handle: "soc-leads", Members: []string{"bob"}})
	simtest.Must(t, s.User("alice").Types("#soc", "hello @bob"))
	simtest.Must(t, s.User("alice").Types("#soc", "hello @soc-leads"))
	simtest.Must(t, s.User("alice").Types("#soc", "nobody in particular"))
	unread, mentions := s.User("bob").Unread("#soc")
	simtest.Equal(t, []int{unread, mentions}, []int{3, 2})
	unread, mentions = s.User("carol").Unread("#soc")
	simtest.Equal(t, []int{unread, mentions}, []int{3, 0})
	unread, _ = s.User("alice").Unread("#soc")
	simtest.Equal(t, unread, 0)
	s.User("bob").Reads("#soc")
	unread, mentions = s.User("bob").Unread("#soc")
	simtest.Equal(t, []int{unread, mentions}, []int{0, 0})
}

func TestOnlyMarkupMentions(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	for blocks, want := range map[string]int{
		`{"type":"header","text":{"type":"plain_text","text":"<!channel>"}}`:                                                              0,
		`{"type":"section","text":{"type":"mrkdwn","text":"&lt;!channel&gt;"}}`:                                                           0,
		`{"type":"table","rows":[[{"type":"raw_text","text":"<@U0BOB0000>"}]]}`:                                                           0,
		`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"<!here>"}]}]}`:                    0,
		`{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}`:                                                                 1,
		`{"type":"context","elements":[{"type":"mrkdwn","text":"by <@U0BOB0000>"}]}`:                                                      1,
		`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"here"}]}]}`:                 1,
		`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U0BOB0000"}]}]}`:               1,
		`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U0CAROL00"}]}]}`:               0,
		`{"type":"section","fields":[{"type":"mrkdwn","text":"<!subteam^S0NOTHING>"}],"accessory":{"type":"datepicker","action_id":"d"}}`: 0,
	} {
		s.Works("chat.postMessage", "channel", s.SOC, "text", "x", "blocks", "["+blocks+"]")
		_, mentions := s.User("bob").Unread("#soc")
		if s.User("bob").Reads("#soc"); mentions != want {
			t.Errorf("%s: %d mentions, want %d", blocks, mentions, want)
		}
	}
}

func TestTimeStampsAreUniqueAndIncrease(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{Now: simtest.NewClock().Now})
	last := ""
	for range 100 {
		ts := s.Works("chat.postMessage", "channel", s.SOC, "text", "x")["ts"].(string)
		if ts <= last {
			t.Fatalf("%s follows %s", ts, last)
		}
		last = ts
	}
}

func jsonValue(t *testing.T, s string) any {
	t.Helper()
	var v any
	simtest.Must(t, json.Unmarshal([]byte(s), &v))
	return v
}
