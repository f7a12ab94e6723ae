package intake

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/post"
	"s1bot/bot/run"
	"s1bot/bot/seal"
	"s1bot/bot/socketmode"
	"s1bot/commands"
	"s1bot/render"
	"s1bot/s1"
)

// full is an inbox on a disk that is full.
type full struct{ Inbox }

func (full) Save(context.Context, string, string, []byte) func() (bool, error) {
	return func() (bool, error) { return false, errors.New("disk full") }
}

// heard is a Slack that takes everything, by which way and in which words.
type heard struct {
	mu          sync.Mutex
	ways, words []string
}

// told is what people read, oldest first.
func (h *heard) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.words)
}

func (h *heard) Take(way string, card render.Card) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ways, h.words = append(h.ways, way), append(h.words, card.Text)
	return nil
}

func (h *heard) Post(_ context.Context, _, _, _ string, card render.Card) (string, string, error) {
	return "D1", "1.1", h.Take("direct", card)
}

func (h *heard) PostEphemeral(_ context.Context, _, _, _ string, card render.Card) error {
	return h.Take("ephemeral", card)
}

func (h *heard) Respond(_ context.Context, _ string, _ post.Replacing, card render.Card) error {
	return h.Take("url", card)
}

func (h *heard) RespondInChannel(_ context.Context, _, _ string, card render.Card) error {
	return h.Take("channel", card)
}

// An acknowledgement says that the bot has it. What was not written down gets none, unless it is the answer that says so.
func TestWhatIsNotWrittenDownIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	const sorry = "I couldn't save this, so nothing was done. Please try again in a moment."
	for name, c := range map[string]struct{ kind, payload, ack, told string }{
		"a click":      {"interactive", `{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"response_url":"https://hooks.example","actions":[]}`, "", "url"},
		"a form":       {"interactive", `{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"x","state":{"values":{"reason":{"a":{"value":"x"}}}}}}`, `{"response_action":"errors","errors":{"reason":"` + sorry + `"}}`, ""},
		"a bare form":  {"interactive", `{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"x","state":{"values":{}}}}`, "", "direct"},
		"a slash word": {"slash_commands", `{"user_id":"U1","channel_id":"C1","command":"/s1","text":"help","trigger_id":"1.2"}`, `{"response_type":"ephemeral","text":"` + sorry + `"}`, ""},
		"a message":    {"events_api", `{"event_id":"E1","event":{"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"1.3","text":"help"}}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &heard{}
			said := &exchange.Responder{Post: m, Log: slog.New(slog.DiscardHandler)}
			reader := inbound.Reader{Self: func() (string, string) { return "U0BOT", "B0BOT" }, Seal: seal.Sealer{Key: s1.NewSecret("key")}, Catalog: commands.All()}
			queue := fairqueue.New(fairqueue.Config{Log: slog.New(slog.DiscardHandler)})
			i := &Receiver{Queue: queue, Inbox: full{}, Reader: reader, Scheduler: &Scheduler{Responder: said}, Meter: run.Unmetered{}, Log: slog.New(slog.DiscardHandler)}
			acks := []string{}
			env := socketmode.Envelope{ID: "one", Type: c.kind, Payload: json.RawMessage(c.payload)}.AnsweredBy(func(_ context.Context, payload any) error {
				body, err := json.Marshal(payload)
				acks = append(acks, string(body))
				return err
			})
			i.writeDown(t.Context(), i.cover(i.open(env, func() {})))
			if c.ack == "" {
				require.Empty(t, acks)
			} else {
				require.Len(t, acks, 1)
				require.JSONEq(t, c.ack, acks[0])
			}
			if c.told == "" {
				require.Empty(t, m.ways)
				return
			}
			require.Equal(t, []string{c.told}, m.ways)
			require.Equal(t, []string{sorry}, m.words)
		})
	}
}

// together is an inbox that writes down what happened in which order; it has known everything, but for what it cannot write.
type together struct {
	Inbox
	mu       sync.Mutex
	happened []string
}

func (t *together) note(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.happened = append(t.happened, what)
}

func (t *together) Save(_ context.Context, _, _ string, payload []byte) func() (bool, error) {
	t.note("saved")
	return func() (bool, error) {
		t.note("waited")
		if strings.Contains(string(payload), "unwritable") {
			return false, errors.New("disk full")
		}
		return false, nil
	}
}

// Fifty clicks that come together are written down together. What is wrong with one of them is none of the others' business.
func TestEnvelopesThatComeTogetherAreSavedTogether(t *testing.T) {
	t.Parallel()
	inbox := &together{}
	quiet := slog.New(slog.DiscardHandler)
	i := &Receiver{
		Inbox: inbox, Reader: inbound.Reader{Self: func() (string, string) { panic("an event that nobody can read") }, Catalog: commands.All()},
		Queue: fairqueue.New(fairqueue.Config{Log: quiet}), Scheduler: &Scheduler{Responder: &exchange.Responder{Post: &heard{}, Log: quiet}}, Meter: run.Unmetered{}, Log: quiet,
	}
	envelope := func(id, kind, payload string) socketmode.Envelope {
		return socketmode.Envelope{ID: id, Type: kind, Payload: json.RawMessage(payload)}.AnsweredBy(func(_ context.Context, answer any) error {
			if answer != nil {
				id += " turned away"
			}
			inbox.note(id)
			return nil
		})
	}
	i.Take(t.Context(),
		envelope("first", "slash_commands", `{"user_id":"U1","text":"help","trigger_id":"1.1"}`),
		envelope("panics", "events_api", `{"event_id":"E1","event":{"type":"message","channel_type":"im","user":"U1","channel":"D1","ts":"1.3","text":"help"}}`),
		envelope("second", "slash_commands", `{"user_id":"U1","text":"unwritable","trigger_id":"1.2"}`),
		envelope("third", "interactive", `{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1.3","actions":[]}`),
	)
	require.Equal(t, []string{"saved", "saved", "saved"}, inbox.happened[:3])
	require.ElementsMatch(t, []string{"waited", "first", "waited", "second turned away", "waited", "third"}, inbox.happened[3:])
}

// Work that gives way to acknowledgements does not wait for what came with them and takes longer: a form, or an answer that something was not
// written down.
func TestAnEnvelopeEndsWithItsOwnAcknowledgement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		quiet := slog.New(slog.DiscardHandler)
		i := &Receiver{
			Inbox: &together{}, Reader: inbound.Reader{Catalog: commands.All()}, Queue: fairqueue.New(fairqueue.Config{Log: quiet}), Scheduler: &Scheduler{}, Meter: run.Unmetered{}, Log: quiet,
		}
		ended := make(chan struct{}, 2)
		envelope := func(text string, answered func(context.Context, any) error) socketmode.Envelope {
			return socketmode.Envelope{ID: text, Type: "slash_commands", Payload: json.RawMessage(`{"user_id":"U1","text":"` + text + `","trigger_id":"1.` + text + `"}`)}.AnsweredBy(answered)
		}
		slow := envelope("unwritable", func(context.Context, any) error {
			<-ended
			return nil
		})
		quick := envelope("help", func(context.Context, any) error { return nil })
		i.takeEach(t.Context(), []socketmode.Envelope{slow, quick}, func() { ended <- struct{}{} })
		require.Len(t, ended, 1, "each ends once")
	})
}
