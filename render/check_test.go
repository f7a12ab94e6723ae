package render

import (
	"encoding/json"
	"testing"

	"github.com/slack-go/slack"

	"s1bot/render/rendertest"
)

const console = rendertest.Console

func checkMessage(t testing.TB, m Message) []string { return rendertest.Message(t, m.Text, m.Blocks) }

func checkView(t testing.TB, v slack.ModalViewRequest) []string { return rendertest.View(t, v) }

func requireSound(t testing.TB, m Message) {
	t.Helper()
	rendertest.RequireSound(t, m.Text, m.Blocks)
}

func outline(t testing.TB, m Message) string { return rendertest.Outline(t, m.Text, m.Blocks) }

func asMaps(t testing.TB, v any) []map[string]any { return rendertest.Maps(t, v) }

func list(v any) []any          { return rendertest.List(v) }
func dict(v any) map[string]any { return rendertest.Dict(v) }
func str(v any) string          { return rendertest.Str(v) }

// object is JSON arguments made of names and values in turn.
func object(pairs ...any) json.RawMessage {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	raw, _ := json.Marshal(m) // strings and lists of them: it cannot fail
	return raw
}
