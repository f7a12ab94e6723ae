package composer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/composer"
	"s1bot/bot/slacksim/wire"
)

// soc is a workspace with one of each.
type soc struct{}

func (soc) User(name string) (id, handle string, known bool) {
	return "U1", "alice", name == "alice" || name == "U1"
}

func (soc) Group(handle string) (id, name string, known bool) {
	return "S1", "leads", handle == "leads"
}

func (soc) Channel(name string) (id, label string, known bool) {
	return "C1", "soc", name == "soc" || name == "C1"
}

var box = composer.Composer{Names: soc{}}

func TestNamesBecomeMarksAndTheRestIsEscaped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"@alice isolate <b>":        "<@U1> isolate &lt;b&gt;",
		"<@U1|alice>, #soc":         "<@U1>, <#C1>",
		"@leads and @here":          "<!subteam^S1> and <!here>",
		"@nobody in #nowhere":       "@nobody in #nowhere",
		"https://e.com/?a=1&b=2":    "<https://e.com/?a=1&amp;b=2>",
		"alice@example.com":         "<mailto:alice@example.com|alice@example.com>",
		"`@alice`":                  "`<@U1>`",
		"> @alice":                  "&gt; <@U1>",
		"```\n@alice\n```":          "```<@U1>```",
		"• isolate\n• @alice\nthen": "• isolate\n• <@U1>\nthen",
	} {
		written, _ := box.Message(typed)
		require.Equal(t, want, written, typed)
	}
}

func TestOnlyAMentionOutsideOfCodeIsAnElement(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"@alice now": `[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"},{"type":"text","text":" now"}]}]`,
		"`@alice`":   `[{"type":"rich_text_section","elements":[{"type":"text","text":"<@U1>","style":{"code":true}}]}]`,
		"> #soc":     `[{"type":"rich_text_quote","elements":[{"type":"channel","channel_id":"C1"}]}]`,
		"• @leads":   `[{"type":"rich_text_list","style":"bullet","indent":0,"elements":[{"type":"rich_text_section","elements":[{"type":"usergroup","usergroup_id":"S1"}]}]}]`,
		"@channel":   `[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"channel"}]}]`,
		"a```@here```b": `[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]},
			{"type":"rich_text_preformatted","elements":[{"type":"text","text":"<!here>"}]},
			{"type":"rich_text_section","elements":[{"type":"text","text":"b"}]}]`,
		"http://e.com": `[{"type":"rich_text_section","elements":[{"type":"link","url":"http://e.com"}]}]`,
	} {
		_, elements := box.Message(typed)
		require.JSONEq(t, want, string(wire.Encode(elements)), typed)
	}
}

func TestACommandIsMarkedWhereItAsksForIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "isolate <@U1|alice> in <#C1|soc> a&amp;b", box.Command("isolate @alice in #soc a&b", true))
	require.Equal(t, "isolate @alice in #soc a&amp;b", box.Command("isolate <@U1> in <#C1> a&b", false))
	require.Equal(t, "isolate &lt;@alice&gt;", box.Command("isolate <@alice>", false), "a name is no id")
}
