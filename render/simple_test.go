package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
)

// What Slack refuses as it is drawn keeps its words and its first buttons; nothing in it needs a newer block than sections and actions.
func TestASimpleCardKeepsItsWordsAndItsButtons(t *testing.T) {
	t.Parallel()
	do := render.Invocation{Command: "approve"}
	card := render.Card{
		Tone: render.Waiting, Title: "Approval needed <!channel>",
		Parts: []render.Part{
			render.Line{render.User("U0ALICE"), render.Text(" asks *now*")}, render.Table{Columns: []render.Column{{Title: "Name"}}, Rows: [][]render.Line{{{render.Link("DESKTOP-1", "https://console.example/a?b=c")}}}},
			render.Quote{Text: strings.Repeat("because ", 1000)},
		},
		Actions: []render.Action{
			render.Button{Label: "Approve", Style: render.Primary, Do: do}, render.Menu{Label: "More"}, render.Button{Label: "Raw", Rare: true, Do: do},
			render.Button{Label: "Deny", Style: render.Danger, Do: do},
		},
	}
	drawn := card.Simple(render.Options{})
	body, err := json.Marshal(drawn.Blocks)
	require.NoError(t, err)
	var blocks []struct {
		Type     string
		Text     struct{ Type, Text string }
		Elements []struct {
			Type, Style string
			Text        struct{ Text string }
		}
	}
	require.NoError(t, json.Unmarshal(body, &blocks))
	require.Len(t, blocks, 2)
	require.Equal(t, "section", blocks[0].Type)
	require.Equal(t, "plain_text", blocks[0].Text.Type)
	require.LessOrEqual(t, len([]rune(blocks[0].Text.Text)), 3000)
	for _, words := range []string{"Approval needed <!channel>", "U0ALICE", "DESKTOP-1"} {
		require.Contains(t, blocks[0].Text.Text, words)
	}
	require.Equal(t, "actions", blocks[1].Type)
	require.Len(t, blocks[1].Elements, 2)
	require.Equal(t, "Approve", blocks[1].Elements[0].Text.Text)
	require.Empty(t, blocks[1].Elements[0].Style)
	require.Equal(t, "Deny", blocks[1].Elements[1].Text.Text)
	bare := card.Bare()
	require.Empty(t, bare.Blocks)
	require.Contains(t, bare.Text, "DESKTOP-1")
	require.NotContains(t, bare.Text, "<!channel>")
	require.True(t, strings.HasPrefix(bare.Text, "🟠 Approval needed &lt;!channel&gt;\n＠U0ALICE asks ∗now∗\n"), "its lines stay lines: %q", bare.Text)
	require.Contains(t, bare.Text, "/s1 pending", "where no button is taken, it says what to type")
	require.NotContains(t, bare.Text+blocks[0].Text.Text, "console.example", "a link that nobody can click is its words")
	require.NotEmpty(t, render.Card{}.Simple(render.Options{}).Blocks)
}
