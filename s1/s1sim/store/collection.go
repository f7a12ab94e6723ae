// Package store holds the objects of the console and lists them: collections in the order of
// arrival, and the one way in which every list of the API filters, sorts and cuts itself into
// pages.
//
// A page ends with a cursor that says where the last row stood and what was asked, so that what
// arrives or goes between two pages neither repeats nor hides a row, and a cursor of another
// question is refused.
//
// The rule: what a list gives is the object itself and not a copy. Whoever reads it holds the
// console's lock, and it has become bytes before the lock is let go.
package store

import "s1bot/s1/s1sim/wire"

// A Row is an object with the place it was inserted at, which breaks ties when objects are sorted.
type Row struct {
	seq int
	Id  string
	Obj wire.Object
}

// A Collection is the objects of one kind in the order of their arrival.
type Collection struct {
	Whole bool // lists leave nothing out by themselves; see ListGone
	Rows  []*Row
	ByID  map[string]*Row
	seq   int
}

// Put inserts an object, or replaces the one that has its id.
func (l *Collection) Put(id string, o wire.Object) {
	if r := l.ByID[id]; r != nil {
		r.Obj = o
		return
	}
	l.Add(id, o)
}

// Add appends an object even where its id is taken: recordings of activities repeat ids. ByID then
// has the newest; Get finds that one.
func (l *Collection) Add(id string, o wire.Object) {
	if l.ByID == nil {
		l.ByID = map[string]*Row{}
	}
	l.seq++
	r := &Row{l.seq, id, o}
	l.Rows = append(l.Rows, r)
	l.ByID[id] = r
}

// Get returns the object with that id, nil when there is none.
func (l *Collection) Get(id string) wire.Object {
	if r := l.ByID[id]; r != nil {
		return r.Obj
	}
	return nil
}

// Find returns the first object whose value under the path is s.
func (l *Collection) Find(path, s string) wire.Object {
	for _, r := range l.Rows {
		if wire.Text(r.Obj, path) == s {
			return r.Obj
		}
	}
	return nil
}

// Remove takes an object out and says whether it was there. It builds the list anew, because rows
// that a handler has chosen are still in use.
func (l *Collection) Remove(id string) bool {
	if l.ByID[id] == nil {
		return false
	}
	delete(l.ByID, id)
	kept := make([]*Row, 0, len(l.Rows))
	for _, r := range l.Rows {
		if r.Id != id {
			kept = append(kept, r)
		}
	}
	l.Rows = kept
	return true
}

// Where returns the objects that a filter lets through.
func (l *Collection) Where(keep func(wire.Object) bool) []*Row {
	var out []*Row
	for _, r := range l.Rows {
		if keep(r.Obj) {
			out = append(out, r)
		}
	}
	return out
}
