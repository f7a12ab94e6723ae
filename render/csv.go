package render

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// A CSVWriter writes rows of comma separated values that a spreadsheet shows and never calculates.
// Call Flush at the end.
//
// encoding/csv quotes only where RFC 4180 wants it, which is not enough here; see guarded.
type CSVWriter struct{ w *bufio.Writer }

// NewCSVWriter returns a writer to w.
func NewCSVWriter(w io.Writer) *CSVWriter {
	return &CSVWriter{w: bufio.NewWriter(w)}
}

// Write writes one row. Every cell is quoted, so that no separator of any country's spreadsheet
// splits one (RFC 4180).
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
//
// Times are ISO 8601 in UTC and a cell that nothing is known of is empty: this is read by programs.
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

// Of what begins a formula: = + - @, their full-width, small and mathematical forms, behind blanks,
// marks that nobody sees, and quotes.
const (
	unseen = `[\s\pZ"\x{FEFF}\x{200B}-\x{200F}\x{2060}]*`
	starts = `[=+\-@＝＋－＠﹦﹢﹣﹫−]`
)

var (
	formula = regexp.MustCompile(`^(?:` + unseen + starts + `|[\t\r])`)
	// inner is a formula behind what another country's spreadsheet takes for the end of a cell. Quotes
	// do not help there: to a program that parts cells at semicolons, the quotes after a comma are
	// text.
	inner = regexp.MustCompile(`([;,|\t\n]` + unseen + `)(` + starts + `)`)
)

// guarded is a cell that starts no formula, whatever separates cells for the program that reads it:
// what would begin one gets a ' in front (OWASP, CSV Injection).
//
// A spreadsheet evaluates a cell that begins with one of these characters, and names of files and
// hosts are an attacker's to choose. The apostrophe makes it text and is the way the OWASP page
// advises. Negative numbers get one, too; it is a price worth paying.
func guarded(cell string) string {
	begins := formula.MatchString(cell)
	cell = inner.ReplaceAllString(lines(cell), "${1}'${2}")
	if begins || formula.MatchString(cell) {
		return "'" + cell
	}
	return cell
}
