package render

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"s1bot/render/rendertest"

	"github.com/stretchr/testify/require"
)

// hostile are texts as attackers would name files, hosts and rules, and the odd ends of Unicode.
var hostile = []string{
	"", " ", "\n", "evil.exe", "<!channel>", "<!here> & <@U012ABC>", "@channel @here @everyone", "*bold* _it_ ~no~ `code`", "```x```",
	"http://evil.example/x?a=b", "www.evil.example", "HTTPS://EVIL.EXAMPLE", "mailto:a@evil.example", "payload.sh", ":skull: :partyparrot:",
	"<https://demo.sentinelone.net|click>", "https://demo.sentinelone.net@evil.example/", "exe.\u202Egnp.txt", "a\u200Bb\uFEFFc",
	"line one\n✅ Successful · all good", "\x00\x1B[31mred", string([]byte{0xff, 0xfe, 'x'}), "z" + strings.Repeat("\u0301", 300),
	strings.Repeat("A", 5000), strings.Repeat("<&>", 3000), strings.Repeat("😀", 2000), strings.Repeat("@", 200), "=1+1", "'", `"`, `\`, "$0",
	"C:\\PROGRA~1\\x_y_z.exe", "_", "a_b", "12:30:45", "<!date^1^{date}|x>", "&lt;!channel&gt;", "|", "▰", "\U000E0041\U000E0042", "مرحبا", "ﷺ",
	"<!subteam^S012>", "#general", "> quote", "- list", "1. one", "[x](http://evil.example)", "javascript:alert(1)", "\u2028\u2029\u0085",
}

// A dice makes cards and forms out of random numbers and texts.
type dice struct {
	*rand.Rand
	texts []string
}

func newDice(seed uint64, extra ...string) dice {
	return dice{rand.New(rand.NewPCG(seed, 7)), append(hostile[:len(hostile):len(hostile)], extra...)}
}

func (d dice) text() string {
	s := d.texts[d.IntN(len(d.texts))]
	if len(s) > 500 && d.IntN(8) > 0 { // long ones are slow: fewer of them
		s = s[:d.IntN(100)]
	}
	if d.IntN(4) == 0 {
		s += d.texts[d.IntN(len(d.texts))]
	}
	return s
}

func (d dice) span() Span {
	at := []time.Time{{}, time.Unix(0, 0), time.Unix(1<<40, 0), time.Date(2026, 11, 22, 3, 2, 0, 0, time.UTC)}[d.IntN(4)]
	return []Span{
		Text(d.text()), Text(d.text()), Bold(d.text()), Mono(d.text()), Link(d.text(), console+"/a?x=%7B1%7D&y=2"), Link(d.text(), d.text()),
		User("U012ABC"), User(d.text()), Channel("C012ABC"), Channel(d.text()), Group("S012ABC"), Group(d.text()), At(at), Since(at),
		{Kind: SpanKind(d.text()), Text: d.text()},
	}[d.IntN(15)]
}

func (d dice) line() Line {
	l := make(Line, d.IntN(6))
	for i := range l {
		l[i] = d.span()
	}
	return l
}

func (d dice) part() Part {
	switch d.IntN(11) {
	case 0:
		f := make(Fields, d.IntN(40))
		for i := range f {
			f[i] = Field{Label: d.text(), Value: d.line(), Wide: d.IntN(3) == 0}
		}
		return f
	case 1:
		var t Table
		for range d.IntN(25) {
			t.Columns = append(t.Columns, Column{Title: d.text(), Right: d.IntN(2) == 0})
		}
		for range []int{0, 3, 3, 3, 110}[d.IntN(5)] {
			row := make([]Line, d.IntN(25))
			for i := range row {
				row[i] = d.line()
			}
			t.Rows = append(t.Rows, row)
		}
		return t
	case 2:
		return Quote{d.text()}
	case 3:
		return Code{d.text()}
	case 4:
		return Note(d.line())
	case 5:
		return Bar{Done: d.IntN(300) - 100, Total: d.IntN(200) - 50, Label: d.text()}
	case 6:
		return Divider{}
	case 7:
		return Row{Line: d.line(), Small: d.line(), Actions: []Action{Button{Label: d.text(), Do: d.invocation()}}}
	}
	return d.line()
}

func (d dice) invocation() Invocation {
	args, _ := json.Marshal(map[string]any{"agent-ids": []string{fmt.Sprint(d.Uint64())}, "note-text": d.text()})
	switch d.IntN(8) {
	case 0:
		args = nil
	case 1:
		args = json.RawMessage(`{"broken`)
	case 2:
		args = json.RawMessage(`{"ids":["` + strings.Repeat("9", d.IntN(4000)) + `"]}`)
	}
	return Invocation{Command: d.text(), Args: args, How: []How{Run, Open, Share, Raw}[d.IntN(4)], Page: d.IntN(3)}
}

func (d dice) action() Action {
	if d.IntN(2) == 0 {
		b := Button{Label: d.text(), Do: d.invocation(), Style: []Style{Default, Primary, Danger, "odd"}[d.IntN(4)]}
		if d.IntN(4) == 0 {
			b.URL = []string{console + "/x", d.text()}[d.IntN(2)]
		}
		if d.IntN(4) == 0 {
			b.Confirm = d.text()
		}
		return b
	}
	m := Menu{Label: d.text(), Do: d.invocation(), Param: "analyst-verdict", List: d.IntN(2) == 0}
	for range []int{0, 1, 2, 3, 4, 4, 4, 4, 4, 110}[d.IntN(10)] {
		o := Option{Label: d.text(), Value: d.text()}
		if d.IntN(5) == 0 {
			in := d.invocation()
			o.Do = &in
		}
		m.Options = append(m.Options, o)
	}
	return m
}

func (d dice) card() Card {
	c := Card{Tone: []Tone{Neutral, Info, Good, Waiting, Warning, Critical, Unknown, "odd"}[d.IntN(8)], Title: d.text(), Text: d.text(),
		Outcome: []Outcome{"", Successful, Partial, Failed, "odd"}[d.IntN(5)]}
	for range []int{0, 2, 8, 60}[d.IntN(4)] {
		c.Parts = append(c.Parts, d.part())
	}
	for range []int{0, 1, 6, 60}[d.IntN(4)] {
		c.Actions = append(c.Actions, d.action())
	}
	return c
}

func (d dice) form() Form {
	f := Form{Title: d.text(), Intro: d.line(), Submit: d.text(), Do: d.invocation(), Origin: Origin{Channel: d.text(), ResponseURL: d.text()}}
	for i := range []int{0, 2, 12, 130}[d.IntN(4)] {
		f.Fields = append(f.Fields, d.field(i))
	}
	return f
}

func (d dice) field(i int) FormField {
	low, high := int64(1), int64(1000)
	f := FormField{Name: fmt.Sprintf("field-%d", i), Label: d.text(), Hint: d.text(), Placeholder: d.text(), Required: d.IntN(2) == 0,
		Widget: []Widget{TextInput, MultiLine, Number, Checkbox, Select, MultiSelect, DateTime, Search, MultiSearch, "odd"}[d.IntN(10)],
		Search: "agents", MaxLength: d.IntN(9000) - 1000, Value: []string{d.text(), "5", "true", "2026-11-22T03:02:00Z"}[d.IntN(4):], Shown: []string{d.text()}}
	if d.IntN(10) == 0 {
		f.Name = d.text()
	}
	if d.IntN(2) == 0 {
		f.Min, f.Max = &low, &high
	}
	for range []int{0, 3, 150}[d.IntN(3)] {
		f.Choices = append(f.Choices, Option{Label: d.text(), Value: d.text()})
	}
	return f
}

// TestWhateverACardHolds: no card breaks a limit of Slack's, and no text in it does anything.
func TestWhateverACardHolds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		m := newDice(seed).card().Message(Options{ConsoleURL: console, Public: seed%2 == 0})
		require.Empty(t, checkMessage(t, m), "seed %d", seed)
	}
}

// TestWhateverAFormHolds: the same of forms.
func TestWhateverAFormHolds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(80) {
		require.Empty(t, checkView(t, newDice(seed).form().View()), "seed %d", seed)
	}
}

func FuzzMessage(f *testing.F) {
	for i := 0; i < len(hostile); i += 2 {
		f.Add(uint64(i), hostile[i])
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		d := newDice(seed, text, text, text)
		c := d.card()
		c.Title += text
		c.Parts = append([]Part{Line{Text(text)}, Note{Text(text)}, Fields{{Label: text, Value: Line{Text(text)}}, {Label: "Name", Value: Line{Mono(text)}}}}, c.Parts...)
		require.Empty(t, checkMessage(t, c.Message(Options{ConsoleURL: console})))
	})
}

func FuzzView(f *testing.F) {
	for i := 1; i < len(hostile); i += 2 {
		f.Add(uint64(i), hostile[i])
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		require.Empty(t, checkView(t, newDice(seed, text, text, text).form().View()))
	})
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		require.Empty(t, rendertest.Text(Visible(s), inert(s)))
		require.LessOrEqual(t, length(Cut(s, 75)), 75)
		if v := line(s); harmless(v) {
			require.NotContains(t, v, "<")
		}
	})
}
