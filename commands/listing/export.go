package listing

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
)

const (
	// exportBytes is where a file is cut that has to stay in memory, because the call has no space on
	// disk.
	exportBytes = 16 << 20
	// inMemory is how large a file may be that is not put on disk: most are.
	inMemory = 256 << 10
)

// rawPage answers with the rows of one page as the console sent them, to read and as a file. A page
// is ten rows here too, of the same number that the table showed: the console's pages are only how
// they are read.
func (l Listing[T]) rawPage(ctx context.Context, call *catalog.Call, q s1.Query, most int) (render.Card, error) {
	skipped, remaining := (max(call.Page, 1)-1)*PageRows, PageRows
	file := NewExport(call, l.Things)
	file.space = nil // what is shown must be in memory
	for page, err := range l.Rows(ctx, q, most) {
		if err != nil {
			return render.Card{}, err
		}
		n := min(skipped, len(page.Items))
		skipped -= n
		rows := page.Items[n:]
		for _, row := range rows[:min(len(rows), remaining)] {
			if err := file.Json(l.Raw(row)); err != nil {
				return render.Card{}, err
			}
			remaining--
		}
		if remaining == 0 {
			break
		}
	}
	card := file.Card(l.Noun, l.words(call, file.Rows))
	card.Parts = append(card.Parts, render.Code{Text: file.body.String()})
	return catalog.Incomplete(card, l.gaps()), nil
}

// export answers with a file of the whole result. Pages begin small and grow (s1.Trail.Fit): the
// rows of some lists are a hundred times as wide as those of others.
func (l Listing[T]) export(ctx context.Context, call *catalog.Call, q s1.Query, most int) (render.Card, error) {
	q = q.WithLimit(min(cmp.Or(most, s1.FirstRows), s1.FirstRows))
	file := NewExport(call, l.Things)
	defer file.Abandon()
	write := func(row T) error { return file.Json(l.Raw(row)) }
	if call.How == render.CSV {
		if err := file.Csv(l.Sheet(nil), true); err != nil {
			return render.Card{}, err
		}
		write = func(row T) error { return file.Csv(l.Sheet([]T{row}), false) }
	}
	broken, matching := "", 0
	for page, err := range l.wholeRows(ctx, q, most) {
		matching = max(matching, page.Total)
		if cutOff(err) && file.Rows > 0 {
			broken = "The file is not complete. " + refusal.Reason(err)
			break
		}
		if err != nil {
			return render.Card{}, err
		}
		for _, row := range page.Items {
			if err := write(row); err != nil {
				return render.Card{}, err
			}
		}
		if file.Full() {
			break
		}
	}
	if file.Full() || broken != "" {
		file.Lacks(min(matching, cmp.Or(most, matching)))
	}
	return catalog.Incomplete(file.Card(l.Noun, l.words(call, file.Rows)), strings.TrimSpace(broken+" "+l.gaps())), nil
}

// An Export is a file that grows row by row: in memory while it is small, then on disk. A row is
// made whole in row and then added, so a file that is full, or a console that breaks off, never
// ends within one. CSV and JSON differ only in what stands between rows and at the end.
type Export struct {
	name  string
	Rows  int
	csvs  bool
	space *tempfile.Space // nil: everything stays in memory
	body  bytes.Buffer
	disk  *tempfile.File // with all of it, once body had too much
	row   bytes.Buffer   // what is written next: a row is there whole or not at all
	cells *bufio.Writer  // to row: one for each of a hundred thousand rows would be 400 MiB of garbage
	full  bool           // a row had no room any more
	given bool           // the card has the file
	lacks bool           // of rows; see Lacks
	of    int            // how many the list has; less than there are rows where nobody knows
}

// NewExport begins a file in the form that the call wants. The name has the minute in it, in UTC:
// people make several files of one list on one day.
func NewExport(call *catalog.Call, things string) *Export {
	ending := ".json"
	if call.How == render.CSV {
		ending = ".csv"
	}
	name := strings.ReplaceAll(things, " ", "-") + "-" + call.Now.UTC().Format("2006-01-02T1504Z") + ending
	e := &Export{name: name, csvs: call.How == render.CSV, space: call.Exports}
	e.cells = bufio.NewWriter(&e.row)
	return e
}

// Csv adds the rows of a table, one by one, and its heading at the beginning of the file.
func (e *Export) Csv(t render.Table, heading bool) error {
	rows := t.Rows
	if t.Rows = nil; heading {
		if err := e.csv(t); err != nil {
			return err
		}
	}
	t.Columns = nil
	for i := range rows {
		t.Rows = rows[i : i+1]
		if err := e.csv(t); err != nil || e.full {
			return err
		}
	}
	return nil
}

// csv adds what a table holds, whole or not at all.
func (e *Export) csv(t render.Table) error {
	e.row.Reset()
	if err := t.CSV(e.cells); err != nil {
		return err
	}
	return e.add(len(t.Rows))
}

// Json adds an object as the console sent it. Indented, because people open it in editors.
func (e *Export) Json(raw json.RawMessage) error {
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	e.row.Reset()
	if e.Rows == 0 {
		e.row.WriteString("[\n")
	} else {
		e.row.WriteString(",\n")
	}
	if err := json.Indent(&e.row, raw, "", "  "); err != nil {
		return err
	}
	return e.add(1)
}

// add puts what is in row into the file. Where there is no room for it the file is full, and ends
// before it.
func (e *Export) add(rows int) error {
	if e.full {
		return nil
	}
	err := e.write(e.row.Bytes())
	if errors.Is(err, tempfile.ErrFull) {
		e.full = true
		return nil
	}
	e.Rows += rows
	return err
}

// The memory is bounded by inMemory where there is a disk: ten people exporting at once must not
// count.
func (e *Export) write(p []byte) error {
	if e.space == nil {
		e.body.Write(p)
		e.full = e.body.Len() > exportBytes
		return nil
	}
	if e.disk == nil && e.body.Len()+len(p) <= inMemory {
		e.body.Write(p)
		return nil
	}
	if e.disk == nil {
		if err := e.spill(); err != nil {
			return err
		}
	}
	_, err := e.disk.Write(p)
	return err
}

// spill moves what is in memory to disk.
func (e *Export) spill() (err error) {
	if e.disk, err = e.space.Create(); err != nil {
		return err
	}
	_, err = e.body.WriteTo(e.disk)
	e.body = bytes.Buffer{}
	return err
}

// Full tells whether the file ends before the list does.
func (e *Export) Full() bool { return e.full }

// limit is where a file ends, in MiB.
func (e *Export) limit() int64 {
	if e.space != nil {
		return e.space.Most() >> 20
	}
	return exportBytes >> 20
}

// Abandon gives the disk back that a file takes which no card has: the list ended in an error. It
// is deferred before the first row is written, and does nothing once Card has handed the file over:
// whoever posts the card closes it.
func (e *Export) Abandon() {
	if e.disk != nil && !e.given {
		_ = e.disk.Close()
	}
}

// end writes what ends the file. What ends a file always has room: tempfile keeps some back for it.
func (e *Export) end() {
	end := ""
	switch {
	case e.csvs:
	case e.Rows == 0:
		end = "[]\n"
	default:
		end = "\n]\n"
	}
	if e.disk != nil {
		e.disk.WriteEnd([]byte(end))
		return
	}
	e.body.WriteString(end)
}

// Lacks notes that the file has not all rows of the list, which are so many as far as the console says.
// The title tells it, which is all that is read of a file that goes elsewhere than its card.
func (e *Export) Lacks(of int) { e.lacks, e.of = true, of }

// count is how many rows the file has, and of how many if some are missing.
func (e *Export) count() string {
	switch {
	case e.lacks && e.Rows < e.of:
		return fmt.Sprintf("%d of %d", e.Rows, e.of)
	case e.lacks || e.full:
		return fmt.Sprintf("only the first %d", e.Rows)
	}
	return strconv.Itoa(e.Rows)
}

// Card hands the file over.
func (e *Export) Card(noun, words string) render.Card {
	e.end()
	e.given = true
	title := fmt.Sprintf("%s · %s as a file", noun, e.count())
	file := render.File{Name: e.name, Title: title, Body: e.body.Bytes(), Disk: e.disk}
	card := render.Card{Tone: render.Info, Title: title, Files: []render.File{file}}
	if words != "" {
		card.Parts = append(card.Parts, render.Line{render.Text(text.Plural(e.Rows, "row") + " " + words)})
	}
	if e.full {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("The file was cut off at %d MiB; narrow the list down for the rest.", e.limit()))})
	}
	return card
}
