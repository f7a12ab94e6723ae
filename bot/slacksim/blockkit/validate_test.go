package blockkit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/blockkit"
)

// x is a text of n characters, none of them of a single byte.
func x(n int) string { return strings.Repeat("é", n) }

func textOf(kind string, n int) string {
	return fmt.Sprintf(`{"type":%q,"text":%q}`, kind, x(n))
}

// many is a JSON array of n items; # in the item stands for its number.
func many(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "#", fmt.Sprint(i))
	}
	return "[" + strings.Join(items, ",") + "]"
}

const opt = `{"text":{"type":"plain_text","text":"o#"},"value":"v#"}`

func button(fields string) string {
	return `{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"b"}` + fields + `}]}`
}

func accessory(element string) string {
	return `{"type":"section","text":{"type":"mrkdwn","text":"t"},"accessory":` + element + `}`
}

func inputOf(element string) string {
	return `{"type":"input","label":{"type":"plain_text","text":"l"},"element":` + element + `}`
}

func dataTable(rows, columns int, fields string) string {
	row := many(columns, `{"type":"raw_text","text":"c"}`)
	return `{"type":"data_table","caption":"c","rows":` + many(rows, row) + fields + `}`
}

func chart(series, points int) string {
	all := make([]string, series)
	for i := range all {
		all[i] = fmt.Sprintf(`{"name":"s%d","data":%s}`, i, many(points, `{"label":"c#","value":1}`))
	}
	return `{"type":"data_visualization","title":"t","chart":{"type":"bar","axis_config":{"categories":` + many(points, `"c#"`) + `},"series":[` +
		strings.Join(all, ",") + `]}}`
}

// Each row has a block that Slack takes, and one that it refuses with these words.
func TestBlocksOfMessages(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, good, bad, want string }{
		{"section text", `{"type":"section","text":` + textOf("mrkdwn", 3000) + `}`, `{"type":"section","text":` + textOf("mrkdwn", 3001) + `}`, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"section empty text", `{"type":"section","text":` + textOf("plain_text", 1) + `}`, `{"type":"section","text":` + textOf("mrkdwn", 0) + `}`, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{"section fields", `{"type":"section","fields":` + many(10, textOf("mrkdwn", 2000)[:30]+`"}`) + `}`, `{"type":"section","fields":` + many(11, textOf("mrkdwn", 1)) + `}`, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"section field text", `{"type":"section","fields":[` + textOf("mrkdwn", 2000) + `]}`, `{"type":"section","fields":[` + textOf("mrkdwn", 2001) + `]}`, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{"section without text", `{"type":"section","fields":[` + textOf("mrkdwn", 1) + `]}`, `{"type":"section"}`, "must define either `text` or `fields` [json-pointer:/blocks/0]"},
		{"text as a string", `{"type":"divider"}`, `{"type":"section","text":"t"}`, "must provide an object [json-pointer:/blocks/0/text]"},
		{"emoji on mrkdwn", `{"type":"section","text":{"type":"plain_text","text":"t","emoji":true}}`, `{"type":"section","text":{"type":"mrkdwn","text":"t","emoji":true}}`, "invalid additional property: emoji [json-pointer:/blocks/0/text]"},
		{"unknown field", `{"type":"divider","block_id":"d"}`, `{"type":"divider","text":"t"}`, "invalid additional property: text [json-pointer:/blocks/0]"},
		{"unknown block", `{"type":"divider"}`, `{"type":"nonsense"}`, "unsupported type: nonsense [json-pointer:/blocks/0/type]"},
		{"no type", `{"type":"divider"}`, `{}`, "missing required field: type [json-pointer:/blocks/0]"},
		{"alert is for modals", `{"type":"divider"}`, `{"type":"alert","text":` + textOf("plain_text", 1) + `}`, "unsupported type: alert [json-pointer:/blocks/0/type]"},
		{"header", `{"type":"header","text":` + textOf("plain_text", 150) + `}`, `{"type":"header","text":` + textOf("plain_text", 151) + `}`, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"header is plain", `{"type":"header","level":4,"text":` + textOf("plain_text", 1) + `}`, `{"type":"header","text":` + textOf("mrkdwn", 1) + `}`, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"},
		{"context", `{"type":"context","elements":` + many(10, textOf("mrkdwn", 1)) + `}`, `{"type":"context","elements":` + many(11, textOf("mrkdwn", 1)) + `}`, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"context without elements", `{"type":"context","elements":[{"type":"image","image_url":"https://example.com/a.png","alt_text":"a"}]}`, `{"type":"context","elements":[]}`, "no less than 1 items allowed [json-pointer:/blocks/0/elements]"},
		{"image without alt_text", `{"type":"image","image_url":"https://example.com/a.png","alt_text":"a"}`, `{"type":"image","image_url":"https://example.com/a.png"}`, "missing required field: alt_text [json-pointer:/blocks/0]"},
		{"image without source", `{"type":"image","slack_file":{"id":"F1"},"alt_text":"a"}`, `{"type":"image","alt_text":"a"}`, "must define exactly one of `image_url` or `slack_file` [json-pointer:/blocks/0]"},
		{"actions", `{"type":"actions","elements":` + many(25, `{"type":"button","text":{"type":"plain_text","text":"b"}}`) + `}`, `{"type":"actions","elements":` + many(26, `{"type":"button","text":{"type":"plain_text","text":"b"}}`) + `}`, "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		{"same action_id", `{"type":"actions","elements":` + many(2, `{"type":"button","action_id":"a#","text":{"type":"plain_text","text":"b"}}`) + `}`, `{"type":"actions","elements":` + many(2, `{"type":"button","action_id":"a","text":{"type":"plain_text","text":"b"}}`) + `}`, "`action_id` \"a\" already exists [json-pointer:/blocks/0/elements/1/action_id]"},
		{"multi-select in actions", accessory(`{"type":"multi_static_select","options":` + many(100, opt) + `}`), `{"type":"actions","elements":[{"type":"multi_static_select","options":` + many(1, opt) + `}]}`, "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]"},
		{"input in actions", inputOf(`{"type":"plain_text_input"}`), `{"type":"actions","elements":[{"type":"plain_text_input"}]}`, "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"},
		{"button in input", inputOf(`{"type":"datepicker"}`), inputOf(`{"type":"button","text":` + textOf("plain_text", 1) + `}`), "unsupported type: button [json-pointer:/blocks/0/element/type]"},
		{"file_input in a message", inputOf(`{"type":"timepicker"}`), inputOf(`{"type":"file_input"}`), "unsupported type: file_input [json-pointer:/blocks/0/element/type]"},
		{"button text", accessory(`{"type":"button","text":` + textOf("plain_text", 75) + `}`), accessory(`{"type":"button","text":` + textOf("plain_text", 76) + `}`), "must be less than 76 characters [json-pointer:/blocks/0/accessory/text/text]"},
		{"button value", button(`,"value":"` + x(2000) + `"`), button(`,"value":"` + x(2001) + `"`), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
		{"button url", button(`,"url":"https://example.com"`), button(`,"url":"example.com"`), "invalid url [json-pointer:/blocks/0/elements/0/url]"},
		{"button style", button(`,"style":"danger"`), button(`,"style":"default"`), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"},
		{"action_id", button(`,"action_id":"` + x(255) + `"`), button(`,"action_id":"` + x(256) + `"`), "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"},
		{"confirm", button(`,"confirm":{"title":` + textOf("plain_text", 100) + `,"text":` + textOf("plain_text", 300) + `,"confirm":` + textOf("plain_text", 30) + `,"deny":` + textOf("plain_text", 30) + `}`), button(`,"confirm":{"title":` + textOf("plain_text", 100) + `,"text":` + textOf("plain_text", 301) + `,"confirm":` + textOf("plain_text", 30) + `,"deny":` + textOf("plain_text", 30) + `}`), "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"},
		{"options", accessory(`{"type":"static_select","options":` + many(100, opt) + `}`), accessory(`{"type":"static_select","options":` + many(101, opt) + `}`), "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"option text", accessory(`{"type":"static_select","options":[{"text":` + textOf("plain_text", 75) + `,"value":"v"}]}`), accessory(`{"type":"static_select","options":[{"text":` + textOf("plain_text", 76) + `,"value":"v"}]}`), "must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/text/text]"},
		{"option value", accessory(`{"type":"static_select","options":[{"text":` + textOf("plain_text", 1) + `,"value":"` + x(75) + `"}]}`), accessory(`{"type":"static_select","options":[{"text":` + textOf("plain_text", 1) + `,"value":"` + x(76) + `"}]}`), "must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/value]"},
		{"option url", accessory(`{"type":"overflow","options":[{"text":` + textOf("plain_text", 1) + `,"value":"v","url":"https://example.com"}]}`), accessory(`{"type":"static_select","options":[{"text":` + textOf("plain_text", 1) + `,"value":"v","url":"https://example.com"}]}`), "invalid additional property: url [json-pointer:/blocks/0/accessory/options/0]"},
		{"no options", accessory(`{"type":"static_select","option_groups":[{"label":` + textOf("plain_text", 75) + `,"options":` + many(100, opt) + `}]}`), accessory(`{"type":"static_select"}`), "must define exactly one of `options` or `option_groups` [json-pointer:/blocks/0/accessory]"},
		{"initial option", accessory(`{"type":"static_select","initial_option":` + many(1, opt)[1:len(many(1, opt))-1] + `,"options":` + many(1, opt) + `}`), accessory(`{"type":"static_select","initial_option":{"text":` + textOf("plain_text", 1) + `,"value":"other"},"options":` + many(1, opt) + `}`), `initial option "other" must match one of the options [json-pointer:/blocks/0/accessory]`},
		{"overflow", accessory(`{"type":"overflow","options":` + many(5, opt) + `}`), accessory(`{"type":"overflow","options":` + many(6, opt) + `}`), "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"checkboxes", accessory(`{"type":"checkboxes","options":` + many(10, opt) + `}`), accessory(`{"type":"checkboxes","options":` + many(11, opt) + `}`), "no more than 10 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"max_selected_items", accessory(`{"type":"multi_users_select","max_selected_items":1}`), accessory(`{"type":"checkboxes","max_selected_items":1,"options":` + many(1, opt) + `}`), "invalid additional property: max_selected_items [json-pointer:/blocks/0/accessory]"},
		{"placeholder", accessory(`{"type":"external_select","min_query_length":0,"placeholder":` + textOf("plain_text", 150) + `}`), accessory(`{"type":"external_select","placeholder":` + textOf("plain_text", 151) + `}`), "must be less than 151 characters [json-pointer:/blocks/0/accessory/placeholder/text]"},
		{"date", accessory(`{"type":"datepicker","initial_date":"2026-11-22"}`), accessory(`{"type":"datepicker","initial_date":"22.11.2026"}`), "must be in the format YYYY-MM-DD [json-pointer:/blocks/0/accessory/initial_date]"},
		{"date and time", inputOf(`{"type":"datetimepicker","initial_date_time":1763780520}`), inputOf(`{"type":"datetimepicker","initial_date_time":1}`), "must be a UNIX timestamp of 10 digits [json-pointer:/blocks/0/element/initial_date_time]"},
		{"text input", inputOf(`{"type":"plain_text_input","max_length":3000,"min_length":1}`), inputOf(`{"type":"plain_text_input","max_length":3001}`), "must be less than 3001 [json-pointer:/blocks/0/element/max_length]"},
		{"number input", inputOf(`{"type":"number_input","is_decimal_allowed":false,"min_value":"1"}`), inputOf(`{"type":"number_input","min_value":"1"}`), "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]"},
		{"input label", `{"type":"input","label":` + textOf("plain_text", 2000) + `,"element":{"type":"datepicker"}}`, `{"type":"input","label":` + textOf("plain_text", 2001) + `,"element":{"type":"datepicker"}}`, "must be less than 2001 characters [json-pointer:/blocks/0/label/text]"},
		{"markdown", `{"type":"markdown","text":"` + x(12000) + `"}`, `{"type":"markdown","text":"` + x(12001) + `"}`, "markdown blocks must have less than 12001 characters in all [json-pointer:/blocks]"},
		{"rich text", `{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"t","style":{"bold":true}},{"type":"user","user_id":"U1"}]}]}]}`, `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}`, "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"},
		{"rich text leaf", `{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[]}]}`, `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":null,"text":"t"}]}]}`, "unsupported type:  [json-pointer:/blocks/0/elements/0/elements/0/type]"},
		{"table rows", `{"type":"table","rows":` + many(100, many(20, `{"type":"raw_text","text":"c"}`)) + `,"column_settings":[null,{"align":"right"}]}`, `{"type":"table","rows":` + many(101, `[{"type":"raw_text","text":"c"}]`) + `}`, "no more than 100 items allowed [json-pointer:/blocks/0/rows]"},
		{"table columns", `{"type":"table","rows":[[{"type":"raw_text","text":"c"}]]}`, `{"type":"table","rows":[` + many(21, `{"type":"raw_text","text":"c"}`) + `]}`, "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"},
		{"table cell", `{"type":"table","rows":[[{"type":"raw_text","text":" "}]]}`, `{"type":"table","rows":[[{"type":"raw_text","text":""}]]}`, "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"},
		{"table number", dataTable(2, 1, ""), `{"type":"table","rows":[[{"type":"raw_number","value":1,"text":"1"}]]}`, "unsupported type: raw_number [json-pointer:/blocks/0/rows/0/0/type]"},
		{"table characters", `{"type":"table","rows":[[{"type":"raw_text","text":"` + x(10000) + `"}]]}`, `{"type":"table","rows":[[{"type":"raw_text","text":"` + x(10001) + `"}]]}`, "table blocks must have less than 10001 characters in all [json-pointer:/blocks]"},
		{"data_table rows", dataTable(101, 20, `,"page_size":100`), dataTable(102, 1, ""), "no more than 101 items allowed [json-pointer:/blocks/0/rows]"},
		{"data_table header alone", dataTable(2, 1, ""), dataTable(1, 1, ""), "no less than 2 items allowed [json-pointer:/blocks/0/rows]"},
		{"data_table page", dataTable(2, 1, `,"page_size":1`), dataTable(2, 1, `,"page_size":101`), "must be less than 101 [json-pointer:/blocks/0/page_size]"},
		{"data_table ragged", `{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"c"}],[{"type":"raw_number","value":1.5,"text":"1.5"}]]}`, `{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"c"}],[{"type":"raw_text","text":"c"},{"type":"raw_text","text":"c"}]]}`, "all rows must have the same number of cells [json-pointer:/blocks/0/rows/1]"},
		{"data_table number", dataTable(2, 2, ""), `{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"c"}],[{"type":"raw_number","value":1}]]}`, "missing required field: text [json-pointer:/blocks/0/rows/1/0]"},
		{"data_table caption", dataTable(2, 2, `,"row_header_column_index":1`), `{"type":"data_table","rows":[[{"type":"raw_text","text":"c"}],[{"type":"raw_text","text":"c"}]]}`, "missing required field: caption [json-pointer:/blocks/0]"},
		{"card", `{"type":"card","title":` + textOf("mrkdwn", 150) + `,"body":` + textOf("mrkdwn", 200) + `}`, `{"type":"card","subtitle":` + textOf("mrkdwn", 1) + `}`, "must define either `hero_image` or `title` or `actions` or `body` [json-pointer:/blocks/0]"},
		{"card body", `{"type":"card","body":` + textOf("mrkdwn", 200) + `}`, `{"type":"card","body":` + textOf("mrkdwn", 201) + `}`, "must be less than 201 characters [json-pointer:/blocks/0/body/text]"},
		{"carousel", `{"type":"carousel","elements":` + many(10, `{"type":"card","title":`+textOf("plain_text", 1)+`}`) + `}`, `{"type":"carousel","elements":` + many(11, `{"type":"card","title":`+textOf("plain_text", 1)+`}`) + `}`, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"container", `{"type":"container","title":` + textOf("plain_text", 150) + `,"is_collapsible":true,"default_collapsed":true,"child_blocks":` + many(10, `{"type":"divider"}`) + `}`, `{"type":"container","title":` + textOf("plain_text", 1) + `,"child_blocks":[{"type":"markdown","text":"t"}]}`, "unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]"},
		{"chart", chart(12, 20), chart(13, 1), "no more than 12 items allowed [json-pointer:/blocks/0/chart/series]"},
		{"chart points", chart(1, 2), strings.Replace(chart(1, 2), `"label":"c1"`, `"label":"c9"`, 1), "must match the category [json-pointer:/blocks/0/chart/series/0/data/1/label]"},
		{"pie", `{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`, `{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":0}]}}`, "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"},
		{"context_actions", `{"type":"context_actions","elements":[{"type":"icon_button","icon":"trash","text":` + textOf("plain_text", 1) + `}]}`, `{"type":"context_actions","elements":[{"type":"button","text":` + textOf("plain_text", 1) + `}]}`, "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"},
		{"video title", `{"type":"video","title":` + textOf("plain_text", 200) + `,"alt_text":"a","video_url":"https://example.com/v","thumbnail_url":"https://example.com/t"}`, `{"type":"video","title":` + textOf("plain_text", 201) + `,"alt_text":"a","video_url":"https://example.com/v","thumbnail_url":"https://example.com/t"}`, "must be less than 201 characters [json-pointer:/blocks/0/title/text]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, blockkit.ValidateMessage(json.RawMessage("["+tc.good+"]")))
			problems := blockkit.ValidateMessage(json.RawMessage("[" + tc.bad + "]"))
			if len(problems) != 1 || problems[0].String() != tc.want {
				t.Fatalf("got  %q\nwant %q", problems, tc.want)
			}
		})
	}
}

func TestWholeMessages(t *testing.T) {
	t.Parallel()
	table := `{"type":"table","rows":[[{"type":"raw_text","text":"c"}]]}`
	for _, tc := range []struct{ name, good, bad, want string }{
		{"fifty blocks", many(50, `{"type":"divider"}`), many(51, `{"type":"divider"}`), "no more than 50 items allowed [json-pointer:/blocks]"},
		{"block_id", many(2, `{"type":"divider","block_id":"#"}`), many(2, `{"type":"divider","block_id":"same"}`), "`block_id` \"same\" already exists [json-pointer:/blocks/1/block_id]"},
		{"one table", many(1, table), many(2, table), "only_one_table_allowed [json-pointer:/blocks]"},
		{"two charts", many(2, chart(1, 1)), many(3, chart(1, 1)), "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"},
		{"markdown in all", many(2, `{"type":"markdown","text":"`+x(6000)+`"}`), many(2, `{"type":"markdown","text":"`+x(6001)+`"}`), "markdown blocks must have less than 12001 characters in all [json-pointer:/blocks]"},
		{"data tables in all", many(2, dataTable(101, 10, "")), many(2, strings.ReplaceAll(dataTable(101, 10, ""), `"c"`, `"cccccccccc"`)), "data_table blocks must have less than 20001 characters in all [json-pointer:/blocks]"},
		{"an array", `[]`, `{}`, "must provide an array [json-pointer:/blocks]"},
		{"of objects", `[]`, `["a"]`, "must provide an object [json-pointer:/blocks/0]"},
	} {
		require.Empty(t, blockkit.ValidateMessage(json.RawMessage(tc.good)))
		problems := blockkit.ValidateMessage(json.RawMessage(tc.bad))
		if len(problems) != 1 || problems[0].String() != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, problems, tc.want)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	view := func(fields, blocks string) string {
		return `{"type":"modal","title":{"type":"plain_text","text":"t"},` + fields + `"blocks":` + blocks + `}`
	}
	one := `[{"type":"divider"}]`
	for _, tc := range []struct{ name, good, bad, want string }{
		{"title", strings.Replace(view("", one), `"text":"t"`, `"text":"`+x(24)+`"`, 1), strings.Replace(view("", one), `"text":"t"`, `"text":"`+x(25)+`"`, 1), "must be less than 25 characters [json-pointer:/view/title/text]"},
		{"no title", view("", one), `{"type":"modal","blocks":` + one + `}`, "missing required field: title [json-pointer:/view]"},
		{"blocks", view("", many(100, `{"type":"divider"}`)), view("", many(101, `{"type":"divider"}`)), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"no blocks", view("", one), view("", "[]"), "no less than 1 items allowed [json-pointer:/view/blocks]"},
		{"private_metadata", view(`"private_metadata":"`+x(3000)+`",`, one), view(`"private_metadata":"`+x(3001)+`",`, one), "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{"callback_id", view(`"callback_id":"`+x(255)+`",`, one), view(`"callback_id":"`+x(256)+`",`, one), "must be less than 256 characters [json-pointer:/view/callback_id]"},
		{"submit_disabled", view(`"clear_on_close":true,`, one), view(`"submit_disabled":true,`, one), "invalid additional property: submit_disabled [json-pointer:/view]"},
		{"submit for inputs", view(`"submit":{"type":"plain_text","text":"s"},`, "["+inputOf(`{"type":"file_input","max_files":10}`)+"]"), view("", "["+inputOf(`{"type":"datepicker"}`)+"]"), "must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]"},
		{"table", view("", `[{"type":"alert","level":"warning","text":`+textOf("mrkdwn", 200)+`}]`), view("", `[{"type":"table","rows":[]}]`), "unsupported type: table [json-pointer:/view/blocks/0/type]"},
		{"focus", view("", `[`+accessory(`{"type":"datepicker","focus_on_load":true}`)+`]`), view("", many(2, accessory(`{"type":"datepicker","focus_on_load":true}`))), "only one element can have `focus_on_load` [json-pointer:/view/blocks]"},
		{"home", `{"type":"home","blocks":` + one + `}`, `{"type":"home","title":{"type":"plain_text","text":"t"},"blocks":` + one + `}`, "invalid additional property: title [json-pointer:/view]"},
	} {
		require.Empty(t, blockkit.ValidateView(json.RawMessage(tc.good)))
		problems := blockkit.ValidateView(json.RawMessage(tc.bad))
		if len(problems) != 1 || problems[0].String() != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, problems, tc.want)
		}
	}
}

func TestOptionsOfSearchBoxes(t *testing.T) {
	t.Parallel()
	for good, bad := range map[string]string{
		`{"options":` + many(100, opt) + `}`: `{"options":` + many(101, opt) + `}`,
		`{"options":[]}`:                     `{}`,
		`{"option_groups":[]}`:               `{"options":[],"option_groups":[]}`,
		`{"option_groups":[{"label":` + textOf("plain_text", 75) + `,"options":` + many(1, opt) + `}]}`: `[]`,
	} {
		require.Empty(t, blockkit.ValidateOptions(json.RawMessage(good)))
		require.Len(t, blockkit.ValidateOptions(json.RawMessage(bad)), 1)
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte(card))
	f.Add([]byte(form))
	f.Add([]byte(`[{"type":"data_table","rows":[null,[null,{}]]},{"type":"data_visualization","chart":{"series":[{}]}},{"type":"carousel","elements":[1]}]`))
	f.Add([]byte(`[{"type":"container","child_blocks":[{"type":"container","child_blocks":[[]]}]}]`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		blockkit.ValidateMessage(raw)
		blockkit.ValidateView(raw)
		blockkit.ValidateOptions(raw)
		blocks := blockkit.ParseBlocks(raw)
		blockkit.PlainText(blocks)
		blockkit.ButtonLabels(blocks)
	})
}
