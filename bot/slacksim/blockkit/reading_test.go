package blockkit_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/blockkit"
)

// card and form are what an app like ours sends: a message with buttons, and a modal with fields.
const card = `[{"type":"header","text":{"type":"plain_text","text":"Approval needed"}},
{"type":"section","text":{"type":"mrkdwn","text":"*DESKTOP-1* of <@U0ALICE00>"},"fields":[{"type":"mrkdwn","text":"Paris"}]},
{"type":"actions","block_id":"decide","elements":[
{"type":"button","action_id":"yes","value":"A-1","style":"primary","text":{"type":"plain_text","text":"Approve"}},
{"type":"button","action_id":"no","value":"A-1","text":{"type":"plain_text","text":"Deny"}},
{"type":"static_select","action_id":"verdict","placeholder":{"type":"plain_text","text":"Verdict"},"options":[{"text":{"type":"plain_text","text":"True positive"},"value":"tp"}]},
{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Details"},"value":"d"}]}]}]`

const form = `{"type":"modal","callback_id":"form","title":{"type":"plain_text","text":"Isolate"},"submit":{"type":"plain_text","text":"Go"},
"close":{"type":"plain_text","text":"Cancel"},"private_metadata":"kept","notify_on_close":true,"blocks":[
{"type":"input","block_id":"b1","label":{"type":"plain_text","text":"Reason"},"element":{"type":"plain_text_input","action_id":"reason","min_length":3}},
{"type":"input","block_id":"b2","optional":true,"label":{"type":"plain_text","text":"Level"},"element":{"type":"static_select","action_id":"level",
 "options":[{"text":{"type":"plain_text","text":"High"},"value":"h"},{"text":{"type":"plain_text","text":"Low"},"value":"l"}]}},
{"type":"input","block_id":"b3","optional":true,"label":{"type":"plain_text","text":"Hosts"},"element":{"type":"multi_external_select","action_id":"hosts","min_query_length":2}},
{"type":"input","block_id":"b4","optional":true,"label":{"type":"plain_text","text":"Limit"},"element":{"type":"number_input","action_id":"limit","is_decimal_allowed":false,"max_value":"1000"}},
{"type":"actions","block_id":"b5","elements":[{"type":"button","action_id":"more","text":{"type":"plain_text","text":"More"}}]}]}`

func TestEveryKindOfBlockCanBeRead(t *testing.T) {
	t.Parallel()
	rich := func(leaves string) string {
		return `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + leaves + `]}]}`
	}
	for blocks, want := range map[string]string{
		`{"type":"table","rows":[[{"type":"raw_text","text":"Name"},{"type":"raw_text","text":"OS"}],[{"type":"raw_text","text":"D-1"},` +
			rich(`{"type":"text","text":"Win"},{"type":"text","text":"dows"}`) + `]]}`: "Name\tOS\nD-1\tWindows",
		`{"type":"data_table","caption":"Agents","rows":[[{"type":"raw_text","text":"n"}],[{"type":"raw_number","value":1,"text":"one"}]]}`:                              "Agents\nn\none",
		rich(`{"type":"user","user_id":"U1"},{"type":"text","text":" saw "},{"type":"link","url":"https://e.com"},{"type":"emoji","name":"eyes"}`):                       "<@U1> saw https://e.com:eyes:",
		`{"type":"data_visualization","title":"Threats","chart":{"type":"pie","segments":[{"label":"Paris","value":398}]}}`:                                              "Threats\nParis 398",
		`{"type":"container","title":{"type":"plain_text","text":"More"},"child_blocks":[{"type":"divider"},{"type":"header","text":{"type":"plain_text","text":"H"}}]}`: "More\nH",
		`{"type":"carousel","elements":[{"type":"card","title":{"type":"mrkdwn","text":"T"},"actions":[{"type":"button","text":{"type":"plain_text","text":"B"}}]}]}`:    "T\nB",
	} {
		require.Equal(t, want, blockkit.PlainText(blockkit.ParseBlocks(json.RawMessage("["+blocks+"]"))))
	}
}
