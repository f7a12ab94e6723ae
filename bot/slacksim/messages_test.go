package slacksim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
)

const card = `[{"type":"header","text":{"type":"plain_text","text":"Approval needed"}},
{"type":"section","text":{"type":"mrkdwn","text":"*DESKTOP-1* of <@U0ALICE00>"},"fields":[{"type":"mrkdwn","text":"Paris"}]},
{"type":"actions","block_id":"decide","elements":[
{"type":"button","action_id":"yes","value":"A-1","style":"primary","text":{"type":"plain_text","text":"Approve"}},
{"type":"button","action_id":"no","value":"A-1","text":{"type":"plain_text","text":"Deny"}},
{"type":"static_select","action_id":"verdict","placeholder":{"type":"plain_text","text":"Verdict"},"options":[{"text":{"type":"plain_text","text":"True positive"},"value":"tp"}]},
{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Details"},"value":"d"}]}]}]`

// posted is a card in #soc.
func posted(t *testing.T, o slacksim.Options) (*story, *link, slacksim.Message) {
	t.Helper()
	s := newStory(t, o)
	l := s.connect()
	s.works("chat.postMessage", "channel", s.soc, "text", "Approval needed", "blocks", card)
	m, err := s.WaitMessage(s.ctx, "#soc", nil)
	must(t, err)
	return s, l, m
}

func TestAMessageIsReadAsAPersonReadsIt(t *testing.T) {
	t.Parallel()
	_, _, m := posted(t, slacksim.Options{})
	equal(t, m.PlainText(), "Approval needed\n*DESKTOP-1* of <@U0ALICE00>\nParis\nApprove\nDeny\nVerdict\nTrue positive\nDetails")
	equal(t, m.Buttons(), []string{"Approve", "Deny"})
}

func TestAClickArrivesAsSlackSendsIt(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	must(t, s.User("bob").Clicks(m, "Approve"))
	e := l.take()
	equal(t, e.Type, "interactive")
	equal(t, e.Payload["type"], any("block_actions"))
	equal(t, dig(e.Payload, "user", "id"), any("U0BOB0000"))
	equal(t, dig(e.Payload, "user", "team_id"), any("T0SOC0001"))
	equal(t, dig(e.Payload, "container", "message_ts"), any(m.TS))
	equal(t, dig(e.Payload, "container", "is_ephemeral"), any(false))
	equal(t, dig(e.Payload, "message", "ts"), any(m.TS))
	equal(t, dig(e.Payload, "channel", "id"), any(s.soc))
	equal(t, dig(e.Payload, "actions", 0, "action_id"), any("yes"))
	equal(t, dig(e.Payload, "actions", 0, "block_id"), any("decide"))
	equal(t, dig(e.Payload, "actions", 0, "value"), any("A-1"))
	must(t, s.User("bob").Clicks(m, "Details"))
	e = l.take()
	equal(t, dig(e.Payload, "actions", 0, "type"), any("overflow"))
	equal(t, dig(e.Payload, "actions", 0, "selected_option", "value"), any("d"))
	must(t, s.User("bob").Selects(m, "Verdict", "True positive"))
	e = l.take()
	equal(t, dig(e.Payload, "actions", 0, "selected_option", "value"), any("tp"))
	equal(t, dig(e.Payload, "state", "values", "decide", "verdict", "selected_option", "value"), any("tp"))
	must(t, s.User("bob").Clicks(m, "True positive"))
	equal(t, dig(l.take().Payload, "actions", 0, "action_id"), any("verdict"))
	must(t, s.Settle(s.ctx))
	s.noViolations()
	if err := s.User("bob").Clicks(m, "Explode"); err == nil || !strings.Contains(err.Error(), "Approve") {
		t.Fatalf("a button that is not there: %v", err)
	}
}

func TestShortcutsArriveAsSlackSendsThem(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	s.User("alice").Shortcut("palette")
	e := l.take()
	equal(t, e.Payload["type"], any("shortcut"))
	equal(t, e.Payload["callback_id"], any("palette"))
	must(t, s.User("alice").ShortcutOn(m, "hunt"))
	e = l.take()
	equal(t, e.Payload["type"], any("message_action"))
	equal(t, dig(e.Payload, "message", "ts"), any(m.TS))
	s.works("views.open", "trigger_id", e.Payload["trigger_id"].(string), "view", form)
	must(t, s.Settle(s.ctx))
	s.noViolations()
}

func TestWhatOneSawMayBeOlderThanWhatIsThere(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	s.works("chat.update", "channel", s.soc, "ts", m.TS, "text", "done", "blocks", `[]`)
	must(t, s.User("bob").Clicks(m, "Approve"))
	e := l.take()
	equal(t, dig(e.Payload, "actions", 0, "value"), any("A-1"))
	equal(t, dig(e.Payload, "message", "text"), any("done"))
	s.works("chat.delete", "channel", s.soc, "ts", m.TS)
	if s.User("bob").Clicks(m, "Approve") == nil {
		t.Fatal("a deleted message was clicked")
	}
}

func TestAnUpdateKeepsBlocksUnlessItBringsItsOwn(t *testing.T) {
	t.Parallel()
	s, _, m := posted(t, slacksim.Options{})
	s.works("chat.update", "channel", s.soc, "ts", m.TS, "text", "new text")
	now, err := s.WaitUpdate(s.ctx, "#soc", m.TS, func(m slacksim.Message) bool { return m.Edited == 1 })
	must(t, err)
	equal(t, now.Buttons(), []string{"Approve", "Deny"})
	equal(t, now.Text, "new text")
	s.works("chat.update", "channel", s.soc, "ts", m.TS, "text", "done", "blocks", "[]")
	now, err = s.WaitUpdate(s.ctx, "#soc", m.TS, func(m slacksim.Message) bool { return m.Edited == 2 })
	must(t, err)
	equal(t, now.PlainText(), "done")
}

func TestAnEditHasATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	s, _, m := posted(t, slacksim.Options{})
	s.works("chat.update", "channel", s.soc, "ts", m.TS, "text", "new text")
	edited := dig(s.works("conversations.history", "channel", s.soc), "messages", 0, "edited", "ts")
	if ts, _ := edited.(string); ts <= m.TS {
		t.Fatalf("edited.ts is %v, the message's is %s", edited, m.TS)
	}
}

func TestEphemeralMessagesAreForOneUser(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	ts := s.works("chat.postEphemeral", "channel", s.soc, "user", s.User("alice").ID(), "text", "psst", "blocks", card)["message_ts"].(string)
	m, err := s.WaitEphemeral(s.ctx, "alice", nil)
	must(t, err)
	equal(t, m.TS, ts)
	equal(t, len(s.User("alice").Sees("#soc")), 1)
	equal(t, len(s.User("bob").Sees("#soc")), 0)
	if s.User("bob").Clicks(m, "Approve") == nil {
		t.Fatal("bob clicked what he does not see")
	}
	must(t, s.User("alice").Clicks(m, "Approve"))
	e := l.take()
	equal(t, dig(e.Payload, "container", "is_ephemeral"), any(true))
	if _, given := e.Payload["message"]; given {
		t.Fatal("an ephemeral message came along")
	}
	equal(t, s.fails("chat.update", "channel", s.soc, "ts", ts, "text", "x"), "message_not_found")
	equal(t, s.fails("chat.delete", "channel", s.soc, "ts", ts), "message_not_found")
	equal(t, s.fails("chat.postMessage", "channel", s.soc, "thread_ts", ts, "text", "x"), "cannot_reply_to_message")
}

func TestAResponseURLAnswersFiveTimesWithinHalfAnHour(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := newStory(t, slacksim.Options{Now: c.Now})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "/s1"))
	address := l.take().Payload["response_url"].(string)
	for range 5 {
		answer, out := s.post(address, map[string]any{"text": "for alice"})
		equal(t, answer.StatusCode, 200)
		equal(t, out["ok"], any(true))
	}
	equal(t, len(s.User("alice").Sees("#soc")), 5)
	equal(t, len(s.User("bob").Sees("#soc")), 0)
	answer, out := s.post(address, map[string]any{"text": "once more"})
	equal(t, answer.StatusCode, 404)
	equal(t, out["error"], any("used_url"))
	must(t, s.User("alice").Types("#soc", "/s1"))
	address = l.take().Payload["response_url"].(string)
	c.Add(30*time.Minute + time.Second)
	_, out = s.post(address, map[string]any{"text": "too late"})
	equal(t, out["error"], any("expired_url"))
	equal(t, len(s.Violations()), 2)
}

func TestAResponseURLReplacesAndDeletesWhatWasClicked(t *testing.T) {
	t.Parallel()
	s, l, m := posted(t, slacksim.Options{})
	must(t, s.User("bob").Clicks(m, "Approve"))
	address := l.take().Payload["response_url"].(string)
	s.post(address, map[string]any{"text": "approved", "replace_original": true})
	now, err := s.WaitUpdate(s.ctx, "#soc", m.TS, func(m slacksim.Message) bool { return m.Edited == 1 })
	must(t, err)
	equal(t, now.PlainText(), "approved")
	s.post(address, map[string]any{"text": "in the thread", "replace_original": false, "response_type": "in_channel", "thread_ts": m.TS})
	reply, err := s.WaitMessage(s.ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "in the thread" })
	must(t, err)
	equal(t, reply.ThreadTS, m.TS)
	_, out := s.post(address, map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "alert"}}})
	equal(t, out["error"], any("invalid_blocks"))
	s.violated("unsupported type: alert")
	_, out = s.post(address, map[string]any{"delete_original": "true"})
	equal(t, out["ok"], any(true))
	equal(t, len(s.User("bob").Sees("#soc")), 1)
}

func TestABroadcastReplyStandsInTheThreadAndInTheChannel(t *testing.T) {
	t.Parallel()
	s, _, root := posted(t, slacksim.Options{})
	s.works("chat.postMessage", "channel", s.soc, "text", "quiet", "thread_ts", root.TS)
	out := s.works("chat.postMessage", "channel", s.soc, "text", "loud", "thread_ts", root.TS, "reply_broadcast", "true")
	equal(t, out["message"].(map[string]any)["subtype"], any("thread_broadcast"))
	s.works("chat.postMessage", "channel", s.soc, "text", "no thread", "reply_broadcast", "true")

	texts := func(method string) (found []string) {
		for _, m := range s.works(method, "channel", s.soc, "ts", root.TS)["messages"].([]any) {
			found = append(found, m.(map[string]any)["text"].(string))
		}
		return found
	}
	equal(t, texts("conversations.history"), []string{"no thread", "loud", root.Text})
	equal(t, texts("conversations.replies"), []string{root.Text, "quiet", "loud"})
	unread, _ := s.User("carol").Unread("#soc")
	equal(t, unread, 3)
}

func TestUnreadMessagesAreCounted(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.AddGroup(slacksim.Group{Handle: "soc-leads", Members: []string{"bob"}})
	must(t, s.User("alice").Types("#soc", "hello @bob"))
	must(t, s.User("alice").Types("#soc", "hello @soc-leads"))
	must(t, s.User("alice").Types("#soc", "nobody in particular"))
	unread, mentions := s.User("bob").Unread("#soc")
	equal(t, []int{unread, mentions}, []int{3, 2})
	unread, mentions = s.User("carol").Unread("#soc")
	equal(t, []int{unread, mentions}, []int{3, 0})
	unread, _ = s.User("alice").Unread("#soc")
	equal(t, unread, 0)
	s.User("bob").Reads("#soc")
	unread, mentions = s.User("bob").Unread("#soc")
	equal(t, []int{unread, mentions}, []int{0, 0})
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
		s.works("chat.postMessage", "channel", s.soc, "text", "x", "blocks", "["+blocks+"]")
		_, mentions := s.User("bob").Unread("#soc")
		if s.User("bob").Reads("#soc"); mentions != want {
			t.Errorf("%s: %d mentions, want %d", blocks, mentions, want)
		}
	}
}

func TestTimeStampsAreUniqueAndIncrease(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{Now: newClock().Now})
	last := ""
	for range 100 {
		ts := s.works("chat.postMessage", "channel", s.soc, "text", "x")["ts"].(string)
		if ts <= last {
			t.Fatalf("%s follows %s", ts, last)
		}
		last = ts
	}
}

func jsonValue(t *testing.T, s string) any {
	t.Helper()
	var v any
	must(t, json.Unmarshal([]byte(s), &v))
	return v
}
