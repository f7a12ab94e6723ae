package roster

import (
	"fmt"
	"strings"
)

// A Directory finds things by id and by name, and lists them in the order in which they were added.
type Directory[T any] struct {
	ByID   map[string]T
	byName map[string]string
	order  []string
}

// NewDirectory makes one with nobody in it.
func NewDirectory[T any]() Directory[T] {
	return Directory[T]{ByID: map[string]T{}, byName: map[string]string{}}
}

// Add adds a thing, or puts another in the place of the one with this id.
func (d *Directory[T]) Add(id, name string, item T) {
	if _, known := d.ByID[id]; !known {
		d.order = append(d.order, id)
	}
	d.ByID[id] = item
	if name != "" {
		d.byName[name] = id
	}
}

// Fresh makes a readable id that nobody has: "U0ALICE00" of "alice".
func (d *Directory[T]) Fresh(prefix, name string) string {
	id := readableID(prefix, name)
	for n := 2; ; n++ {
		if _, taken := d.ByID[id]; !taken {
			return id
		}
		id = readableID(prefix, fmt.Sprintf("%s%d", name, n))
	}
}

// Find looks for an id, or a name with or without a leading @ or #.
func (d *Directory[T]) Find(idOrName string) (T, bool) {
	if item, ok := d.ByID[idOrName]; ok {
		return item, true
	}
	item, ok := d.ByID[d.byName[strings.TrimLeft(idOrName, "@#")]]
	return item, ok
}

// All are the things in the order in which they were added.
func (d *Directory[T]) All() []T {
	items := make([]T, 0, len(d.order))
	for _, id := range d.order {
		items = append(items, d.ByID[id])
	}
	return items
}
