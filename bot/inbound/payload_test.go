package inbound

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// form is what Slack sends of a form with so many fields, as a click in it or as a key in one of its search boxes.
func form(kind string, fields int) json.RawMessage {
	field := `{"type":"input","block_id":"reason","label":{"type":"plain_text","text":"Why"},"dispatch_action":true,"element":{"type":"plain_text_input","action_id":"reason"}},`
	return json.RawMessage(`{"type":"` + kind + `","user":{"id":"U1"},"action_id":"search:agents:agent-ids","value":"LAP","view":{"id":"V1","callback_id":"form","private_metadata":"{}",
		"blocks":[` + strings.TrimSuffix(strings.Repeat(field, fields), ",") + `],"state":{"values":{"reason":{"reason":{"type":"plain_text_input","value":"x"}}}}}}`)
}

// Each key in a search box brings the whole form along, and nothing of its blocks is asked for. A click may depend on them.
func TestTheBlocksOfAFormAreReadWhereSomethingDependsOnThem(t *testing.T) {
	t.Parallel()
	for kind, blocks := range map[string]int{SearchBox: 0, Click: 3, Submission: 3} {
		var p Payload
		require.NoError(t, p.read(form(kind, 3)), kind)
		require.Len(t, p.View.Blocks.BlockSet, blocks, kind)
		require.Equal(t, []string{kind, "U1", "LAP", "V1", "form", "{}"}, []string{p.Type, p.User.ID, p.Value, p.View.ID, p.View.CallbackID, p.View.PrivateMetadata})
		require.Equal(t, "x", p.View.State.Values["reason"]["reason"].Value)
	}
	var p Payload
	require.NoError(t, p.read(json.RawMessage(`{"type":"block_actions","user":{"id":"U1"},"view":null,"actions":[]}`)))
	require.Error(t, p.read(json.RawMessage(`{"type":"view_submission","view":{"blocks":7}}`)))
	require.Error(t, p.read(json.RawMessage(`{"type":"view_submission","view":7}`)))
}

func BenchmarkAKeyInASearchBox(b *testing.B) {
	raw := form(SearchBox, 12)
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			var p Payload
			require.NoError(b, p.read(raw))
		}
	})
	b.Run("baseline: all of it", func(b *testing.B) {
		for b.Loop() {
			var p Payload
			require.NoError(b, json.Unmarshal(raw, &p))
		}
	})
}
