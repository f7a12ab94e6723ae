package listing

import (
	"context"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// People choose the columns of a kind of list, among those of its table and of its file. Files have
// all of them whatever was chosen, and a title that is no column any more is passed over.

// chosenBy is the list as a person wants it.
func (l Listing[T]) chosenBy(ctx context.Context, c catalog.Columns) Listing[T] {
	if c == nil || l.Parts != nil {
		return l
	}
	titles := titlesOf(l.Sheet(nil))
	for _, title := range c.Chosen(ctx, l.Things) {
		if slices.Contains(titles, title) {
			l.columns = append(l.columns, title)
		}
	}
	return l
}

// offer tells who wants to choose which columns there are.
func (l Listing[T]) offer(c catalog.Columns) {
	if c != nil {
		c.Offer(l.Things, titlesOf(l.Sheet(nil)), len(l.Table(nil).Columns))
	}
}

// choosable tells whether there is anything to choose.
func (l Listing[T]) choosable(call *catalog.Call) bool {
	return call.Columns != nil && l.Parts == nil && len(l.Sheet(nil).Columns) > 1
}

// table is rows under the columns that were chosen, else under the usual ones. A view has its
// columns when it is made, and the key of the cache has them too.
func (l Listing[T]) table(rows []T) render.Table {
	if len(l.columns) == 0 {
		return l.Table(rows)
	}
	return l.Sheet(rows).Only(l.columns)
}

// titlesOf are the titles of columns, each once: two of one title would be one entry of a menu.
func titlesOf(t render.Table) (titles []string) {
	for _, c := range t.Columns {
		if !slices.Contains(titles, c.Title) {
			titles = append(titles, c.Title)
		}
	}
	return titles
}
