package rendertest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the golden files should say")

// Golden compares a message with testdata/name.txt, which go test -update writes: read it to see
// what people read.
//
// A message that Slack would refuse fails before it is compared, so no golden file can hold one.
func Golden(t *testing.T, name, text string, blocks []slack.Block) {
	t.Helper()
	RequireSound(t, text, blocks)
	path := filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(Outline(t, text, blocks)), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test -update")
	require.Equal(t, string(want), Outline(t, text, blocks))
}

// Outline is a message as a person would describe it block by block. Ids are left out where they
// carry nothing, so a golden file changes when a message does.
func Outline(t testing.TB, text string, blocks []slack.Block) string {
	var b strings.Builder
	fmt.Fprintf(&b, "text: %s\n", text)
	for _, block := range Maps(t, blocks) {
		fmt.Fprintf(&b, "%s\n", block["type"])
		switch block["type"] {
		case "header":
			fmt.Fprintf(&b, "  %s\n", describe(block["text"]))
		case "table":
			for _, row := range List(block["rows"]) {
				var cells []string
				for _, c := range List(row) {
					cells = append(cells, describe(c))
				}
				fmt.Fprintf(&b, "  %s\n", strings.Join(cells, " | "))
			}
		default:
			for _, e := range append(List(block["fields"]), List(block["elements"])...) {
				fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(describe(e), "\n", "\n  "))
			}
		}
	}
	return b.String()
}

// describe is an element in a few characters; values of buttons are shown, because they are what a
// click does.
func describe(v any) string {
	o := Dict(v)
	switch o["type"] {
	case "plain_text":
		return "plain: " + Str(o["text"])
	case "mrkdwn":
		return "mrkdwn: " + Str(o["text"])
	case "raw_text":
		return Str(o["text"])
	case "rich_text", "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		var b strings.Builder
		for _, e := range List(o["elements"]) {
			b.WriteString(describe(e))
		}
		return strings.TrimPrefix(Str(o["type"])+" ", "rich_text_section ") + b.String()
	case "text":
		style := Dict(o["style"])
		switch {
		case style["bold"] == true:
			return "**" + Str(o["text"]) + "**"
		case style["code"] == true:
			return "`" + Str(o["text"]) + "`"
		}
		return Str(o["text"])
	case "link":
		return fmt.Sprintf("[%s](%s)", o["text"], o["url"])
	case "date":
		return fmt.Sprintf("{%s or %s}", o["format"], o["fallback"])
	case "button":
		return strings.TrimSpace(fmt.Sprintf("[%s] %s %s%s", Str(Dict(o["text"])["text"]), Str(o["style"]), Str(o["url"]), Str(o["value"])))
	case "static_select", "overflow":
		menu := fmt.Sprintf("[%s ▾] %s", Str(Dict(o["placeholder"])["text"]), o["action_id"])
		for _, option := range List(o["options"]) {
			option := Dict(option)
			menu += fmt.Sprintf("\n  %s: %s %s", Str(Dict(option["text"])["text"]), option["value"], Str(option["url"]))
		}
		return menu
	}
	return fmt.Sprint(v)
}
