package render

import (
	"fmt"
	"strings"
)

// Plain is the whole card as text, actions with what they invoke included: for logs, tests and
// terminals.
func (c Card) Plain() string { return c.plain(Line.plain) }

// plain is Plain with a way of its own to write lines: with addresses for machines, without for
// people.
func (c Card) plain(words func(Line) string) string {
	var b strings.Builder
	if heading := c.heading(); heading != "" {
		fmt.Fprintln(&b, line(heading))
	}
	for _, p := range c.led() {
		b.WriteString(plainPart(p, words))
	}
	for _, a := range c.Actions {
		b.WriteString(plainAction(a))
	}
	for _, f := range c.Files {
		fmt.Fprintf(&b, "(file %s, %d bytes)\n", line(f.Name), f.Size())
	}
	return b.String()
}

// plainPart is a part as lines of text, each ending in a line feed.
func plainPart(p Part, words func(Line) string) string {
	switch p := p.(type) {
	case Line:
		return words(p) + "\n"
	case Row:
		if len(p.Small) == 0 {
			return words(p.Line) + "\n"
		}
		return words(p.Line) + "\n" + plainPart(Note(p.Small), words)
	case Fields:
		var b strings.Builder
		for _, f := range p {
			fmt.Fprintf(&b, "%s: %s\n", line(f.Label), or(words(f.Value), none))
		}
		return b.String()
	case Table:
		return plainTable(p, words)
	case Quote:
		return "> " + strings.ReplaceAll(lines(p.Text), "\n", "\n> ") + "\n"
	case Code:
		return "    " + strings.ReplaceAll(lines(p.Text), "\n", "\n    ") + "\n"
	case Note:
		return "(" + words(Line(p)) + ")\n"
	case Bar:
		return p.words() + "\n"
	case Chart:
		return p.words() + "\n"
	case Divider:
		return "---\n"
	}
	return ""
}

// plain is a line as text; a link shows where it leads.
func (l Line) plain() string {
	var b strings.Builder
	for _, s := range l {
		switch {
		case (s.Kind == LinkSpan || s.Kind == MessageSpan) && s.URL != "":
			fmt.Fprintf(&b, "%s <%s>", line(s.Text), line(s.URL))
		case s.Time.IsZero() && (s.Kind == AtSpan || s.Kind == SinceSpan):
			b.WriteString(none)
		default:
			b.WriteString(line(s.words()))
		}
	}
	return b.String()
}

// plainTable is a table as a pipe table, whole: nothing limits text.
func plainTable(t Table, words func(Line) string) string {
	var b strings.Builder
	rows := t.Rows
	if len(t.Columns) > 0 {
		rows = append([][]Line{t.heading()}, rows...)
	}
	for _, row := range rows {
		var cells []string
		for _, l := range row {
			cells = append(cells, or(words(l), none))
		}
		fmt.Fprintln(&b, "| "+strings.Join(cells, " | ")+" |")
	}
	return b.String()
}

// plainAction names what can be clicked and what it invokes, which is how tests and `s1bot` on a
// terminal show buttons.
func plainAction(a Action) string {
	switch a := a.(type) {
	case Button:
		if a.URL != "" {
			return fmt.Sprintf("[%s] → %s\n", line(a.Label), line(a.URL))
		}
		return fmt.Sprintf("[%s] → %s\n", line(a.Label), a.Do.plain())
	case Menu:
		var b strings.Builder
		for _, o := range a.Options {
			fmt.Fprintf(&b, "[%s ▾ %s] → %s\n", line(a.Label), line(o.Label), a.Invocation(o).plain())
		}
		return b.String()
	}
	return ""
}

// plain is the invocation as a button carries it.
func (in Invocation) plain() string {
	text, err := compact(in)
	if err != nil {
		return "(broken) " + line(in.Command)
	}
	return text
}
