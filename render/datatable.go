package render

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"
)

// Slack's data tables sort, filter and turn pages by themselves, where a workspace has them. What
// they take is not what tables take: a caption, a heading of plain text, at least one row, numbers
// as numbers.

// maxDataRows is the smaller of two numbers that Slack's reference gave (101 and 201), the heading
// included.
const maxDataRows = 101

// dataPage is how many rows are seen at once: as many as a list has on a page.
const dataPage = 10

// data tells whether t can be a data table: it has a heading of the width of its rows, and rows
// that can be put in another order.
func (t Table) data() bool {
	return len(t.Columns) > 0 && len(t.Columns) == t.width() && len(t.Columns) <= maxTableColumns && len(t.Rows) > 1
}

// sortable draws a message's one table: as a data table where that is taken and all of it has room,
// else as a table.
//
// A workspace that does not know data tables answers invalid_blocks; package post notices and draws
// without them from then on.
func (k *canvas) sortable(t Table) ([]slack.Block, bool) {
	if k.dataTables && t.data() {
		if drawn, ok := k.dataTable(t); ok {
			return drawn, true
		}
	}
	return k.table(t)
}

// dataTable draws a message's one table as a data table; false where it has no room for all rows:
// what is left out would be sorted wrongly.
//
// The text limit is that of ordinary tables, half of what the newest reference gives for this block;
// its older copy breaks off before the number.
func (k *canvas) dataTable(t Table) (drawn []slack.Block, ok bool) {
	if len(t.Rows) >= maxDataRows {
		return nil, false
	}
	caption, _, _ := strings.Cut(k.title, " · ") // the rest of the title is the message's
	block := slack.NewDataTableBlock(short(caption, "Table", maxHeader))
	block.PageSize = min(len(t.Rows), dataPage)
	spent := length(block.Caption)
	var heading []slack.DataTableCell
	for _, c := range t.Columns {
		text := short(c.Title, none, maxCell)
		heading, spent = append(heading, slack.NewDataTableRawTextCell(text)), spent+length(text)
	}
	block.AddRow(heading...)
	numbers := k.numberColumns(t)
	for _, row := range t.Rows {
		cells := make([]slack.DataTableCell, len(t.Columns))
		for i := range cells {
			var l Line
			if i < len(row) {
				l = k.settle(row[i])
			}
			cell, took := dataCell(l, numbers[i])
			cells[i], spent = cell, spent+took
		}
		block.AddRow(cells...)
	}
	drawn = []slack.Block{block}
	if t.Partial {
		drawn = append(drawn, small("Sorting and filtering cover this page only; the CSV file in ⋯ has every row."))
	}
	return drawn, spent <= maxTableText && k.spend(drawn, spent)
}

// numberColumns are the columns in which every cell is a number: Slack sorts those by size, and
// others by letters.
//
// One cell that is no number makes a column of text, and 10 stands before 9 then.
func (k *canvas) numberColumns(t Table) []bool {
	numbers := make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		numbers[i] = c.Right
		for _, row := range t.Rows {
			numbers[i] = numbers[i] && i < len(row) && isNumber(k.settle(row[i]).words())
		}
	}
	return numbers
}

// isNumber takes digits, a point and a minus; "1e9" or "NaN" are what ParseFloat would take as
// well, and names may look like that.
func isNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil && strings.Trim(s, "0123456789.- ") == ""
}

// dataCell draws a settled line as a cell: a number where its column has nothing else, raw text
// where nothing in it can mean anything, rich text for the rest.
func dataCell(l Line, number bool) (slack.DataTableCell, int) {
	text := strings.TrimSpace(l.words())
	switch {
	case number:
		value, _ := strconv.ParseFloat(text, 64) // numberColumns has read it
		return slack.NewDataTableRawNumberCell(value).WithText(text), length(text)
	case text == "":
		return slack.NewDataTableRawTextCell(none), 1
	case l.unstyled() && harmless(l.words()):
		text = Cut(l.words(), maxCell)
		return slack.NewDataTableRawTextCell(text), length(text)
	}
	elements, used := l.rich(maxCell)
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(elements...)), used + 1
}
