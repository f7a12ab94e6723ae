package catalog

import (
	"cmp"
	"slices"

	"s1bot/render"
)

// A TargetFact is something that cards tell of targets: a column of a table, or a field where there is one target.
type TargetFact struct {
	Title string
	Cell  func(Target) render.Span
}

// TargetTable is a table of targets with the facts that say anything of one of them.
func TargetTable(facts []TargetFact, targets []Target) render.Table {
	table := render.Table{Rows: make([][]render.Line, len(targets))}
	for _, f := range facts {
		if !slices.ContainsFunc(targets, func(t Target) bool { return f.Cell(t).Text != "" }) {
			continue
		}
		table.Columns = append(table.Columns, render.Column{Title: f.Title})
		for i, t := range targets {
			span := f.Cell(t)
			span.Text = cmp.Or(span.Text, "—")
			table.Rows[i] = append(table.Rows[i], render.Line{span})
		}
	}
	return table
}
