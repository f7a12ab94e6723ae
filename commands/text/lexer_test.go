package text_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/text"
)

// What is written is read as it was meant: quotes in pairs, quotes of phones, paths that end in a backslash, apostrophes, JSON, lists.
func TestAValueIsReadAsItWasMeant(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		`agents DESKTOP-1 limit=5`:           {"agents", "DESKTOP-1", "limit=5"},
		`name="two words" x`:                 {"name=two words", "x"},
		`name=“two words” x`:                 {"name=two words", "x"},
		`name='two words' x`:                 {"name=two words", "x"},
		"name=`two words` x":                 {"name=two words", "x"},
		`limit= 10 x`:                        {"limit=10", "x"},
		`limit= sort=name`:                   {"limit=", "sort=name"},
		`don't 'tis x`:                       {"don't", "'tis", "x"},
		`a'b c' x`:                           {"a'b", "c'", "x"},
		`path="C:\temp\" x`:                  {`path=C:\temp\`, "x"},
		`say="he said \"no\" twice" x`:       {`say=he said "no" twice`, "x"},
		`say="he said ""no"" twice" x`:       {`say=he said "no" twice`, "x"},
		`filter={"a":"b c","d":[1,2]} x`:     {`filter={"a":"b c","d":[1,2]}`, "x"},
		`filter={"a":"}"} x`:                 {`filter={"a":"}"}`, "x"},
		`open="never closed`:                 {`open="never`, "closed"},
		`filter={"a":1 x`:                    {`filter={a:1`, "x"}, // no JSON: the quotes are quotes
		"\u00a0agents\u00a0DESKTOP-1\u2003x": {"agents", "DESKTOP-1", "x"},
		"agents DESKTOP\u20111":              {"agents", "DESKTOP-1"},
		"agents DESK\u200bTOP-1":             {"agents", "DESKTOP-1"},
		"—limit=5":                           {"limit=5"},
		"--limit=5":                          {"limit=5"},
		"computer\u2011name=x":               {"computer-name=x"},
		"a=\"x\"y":                           {"a=xy"},
		"code=```\n{\"a\": 1}\n``` x":        {"code={\"a\": 1}", "x"},
		"family=👨\u200d👩\u200d👧":             {"family=👨\u200d👩\u200d👧"},
	} {
		var got []string
		for _, token := range text.Scan(line) {
			word := token.Value
			if token.Name != "" {
				word = token.Name + "=" + word
			}
			got = append(got, word)
			require.Contains(t, line, token.Source, line)
			require.True(t, strings.HasSuffix(token.Source, token.Raw), line)
		}
		require.Equal(t, want, got, line)
	}
	require.Empty(t, text.Scan(" \u200b\t"))
}

// A comma parts a list outside of quotes; a blank behind it belongs to the list unless a parameter follows.
func TestAListIsPartedAtCommas(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][][]string{
		`a,b c`:                {{"a", "b"}, {"c"}},
		`DESKTOP-1, DESKTOP-2`: {{"DESKTOP-1", "DESKTOP-2"}},
		`"a,b",c`:              {{"a,b", "c"}},
		`a,,b`:                 {{"a", "b"}},
		`"",a`:                 {{"", "a"}},
		`ids=1, limit=5`:       {{"1"}, {"5"}},
		`[1,2]`:                {{"[1,2]"}},
		`"x y", 'z w',  «u v»`: {{"x y", "z w", "u v"}},
	} {
		var got [][]string
		for _, token := range text.Scan(line) {
			got = append(got, token.Items)
		}
		require.Equal(t, want, got, line)
	}
}

func TestOneValueIsCutOff(t *testing.T) {
	t.Parallel()
	value, rest, ok := text.CutValue(`"evil one.exe" it is a test `)
	require.True(t, ok)
	require.Equal(t, "evil one.exe|it is a test", value+"|"+rest)
	_, rest, ok = text.CutValue(" name=x y")
	require.False(t, ok, "a parameter is no value")
	require.Equal(t, "name=x y", rest)
	_, _, ok = text.CutValue("  ")
	require.False(t, ok)
}

func TestAWordIsWhatTheCatalogKnows(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		" isolate  DESKTOP-1 ": "isolate|DESKTOP-1", "list\u2010agents": "list-agents|", "\u200bhelp\u00a0me\u200b": "help|me", "": "|",
	} {
		word, rest := text.CutWord(line)
		require.Equal(t, want, word+"|"+rest, "%q", line)
	}
	require.True(t, text.IsWordRune('é'))
	require.False(t, text.IsWordRune('-'))
}

// Slack puts addresses, mentions and entities into what people type; they come out as they were typed.
func TestSlacksEscapesAreUndone(t *testing.T) {
	t.Parallel()
	for escaped, want := range map[string]string{
		"<https://evil.example|evil.example>":  "evil.example",
		"<https://evil.example/a?b=1&amp;c=2>": "https://evil.example/a?b=1&c=2",
		"<mailto:a@b.example|a@b.example>":     "a@b.example",
		"<mailto:a@b.example>":                 "a@b.example",
		"<@U1|alice> <@U2>":                    "@alice @U2",
		"<#C1|soc>":                            "#soc",
		"<!here> <!subteam^S1|@soc>":           "@here @soc",
		"a &lt;b&gt; &amp;lt;":                 "a <b> &lt;",
		"1 < 2 > 0":                            "1 < 2 > 0",
		"<script>alert(1)</script>":            "<script>alert(1)</script>",
	} {
		require.Equal(t, want, text.Unescape(escaped), escaped)
	}
}

// The likeliest come first, three at most; what a slip or two are away may be meant, and short words are not guessed at.
func TestTheNearestNamesAreOffered(t *testing.T) {
	t.Parallel()
	names := []string{"isolate", "list-agents", "list-accounts", "computerName__contains", "sites", "groups", "get-threat"}
	for word, want := range map[string][]string{
		"isolat": {"isolate"}, "ISLOATE": {"isolate"}, "computername": {"computerName__contains"}, "agents": {"list-agents"}, "list-acounts": {"list-accounts", "list-agents"}, "xyzzy": nil, "zz": nil,
	} {
		got := text.Nearest(word, names)
		if len(want) == 0 {
			require.Empty(t, got, word)
			continue
		}
		require.Equal(t, want[0], got[0], word)
		require.LessOrEqual(t, len(got), 3)
	}
	require.Len(t, text.Nearest("host", []string{"host1", "host2", "host3", "host4"}), 3)
	require.Equal(t, "; did you mean a or b?", text.Suggestion([]string{"a", "b"}))
	require.Empty(t, text.Suggestion(nil))
	require.Equal(t, 1, text.Distance("isloate", "isolate"), "two letters in the wrong order are one slip")
	require.Equal(t, 0, text.Distance(strings.Repeat("x", 64)+"a", strings.Repeat("x", 64)+"b"), "the first 64 count")
}

func TestThingsAreCountedInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1 endpoint is|3 endpoints are", text.Are(1, "endpoint")+"|"+text.Are(3, "endpoint"))
	require.Equal(t, "it reaches|they reach", text.Agree(1, "it reaches", "they reach")+"|"+text.Agree(0, "it reaches", "they reach"))
	require.Equal(t, "an|a", text.Article("endpoint")+"|"+text.Article("threat"))
	require.Equal(t, "online|offline", text.Online(true)+"|"+text.Online(false))
	require.Equal(t, "a, c", text.JoinNonEmpty(", ", "a", "", "c"))
	require.Equal(t, "äöü", text.Shorten("äöü", 3))
	require.Equal(t, "äö…", text.Shorten("äöüß", 3))
	require.Equal(t, `"`+strings.Repeat("x", 60)+`…"`, text.Quote(strings.Repeat("x", 61)))
}

// A pattern that lacks a word of its own needs no closer look.
func TestAPatternSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	p, err := text.ReadPattern("(shut down|power off) {host} [because {why}]")
	require.NoError(t, err)
	require.Equal(t, []string{"host", "why"}, p.Slots())
	require.Subset(t, slices.Collect(p.Literals()), []string{"shut", "down", "power", "off"})
	require.True(t, p.MayFit(map[string]bool{"power": true, "off": true}))
	require.False(t, p.MayFit(map[string]bool{"power": true, "down": true}))
}

func TestABareWordMayContinueADuration(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{"4": true, "4h": true, "hours": true, "HOURS": true, "12h": true, "hourly": false, "x4": false, "1234567": false} {
		require.Equal(t, want, text.SpanWord(word), word)
	}
}
