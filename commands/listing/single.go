package listing

import (
	"encoding/json"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// Single is one thing that the console knows, shown as facts, or as JSON where that is wanted. CSV
// is not offered: facts of different kinds make no table.
func Single(call *catalog.Call, name string, raw json.RawMessage, card render.Card) (render.Card, error) {
	if slices.Contains([]render.How{render.Run, render.View, render.Share, render.Turn}, call.How) {
		if call.How != render.View { // a modal is over the channel: the card there is shared already
			card.Actions = append(card.Actions, render.Button{Label: "Share in channel", Do: call.Variant(render.Share)})
		}
		card.Actions = append(card.Actions, render.Button{Label: "Raw JSON", Do: call.Variant(render.Raw)})
		return card, nil
	}
	as := *call
	as.How = render.JSON // facts are no table
	file := NewExport(&as, name)
	if err := json.Indent(&file.body, raw, "", "  "); err != nil {
		return render.Card{}, err
	}
	file.body.WriteByte('\n')
	return render.Card{Tone: render.Info, Title: card.Title, Files: []render.File{{Name: file.name, Title: card.Title, Body: file.body.Bytes()}}}, nil
}

// A Sheet is labelled facts; those that are not known are left out. A value that is long takes the
// whole width: two columns of a path each would be cut on a phone.
type Sheet render.Fields

// Text adds a fact in words.
func (s *Sheet) Text(label, value string) {
	if value != "" {
		*s = append(*s, render.Field{Label: label, Value: render.Line{render.Text(value)}, Wide: len(value) > 60})
	}
}

// Mono adds something to copy: an id, a hash, a path.
func (s *Sheet) Mono(label, value string) {
	if value != "" {
		*s = append(*s, render.Field{Label: label, Value: render.Line{render.Mono(value)}, Wide: len(value) > 30})
	}
}

// At adds a moment; span is how it is shown, in each reader's own time zone.
func (s *Sheet) At(label string, t interface{ IsZero() bool }, span render.Span) {
	if !t.IsZero() {
		*s = append(*s, render.Field{Label: label, Value: render.Line{span}})
	}
}

func (s Sheet) Part() render.Part { return render.Fields(s) }
