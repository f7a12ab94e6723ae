package commands

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// exportBytes is where a file of a whole result is cut: several have to fit into the 128 MiB of the process at once.
const exportBytes = 16 << 20

// rawPage answers with the rows of one page as the console sent them, to read and as a file.
func (l listing[T]) rawPage(ctx context.Context, call *Call, q s1.Query, most int) (render.Card, error) {
	skipped, left := (max(call.Page, 1)-1)*pageRows, pageRows
	file := newExport(call, l.things)
	for page, err := range l.rows(ctx, q, most) {
		if err != nil {
			return render.Card{}, err
		}
		n := min(skipped, len(page.Items))
		skipped -= n
		rows := page.Items[n:]
		for _, row := range rows[:min(len(rows), left)] {
			if err := file.json(l.raw(row)); err != nil {
				return render.Card{}, err
			}
			left--
		}
		if left == 0 {
			break
		}
	}
	card := file.card(l.noun, l.words(call, file.rows))
	card.Parts = append(card.Parts, render.Code{Text: file.body.String()})
	return partly(card, l.gaps()), nil
}

// export answers with a file of the whole result.
func (l listing[T]) export(ctx context.Context, call *Call, q s1.Query, most int) (render.Card, error) {
	q = q.WithLimit(cmp.Or(most, maxPage))
	file := newExport(call, l.things)
	write := func(row T) error { return file.json(l.raw(row)) }
	if call.How == render.CSV {
		if err := file.csv(l.sheet(nil), true); err != nil {
			return render.Card{}, err
		}
		write = func(row T) error { return file.csv(l.sheet([]T{row}), false) }
	}
	broken := ""
	for page, err := range l.rows(ctx, q, most) {
		if cutOff(err) && file.rows > 0 {
			broken = "The file is not complete. " + reason(err)
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
		if file.full() {
			break
		}
	}
	return partly(file.card(l.noun, l.words(call, file.rows)), strings.TrimSpace(broken+" "+l.gaps())), nil
}

// An export is a file that grows row by row.
type export struct {
	name string
	body bytes.Buffer
	rows int
	csvs bool
}

func newExport(call *Call, things string) *export {
	ending := ".json"
	if call.How == render.CSV {
		ending = ".csv"
	}
	name := strings.ReplaceAll(things, " ", "-") + "-" + call.Now.UTC().Format("2006-01-02T1504Z") + ending
	return &export{name: name, csvs: call.How == render.CSV}
}

func (e *export) csv(t render.Table, heading bool) error {
	if !heading {
		t.Columns = nil
	}
	e.rows += len(t.Rows)
	return t.CSV(&e.body)
}

func (e *export) json(raw json.RawMessage) error {
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	separator := ",\n"
	if e.rows == 0 {
		separator = "[\n"
	}
	e.rows++
	e.body.WriteString(separator)
	return json.Indent(&e.body, raw, "", "  ")
}

func (e *export) full() bool { return e.body.Len() > exportBytes }

// card hands the file over.
func (e *export) card(noun, words string) render.Card {
	cut := e.full()
	if !e.csvs {
		end := "\n]\n"
		if e.rows == 0 {
			end = "[]\n"
		}
		e.body.WriteString(end)
	}
	title := fmt.Sprintf("%s · %d as a file", noun, e.rows)
	card := render.Card{Tone: render.Info, Title: title, Files: []render.File{{Name: e.name, Title: title, Body: e.body.Bytes()}}}
	if words != "" {
		card.Parts = append(card.Parts, render.Line{render.Text(plural(e.rows, "row") + " " + words)})
	}
	if cut {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("The file was cut at %d MiB; narrow the list down for the rest.", exportBytes>>20))})
	}
	return card
}
