package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/render/rendertest"
)

func (d dice) page() Page {
	p := Page{Title: d.text(), Origin: Origin{Channel: "C012ABC", ResponseURL: d.text()}}
	for range []int{0, 1, 3, 12}[d.IntN(4)] {
		s := Section{Title: d.text(), Note: d.line()}
		for range []int{0, 1, 5, 60}[d.IntN(4)] {
			r := Row{Line: d.line(), Small: d.line()}
			for range d.IntN(7) {
				r.Actions = append(r.Actions, d.action())
			}
			s.Rows = append(s.Rows, r)
		}
		p.Sections = append(p.Sections, s)
	}
	return p
}

func TestSlackTakesEveryPageWhateverItHolds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		p := newDice(seed).page()
		home, modal := p.Home(Options{ConsoleURL: console}), p.Modal(Options{ConsoleURL: console})
		require.Empty(t, rendertest.View(t, modal), "seed %d", seed)
		home2 := modal
		home2.Blocks = home.Blocks
		require.Empty(t, rendertest.View(t, home2), "seed %d", seed)
		require.LessOrEqual(t, size(home), 250_000, "view_too_large")
	}
}

func TestAPageBeginsWithWhatIsUrgentAndCountsWhatHasNoRoom(t *testing.T) {
	t.Parallel()
	rows := func(what string, n int) (out []Row) {
		for i := range n {
			out = append(out, Row{Line: Line{Text(fmt.Sprint(what, " ", i))}, Actions: []Action{
				Button{Label: "Approve", Do: Invocation{Command: "approve", Args: object("request", fmt.Sprint(i))}},
				Button{Label: "Deny", Do: Invocation{Command: "deny", Args: object("request", fmt.Sprint(i))}},
			}})
		}
		return out
	}
	view := Page{Sections: []Section{{Title: "Waiting", Rows: rows("request", 200)}, {Title: "Recent", Rows: rows("command", 5)}}}.Home(Options{})
	require.LessOrEqual(t, len(view.Blocks.BlockSet), 100)
	text := fmt.Sprint(asMaps(t, view.Blocks.BlockSet))
	require.Contains(t, text, "request 0")
	shown := strings.Count(text, "text:request ")
	require.Contains(t, text, fmt.Sprintf("… %d more rows left out", 205-shown))
	require.Equal(t, shown, strings.Count(text, "text:Approve"), "a row stands there with all its buttons, or not at all")
}

func TestARowWithOneButtonTakesOneBlock(t *testing.T) {
	t.Parallel()
	run := Button{Label: "Run again", Do: Invocation{Command: "list-agents"}}
	view := Page{Sections: []Section{{Rows: []Row{{Line: Line{Mono("list-agents")}, Actions: []Action{run}}}}}}.Home(Options{})
	require.Len(t, view.Blocks.BlockSet, 1)
	section, ok := view.Blocks.BlockSet[0].(*slack.SectionBlock)
	require.True(t, ok)
	require.Equal(t, "Run again", section.Accessory.ButtonElement.Text.Text)
}

func TestAPageTellsWhereItsAnswersGo(t *testing.T) {
	t.Parallel()
	at := Origin{Channel: "C012ABC", Message: "1.2", ResponseURL: "https://hooks.slack.com/x"}
	view := Page{Title: "Look up", Origin: at}.Modal(Options{})
	got, err := ReadPage(slack.View{CallbackID: view.CallbackID, PrivateMetadata: view.PrivateMetadata})
	require.NoError(t, err)
	require.Equal(t, at, got)
	_, err = ReadPage(slack.View{CallbackID: FormCallback})
	require.Error(t, err)
}

func TestALinkToAMessageIsALinkAndNothingElse(t *testing.T) {
	t.Parallel()
	for url, linked := range map[string]bool{
		"https://soc.slack.com/archives/D1/p17": true, "http://127.0.0.1:8080/archives/D1/p17": true, "http://evil.example/x": false, "javascript:alert(1)": false,
		"https://soc.slack.com/|<!channel>": false, "https://a@evil.example/": false,
	} {
		m := Card{Parts: []Part{Line{Text("Follow it "), MessageLink("here", url)}}}.Message(Options{})
		require.Equal(t, linked, strings.Contains(fmt.Sprint(asMaps(t, m.Blocks)), "type:link"), url)
	}
}
