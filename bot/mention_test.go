package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

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
	b := &Bot{self: identity{User: "UBOT", BotID: "BBOT"}}
	for name, c := range map[string]struct {
		text, blocks string
		line         string
		what         meaning
	}{
		"plain":               {"<@UBOT> help", pr + me + `,{"type":"text","text":" help"}]}`, "help", order},
		"with a label":        {"<@UBOT|s1bot> help", "", "help", order},
		"a colon":             {"<@UBOT>: help", pr + me + `,{"type":"text","text":": help"}]}`, "help", order},
		"blanks before it":    {" \u00a0\n<@UBOT>\thelp", pr + `{"type":"text","text":" \u00a0\n"},` + me + `,{"type":"text","text":"\thelp"}]}`, "help", order},
		"bold":                {"<@UBOT> help", pr + `{"type":"user","user_id":"UBOT","style":{"bold":true}},{"type":"text","text":" help"}]}`, "help", order},
		"an argument in code": {"<@UBOT> agents `DESKTOP-1`", pr + me + `,{"type":"text","text":" agents "},{"type":"text","text":"DESKTOP-1","style":{"code":true}}]}`, "agents `DESKTOP-1`", order},
		"an argument in a block": {"<@UBOT> query\n```processName = \"x\" AND pid &gt; 4```",
			pr + me + `,{"type":"text","text":" query\n"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"processName = \"x\" AND pid > 4"}]}`,
			"query\n```processName = \"x\" AND pid &gt; 4```", order},
		"people, links, emoji": {"<@UBOT> note <@U1> saw <https://x.example/a|x.example/a> :wave: in <#C1|soc> <!here>",
			pr + me + `,{"type":"text","text":" note "},{"type":"user","user_id":"U1"},{"type":"text","text":" saw "},{"type":"link","url":"https://x.example/a"},` +
				`{"type":"text","text":" "},{"type":"emoji","name":"wave","unicode":"1f44b"},{"type":"text","text":" in "},{"type":"channel","channel_id":"C1"},{"type":"text","text":" "},{"type":"broadcast","range":"here"}]}`,
			"note <@U1> saw <https://x.example/a|x.example/a> :wave: in <#C1|soc> <!here>", order},
		"two lists":       {"<@UBOT> agents\n• A\n• B", pr + me + `,{"type":"text","text":" agents\n"}]},{"type":"rich_text_list","style":"bullet","elements":[` + pr + `{"type":"text","text":"A"}]},` + pr + `{"type":"text","text":"B"}]}]}`, "agents\n• A\n• B", order},
		"a numbered list": {"<@UBOT> note\n1. A\n2. B", pr + me + `,{"type":"text","text":" note\n"}]},{"type":"rich_text_list","style":"ordered","elements":[` + pr + `{"type":"text","text":"A"}]},` + pr + `{"type":"text","text":"B"}]}]}`, "note\n1. A\n2. B", order},
		"no blocks":       {"<@UBOT> help", "", "help", order},

		"words before it":        {"I would NOT <@UBOT> approve A-BFC2", pr + `{"type":"text","text":"I would NOT "},` + me + `,{"type":"text","text":" approve A-BFC2"}]}`, "", talk},
		"an emoji before it":     {":thinking_face: <@UBOT> freeze", pr + `{"type":"emoji","name":"thinking_face"},` + me + `,{"type":"text","text":" freeze"}]}`, "", talk},
		"somebody before it":     {"<@U1> <@UBOT> freeze", pr + `{"type":"user","user_id":"U1"},` + me + `,{"type":"text","text":" freeze"}]}`, "", talk},
		"a quotation":            {"&gt; <@UBOT> scan X", `{"type":"rich_text_quote","elements":[` + me + `,{"type":"text","text":" scan X"}]}`, "", talk},
		"a quotation, bad text":  {"<@UBOT> scan X", `{"type":"rich_text_quote","elements":[` + me + `,{"type":"text","text":" scan X"}]}`, "", talk},
		"a code block":           {"```<@UBOT> scan X```", `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"<@UBOT> scan X"}]}`, "", talk},
		"a code block, bad text": {"<@UBOT> scan X", `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"<@UBOT> scan X"}]}`, "", talk},
		"in backticks":           {"`<@UBOT> scan X`", pr + `{"type":"text","text":"<@UBOT> scan X","style":{"code":true}}]}`, "", talk},
		"in backticks, bad text": {"<@UBOT> scan X", pr + `{"type":"text","text":"<@UBOT> scan X","style":{"code":true}}]}`, "", talk},
		"a mention in code":      {"<@UBOT> scan X", pr + `{"type":"user","user_id":"UBOT","style":{"code":true}},{"type":"text","text":" scan X"}]}`, "", talk},
		"struck through":         {"<@UBOT> scan X", pr + `{"type":"user","user_id":"UBOT","style":{"strike":true}},{"type":"text","text":" scan X","style":{"strike":true}}]}`, "", talk},
		"an item of a list":      {"• <@UBOT> scan X", `{"type":"rich_text_list","style":"bullet","elements":[` + pr + me + `,{"type":"text","text":" scan X"}]}]}`, "", talk},
		"a list, bad text":       {"<@UBOT> scan X", `{"type":"rich_text_list","style":"bullet","elements":[` + pr + me + `,{"type":"text","text":" scan X"}]}]}`, "", talk},
		"words in the text only": {"never <@UBOT> scan X", pr + me + `,{"type":"text","text":" scan X"}]}`, "", talk},
		"quoted, no blocks":      {"&gt; <@UBOT> scan X", "", "", talk},
		"in code, no blocks":     {"`<@UBOT> scan X`", "", "", talk},
		"not ours":               {"<@UBOT2> scan X", "", "", talk},
		"nobody's":               {"scan X", "", "", talk},

		"all of it in bold":        {"*<@UBOT> scan X*", pr + `{"type":"user","user_id":"UBOT","style":{"bold":true}},{"type":"text","text":" scan X","style":{"bold":true}}]}`, "", doubtful},
		"a slanted mention":        {"_<@UBOT>_ scan X", pr + `{"type":"user","user_id":"UBOT","style":{"italic":true}},{"type":"text","text":" scan X"}]}`, "", doubtful},
		"the command in code":      {"<@UBOT> `scan X`", pr + me + `,{"type":"text","text":" "},{"type":"text","text":"scan X","style":{"code":true}}]}`, "", doubtful},
		"the command quoted":       {"<@UBOT>\n&gt; scan X", pr + me + `]},{"type":"rich_text_quote","elements":[{"type":"text","text":"scan X"}]}`, "", doubtful},
		"code, no blocks":          {"<@UBOT> `scan X`", "", "", doubtful},
		"another host in the text": {"<@UBOT> scan DESKTOP-2", pr + me + `,{"type":"text","text":" scan DESKTOP-1"}]}`, "", doubtful},
		"more in the text":         {"<@UBOT> scan X", pr + me + `]}`, "", doubtful},
	} {
		m := messageEvent{Type: "app_mention", User: "U1", Text: c.text, Channel: "C1", TS: "1.2"}
		if c.blocks != "" {
			m.Blocks = blocksOf(c.blocks)
		}
		line, what := b.meant(m)
		require.Equal(t, c.what, what, name)
		require.Equal(t, c.line, line, name)
	}
}

func TestADirectMessageIsACommandAsItStands(t *testing.T) {
	t.Parallel()
	b := &Bot{self: identity{User: "UBOT", BotID: "BBOT"}}
	for name, c := range map[string]struct {
		text, blocks string
		line         string
		what         meaning
	}{
		"plain":          {"agents DESKTOP-1", pr + `{"type":"text","text":"agents DESKTOP-1"}]}`, "agents DESKTOP-1", order},
		"no blocks":      {"agents DESKTOP-1", "", "agents DESKTOP-1", order},
		"with a mention": {"<@UBOT> agents", pr + me + `,{"type":"text","text":" agents"}]}`, "agents", order},
		"in code":        {"`agents`", pr + `{"type":"text","text":"agents","style":{"code":true}}]}`, "", doubtful},
		"code, bad text": {"agents", pr + `{"type":"text","text":"agents","style":{"code":true}}]}`, "", doubtful},
		"a code block":   {"```agents```", `{"type":"rich_text_preformatted","elements":[{"type":"text","text":"agents"}]}`, "", doubtful},
		"a quotation":    {"&gt; agents", `{"type":"rich_text_quote","elements":[{"type":"text","text":"agents"}]}`, "", doubtful},
		"two stories":    {"agents A", pr + `{"type":"text","text":"agents B"}]}`, "", doubtful},
	} {
		m := messageEvent{Type: "message", ChannelType: "im", User: "U1", Text: c.text, Channel: "D1", TS: "1.2"}
		if c.blocks != "" {
			m.Blocks = blocksOf(c.blocks)
		}
		line, what := b.meant(m)
		require.Equal(t, c.what, what, name)
		require.Equal(t, c.line, line, name)
	}
}

func TestWhatIsNoNewMessageOfAPersonIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := &Bot{self: identity{User: "UBOT", BotID: "BBOT"}}
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
		m := readEvent(json.RawMessage(`{"event":` + event + `}`))
		_, what := b.meant(m)
		require.Equal(t, talk, what, name)
	}
	m := readEvent(json.RawMessage(`{"team_id":"T1","event":{"type":"app_mention","user":"U1","text":"<@UBOT> help","channel":"C1","ts":"1.2","edited":null,"bot_profile":null}}`))
	_, what := b.meant(m)
	require.Equal(t, order, what)
	require.False(t, m.byApp())
}

func TestWordsThatDecideStandAloneInMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		builtin, rest string
		alone         bool
	}{
		{"approve", "A-7F3A", true}, {"approve", "a-7f3a", true}, {"approve", "`A-7F3A`", true}, {"approve", "*A-7F3A*.", true}, {"approve", "A-7F3A!", true},
		{"approve", "A-7F3A? never, deny it", false}, {"approve", "A-7F3A?", false}, {"approve", "A-7F3A not yet", false}, {"approve", "or deny A-7F3A", false},
		{"approve", "A-7F3A A-7F3B", false}, {"approve", "", false}, {"approve", "A-7F3A\nplease", false}, {"approve", "&gt; A-7F3A", false}, {"approve", "A-7F3A reason=x", false},
		{"deny", "A-7F3A", true}, {"deny", `A-7F3A reason="not today"`, true}, {"deny", "A-7F3A reason=“not today”", true}, {"deny", "A-7F3A reason=test", true},
		{"deny", "A-7F3A and approve the other", false}, {"deny", `A-7F3A reason="x" or not`, false}, {"deny", "A-7F3A reason=not today", false}, {"deny", "it", false},
		{"freeze", "", true}, {"freeze", `reason="ransomware at HQ"`, true}, {"freeze", "REASON=test", true}, {"freeze", "!", true},
		{"freeze", "everything?", false}, {"freeze", "reason=test but not now", false}, {"freeze", "ransomware at HQ", false},
		{"thaw", "", true}, {"thaw", ".", true}, {"thaw", "it", false}, {"thaw", "reason=x", false},
		{"withdraw", "A-7F3A", true}, {"withdraw", "A-7F3A please", false}, {"again", "A-7F3A", true}, {"again", "and again", false},
		{"close", `A-7F3A reason="it ran"`, true}, {"close", "A-7F3A it ran", false},
		{"extend", "A-7F3A for=4h", true}, {"extend", "A-7F3A 4h", true}, {"extend", "A-7F3A for=4 hours", true}, {"extend", "A-7F3A", true}, {"extend", "A-7F3A for=4h? no", false},
		{"help", "anything at all", true}, {"history", "", true}, {"can", "isolate X", true},
	} {
		require.Equal(t, c.alone, standsAlone(c.builtin, c.rest), c.builtin+" "+c.rest)
	}
}
