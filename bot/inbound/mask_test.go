package inbound

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/seal"
	"s1bot/bot/socketmode"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/s1"
)

func reader() Reader {
	return Reader{Catalog: commands.All(), Seal: seal.Sealer{Key: s1.NewSecret("key")}, Self: func() (user, bot string) { return "UBOT", "BBOT" }}
}

// masked is a payload as it is written down.
func masked(r Reader, kind, payload string) json.RawMessage {
	d, _ := r.read(kind, json.RawMessage(payload))
	d.Kind = kind
	return r.Masked(d)
}

// What is written down of a delivery has no password in it, and all else that the bot reads of it.
func TestDeliveriesAreWrittenDownWithoutPasswords(t *testing.T) {
	t.Parallel()
	r := reader()
	for kind, payload := range map[string]string{
		"slash_commands": `{"command":"/s1","text":"fetch-files DESKTOP-1 password=\"Secret 1!\" paths=/a","user_id":"U1"}`,
		"events_api": `{"event_id":"Ev1","event":{"type":"app_mention","text":"<@U1> fetch-files DESKTOP-1 password=Secret-1! paths=/a",
			"blocks":[{"elements":[{"text":"password=Secret-1!"}]}],"user":"U1"}}`,
		"view_submission": `{"user":{"id":"U1"},"view":{"state":{"values":{"password":{"password":{"type":"plain_text_input","value":"Secret-1!"}},
			"agent-id":{"agent-id:agents":{"type":"external_select","selected_option":{"value":"DESKTOP-1"}}}}}}}`,
		"block_actions": `{"user":{"id":"U1"},"actions":[{"value":"DESKTOP-1"}],"view":{"state":{"values":{"password":{"password":{"value":"Secret-1!"}}}}},
			"state":{"values":{"input-params":{"input-params":{"value":"-Password Secret-2!"}}}}}`,
		"view_closed": `{"user":{"id":"U1"},"view":{"state":{"values":{"password":{"password":{"value":"Secret-1!"}},"agent-id":{"x":{"value":"DESKTOP-1"}}}}}}`,
	} {
		clean := masked(r, kind, payload)
		require.True(t, json.Valid(clean), kind)
		require.NotContains(t, string(clean), "Secret", kind)
		for _, kept := range []string{catalog.Mark, "DESKTOP-1", "U1"} {
			require.Contains(t, string(clean), kept, kind)
		}
	}
}

// What is quoted to the bot is answered, also after a crash, and none of it is kept.
func TestNothingIsKeptOfAMessageThatMayBeAQuotation(t *testing.T) {
	t.Parallel()
	r := reader()
	for _, event := range []string{
		`{"type":"app_mention","user":"U1","channel":"C1","ts":"1.2","text":"<@UBOT> ` + "`fetch-files X password=Secret-1!`" + `"}`,
		`{"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"1.2","text":"` + "```fetch-files X password=Secret-1!```" + `"}`,
		`{"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"1.2","text":"help","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Secret-1!"}]}]}]}`,
	} {
		clean := masked(r, Event, `{"event":`+event+`}`)
		require.NotContains(t, string(clean), "Secret")
		m, _ := r.message(clean)
		require.Equal(t, Doubtful, m.Meaning)
	}
}

func TestDeliveriesWithoutPasswordsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	r := reader()
	for _, payload := range []string{
		`{"text":"agents DESKTOP  limit=10"}`, `{"text":null}`, `{"event":{"text":"hello"}}`, `{"event":17}`, `{"view":{"state":{"values":{"password":{"password":{"value":null}}}}}}`,
		`[]`, `null`, `"x"`, `not json`, `{"view":[]}`,
	} {
		for _, kind := range []string{"slash_commands", "events_api", "view_submission", "block_actions", "other"} {
			require.Equal(t, payload, string(masked(r, kind, payload)))
		}
	}
}

// Who waits for an acknowledgement waits for this. The bounds have headroom for other versions of Go.
func TestADeliveryIsReadWithoutTakingTheWholeOfItApart(t *testing.T) {
	r := reader()
	state := `"state":{"values":{"a":{"b":{"type":"plain_text_input","value":"x"}}}}`
	blocks := `"blocks":[` + strings.Repeat(`{"type":"section","text":{"type":"mrkdwn","text":"x"}},`, 40) + `{"type":"divider"}]`
	for kind, c := range map[string]struct {
		payload string
		most    float64
	}{
		"slash_commands": {`{"command":"/s1","text":"isolate DESKTOP-1 reason=beaconing","user_id":"U1","channel_id":"C1","trigger_id":"1.2","response_url":"https://hooks.example/x"}`, 60},
		"interactive": {`{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"trigger_id":"1.2","message":{"ts":"1.1",` + blocks + `},` + state +
			`,"actions":[{"type":"button","action_id":"a","block_id":"b","value":"{}","action_ts":"1.1"}]}`, 180},
	} {
		env := socketmode.Envelope{ID: "E1", Type: kind, Payload: json.RawMessage(c.payload)}
		require.Equal(t, c.payload, string(r.Masked(r.Envelope(env))))
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { r.Masked(r.Envelope(env)) }), c.most, kind)
	}
}
