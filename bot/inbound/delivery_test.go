package inbound

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/socketmode"
	"s1bot/render"
)

func envelope(kind, payload string) socketmode.Envelope {
	return socketmode.Envelope{ID: "E1", Type: kind, Payload: json.RawMessage(payload)}
}

// What Slack repeats has one key, whatever the envelope; what differs has another.
func TestOneThingHasOneKey(t *testing.T) {
	t.Parallel()
	r := reader()
	for _, same := range [][2]string{
		{Event, `{"event_id":"Ev%","event":{"type":"app_mention","user":"U1","channel":"C1","ts":"1.2","text":"<@UBOT> help"}}`},
		{Slash, `{"trigger_id":"1.2","text":"help","response_url":"https://%"}`},
		{"interactive", `{"type":"block_actions","trigger_id":"1.2","response_url":"%","actions":[{"type":"button","action_id":"a","action_ts":"3"}]}`},
		{"interactive", `{"type":"view_submission","trigger_id":"%","view":{"private_metadata":"sealed"}}`},
	} {
		first, again := r.Envelope(envelope(same[0], strings.ReplaceAll(same[1], "%", "1"))), r.Envelope(envelope(same[0], strings.ReplaceAll(same[1], "%", "2")))
		require.Equal(t, first.Key, again.Key, same[1])
		require.NotEqual(t, "E1", first.Key)
		require.NoError(t, first.Err)
	}
	require.Equal(t, "Ev1", r.Envelope(envelope(Event, `{"event_id":"Ev1","event":{"type":"app_home_opened"}}`)).Key)
	for _, none := range [][2]string{{Slash, `{}`}, {Slash, `17`}, {"interactive", `{"type":"block_actions"}`}, {"interactive", `{"actions":[null],"trigger_id":"1"}`}, {"hello", ``}} {
		require.Equal(t, "E1", r.Envelope(envelope(none[0], none[1])).Key, none[1])
	}
}

func TestAClickIsReadWithWhatItsButtonCarries(t *testing.T) {
	t.Parallel()
	r := reader()
	payload := func(value, more string) string {
		return `{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"container":{"channel_id":"C1","message_ts":"1.2","thread_ts":"1.0","is_ephemeral":true},
			"message":{"ts":"1.2","metadata":{"event_type":"s1bot_card","event_payload":{"key":"R1"}}}` + more + `,"actions":[` + value + `]}`
	}
	d := r.Envelope(envelope("interactive", payload(`{"type":"button","action_id":"nonsense","value":"x"}`, "")))
	require.Equal(t, Click, d.Kind)
	require.Len(t, d.Payload.Clicks, 1)
	require.Error(t, d.Payload.Clicks[0].Err, "not of our making")
	require.Equal(t, "R1", d.Payload.Message.Card())
	require.Equal(t, render.Origin{Channel: "C1", Message: "1.2", Thread: "1.0", Key: "K"}, d.Payload.Origin("K"))
	d = r.Envelope(envelope("interactive", payload(`{"type":"plain_text_input","action_id":"nonsense"}`, `,"view":{"id":"V1"}`)))
	require.Empty(t, d.Payload.Clicks, "a field of a form")
	d = r.Envelope(envelope("interactive", payload("null", "")))
	require.ErrorIs(t, d.Payload.Clicks[0].Err, errNothing)
}

func TestWhatCannotBeReadSaysWhoSentIt(t *testing.T) {
	t.Parallel()
	d := reader().Envelope(envelope("interactive", `{"type":17,"user":{"id":"U1"},"container":{"channel_id":"C1"},"response_url":"https://x"}`))
	require.Error(t, d.Err)
	require.Equal(t, "U1", d.Payload.User.ID)
	require.Equal(t, "C1", d.Payload.Origin("").Channel)
	require.Error(t, reader().Envelope(envelope(Slash, `[]`)).Err)
	require.Empty(t, reader().Envelope(envelope("interactive", `nonsense`)).Payload.User.ID)
}

// What an earlier run left has no trigger any more: it would open nothing.
func TestWhatIsTakenUpAgainHasNoTrigger(t *testing.T) {
	t.Parallel()
	at := time.Now()
	d := reader().Saved("K", Slash, []byte(`{"user_id":"U1","text":"help","trigger_id":"1.2"}`), at)
	require.True(t, d.Again)
	require.Equal(t, "help", d.Command.Text)
	require.Empty(t, d.Command.Trigger)
	require.Equal(t, at, d.At)
	d = reader().Saved("K", Submission, []byte(`{"type":"view_submission","user":{"id":"U1"},"trigger_id":"1.2"}`), at)
	require.Equal(t, "K", d.Key)
	require.Empty(t, d.Payload.Trigger)
	require.Error(t, d.Payload.FormErr, "no form of ours")
}
