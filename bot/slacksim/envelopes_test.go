package slacksim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"s1bot/bot/slacksim"
)

func TestASlashCommandArrivesAsSlackSendsIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", `/s1 isolate  "a & b" <c> @bob #soc`))
	e := l.take()
	equal(t, e.Type, "slash_commands")
	equal(t, e.Accepts, true)
	for field, want := range map[string]any{
		"command": "/s1", "text": `isolate  "a &amp; b" &lt;c&gt; @bob #soc`, "user_id": "U0ALICE00", "user_name": "alice", "channel_id": s.soc,
		"channel_name": "soc", "team_id": "T0SOC0001", "is_enterprise_install": "false", "api_app_id": "A0S1BOT",
	} {
		equal(t, e.Payload[field], want)
	}
	contains(t, e.Payload["response_url"].(string), s.server.URL)
	must(t, s.Settle(s.ctx))
	s.noViolations()
}

func TestEscapedCommandsCarryIDs(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{Commands: []slacksim.Command{{Name: "/s1", ShouldEscape: true}}})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "/s1 ask @bob in #soc about https://example.com/?a=1&b=2 or x@example.com @nobody"))
	equal(t, l.take().Payload["text"],
		any("ask <@U0BOB0000|bob> in <#C0SOC0000|soc> about <https://example.com/?a=1&amp;b=2> or <mailto:x@example.com|x@example.com> @nobody"))
}

func TestACommandWithoutAnAckTimesOutAndIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{AckTimeout: 20 * time.Millisecond, EventRetries: []time.Duration{0}})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "/s1 slow"))
	e := l.next()
	m, err := s.WaitEphemeral(s.ctx, "alice", nil)
	must(t, err)
	equal(t, m.Text, `/s1 failed with the error "operation_timeout"`)
	equal(t, m.User, "USLACKBOT")
	s.violated("operation_timeout")
	equal(t, len(l.frames), 0)
	l.ack(e, nil)
	awaitViolation(s, "came too late")
}

func TestAnEventWithoutAnAckIsSentAgain(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{AckTimeout: 20 * time.Millisecond, EventRetries: []time.Duration{0, time.Millisecond}})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "@s1bot list-agents"))
	first := l.next()
	equal(t, dig(first.Payload, "event", "type"), any("app_mention"))
	equal(t, dig(first.Payload, "event", "text"), any("<@"+s.BotUserID()+"> list-agents"))
	equal(t, first.Accepts, false)
	equal(t, first.RetryAttempt, 0)
	second := l.next()
	equal(t, second.RetryAttempt, 1)
	equal(t, second.RetryReason, "timeout")
	equal(t, second.Payload["event_id"], first.Payload["event_id"])
	if second.ID == first.ID {
		t.Fatal("both have one envelope_id")
	}
	equal(t, l.take().RetryAttempt, 2)
	must(t, s.Settle(s.ctx))
	for _, v := range s.Violations() {
		contains(t, v, "app_mention was not acknowledged within 20ms")
	}
}

func TestAnEventThatNobodyEverAcknowledgesIsLost(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{EventRetries: []time.Duration{time.Millisecond}})
	must(t, s.User("alice").Types("@s1bot", "hello"))
	awaitViolation(s, "the event is lost")
}

func TestWithoutASocketAPersonSeesDispatchFailed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	must(t, s.User("alice").Types("#soc", "/s1"))
	m, err := s.WaitEphemeral(s.ctx, "alice", nil)
	must(t, err)
	equal(t, m.Text, `/s1 failed with the error "dispatch_failed"`)
	s.violated("dispatch_failed")
}

func TestAnAckOf20KBIsDropped(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "/s1 big"))
	e := l.next()
	base := len(toJSON(t, map[string]any{"envelope_id": e.ID, "payload": map[string]any{"text": ""}}))
	l.ack(e, map[string]any{"text": strings.Repeat("x", 20480-base)})
	awaitViolation(s, "has 20480 bytes")
	l.ack(e, map[string]any{"text": strings.Repeat("x", 20479-base)})
	m, err := s.WaitEphemeral(s.ctx, "alice", nil)
	must(t, err)
	equal(t, len(m.Text), 20479-base)
}

func TestAnAckMustFitItsEnvelope(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	for name, tc := range map[string]struct{ frame, want string }{
		"no JSON":        {`{"envelope_id"`, "no JSON"},
		"never sent":     {`{"envelope_id":"no such"}`, "never sent"},
		"invalid blocks": {`{"envelope_id":"ID","payload":{"blocks":[{"type":"nonsense"}]}}`, "invalid_blocks"},
		"no message":     {`{"envelope_id":"ID","payload":["text"]}`, "is no message"},
	} {
		must(t, s.User("alice").Types("#soc", "/s1 "+name))
		e := l.next()
		must(t, l.conn.WriteMessage(websocket.TextMessage, []byte(strings.ReplaceAll(tc.frame, "ID", e.ID))))
		awaitViolation(s, tc.want)
		if !strings.Contains(tc.frame, "ID") {
			l.ack(e, nil)
		}
	}
	must(t, s.User("alice").Types("#soc", "/s1 twice"))
	e := l.take()
	l.ack(e, nil)
	awaitViolation(s, "/s1 was acknowledged twice")
	must(t, s.User("alice").Types("@s1bot", "hello"))
	l.ack(l.next(), map[string]any{"text": "hi"})
	awaitViolation(s, "the ack of message has a payload")
}

func TestACommandIsAnsweredByItsAck(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "/s1"))
	l.ack(l.next(), map[string]any{"text": "for you alone"})
	m, err := s.WaitEphemeral(s.ctx, "alice", nil)
	must(t, err)
	equal(t, m.Text, "for you alone")
	must(t, s.User("alice").Types("#soc", "/s1"))
	l.ack(l.next(), map[string]any{"text": "for all", "response_type": "in_channel"})
	m, err = s.WaitMessage(s.ctx, "#soc", nil)
	must(t, err)
	equal(t, m.Text, "for all")
	equal(t, len(s.User("bob").Sees("#soc")), 1)
	s.noViolations()
}

func TestCommandsDoNotWorkInThreadsOrUnderOtherNames(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	must(t, s.User("alice").Types("#soc", "an incident"))
	m := s.User("alice").Sees("#soc")[0]
	for want, err := range map[string]error{
		"/s1 is not supported in threads. Sorry!": s.User("bob").TypesInThread(m, "/s1 help"),
		"/s2 is not a valid command.":             s.User("bob").Types("#soc", "/s2"),
	} {
		if err == nil {
			t.Fatal("it worked")
		}
		equal(t, err.Error(), want)
	}
}

func TestAMentionInAThreadCarriesTheThread(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	must(t, s.User("alice").Types("#soc", "an incident"))
	m := s.User("alice").Sees("#soc")[0]
	must(t, s.User("bob").TypesInThread(m, "<@"+s.BotUserID()+"> get-threat"))
	e := l.take()
	equal(t, dig(e.Payload, "event", "thread_ts"), any(m.TS))
	equal(t, dig(e.Payload, "event", "user"), any("U0BOB0000"))
	equal(t, s.User("alice").Sees("#soc")[0].Replies, 1)
}

func TestWhatDoesNotConcernTheBotIsNotSent(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.connect()
	s.AddChannel(slacksim.Channel{Name: "elsewhere", NoBot: true})
	must(t, s.User("alice").Types("#soc", "no mention"))
	must(t, s.User("alice").Types("#elsewhere", "@s1bot where the bot is not"))
	must(t, s.User("alice").Types("@bob", "@s1bot between us"))
	must(t, s.User("alice").Types("@s1bot", "for the bot"))
	e := l.take()
	equal(t, dig(e.Payload, "event", "text"), any("for the bot"))
	equal(t, dig(e.Payload, "event", "channel_type"), any("im"))
	equal(t, len(l.frames), 0)
}

// awaitViolation waits for one violation, and forgets all.
func awaitViolation(s *story, words string) {
	s.t.Helper()
	_, err := s.WaitViolation(s.ctx, words)
	must(s.t, err)
	s.ForgetViolations()
}
