package listing

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// exportBytes is where a file of a whole result is cut: several have to fit into the 128 MiB of the process at once.
const exportBytes = 16 << 20

// rawPage answers with the rows of one page as the console sent them, to read and as a file.
func (l Listing[T]) rawPage(ctx context.Context, call *catalog.Call, q s1.Query, most int) (render.Card, error) {
	skipped, left := (max(call.Page, 1)-1)*PageRows, PageRows
	file := NewExport(call, l.Things)
	for page, err := range l.Rows(ctx, q, most) {
		if err != nil {
			return render.Card{}, err
		}
		n := min(skipped, len(page.Items))
		skipped -= n
		rows := page.Items[n:]
		for _, row := range rows[:min(len(rows), left)] {
			if err := file.Json(l.Raw(row)); err != nil {
				return render.Card{}, err
			}
			left--
		}
		if left == 0 {
			break
		}
	}
	card := file.Card(l.Noun, l.words(call, file.Rows))
	card.Parts = append(card.Parts, render.Code{Text: file.body.String()})
	return catalog.Incomplete(card, l.gaps()), nil
}

// export answers with a file of the whole result.
func (l Listing[T]) export(ctx context.Context, call *catalog.Call, q s1.Query, most int) (render.Card, error) {
	q = q.WithLimit(cmp.Or(most, MaxPage))
	file := NewExport(call, l.Things)
	write := func(row T) error { return file.Json(l.Raw(row)) }
	if call.How == render.CSV {
		if err := file.Csv(l.Sheet(nil), true); err != nil {
			return render.Card{}, err
		}
		write = func(row T) error { return file.Csv(l.Sheet([]T{row}), false) }
	}
	broken := ""
	for page, err := range l.Rows(ctx, q, most) {
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
	return catalog.Incomplete(file.Card(l.Noun, l.words(call, file.Rows)), strings.TrimSpace(broken+" "+l.gaps())), nil
}

// An Export is a file that grows row by row.
type Export struct {
	name string
	body bytes.Buffer
	Rows int
	csvs bool
}

func NewExport(call *catalog.Call, things string) *Export {
	ending := ".json"
	if call.How == render.CSV {
		ending = ".csv"
	}
	name := strings.ReplaceAll(things, " ", "-") + "-" + call.Now.UTC().Format("2006-01-02T1504Z") + ending
	return &Export{name: name, csvs: call.How == render.CSV}
}

func (e *Export) Csv(t render.Table, heading bool) error {
	if !heading {
		t.Columns = nil
	}
	e.Rows += len(t.Rows)
	return t.CSV(&e.body)
}

func (e *Export) Json(raw json.RawMessage) error {
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	separator := ",\n"
	if e.Rows == 0 {
		separator = "[\n"
	}
	e.Rows++
	e.body.WriteString(separator)
	return json.Indent(&e.body, raw, "", "  ")
}

func (e *Export) Full() bool { return e.body.Len() > exportBytes }

// Card hands the file over.
func (e *Export) Card(noun, words string) render.Card {
	cut := e.Full()
	if !e.csvs {
		end := "\n]\n"
		if e.Rows == 0 {
			end = "[]\n"
		}
		e.body.WriteString(end)
	}
	title := fmt.Sprintf("%s · %d as a file", noun, e.Rows)
	card := render.Card{Tone: render.Info, Title: title, Files: []render.File{{Name: e.name, Title: title, Body: e.body.Bytes()}}}
	if words != "" {
		card.Parts = append(card.Parts, render.Line{render.Text(text.Plural(e.Rows, "row") + " " + words)})
	}
	if cut {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("The file was cut at %d MiB; narrow the list down for the rest.", exportBytes>>20))})
	}
	return card
}
