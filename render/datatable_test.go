package render_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/rendertest"
)

func listOf(rows int) render.Card {
	t := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Threats", Right: true}, {Title: "Seen"}}}
	for i := range rows {
		t.Rows = append(t.Rows, []render.Line{{render.Text(fmt.Sprintf("D-%d <!here>", i))}, {render.Text(fmt.Sprint(i))}, {render.Bold("x")}})
	}
	return render.Card{Title: "Agents · 3 match", Parts: []render.Part{t}}
}

// Where Slack takes data tables, what can be sorted is one, with numbers as numbers; what is hostile stays text.
func TestAListIsADataTableWhereSlackTakesThem(t *testing.T) {
	t.Parallel()
	m := listOf(12).Message(render.Options{DataTables: true})
	rendertest.RequireSound(t, m.Text, m.Blocks)
	raw, err := json.Marshal(m.Blocks)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"type":"data_table","caption":"Agents"`)
	require.Contains(t, string(raw), `"page_size":10`)
	require.Contains(t, string(raw), `{"type":"raw_number","value":11,"text":"11"}`)

	for name, c := range map[string]struct {
		card render.Card
		o    render.Options
	}{
		"not taken here":       {listOf(12), render.Options{}},
		"one row has no order": {listOf(1), render.Options{DataTables: true}},
		"too many rows":        {listOf(101), render.Options{DataTables: true}},
	} {
		m := c.card.Message(c.o)
		rendertest.RequireSound(t, m.Text, m.Blocks)
		raw, err := json.Marshal(m.Blocks)
		require.NoError(t, err)
		require.NotContains(t, string(raw), "data_table", name)
		require.Contains(t, string(raw), `"type":"table"`, name)
	}
}
