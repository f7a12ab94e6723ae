package plans

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// File is the whole list of what a request touches, where the card names only the first ones.
//
// It goes into the card's thread with all facts and the ids, so that an approver can compare it
// with the console. CSV cells that begin like a formula are defused by render.
func File(req approvals.Request) []render.File {
	targets := Of(req).Targets
	if len(targets) <= Shown {
		return nil
	}
	table := render.Table{}
	for _, title := range []string{"Kind", "Name", "Host", "State", "OS", "User", "Site", "Group", "Active threats", "Note", "Id"} {
		table.Columns = append(table.Columns, render.Column{Title: title})
	}
	for _, t := range targets {
		var row []render.Line
		for _, cell := range []string{t.Kind, t.Name, t.Host, t.State, t.OS, t.User, t.Site, t.Group, fmt.Sprint(t.Threats), strings.Join(remarks(t), ", "), t.ID} {
			row = append(row, render.Line{render.Text(cell)})
		}
		table.Rows = append(table.Rows, row)
	}
	var body bytes.Buffer
	if table.CSV(&body) != nil {
		return nil
	}
	return []render.File{{Name: "targets-" + req.Ref + ".csv", Title: "All " + Count(targets) + " of " + req.Ref, Body: body.Bytes()}}
}

// BlastRadius counts what makes an approver look twice: servers, what the policy protects,
// endpoints that are off, active threats.
//
// It counts all targets, also those that the table leaves out: the one server among four hundred
// workstations is what has to be seen.
func BlastRadius(req approvals.Request) render.Note {
	words := radius(Of(req).Targets)
	if len(words) == 0 {
		return nil
	}
	return render.Note{render.Text("Among them: " + strings.Join(words, " · "))}
}

// InARow is what a row of a list says of what a request touches, behind its names: where that is,
// and what makes an approver look twice. It has less room than the card, and the same button.
func InARow(targets []catalog.Target) []string {
	switch len(targets) {
	case 0:
		return nil
	case 1:
		t := targets[0]
		t.Host = "" // its name says it
		return slices.DeleteFunc(append([]string{t.Place(), signed(t.State)}, remarks(t)...), func(s string) bool { return s == "" })
	}
	words := []string{Count(targets)}
	if where := strings.TrimSuffix(strings.TrimPrefix(Where(catalog.Plan{Targets: targets}), ", "), ":"); where != "" {
		words = append(words, where)
	}
	return append(words, radius(targets)...)
}

// radius counts what makes an approver look twice, in words.
func radius(targets []catalog.Target) (words []string) {
	servers, protected, off, threats := 0, 0, 0, 0
	for _, t := range targets {
		if t.Protected != "" {
			protected++
		}
		if t.Server {
			servers++
		}
		if t.State == "offline" {
			off++
		}
		threats += t.Threats
	}
	if servers > 0 {
		words = append(words, "⚠ "+text.Plural(servers, "server"))
	}
	if protected > 0 {
		words = append(words, fmt.Sprintf("⚠ %d protected", protected))
	}
	if off > 0 {
		words = append(words, fmt.Sprintf("%d offline", off))
	}
	if threats > 0 {
		words = append(words, text.Plural(threats, "active threat"))
	}
	return words
}
