package s1sim

// A row is an object with the place it was inserted at, which breaks ties when objects are sorted.
type row struct {
	seq int
	id  string
	obj object
}

// A collection is the objects of one kind in the order of their arrival.
type collection struct {
	whole bool // lists leave nothing out by themselves; see ListGone
	rows  []*row
	byID  map[string]*row
	seq   int
}

// put inserts an object, or replaces the one that has its id.
func (l *collection) put(id string, o object) {
	if r := l.byID[id]; r != nil {
		r.obj = o
		return
	}
	l.add(id, o)
}

// add appends an object even where its id is taken: recordings of activities repeat ids.
func (l *collection) add(id string, o object) {
	if l.byID == nil {
		l.byID = map[string]*row{}
	}
	l.seq++
	r := &row{l.seq, id, o}
	l.rows = append(l.rows, r)
	l.byID[id] = r
}

// get returns the object with that id, nil when there is none.
func (l *collection) get(id string) object {
	if r := l.byID[id]; r != nil {
		return r.obj
	}
	return nil
}

// find returns the first object whose value under the path is s.
func (l *collection) find(path, s string) object {
	for _, r := range l.rows {
		if text(r.obj, path) == s {
			return r.obj
		}
	}
	return nil
}

// remove takes an object out and says whether it was there.
func (l *collection) remove(id string) bool {
	if l.byID[id] == nil {
		return false
	}
	delete(l.byID, id)
	kept := make([]*row, 0, len(l.rows))
	for _, r := range l.rows {
		if r.id != id {
			kept = append(kept, r)
		}
	}
	l.rows = kept
	return true
}

// where returns the objects that a filter lets through.
func (l *collection) where(keep func(object) bool) []*row {
	var out []*row
	for _, r := range l.rows {
		if keep(r.obj) {
			out = append(out, r)
		}
	}
	return out
}
