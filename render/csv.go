package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A CSVWriter writes rows of comma separated values that a spreadsheet shows and never calculates. Call Flush at the end.
type CSVWriter struct{ w *bufio.Writer }

// NewCSVWriter returns a writer to w.
func NewCSVWriter(w io.Writer) *CSVWriter {
	return &CSVWriter{w: bufio.NewWriter(w)}
}

// Write writes one row. Every cell is quoted, so that no separator of any country's spreadsheet splits one (RFC 4180).
func (c *CSVWriter) Write(cells ...string) error {
	for i, cell := range cells {
		if i > 0 {
			c.w.WriteByte(',')
		}
		c.w.WriteByte('"')
		c.w.WriteString(strings.ReplaceAll(guarded(cell), `"`, `""`))
		c.w.WriteByte('"')
	}
	if _, err := c.w.WriteString("\r\n"); err != nil { // bufio keeps the first error
		return fmt.Errorf("write CSV row: %w", err)
	}
	return nil
}

// Flush writes what is still held back.
func (c *CSVWriter) Flush() error {
	if err := c.w.Flush(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// CSV writes the whole table, however long, as text.
func (t Table) CSV(w io.Writer) error {
	out := NewCSVWriter(w)
	rows := t.Rows
	if len(t.Columns) > 0 {
		rows = append([][]Line{t.heading()}, rows...)
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, l := range row {
			cells[i] = l.raw()
		}
		if err := out.Write(cells...); err != nil {
			return err
		}
	}
	return out.Flush()
}

// raw is the line's text for machines: nothing where a card shows a dash.
func (l Line) raw() string {
	var b strings.Builder
	for _, s := range l {
		switch {
		case s.Kind != AtSpan && s.Kind != SinceSpan:
			b.WriteString(s.words())
		case !s.Time.IsZero():
			b.WriteString(s.Time.UTC().Format("2006-01-02T15:04:05Z"))
		}
	}
	return b.String()
}

// guarded is a cell that starts no formula: = + - @ and their full-width forms, tab and return get a ' in front, also behind
// spaces (OWASP, CSV Injection).
func guarded(cell string) string {
	text := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) && r != '\t' && r != '\r' })
	first, _ := utf8.DecodeRuneInString(text)
	if cell = lines(cell); strings.ContainsRune("=+-@＝＋－＠\t\r", first) {
		return "'" + cell
	}
	return cell
}
