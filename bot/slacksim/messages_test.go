package slacksim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestAClickArrivesAsSlackSendsIt(t *testing.T) {
	t.Parallel()
	s, l, m := simtest.Posted(t, slacksim.Options{})
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
	s, l, m := simtest.Posted(t, slacksim.Options{})
	s.User("alice").Shortcut("palette")
	e := l.Take()
	simtest.Equal(t, e.Payload["type"], any("shortcut"))
	simtest.Equal(t, e.Payload["callback_id"], any("palette"))
	simtest.Must(t, s.User("alice").ShortcutOn(m, "hunt"))
	e = l.Take()
	simtest.Equal(t, e.Payload["type"], any("message_action"))
	simtest.Equal(t, simtest.Dig(e.Payload, "message", "ts"), any(m.TS))
	s.Works("views.open", "trigger_id", e.Payload["trigger_id"].(string), "view", simtest.Form)
	simtest.Must(t, s.Settle(s.Ctx))
	s.NoViolations()
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
	s, l, m := simtest.Posted(t, slacksim.Options{})
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

func jsonValue(t *testing.T, s string) any {
	t.Helper()
	var v any
	simtest.Must(t, json.Unmarshal([]byte(s), &v))
	return v
}
