package inbound

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/socketmode"
)

func TestAMessagesTextsAreThoseThatPeopleRead(t *testing.T) {
	t.Parallel()
	payload := `{"type":"message_action","callback_id":"look_up","trigger_id":"1.2","user":{"id":"U1"},"channel":{"id":"C1"},"message":{"ts":"1.1","thread_ts":"1.0","text":"top",
		"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"},{"type":"link","url":"http://two.example"},{"type":"text","text":"three","style":{"code":true}}]}]},
			{"type":"section","text":{"type":"mrkdwn","text":"four"},"fields":[{"type":"mrkdwn","text":"five"}],"accessory":{"type":"button","text":{"type":"plain_text","text":"six"},"value":"no"}},
			{"type":"table","rows":[[{"type":"raw_text","text":"seven"}]]}],
		"attachments":[{"pretext":"eight","title":"nine","fields":[{"title":"ten","value":"eleven"}],"footer":"twelve","id":1,"color":"no"}],
		"files":[{"name":"thirteen.exe","title":"fourteen","url_private":"https://files.slack.com/no","mimetype":"no"}]}}`
	d := reader().Envelope(socketmode.Envelope{ID: "E1", Type: "interactive", Payload: json.RawMessage(payload)})
	require.NoError(t, d.Err)
	require.Equal(t, MessageShortcut, d.Kind)
	require.Equal(t, []string{"top", "one", "http://two.example", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen.exe", "fourteen"}, d.Payload.Said)
	require.Equal(t, "1.0", d.Payload.Origin("k").Thread)
	require.Regexp(t, "^shortcut-", d.Key)
	for _, odd := range []string{`{"message":17}`, `{"message":{"blocks":{"text":"x"},"attachments":"y","files":[[["z"]]]}}`, `{`, `null`, `{"message":{"blocks":[{"text":`} {
		_ = textsOf(json.RawMessage(odd)) // reads what it can
	}
}

func TestEventsThatAreNoMessagesAreTold(t *testing.T) {
	t.Parallel()
	r := reader()
	for event, want := range map[string]Meaning{
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home","event_ts":"1.1"}`:        Opened,
		`{"type":"member_joined_channel","user":"UBOT","channel":"C1","event_ts":"1.1"}`:             Invited,
		`{"type":"member_joined_channel","user":"U1","channel":"C1","event_ts":"1.1"}`:               Talk,
		`{"type":"app_home_opened","user":"UBOT","channel":"D1","tab":"home"}`:                       Talk,
		`{"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"1.1","text":"help"}`: Order,
	} {
		d := r.Envelope(socketmode.Envelope{ID: "E1", Type: Event, Payload: json.RawMessage(`{"event_id":"Ev1","event":` + event + `}`)})
		require.Equal(t, want, d.Message.Meaning, event)
		again := r.Envelope(socketmode.Envelope{ID: "E2", Type: Event, Payload: json.RawMessage(`{"event_id":"Ev2","event":` + event + `}`)})
		if want != Talk && d.Message.Tab == "" {
			require.Equal(t, d.Key, again.Key, "one event is one thing, whatever id it comes under")
		}
	}
}
