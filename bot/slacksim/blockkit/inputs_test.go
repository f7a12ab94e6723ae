package blockkit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/wire"
)

// known is whom and what a menu without options of its own lists.
func known(what blockkit.Listing, name string) (string, bool) {
	id, ok := map[string]string{"0 alice": "U1", "1 soc": "C1"}[fmt.Sprintf("%d %s", what, name)]
	return id, ok
}

// formBlocks are those of the form, with their ids.
func formBlocks(t *testing.T) json.RawMessage {
	t.Helper()
	return wire.Encode(wire.ParseObject(json.RawMessage(form))["blocks"])
}

func TestWhatAPersonPicksBecomesTheStateOfTheInput(t *testing.T) {
	t.Parallel()
	const offers = `"options":[{"text":{"type":"plain_text","text":"High"},"value":"h"},{"text":{"type":"plain_text","text":"Low"},"value":"l"}]`
	for _, tc := range []struct {
		element string
		given   []string
		want    string
	}{
		{`{"type":"plain_text_input"}`, []string{"words"}, `{"type":"plain_text_input","value":"words"}`},
		{`{"type":"plain_text_input","initial_value":"x"}`, []string{""}, `{"type":"plain_text_input","value":null}`},
		{`{"type":"datepicker"}`, []string{"2026-11-28"}, `{"type":"datepicker","selected_date":"2026-11-28"}`},
		{`{"type":"datetimepicker"}`, []string{"2026-11-28 10:00"}, `{"type":"datetimepicker","selected_date_time":1795860000}`},
		{`{"type":"users_select"}`, []string{"alice"}, `{"type":"users_select","selected_user":"U1"}`},
		{`{"type":"multi_conversations_select"}`, []string{"soc"}, `{"type":"multi_conversations_select","selected_conversations":["C1"]}`},
		{`{"type":"static_select",` + offers + `}`, []string{"Low"},
			`{"type":"static_select","selected_option":{"text":{"type":"plain_text","text":"Low"},"value":"l"}}`},
		{`{"type":"checkboxes",` + offers + `}`, nil, `{"type":"checkboxes","selected_options":[]}`},
	} {
		state, err := blockkit.Enter(wire.ParseObject(json.RawMessage(tc.element)), tc.given, nil, known)
		require.NoError(t, err, tc.element)
		require.JSONEq(t, tc.want, string(wire.Encode(state)))
	}
}

func TestNobodyPicksWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for element, given := range map[string]string{
		`{"type":"button"}`: "x", `{"type":"users_select"}`: "bob", `{"type":"channels_select"}`: "alice", `{"type":"static_select"}`: "High",
		`{"type":"datetimepicker"}`: "tomorrow",
	} {
		_, err := blockkit.Enter(wire.ParseObject(json.RawMessage(element)), []string{given}, nil, known)
		require.Error(t, err, element)
	}
}

func TestAnOptionOfASearchBoxIsWhatTheAppOffered(t *testing.T) {
	t.Parallel()
	offered := blockkit.ReadOptions([]any{wire.ParseObject(json.RawMessage(`{"text":{"type":"plain_text","text":"DESKTOP-1"},"value":"d"}`))}, "Hosts")
	state, err := blockkit.Enter(map[string]any{"type": "multi_external_select"}, []string{"DESKTOP-1"}, offered, known)
	require.NoError(t, err)
	require.Equal(t, "d", wire.Text(wire.Objects(state["selected_options"])[0]["value"]))
	require.JSONEq(t, `{"option_groups":[{"label":{"type":"plain_text","text":"Hosts"},"options":[{"text":{"type":"plain_text","text":"DESKTOP-1"},"value":"d"}]}]}`,
		string(wire.Encode(blockkit.OptionList(offered))))
	require.Equal(t, 3, blockkit.MinQueryLength(map[string]any{}))
	require.Equal(t, 0, blockkit.MinQueryLength(map[string]any{"min_query_length": json.Number("0")}))
}

func TestSlacksClientFindsErrorsBeforeTheAppDoes(t *testing.T) {
	t.Parallel()
	blocks := formBlocks(t)
	typed := blockkit.Values{}
	require.Equal(t, map[string]string{"b1": "Please complete this required field."}, blockkit.ClientErrors(blocks, blockkit.StateOf(blocks, typed)))
	typed.Set("b1", "reason", map[string]any{"type": "plain_text_input", "value": "ab"})
	typed.Set("b4", "limit", map[string]any{"type": "number_input", "value": "1.5"})
	require.Equal(t, map[string]string{"b1": "Please enter at least 3 characters.", "b4": "Please enter a whole number."},
		blockkit.ClientErrors(blocks, blockkit.StateOf(blocks, typed)))
	typed.Set("b1", "reason", map[string]any{"type": "plain_text_input", "value": "beaconing"})
	typed.Set("b4", "limit", map[string]any{"type": "number_input", "value": "10"})
	require.Empty(t, blockkit.ClientErrors(blocks, blockkit.StateOf(blocks, typed)))
}

func TestElementsAreFoundByWhatAPersonReads(t *testing.T) {
	t.Parallel()
	blocks := blockkit.ParseBlocks(json.RawMessage(card))
	require.Equal(t, []string{"Approve", "Deny"}, blockkit.ButtonLabels(blocks))
	_, button := blockkit.FindElement(blocks, "Deny", "button")
	require.Equal(t, "no", wire.Text(button["action_id"]))
	_, menu := blockkit.FindInput(blocks, "Verdict")
	require.Equal(t, "verdict", wire.Text(menu["action_id"]))
	_, _, option := blockkit.FindOverflow(blocks, "Details")
	require.Equal(t, "d", wire.Text(option["value"]))
	_, none := blockkit.FindElement(blocks, "Allow", "button")
	require.Nil(t, none)
}

func TestIDsAreMadeWhereTheAppGaveNone(t *testing.T) {
	t.Parallel()
	n := 0
	made := blockkit.WithIDs(json.RawMessage(`[{"type":"actions","elements":[{"type":"button"},{"type":"button","action_id":"mine"}]},{"type":"divider","block_id":"d"}]`),
		func(prefix string) string { n++; return fmt.Sprint(prefix, n) })
	require.JSONEq(t, `[{"type":"actions","block_id":"b1","elements":[{"type":"button","action_id":"a2"},{"type":"button","action_id":"mine"}]},
		{"type":"divider","block_id":"d"}]`, string(made))
}

func TestOnlyMarkupIsMarkup(t *testing.T) {
	t.Parallel()
	for block, want := range map[string]string{
		`{"type":"header","text":{"type":"plain_text","text":"<!channel>"}}`:                                       "",
		`{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}`:                                          "<!channel>",
		`{"type":"rich_text","elements":[{"type":"broadcast","range":"here"}]}`:                                    "<!here>",
		`{"type":"context","elements":[{"type":"mrkdwn","text":"by <@U1>"},{"type":"plain_text","text":"<@U2>"}]}`: "by <@U1>",
	} {
		require.Equal(t, want, strings.TrimSpace(blockkit.Markup(wire.ParseObject(json.RawMessage(block)))))
	}
}

func TestTablesAndChartsDoNotCountAmongTheCharacters(t *testing.T) {
	t.Parallel()
	require.Equal(t, 5, blockkit.Characters(json.RawMessage(`[{"type":"section","text":{"type":"mrkdwn","text":"éé"},"fields":[{"type":"mrkdwn","text":"abc"}]},
		{"type":"table","rows":[[{"type":"raw_text","text":"long"}]]}]`)))
}
