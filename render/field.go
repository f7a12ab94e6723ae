package render

import (
	"strings"

	"github.com/slack-go/slack"
)

// maxNarrow is how long a value can be and still share a row.
const maxNarrow = 120

// fields draws labelled facts: short ones in two columns, the others in rows of their own.
//
// Narrow facts share a section (ten fields at most, in two columns, on a phone in one); wide ones
// are rich text, where a hash can be selected as a whole. The order of the facts stays, so a wide
// one between narrow ones splits the section.
func (k *canvas) fields(all Fields, n int) (out []slack.Block, used int) {
	var narrow []*slack.TextBlockObject
	var wide []slack.RichTextSectionElement
	flush := func() {
		if len(narrow) > 0 {
			out = append(out, slack.NewSectionBlock(nil, narrow, nil))
		}
		if len(wide) > 0 {
			out = append(out, paragraph(wide...))
		}
		narrow, wide = nil, nil
	}
	for i, f := range all {
		if n-used < 40 {
			flush()
			return append(out, small("… "+count(len(all)-i, "more fact"))), used
		}
		label, value := or(line(f.Label), none), k.settle(f.Value)
		if f.Wide || length(value.words()) > maxNarrow {
			if len(narrow) > 0 {
				flush()
			}
			if len(wide) > 0 {
				wide = append(wide, richText("\n")...)
			}
			row, took := wideField(label, value).rich(min(maxField, n-used))
			wide, used = append(wide, row...), used+took
			continue
		}
		if len(wide) > 0 || len(narrow) == maxFields {
			flush()
		}
		text := narrowField(label, value, min(maxField, n-used))
		narrow, used = append(narrow, text), used+length(text.Text)
	}
	flush()
	return out, used
}

// wideField is a fact on a row of its own; its value is set for copying.
func wideField(label string, value Line) Line {
	row := Line{Bold(label), Text("  ")}
	if strings.TrimSpace(value.words()) == "" {
		return append(row, Text(none))
	}
	for _, s := range value {
		if s.Kind == PlainSpan {
			s.Kind = MonoSpan
		}
		row = append(row, s)
	}
	return row
}

// narrowField is a fact that shares a row. Where a character of it might be read as markup it is
// plain text, without bold.
//
// Fields are text objects and not rich text, so the choice is between safe mrkdwn with a bold label
// and plain text without.
func narrowField(label string, value Line, n int) *slack.TextBlockObject {
	if strings.TrimSpace(value.words()) == "" {
		value = Line{Text(none)}
	}
	head, safe := Bold(label).markdown()
	text, ok := value.markdown()
	if text = head + "\n" + text; safe && ok && length(text) <= n {
		return markdownText(text)
	}
	return plainText(Cut(defang(label)+"\n"+defang(value.words()), n))
}

// small draws small print: mrkdwn where that is safe, because only there each reader sees their own
// time zone.
//
// First as one piece of mrkdwn; else as up to ten elements, the safe runs as mrkdwn and the others
// plain; else all of it plain. A moment in a plain run is in UTC.
func (k *canvas) small(l Line, n int) ([]slack.Block, int) {
	l = k.settle(l)
	if text, ok := l.markdown(); ok && strings.TrimSpace(text) != "" && length(text) <= n {
		return []slack.Block{slack.NewContextBlock("", markdownText(text))}, length(text)
	}
	runs := l.runs()
	if len(runs) > maxContextElements || length(l.words()) > n {
		text := Cut(or(defang(l.words()), none), n)
		return []slack.Block{slack.NewContextBlock("", plainText(text))}, length(text)
	}
	used := 0
	var elements []slack.MixedElement
	for _, text := range runs {
		elements = append(elements, text)
		used += length(text.Text)
	}
	if len(elements) == 0 {
		elements = append(elements, plainText(none))
	}
	return []slack.Block{slack.NewContextBlock("", elements...)}, used
}

// runs are the stretches of a settled line that can be drawn in one way: mrkdwn if it is safe, else
// plain.
func (l Line) runs() []*slack.TextBlockObject {
	var out []*slack.TextBlockObject
	for rest := l; len(rest) > 0; {
		end := 1
		_, safe := rest[:1].markdown()
		for end < len(rest) {
			if _, ok := rest[end : end+1].markdown(); ok != safe {
				break
			}
			end++
		}
		text := plainText(defang(rest[:end].words()))
		if safe {
			markdown, _ := rest[:end].markdown()
			text = markdownText(markdown)
		}
		if strings.TrimSpace(text.Text) != "" {
			out = append(out, text)
		}
		rest = rest[end:]
	}
	return out
}

// small is small print of the bot's own words.
func small(text string) slack.Block {
	return slack.NewContextBlock("", plainText(text))
}
