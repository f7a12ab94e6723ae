package inbound

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// with is a message with blocks, if there are any.
func with(blocks string, m Message) Message {
	if blocks != "" {
		m.Blocks = blocksOf(blocks)
	}
	return m
}

// blocksOf builds a message's blocks from the containers of a rich_text block.
func blocksOf(containers string) json.RawMessage {
	return json.RawMessage(`[{"type":"rich_text","block_id":"x","elements":[` + containers + `]}]`)
}

const (
	me = `{"type":"user","user_id":"UBOT"}`
	pr = `{"type":"rich_text_section","elements":[`
)

func TestOnlyWhatBeginsWithTheMentionIsACommand(t *testing.T) {
	t.Parallel()
	r := reader()
	for name, c := range map[string]struct {
		text, blocks string
		line         string
		what         Meaning
	}{
		"plain":               {"<@UBOT> help", pr + me + `,{"type":"text","text":" help"}]}`, "help", Order},
		"with a label":        {"<@UBOT|s1bot> help", "", "help", Order},
		"a colon":             {"<@UBOT>: help", pr + me + `,{"type":"text","text":": help"}]}`, "help", Order},
		"blanks before it":    {" \u00a0\n<@UBOT>\thelp", pr + `{"type":"text","text":" \u00a0\n"},` + me + `,{"type":"text","text":"\thelp"}]}`, "help", Order},
		"bold":                {"<@UBOT> help", pr + `{"type":"user","user_id":"UBOT","style":{"bold":true}},{"type":"text","text":" help"}]}`, "help", Order},
		"an argument in code": {"<@UBOT> agents `DESKTOP-1`", pr + me + `,{"type":"text","text":" agents "},{"type":"text","text":"DESKTOP-1","style":{"code":true}}]}`, "agents `DESKTOP-1`", Order},
		"an argument in a block": {"<@UBOT> query\n```processName = \"x\" AND pid &gt; 4```",
			pr + me + `,{"type":"text","text":" query\n"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"processName = \"x\" AND pid > 4"}]}`,
			"query\n```processName = \"x\" AND pid &gt; 4```", Order},
		"people, links, emoji": {"<@UBOT> note <@U1> saw <https://x.example/a|x.example/a> :wave: in <#C1|soc> <!here>",
			pr + me + `,{"type":"text","text":" note "},{"type":"user","user_id":"U1"},{"type":"text","text":" saw "},{"type":"link","url":"https://x.example/a"},` +
				`{"type":"text","text":" "},{"type":"emoji","name":"wave","unicode":"1f44b"},{"type":"text","text":" in "},{"type":"channel","channel_id":"C1"},{"type":"text","text":" "},{"type":"broadcast","range":"here"}]}`,
			"note <@U1> saw <https://x.example/a|x.example/a> :wave: in <#C1|soc> <!here>", Order},
		"two lists":       {"<@UBOT> agents\n• A\n• B", pr + me + `,{"type":"text","text":" agents\n"}]},{"type":"rich_text_list","style":"bullet","elements":[` + pr + `{"type":"text","text":"A"}]},` + pr + `{"type":"text","text":"B"}]}]}`, "agents\n• A\n• B", Order},
		"a numbered list": {"<@UBOT> note\n1. A\n2. B", pr + me + `,{"type":"text","text":" note\n"}]},{"type":"rich_text_list","style":"ordered","elements":[` + pr + `{"type":"text","text":"A"}]},` + pr + `{"type":"text","text":"B"}]}]}`, "note\n1. A\n2. B", Order},
		"no blocks":       {"<@UBOT> help", "", "help", Order},

		"words before it":        {"I would NOT <@UBOT> approve A-BFC2", pr + `{"type":"text","text":"I would NOT "},` + me + `,{"type":"text","text":" approve A-BFC2"}]}`, "", Talk},
		"an emoji before it":     {":thinking_face: <@UBOT> freeze", pr + `{"type":"emoji","name":"thinking_face"},` + me + `,{"type":"text","text":" freeze"}]}`, "", Talk},
		"somebody before it":     {"<@U1> <@UBOT> freeze", pr + `{"type":"user","user_id":"U1"},` + me + `,{"type":"text","text":" freeze"}]}`, "", Talk},
		"a quotation":            {"&gt; <@UBOT> scan X", `{"type":"rich_text_quote","elements":[` + me + `,{"type":"text","text":" scan X"}]}`, "", Talk},
		"a quotation, bad text":  {"<@UBOT> scan X", `{"type":"rich_text_quote","elements":[` + me + `,{"type":"text","text":" scan X"}]}`, "", Talk},
		"a code block":           {"```<@UBOT> scan X```", `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"<@UBOT> scan X"}]}`, "", Talk},
		"a code block, bad text": {"<@UBOT> scan X", `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"<@UBOT> scan X"}]}`, "", Talk},
		"in backticks":           {"`<@UBOT> scan X`", pr + `{"type":"text","text":"<@UBOT> scan X","style":{"code":true}}]}`, "", Talk},
		"in backticks, bad text": {"<@UBOT> scan X", pr + `{"type":"text","text":"<@UBOT> scan X","style":{"code":true}}]}`, "", Talk},
		"a mention in code":      {"<@UBOT> scan X", pr + `{"type":"user","user_id":"UBOT","style":{"code":true}},{"type":"text","text":" scan X"}]}`, "", Talk},
		"struck through":         {"<@UBOT> scan X", pr + `{"type":"user","user_id":"UBOT","style":{"strike":true}},{"type":"text","text":" scan X","style":{"strike":true}}]}`, "", Talk},
		"an item of a list":      {"• <@UBOT> scan X", `{"type":"rich_text_list","style":"bullet","elements":[` + pr + me + `,{"type":"text","text":" scan X"}]}]}`, "", Talk},
		"a list, bad text":       {"<@UBOT> scan X", `{"type":"rich_text_list","style":"bullet","elements":[` + pr + me + `,{"type":"text","text":" scan X"}]}]}`, "", Talk},
		"words in the text only": {"never <@UBOT> scan X", pr + me + `,{"type":"text","text":" scan X"}]}`, "", Talk},
		"quoted, no blocks":      {"&gt; <@UBOT> scan X", "", "", Talk},
		"in code, no blocks":     {"`<@UBOT> scan X`", "", "", Talk},
		"not ours":               {"<@UBOT2> scan X", "", "", Talk},
		"nobody's":               {"scan X", "", "", Talk},

		"all of it in bold":        {"*<@UBOT> scan X*", pr + `{"type":"user","user_id":"UBOT","style":{"bold":true}},{"type":"text","text":" scan X","style":{"bold":true}}]}`, "", Doubtful},
		"a slanted mention":        {"_<@UBOT>_ scan X", pr + `{"type":"user","user_id":"UBOT","style":{"italic":true}},{"type":"text","text":" scan X"}]}`, "", Doubtful},
		"the command in code":      {"<@UBOT> `scan X`", pr + me + `,{"type":"text","text":" "},{"type":"text","text":"scan X","style":{"code":true}}]}`, "", Doubtful},
		"the command quoted":       {"<@UBOT>\n&gt; scan X", pr + me + `]},{"type":"rich_text_quote","elements":[{"type":"text","text":"scan X"}]}`, "", Doubtful},
		"code, no blocks":          {"<@UBOT> `scan X`", "", "", Doubtful},
		"another host in the text": {"<@UBOT> scan DESKTOP-2", pr + me + `,{"type":"text","text":" scan DESKTOP-1"}]}`, "", Doubtful},
		"more in the text":         {"<@UBOT> scan X", pr + me + `]}`, "", Doubtful},
	} {
		line, what := r.meaning(with(c.blocks, Message{Type: "app_mention", User: "U1", Text: c.text, Channel: "C1", TS: "1.2"}))
		require.Equal(t, c.what, what, name)
		require.Equal(t, c.line, line, name)
	}
}

func TestADirectMessageIsACommandAsItStands(t *testing.T) {
	t.Parallel()
	r := reader()
	for name, c := range map[string]struct {
		text, blocks string
		line         string
		what         Meaning
	}{
		"plain":          {"agents DESKTOP-1", pr + `{"type":"text","text":"agents DESKTOP-1"}]}`, "agents DESKTOP-1", Order},
		"no blocks":      {"agents DESKTOP-1", "", "agents DESKTOP-1", Order},
		"with a mention": {"<@UBOT> agents", pr + me + `,{"type":"text","text":" agents"}]}`, "agents", Order},
		"in code":        {"`agents`", pr + `{"type":"text","text":"agents","style":{"code":true}}]}`, "", Doubtful},
		"code, bad text": {"agents", pr + `{"type":"text","text":"agents","style":{"code":true}}]}`, "", Doubtful},
		"a code block":   {"```agents```", `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"agents"}]}`, "", Doubtful},
		"a quotation":    {"&gt; agents", `{"type":"rich_text_quote","elements":[{"type":"text","text":"agents"}]}`, "", Doubtful},
		"two stories":    {"agents A", pr + `{"type":"text","text":"agents B"}]}`, "", Doubtful},
	} {
		line, what := r.meaning(with(c.blocks, Message{Type: "message", ChannelType: "im", User: "U1", Text: c.text, Channel: "D1", TS: "1.2"}))
		require.Equal(t, c.what, what, name)
		require.Equal(t, c.line, line, name)
	}
}

func TestWhatIsNoNewMessageOfAPersonIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := reader()
	for name, event := range map[string]string{
		"an edit":             `{"type":"app_mention","user":"U1","text":"<@UBOT> help","channel":"C1","ts":"1.2","edited":{"user":"U1","ts":"1.3"}}`,
		"a channel's message": `{"type":"message","channel_type":"channel","user":"U1","text":"<@UBOT> help","channel":"C1","ts":"1.2"}`,
		"a change in a DM":    `{"type":"message","channel_type":"im","subtype":"message_changed","hidden":true,"channel":"D1","ts":"1.2","message":{"user":"U1","text":"help"}}`,
		"a file":              `{"type":"message","channel_type":"im","subtype":"file_share","user":"U1","text":"help","channel":"D1","ts":"1.2"}`,
		"the bot itself":      `{"type":"message","channel_type":"im","user":"UBOT","text":"help","channel":"D1","ts":"1.2"}`,
		"its bot id":          `{"type":"message","channel_type":"im","user":"U1","bot_id":"BBOT","text":"help","channel":"D1","ts":"1.2"}`,
		"nobody":              `{"type":"app_mention","subtype":"bot_message","bot_id":"B1","text":"<@UBOT> help","channel":"C1","ts":"1.2"}`,
		"an app's blocks":     `{"type":"app_mention","user":"U1","text":"<@UBOT> help","channel":"C1","ts":"1.2","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"<@UBOT> help"}}]}`,
		"broken blocks":       `{"type":"app_mention","user":"U1","text":"<@UBOT> help","channel":"C1","ts":"1.2","blocks":{"a":1}}`,
		"a reaction":          `{"type":"reaction_added","user":"U1","event_ts":"1.2"}`,
		"no ts":               `{"type":"app_mention","user":"U1","text":"<@UBOT> help","channel":"C1"}`,
		"nonsense":            `17`,
	} {
		m, _ := r.message(json.RawMessage(`{"event":` + event + `}`))
		require.Equal(t, Talk, m.Meaning, name)
	}
	m, _ := r.message(json.RawMessage(`{"team_id":"T1","event":{"type":"app_mention","user":"U1","text":"<@UBOT> help","channel":"C1","ts":"1.2","edited":null,"bot_profile":null}}`))
	require.Equal(t, Order, m.Meaning)
	require.False(t, m.ByApp())
}
