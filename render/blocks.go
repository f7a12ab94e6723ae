package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// A Message is a card as Slack takes it.
type Message struct {
	Text   string // what a phone's notification says; never empty, inert
	Blocks []slack.Block
}

// Options are what a card's drawing depends on beside the card.
type Options struct {
	ConsoleURL string   // addresses on this host are links, no others
	Others     []string // and on these: of more consoles
	Public     bool     // a whole channel sees the message already: nothing to share is offered
	NoCharts   bool     // Slack takes no chart blocks here: they are drawn with characters
	NoTables   bool     // nor table blocks: they are drawn as lines of text
	DataTables bool     // Slack takes data tables here: what can be sorted is one
	Seal       Seal     // of what can be clicked; nil = without
}

// Size is the length of the message's JSON; an acknowledgement takes less than 20,480 bytes.
//
// Slack drops an acknowledgement that is longer, without an error to anybody; such an answer is
// posted in another way.
func (m Message) Size() int {
	return len(m.Text) + size(m.Blocks)
}

// size is the length of v's JSON, or more than any limit if there is none.
func size(v any) int {
	b, err := json.Marshal(v)
	if err != nil {
		return maxBytes + 1
	}
	return len(b)
}

// Message draws c. It is total: whatever c holds, Slack takes the message, and what does not fit is
// missing with a word that says so.
//
// The order of drawing is not the order on the screen. Heading and actions take their room first;
// what they leave, the parts share. An empty card still has a block, for Slack refuses a message
// without any.
func (c Card) Message(o Options) Message {
	k := canvas{linker: newLinker(o), noCharts: o.NoCharts, noTables: o.NoTables, dataTables: o.DataTables, title: or(c.Title, c.Text), options: o, seal: o.Seal, blocks: maxBlocks, chars: maxChars, bytes: maxBytes - 2*maxFallback}
	text := k.fallback(c)
	k.bytes -= max(0, len(text)-2*maxFallback) // its characters may have four bytes each
	head := k.header(c)
	actions := k.actions(c.Actions, o)
	body := k.body(c.led())
	blocks := append(head, body...)
	if len(k.notes) > 0 {
		blocks = append(blocks, small(Cut(strings.Join(k.notes, " · "), maxNotes)))
	}
	blocks = append(blocks, actions...)
	if len(blocks) == 0 {
		blocks = append(blocks, paragraph(slack.NewRichTextSectionTextElement(none, nil)))
	}
	return Message{Text: text, Blocks: blocks}
}

// A canvas is what is left of a message's room while a card is drawn.
//
// Drawing something twice (a table that turns out too long, a row that is undone) is common, so
// nothing is sent from here and all of it can be taken back by a copy.
type canvas struct {
	linker
	blocks, chars, bytes int
	notes                []string // what had to be left out
	elements             int      // clickable ones so far; their number makes ids unique
	charts               int      // so far
	noCharts, noTables   bool
	dataTables           bool
	title                string // of the card, or what a notification says of it: what its data table is called
	options              Options
	seal                 Seal
}

// spend takes room for drawn blocks if there is enough of it; some is kept for the notes.
//
// One block and some bytes are never given away: the note about what was left out must always have
// room.
func (k *canvas) spend(drawn []slack.Block, chars int) bool {
	bytes := size(drawn)
	if len(drawn) > k.blocks-1 || chars > k.chars || bytes > k.bytes-5*maxNotes {
		return false
	}
	k.blocks, k.chars, k.bytes = k.blocks-len(drawn), k.chars-chars, k.bytes-bytes
	return true
}

// header is the first line in a block of its own. It is plain text: nothing in a title can be a
// link, a mention or formatting.
func (k *canvas) header(c Card) []slack.Block {
	title := c.heading()
	if title == "" {
		return nil
	}
	title = short(title, none, maxHeader)
	head := []slack.Block{slack.NewHeaderBlock(plainText(title))}
	k.spend(head, length(title))
	return head
}

// heading is the first line: how bad or how it ended, as a sign and a word, then the title.
//
// A sign and a word together, since a colour or a sign alone says nothing to a screen reader or to
// somebody who is colour-blind.
func (c Card) heading() string {
	sign := map[Tone]string{
		Info: "ℹ️ ", Good: "✅ ", Waiting: "🟠 ", Warning: "⚠️ ", Critical: "🔴 ", Unknown: "❔ ",
	}[c.Tone]
	if c.Lead != "" {
		return sign + c.Lead
	}
	word := ""
	switch c.Outcome {
	case Successful:
		sign, word = "✅ ", string(Successful)
	case Partial:
		sign, word = "⚠️ ", string(Partial)
	case Failed:
		sign, word = "❌ ", string(Failed)
	}
	title := or(c.Title, "")
	if word != "" && title != "" {
		word += " · "
	}
	if word+title == "" {
		return ""
	}
	return sign + word + title
}

// led are the parts below the heading: where something leads that, they begin with outcome and title.
func (c Card) led() []Part {
	if c.Lead == "" || c.Outcome == "" && c.Title == "" {
		return c.Parts
	}
	title := strings.Join(slices.DeleteFunc([]string{string(c.Outcome), c.Title}, func(s string) bool { return s == "" }), " · ")
	return slices.Concat([]Part{Line{Text(Capital(c.answered())), Bold(title)}}, c.Parts)
}

// body draws the parts in their order, tables last into what the others leave.
func (k *canvas) body(parts []Part) []slack.Block {
	slots := make([][]slack.Block, len(parts))
	lost, first := 0, true
	for pass := range 2 {
		for i, p := range parts {
			table, isTable := p.(Table)
			if isTable != (pass == 1) {
				continue
			}
			var ok bool
			if isTable && first && !k.noTables { // Slack takes one table a message
				slots[i], ok = k.sortable(table)
				first = false
			} else {
				slots[i], ok = k.place(p)
			}
			if !ok {
				lost++
			}
		}
	}
	if lost > 0 {
		k.note("… %s left out: this message is full", count(lost, "more part"))
	}
	var out []slack.Block
	for _, s := range slots {
		out = append(out, s...)
	}
	return out
}

// place draws p as long as there is room for, and smaller if not.
//
// Halving the characters finds in a few steps a size that fits; below twenty a part would be
// nothing but an ellipsis.
func (k *canvas) place(p Part) (drawn []slack.Block, ok bool) {
	for n := min(maxText, k.chars); n > 20; n /= 2 {
		if drawn, chars := k.draw(p, n); k.spend(drawn, chars) {
			return drawn, true
		}
	}
	return nil, false
}

// draw draws p with at most n characters of text and tells how many it used.
func (k *canvas) draw(p Part, n int) ([]slack.Block, int) {
	switch p := p.(type) {
	case Line:
		settled := k.settle(p)
		if drawn, used, ok := call(settled, n); ok {
			return drawn, used
		}
		elements, used := settled.rich(n)
		return []slack.Block{paragraph(elements...)}, used
	case Row:
		return k.rowBlocks(p, k.options)
	case Fields:
		return k.fields(p, n)
	case Table:
		text := k.rows(p, n)
		return preformatted(text), length(text)
	case Quote:
		text := Cut(or(lines(p.Text), none), n)
		quote := &slack.RichTextQuote{Type: slack.RTEQuote, Elements: richText(text)}
		return []slack.Block{slack.NewRichTextBlock("", quote)}, length(text)
	case Code:
		text := Cut(or(lines(p.Text), none), n)
		return preformatted(text), length(text)
	case Note:
		return k.small(Line(p), n)
	case Bar:
		text := Cut(p.words(), n)
		return []slack.Block{paragraph(richText(text)...)}, length(text)
	case Chart:
		if !k.noCharts && k.charts < maxCharts && len(p.Bars) > 0 {
			return k.chart(p)
		}
		text := Cut(p.words(), n)
		return preformatted(text), length(text)
	case Divider:
		return []slack.Block{slack.NewDividerBlock()}, 0
	}
	return nil, 0
}

// note remembers what had to be left out, to be told below the parts.
func (k *canvas) note(format string, args ...any) {
	k.notes = append(k.notes, fmt.Sprintf(format, args...))
}

// fallback is the text of a notification: the card's own, or its title and first line.
//
// Slack reads this text as mrkdwn whatever one asks for (there is no verbatim for it), so it is the
// one place where characters are replaced by look-alikes.
func (k *canvas) fallback(c Card) string {
	text := inert(c.Text)
	if strings.TrimSpace(text) == "" {
		text = inert(c.heading())
		for _, p := range c.Parts {
			if l, ok := p.(Line); ok {
				text = strings.TrimSpace(text + " · " + k.settle(l).fallback())
				break
			}
		}
	}
	return or(shorten(strings.TrimPrefix(text, "· "), maxFallback), none)
}

// shorten cuts escaped text, but not inside <…> or an entity.
//
// A mention that is cut in the middle would show its raw id.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	s = string([]rune(s)[:n-1])
	if open := strings.LastIndexAny(s, "<&"); open >= 0 && !strings.ContainsAny(s[open:], ">;") {
		s = s[:open]
	}
	return s + "…"
}

// fallback is a settled line where mentions still name people.
func (l Line) fallback() string {
	var b strings.Builder
	for _, s := range l {
		switch text, _ := s.markdown(); s.Kind {
		case UserSpan, ChannelSpan, GroupSpan:
			b.WriteString(text)
		default:
			b.WriteString(inert(s.words()))
		}
	}
	return b.String()
}

// call draws a settled line that mentions a user group as mrkdwn, where <!subteam^…> is what
// notifies its members.
func call(l Line, n int) (drawn []slack.Block, used int, ok bool) {
	text, ok := l.markdown()
	if !ok || length(text) > n || !slices.ContainsFunc(l, func(s Span) bool { return s.Kind == GroupSpan }) {
		return nil, 0, false
	}
	return []slack.Block{slack.NewSectionBlock(markdownText(text), nil, nil)}, length(text), true
}

// paragraph, richText and preformatted draw text as rich text, in which characters are characters:
// there is no markup to escape.
func paragraph(elements ...slack.RichTextSectionElement) *slack.RichTextBlock {
	return slack.NewRichTextBlock("", slack.NewRichTextSection(elements...))
}

// richText is text as the elements of a rich text section.
func richText(text string) []slack.RichTextSectionElement {
	return []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(text, nil)}
}

// preformatted is text in a box of fixed width, whose lines Slack does not join.
func preformatted(text string) []slack.Block {
	code := &slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: richText(text)}
	return []slack.Block{slack.NewRichTextBlock("", code)}
}

// plainText is a text object that Slack reads as it is, :short-codes: included.
func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// markdownText is a text object of verbatim mrkdwn; s comes from Span.markdown.
func markdownText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// words is the bar and what is going on: ▰▰▰▰▰▱▱▱▱▱ 52 % · running.
func (b Bar) words() string {
	const cells = 10
	percent := 0
	if b.Total > 0 {
		percent = int(100 * float64(min(max(b.Done, 0), b.Total)) / float64(b.Total))
	}
	full := percent * cells / 100
	text := strings.Repeat("▰", full) + strings.Repeat("▱", cells-full) + fmt.Sprintf(" %d %%", percent)
	if label := line(b.Label); label != "" {
		text += " · " + label
	}
	return text
}

// count says "1 row" or "37 rows".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
