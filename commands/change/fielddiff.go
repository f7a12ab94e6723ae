package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// A Field is one field of something in the console that can be changed, as people read it. Values
// are compared as people read them, so that two spellings of one value are no change.
type Field struct{ Name, Value string }

// FingerprintOf tells two states of a thing apart. It stands in the arguments of a request and is
// compared before the run: 16 bytes of SHA-256 are enough against chance, and nobody can gain by a
// collision that only lets their own approved change run.
func FingerprintOf(fields []Field) string {
	var b strings.Builder
	for _, t := range fields {
		fmt.Fprintf(&b, "%q=%q\n", t.Name, t.Value)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// Diffs compares two states of a thing, which have the same fields in the same order.
func Diffs(was, wanted []Field, weakens func(field, old, now string) bool) []catalog.Diff {
	var changed []catalog.Diff
	for i, w := range wanted {
		if old := was[i].Value; old != w.Value {
			changed = append(changed, catalog.Diff{Field: w.Name, Old: old, New: w.Value, Weakens: weakens(w.Name, old, w.Value)})
		}
	}
	return changed
}

// WeakenNote counts the changes that lower the protection. One line above the table, since the
// field that matters may be the thirtieth.
func WeakenNote(changes []catalog.Diff) []string {
	n := 0
	for _, c := range changes {
		if c.Weakens {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{"⚠ " + text.Plural(n, "change") + " will weaken protection."}
}

// ChangeOutcome tells which fields are as they were wanted; left are those that are not, and back
// makes the thing what it was before, if that can be. left comes from reading the thing back after
// the change, because a 200 does not say that every field was read.
func ChangeOutcome(call *catalog.Call, noun string, target catalog.Target, changes, left []catalog.Diff, back json.RawMessage) render.Card {
	title := call.Command.Title
	table := render.Table{Columns: []render.Column{{Title: "Field"}, {Title: "Old"}, {Title: "New"}, {Title: "Result"}}}
	for _, c := range changes {
		result := "set"
		if slices.ContainsFunc(left, func(l catalog.Diff) bool { return l.Field == c.Field }) {
			result = "not set"
		}
		table.Rows = append(table.Rows, []render.Line{{render.Text(c.Field)}, {render.Text(c.Old)}, {render.Text(c.New)}, {render.Text(result)}})
	}
	if len(left) >= len(changes) {
		card := render.Failure(title, http.StatusOK, "The console changed nothing.", fmt.Sprintf("The %s %s is unchanged.", noun, target.Name))
		card.Parts, card.Actions = append(card.Parts, table), Opens([]catalog.Target{target})
		return card
	}
	words := fmt.Sprintf("%d of %s set", len(changes)-len(left), text.Plural(len(changes), "field"))
	card := render.Card{
		Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": " + target.Name + ": " + words,
		Parts: []render.Part{render.Line{render.Link(target.Name, target.URL), render.Text(": " + words + ".")}, table},
	}
	card.Actions = append(OldValuesButton(call, back), Opens([]catalog.Target{target})...)
	if len(left) > 0 {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	return card
}

// OldValuesButton opens the same command with what was there before; it is a request of its own,
// approved like the first.
func OldValuesButton(call *catalog.Call, back json.RawMessage) []render.Action {
	if len(back) == 0 {
		return nil
	}
	return []render.Action{render.Button{Label: "Restore the old values", Do: catalog.Invocation{Command: call.Command.Name, Args: back}}}
}
