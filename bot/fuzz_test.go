package bot

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/bot/intake"
	"s1bot/bot/run"
	"s1bot/bot/slacksim"
	"s1bot/bot/socketmode"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/commands/forms"
	"s1bot/render"
	"s1bot/s1"
)

// fuzzed is a bot whose queues do not run: what arrives is read, written down and acknowledged, and no more.
func fuzzed(f *testing.F) *Bot {
	f.Helper()
	ws := slacksim.New(slacksim.Options{})
	server := httptest.NewServer(ws)
	f.Cleanup(server.Close)
	f.Cleanup(ws.Close)
	for _, name := range []string{"alice", "bob"} {
		ws.AddUser(slacksim.User{ID: "U0" + strings.ToUpper(name), Name: name})
	}
	ledger, err := approvals.New(approvals.Config{Store: forgetful{}, Owner: "fuzz"})
	require.NoError(f, err)
	console, err := s1.New(s1.Config{BaseURL: "http://127.0.0.1:1", Token: s1.NewSecret("token")})
	require.NoError(f, err)
	rules, err := policy.New(policy.Settings{Operators: policy.Members([]string{"*"})})
	require.NoError(f, err)
	all := commands.All()
	set, err := consoles.NewSet(consoles.Console{Name: consoles.Default, Client: console, Catalog: all})
	require.NoError(f, err)
	b, err := New(Config{BotToken: s1.NewSecret(slacksim.BotToken), SealKey: s1.NewSecret("key"), APIURL: server.URL + "/api/", Sockets: 1, Consoles: set, Catalog: all, Ledger: ledger,
		Policy: func() policy.Policy { return rules }, Inbox: known{}})
	require.NoError(f, err)
	*b.self = identity{Team: "T0SOC0001", User: "U0BOT", BotID: "B0BOT"}
	return b
}

// known is an inbox that has everything already: work on a delivery is not begun a second time.
type known struct{ intake.Inbox }

func (known) Save(context.Context, string, string, []byte) func() (bool, error) {
	return func() (bool, error) { return false, nil }
}

// forgetful is a trail that keeps no refusal, and cannot say what anybody did in the last hour: no change gets as far as the console.
type forgetful struct{ approvals.Store }

func (forgetful) Append(context.Context, ...approvals.Entry) error { return nil }

func (forgetful) Find(context.Context, approvals.Query) ([]approvals.Request, error) {
	return nil, errors.New("it keeps nothing")
}

// FuzzEnvelope: whatever Slack's frame holds, or somebody who has got hold of a socket, it is acknowledged once; an event may be left
// without, and comes again. The same delivery has the same key in every envelope, or else the envelope's own.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []struct{ kind, payload string }{
		{"slash_commands", `{"user_id":"U0ALICE","channel_id":"C1","command":"/s1","text":"isolate A password=x","trigger_id":"1.2"}`},
		{"events_api", `{"event_id":"E1","event":{"type":"app_mention","user":"U0ALICE","channel":"C1","ts":"1.2","text":"<@U0BOT> help"}}`},
		{"events_api", `{"event":{"type":"message","channel_type":"im","user":"U0BOB","channel":"D1","ts":"1.3","text":"help","blocks":[{}]}}`},
		{"interactive", `{"type":"block_actions","user":{"id":"U0BOB"},"trigger_id":"1","actions":[{"type":"button","action_id":"a","value":"{}","action_ts":"1"}]}`},
		{"interactive", `{"type":"view_submission","user":{"id":"U0BOB"},"view":{"callback_id":"form","private_metadata":"x","state":{"values":{"a":{"b":{"type":"x"}}}}}}`},
		{"interactive", `{"type":"view_closed","view":{"state":{"values":null}}}`}, {"interactive", `{"type":"block_suggestion","action_id":"search agents"}`},
		{"interactive", `{"actions":[null]}`}, {"", ``}, {"hello", `[]`}, {"events_api", `{"event":null}`}, {"slash_commands", "\xff"},
	} {
		f.Add(seed.kind, seed.payload)
	}
	b := fuzzed(f)
	f.Fuzz(func(t *testing.T, kind, payload string) {
		acks := 0
		env := socketmode.Envelope{ID: "one", Type: kind, Payload: json.RawMessage(payload)}.AnsweredBy(func(context.Context, any) error { acks++; return nil })
		b.intake.Queue = intake.NewQueue(b.Log) // that nothing piles up
		b.scheduler.Work = intake.NewWork(b.Log)
		b.intake.Take(t.Context(), env)
		intake.Classify(b.scheduler.Words, b.intake.Reader.Saved("one", kind, env.Payload, time.Now()))
		require.Equal(t, 1, acks+b.intake.Queue.Depth()["suggestions"]+b.intake.Queue.Depth()["forms"], "acknowledged, or a search box or form whose turn comes")
		key, again := b.intake.Reader.Envelope(env).Key, env
		again.ID = "two"
		require.NotEmpty(t, key)
		if key != env.ID {
			require.Equal(t, key, b.intake.Reader.Envelope(again).Key)
		}
	})
}

// FuzzViewState: whatever stands in the fields of a form that comes back, what is understood of it is a command that can be checked,
// and no field that the form does not have gets into its arguments.
func FuzzViewState(f *testing.F) {
	names := []string{"disconnect-agent-from-network", "kill-processes", "create-exclusion", "list-threats", "no-such-command"}
	for i, state := range []string{
		`{"values":{"reason":{"reason":{"type":"plain_text_input","value":"phishing"}},"agent-ids":{"x":{"type":"multi_external_select","selected_options":[{"value":"1"}]}}}}`,
		`{"values":{"for":{"for":{"value":"4h"}},"ticket":{"t":{"value":"INC-1"}}}}`, `{"values":{"reason":{}}}`, `{"values":null}`, `null`,
		`{"values":{"filter":{"f":{"value":"{\"siteIds\":[1]}"}},"limit":{"l":{"value":"-1"}}}}`,
		`{"values":{"since":{"s":{"selected_date_time":-62135596800}},"other":{"o":{"value":"x"}}}}`,
	} {
		f.Add(i%len(names), state)
	}
	b := fuzzed(f)
	f.Fuzz(func(t *testing.T, n int, state string) {
		var entered slack.ViewState
		if json.Unmarshal([]byte(state), &entered) != nil {
			return
		}
		cmd, ok := b.Catalog.Find(names[max(n%len(names), -(n%len(names)))])
		if !ok {
			cmd = b.Catalog.Commands()[max(n%len(b.Catalog.Commands()), 0)]
		}
		sealer := b.intake.Reader.Seal
		drawn := sealer.View(run.FormOf(cmd, exchange.Interaction{}), "U0ALICE")
		in := inbound.Payload{Type: "view_submission", User: inbound.Sender{ID: "U0ALICE"},
			View: slack.View{CallbackID: drawn.CallbackID, PrivateMetadata: drawn.PrivateMetadata, Blocks: drawn.Blocks, State: &entered}}
		_, err := sealer.ReadForm(in.View, "U0BOB")
		require.ErrorIs(t, err, render.ErrSeal, "a form is its person's")
		in.Form, in.FormErr = sealer.ReadForm(in.View, in.User.ID)
		_ = b.intake.Forms.CheckForm(t.Context(), in)
		answer := in.Form
		if in.FormErr != nil {
			return
		}
		args, _, wrong := forms.Read(cmd, answer.Values, answer.Do.Args, catalog.Caller{ID: "U0ALICE"})
		require.True(t, len(wrong) > 0 || json.Valid(args), "%s", args)
		for field := range wrong {
			require.Contains(t, drawn.PrivateMetadata, field)
		}
	})
}
