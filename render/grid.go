package render

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// table draws a message's one table, row by row as long as there is room; what is left out is
// counted below it.
//
// The limits are 100 rows, 20 columns and 10,000 characters of one table a message; rows are added
// until the first that does not fit, so what is shown is always the beginning.
func (k *canvas) table(t Table) (drawn []slack.Block, ok bool) {
	columns := t.width()
	if columns == 0 {
		return nil, true
	}
	shown := min(columns, maxTableColumns)
	block := slack.NewTableBlock("").WithColumnSettings(t.settings(shown)...)
	room, bytes, spent := min(maxTableText, k.chars), k.bytes-5*maxNotes-2000, 0
	add := func(row []Line) bool {
		cells, length := k.cells(row, shown)
		bytes -= size(cells) + 1
		if spent+length > room || bytes < 0 || len(block.Rows) == maxTableRows {
			return false
		}
		block.AddRow(cells...)
		spent += length
		return true
	}
	if len(t.Columns) > 0 {
		add(t.heading())
	}
	lost := 0
	for i, row := range t.Rows {
		if !add(row) {
			lost = len(t.Rows) - i
			break
		}
	}
	if len(block.Rows) == 0 {
		return nil, false
	}
	drawn = []slack.Block{block}
	if missing := missing(lost, columns-shown); missing != "" {
		drawn = append(drawn, small(missing))
	}
	if !k.spend(drawn, spent) {
		return nil, false
	}
	return drawn, true
}

// missing says what of a table is not shown.
func missing(rows, columns int) string {
	var parts []string
	if rows > 0 {
		parts = append(parts, count(rows, "more row"))
	}
	if columns > 0 {
		parts = append(parts, count(columns, "more column"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "… " + strings.Join(parts, ", ")
}

// Only is the table with the columns of those titles alone, in that order. A title that it does not
// have is passed over.
func (t Table) Only(titles []string) Table {
	var at []int
	for _, title := range titles {
		if i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Title == title }); i >= 0 {
			at = append(at, i)
		}
	}
	only := Table{Rows: make([][]Line, len(t.Rows))}
	for _, i := range at {
		only.Columns = append(only.Columns, t.Columns[i])
		for j, row := range t.Rows {
			cell := Line{}
			if i < len(row) {
				cell = row[i]
			}
			only.Rows[j] = append(only.Rows[j], cell)
		}
	}
	return only
}

// width is the number of columns, of the longest row if that has more cells than there are titles.
func (t Table) width() int {
	n := len(t.Columns)
	for _, r := range t.Rows {
		n = max(n, len(r))
	}
	return n
}

// heading is the titles as the first row.
func (t Table) heading() []Line {
	row := make([]Line, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = Line{Text(c.Title)}
	}
	return row
}

// settings are how n columns stand: numbers to the right, where they can be compared, and text
// wrapped.
func (t Table) settings(n int) []slack.ColumnSetting {
	out := make([]slack.ColumnSetting, n)
	for i := range out {
		out[i] = slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true}
		if i < len(t.Columns) && t.Columns[i].Right {
			out[i] = slack.ColumnSetting{Align: slack.ColumnAlignmentRight}
		}
	}
	return out
}

// cells draws n cells of a row and tells the length of their text.
func (k *canvas) cells(row []Line, n int) ([]slack.TableCell, int) {
	out := make([]slack.TableCell, n)
	total := 0
	for i := range out {
		var l Line
		if i < len(row) {
			l = k.settle(row[i])
		}
		cell, length := drawCell(l)
		out[i], total = cell, total+length
	}
	return out, total
}

// drawCell draws a settled line as a cell: raw text where nothing in it can mean anything, rich
// text for the rest.
//
// Raw text is preferred because it takes a third of the bytes, and a table is what fills a message.
func drawCell(l Line) (slack.TableCell, int) {
	text := l.words()
	if strings.TrimSpace(text) == "" {
		return slack.NewTableRawTextCell(none), 1
	}
	if l.unstyled() && harmless(text) {
		text = Cut(text, maxCell)
		return slack.NewTableRawTextCell(text), length(text)
	}
	elements, used := l.rich(maxCell)
	return slack.NewTableRichTextCell(slack.NewRichTextSection(elements...)), used + 1
}

// unstyled tells whether a line is nothing but plain text.
func (l Line) unstyled() bool {
	for _, s := range l {
		if s.Kind != PlainSpan {
			return false
		}
	}
	return true
}

// rows is a table as lines of text, for the second table of a message and later ones.
//
// In a box of fixed width, so that the bars between the cells stand where a reader looks for them.
func (k *canvas) rows(t Table, n int) string {
	var b strings.Builder
	all := t.Rows
	if len(t.Columns) > 0 {
		all = append([][]Line{t.heading()}, t.Rows...)
	}
	left := n - 20
	for i, row := range all {
		var cells []string
		for _, l := range row {
			cells = append(cells, Cut(or(k.settle(l).words(), none), maxCell))
		}
		text := strings.Join(cells, " │ ") + "\n"
		if left -= length(text); left < 0 {
			b.WriteString(missing(len(all)-i, 0))
			break
		}
		b.WriteString(text)
	}
	return or(strings.TrimRight(b.String(), "\n"), none)
}
