package state_test

import (
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestAMessageIsReadAsAPersonReadsIt(t *testing.T) {
	t.Parallel()
	_, _, m := simtest.Posted(t, slacksim.Options{})
	simtest.Equal(t, m.PlainText(), "Approval needed\n*DESKTOP-1* of <@U0ALICE00>\nParis\nApprove\nDeny\nVerdict\nTrue positive\nDetails")
	simtest.Equal(t, m.Buttons(), []string{"Approve", "Deny"})
}

func TestWhatOneSawMayBeOlderThanWhatIsThere(t *testing.T) {
	t.Parallel()
	s, l, m := simtest.Posted(t, slacksim.Options{})
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
	s, _, m := simtest.Posted(t, slacksim.Options{})
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
	s, _, m := simtest.Posted(t, slacksim.Options{})
	s.Works("chat.update", "channel", s.SOC, "ts", m.TS, "text", "new text")
	edited := simtest.Dig(s.Works("conversations.history", "channel", s.SOC), "messages", 0, "edited", "ts")
	if ts, _ := edited.(string); ts <= m.TS {
		t.Fatalf("edited.ts is %v, the message's is %s", edited, m.TS)
	}
}

func TestEphemeralMessagesAreForOneUser(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	l := s.Connect()
	ts := s.Works("chat.postEphemeral", "channel", s.SOC, "user", s.User("alice").ID(), "text", "psst", "blocks", simtest.Card)["message_ts"].(string)
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

func TestABroadcastReplyStandsInTheThreadAndInTheChannel(t *testing.T) {
	t.Parallel()
	s, _, root := simtest.Posted(t, slacksim.Options{})
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
	s := simtest.New(t, slacksim.Options{})
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
	s := simtest.New(t, slacksim.Options{})
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
	s := simtest.New(t, slacksim.Options{Now: simtest.NewClock().Now})
	last := ""
	for range 100 {
		ts := s.Works("chat.postMessage", "channel", s.SOC, "text", "x")["ts"].(string)
		if ts <= last {
			t.Fatalf("%s follows %s", ts, last)
		}
		last = ts
	}
}

func TestThreeViewsStack(t *testing.T) {
	t.Parallel()
	s, l, v := simtest.Opened(t, slacksim.Options{})
	push := func() map[string]any {
		simtest.Must(t, s.User("alice").Clicks(v, "More"))
		return s.API("views.push", "trigger_id", l.Take().Payload["trigger_id"].(string), "view", simtest.Form)
	}
	simtest.Equal(t, push()["ok"], any(true))
	simtest.Equal(t, push()["ok"], any(true))
	simtest.Equal(t, push()["error"], any("push_limit_reached"))
	if s.User("alice").Closes(v) == nil {
		t.Fatal("the lowest view was closed under the others")
	}
	simtest.Equal(t, s.Fails("views.push", "trigger_id", s.Trigger(l, "bob"), "view", simtest.Form), "not_found")
}

func TestExternalIDsAreUnique(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	l := s.Connect()
	named := strings.Replace(simtest.Form, `"callback_id"`, `"external_id":"mine","callback_id"`, 1)
	s.Works("views.open", "trigger_id", s.Trigger(l, "alice"), "view", named)
	simtest.Equal(t, s.Fails("views.open", "trigger_id", s.Trigger(l, "bob"), "view", named), "duplicate_external_id")
	s.Works("views.update", "external_id", "mine", "view", named)
	simtest.Equal(t, s.Fails("views.update", "external_id", "yours", "view", named), "not_found")
}

func TestTheHomeTabIsPublished(t *testing.T) {
	t.Parallel()
	s := simtest.New(t, slacksim.Options{})
	l := s.Connect()
	home := `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Welcome"}}]}`
	hash := simtest.Dig(s.Works("views.publish", "user_id", s.User("alice").ID(), "view", home), "view", "hash").(string)
	s.Works("views.publish", "user_id", s.User("alice").ID(), "view", home, "hash", hash)
	simtest.Equal(t, s.Fails("views.publish", "user_id", s.User("alice").ID(), "view", home, "hash", hash), "hash_conflict")
	simtest.Equal(t, s.Fails("views.publish", "user_id", s.User("alice").ID(), "view", simtest.Form), "invalid_arguments")
	s.User("alice").OpensHome()
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "type"), any("app_home_opened"))
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "view", "type"), any("home"))
	v, ok := s.User("alice").Home()
	simtest.Equal(t, ok, true)
	simtest.Contains(t, v.PlainText(), "Welcome")
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	t.Parallel()
	c := simtest.NewClock()
	s := simtest.New(t, slacksim.Options{Now: c.Now})
	l := s.Connect()
	trigger := s.Trigger(l, "alice")
	s.Works("views.open", "trigger_id", trigger, "view", simtest.Form)
	simtest.Equal(t, s.Fails("views.open", "trigger_id", trigger, "view", simtest.Form), "exchanged_trigger_id")
	late := s.Trigger(l, "alice")
	c.Add(3*time.Second + time.Millisecond)
	simtest.Equal(t, s.Fails("views.open", "trigger_id", late, "view", simtest.Form), "expired_trigger_id")
	simtest.Equal(t, s.Fails("views.open", "trigger_id", "12.34.ab", "view", simtest.Form), "invalid_trigger_id")
	simtest.Equal(t, len(s.Violations()), 3)
}

func TestAnUpdateKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, l, v := simtest.Opened(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Fills(v, map[string]any{"Reason": "typed", "Limit": "5"}))
	s.Works("views.update", "view_id", v.ID, "hash", v.Hash, "view", strings.Replace(simtest.Form, `"action_id":"limit"`, `"action_id":"limit2"`, 1))
	simtest.Equal(t, s.Fails("views.update", "view_id", v.ID, "hash", v.Hash, "view", simtest.Form), "hash_conflict")
	now, _ := s.User("alice").View()
	simtest.Must(t, s.User("alice").Clicks(now, "More"))
	e := l.Take()
	simtest.Equal(t, e.Payload["type"], any("block_actions"))
	simtest.Equal(t, simtest.Dig(e.Payload, "container", "view_id"), any(v.ID))
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "action_id"), any("more"))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "state", "values", "b1", "reason", "value"), any("typed"))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "state", "values", "b4", "limit2", "value"), any(nil))
	if _, given := e.Payload["response_url"]; given {
		t.Fatal("a view has no response_url")
	}
}
