package slacksim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestASlashCommandArrivesAsSlackSendsIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", `/s1 isolate  "a & b" <c> @bob #soc`))
	e := l.Take()
	simtest.Equal(t, e.Type, "slash_commands")
	simtest.Equal(t, e.Accepts, true)
	for field, want := range map[string]any{
		"command": "/s1", "text": `isolate  "a &amp; b" &lt;c&gt; @bob #soc`, "user_id": "U0ALICE00", "user_name": "alice", "channel_id": s.SOC,
		"channel_name": "soc", "team_id": "T0SOC0001", "is_enterprise_install": "false", "api_app_id": "A0S1BOT",
	} {
		simtest.Equal(t, e.Payload[field], want)
	}
	simtest.Contains(t, e.Payload["response_url"].(string), s.Server.URL)
	simtest.Must(t, s.Settle(s.Ctx))
	s.NoViolations()
}

func TestEscapedCommandsCarryIDs(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{Commands: []slacksim.Command{{Name: "/s1", ShouldEscape: true}}})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "/s1 ask @bob in #soc about https://example.com/?a=1&b=2 or x@example.com @nobody"))
	simtest.Equal(t, l.Take().Payload["text"],
		any("ask <@U0BOB0000|bob> in <#C0SOC0000|soc> about <https://example.com/?a=1&amp;b=2> or <mailto:x@example.com|x@example.com> @nobody"))
}

func TestACommandWithoutAnAckTimesOutAndIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{AckTimeout: 20 * time.Millisecond, EventRetries: []time.Duration{0}})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "/s1 slow"))
	e := l.Next()
	m, err := s.WaitEphemeral(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.Text, `/s1 failed with the error "operation_timeout"`)
	simtest.Equal(t, m.User, "USLACKBOT")
	s.Violated("operation_timeout")
	simtest.Equal(t, len(l.Frames), 0)
	l.Ack(e, nil)
	awaitViolation(s, "came too late")
}

func TestAnEventWithoutAnAckIsSentAgain(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{AckTimeout: 20 * time.Millisecond, EventRetries: []time.Duration{0, time.Millisecond}})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "@s1bot list-agents"))
	first := l.Next()
	simtest.Equal(t, simtest.Dig(first.Payload, "event", "type"), any("app_mention"))
	simtest.Equal(t, simtest.Dig(first.Payload, "event", "text"), any("<@"+s.BotUserID()+"> list-agents"))
	simtest.Equal(t, first.Accepts, false)
	simtest.Equal(t, first.RetryAttempt, 0)
	second := l.Next()
	simtest.Equal(t, second.RetryAttempt, 1)
	simtest.Equal(t, second.RetryReason, "timeout")
	simtest.Equal(t, second.Payload["event_id"], first.Payload["event_id"])
	if second.ID == first.ID {
		t.Fatal("both have one envelope_id")
	}
	simtest.Equal(t, l.Take().RetryAttempt, 2)
	simtest.Must(t, s.Settle(s.Ctx))
	for _, v := range s.Violations() {
		simtest.Contains(t, v, "app_mention was not acknowledged within 20ms")
	}
}

func TestAnEventThatNobodyEverAcknowledgesIsLost(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{EventRetries: []time.Duration{time.Millisecond}})
	simtest.Must(t, s.User("alice").Types("@s1bot", "hello"))
	awaitViolation(s, "the event is lost")
}

func TestWithoutASocketAPersonSeesDispatchFailed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Types("#soc", "/s1"))
	m, err := s.WaitEphemeral(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.Text, `/s1 failed with the error "dispatch_failed"`)
	s.Violated("dispatch_failed")
}

func TestAnAckOf20KBIsDropped(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "/s1 big"))
	e := l.Next()
	base := len(simtest.ToJSON(t, map[string]any{"envelope_id": e.ID, "payload": map[string]any{"text": ""}}))
	l.Ack(e, map[string]any{"text": strings.Repeat("x", 20480-base)})
	awaitViolation(s, "has 20480 bytes")
	l.Ack(e, map[string]any{"text": strings.Repeat("x", 20479-base)})
	m, err := s.WaitEphemeral(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, len(m.Text), 20479-base)
}

func TestAnAckMustFitItsEnvelope(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	for name, tc := range map[string]struct{ frame, want string }{
		"no JSON":        {`{"envelope_id"`, "no JSON"},
		"never sent":     {`{"envelope_id":"no such"}`, "never sent"},
		"invalid blocks": {`{"envelope_id":"ID","payload":{"blocks":[{"type":"nonsense"}]}}`, "invalid_blocks"},
		"no message":     {`{"envelope_id":"ID","payload":["text"]}`, "is no message"},
	} {
		simtest.Must(t, s.User("alice").Types("#soc", "/s1 "+name))
		e := l.Next()
		simtest.Must(t, l.Conn.WriteMessage(websocket.TextMessage, []byte(strings.ReplaceAll(tc.frame, "ID", e.ID))))
		awaitViolation(s, tc.want)
		if !strings.Contains(tc.frame, "ID") {
			l.Ack(e, nil)
		}
	}
	simtest.Must(t, s.User("alice").Types("#soc", "/s1 twice"))
	e := l.Take()
	l.Ack(e, nil)
	awaitViolation(s, "/s1 was acknowledged twice")
	simtest.Must(t, s.User("alice").Types("@s1bot", "hello"))
	l.Ack(l.Next(), map[string]any{"text": "hi"})
	awaitViolation(s, "the ack of message has a payload")
}

func TestACommandIsAnsweredByItsAck(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "/s1"))
	l.Ack(l.Next(), map[string]any{"text": "for you alone"})
	m, err := s.WaitEphemeral(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.Text, "for you alone")
	simtest.Must(t, s.User("alice").Types("#soc", "/s1"))
	l.Ack(l.Next(), map[string]any{"text": "for all", "response_type": "in_channel"})
	m, err = s.WaitMessage(s.Ctx, "#soc", nil)
	simtest.Must(t, err)
	simtest.Equal(t, m.Text, "for all")
	simtest.Equal(t, len(s.User("bob").Sees("#soc")), 1)
	s.NoViolations()
}

func TestCommandsDoNotWorkInThreadsOrUnderOtherNames(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Types("#soc", "an incident"))
	m := s.User("alice").Sees("#soc")[0]
	for want, err := range map[string]error{
		"/s1 is not supported in threads. Sorry!": s.User("bob").TypesInThread(m, "/s1 help"),
		"/s2 is not a valid command.":             s.User("bob").Types("#soc", "/s2"),
	} {
		if err == nil {
			t.Fatal("it worked")
		}
		simtest.Equal(t, err.Error(), want)
	}
}

func TestAMentionInAThreadCarriesTheThread(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	simtest.Must(t, s.User("alice").Types("#soc", "an incident"))
	m := s.User("alice").Sees("#soc")[0]
	simtest.Must(t, s.User("bob").TypesInThread(m, "<@"+s.BotUserID()+"> get-threat"))
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "thread_ts"), any(m.TS))
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "user"), any("U0BOB0000"))
	simtest.Equal(t, s.User("alice").Sees("#soc")[0].Replies, 1)
}

func TestWhatDoesNotConcernTheBotIsNotSent(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	s.AddChannel(slacksim.Channel{Name: "elsewhere", NoBot: true})
	simtest.Must(t, s.User("alice").Types("#soc", "no mention"))
	simtest.Must(t, s.User("alice").Types("#elsewhere", "@s1bot where the bot is not"))
	simtest.Must(t, s.User("alice").Types("@bob", "@s1bot between us"))
	simtest.Must(t, s.User("alice").Types("@s1bot", "for the bot"))
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "text"), any("for the bot"))
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "channel_type"), any("im"))
	simtest.Equal(t, len(l.Frames), 0)
}

// awaitViolation waits for one violation, and forgets all.
func awaitViolation(s *story, words string) {
	s.T.Helper()
	_, err := s.WaitViolation(s.Ctx, words)
	simtest.Must(s.T, err)
	s.ForgetViolations()
}
