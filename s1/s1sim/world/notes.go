package world

import (
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Notes are added to many threats by one filter and read one threat at a time.
func noteRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "POST", Path: "/threats/notes", Handle: wire.On(w, addNotes)},
		{Method: "GET", Path: "/threats/{threat}/notes", Handle: wire.On(w, getNotes)},
	}
}

// A threat nobody wrote on has an empty list, not an error; one that does not exist is the caller's
// 404, before this.
func noteList(w *World) store.Listing {
	return store.Listing{
		Rows: func(q *wire.Request) *store.Collection {
			if n := w.notes[q.Params["threat"]]; n != nil {
				return n
			}
			return &store.Collection{}
		},
		Keys:  noteKeys,
		Sorts: store.SortsBy("createdAt updatedAt"),
		Order: "createdAt",
	}
}

// noteKeys: the document lets notes be filtered by their authors.
func noteKeys() keys.Table {
	return keys.Of(
		keys.Renamed("creator__like", keys.Within, keys.Just("", "creator")),
		[]keys.Key{{Name: "creatorId", Kind: keys.Ident, Op: keys.AnyOf, Values: keys.Path("creatorId")}},
	)
}

func getNotes(w *World, q *wire.Request) (any, error) {
	if id := q.Params["threat"]; w.ThreatRows.Get(id) == nil {
		return nil, wire.NotFound("Requested resource was not found", "Threat ID "+id+" was not found.")
	}
	return noteList(w).Handle(q)
}

// addNotes puts the text on every threat that the filter means. The answer counts them and does not name the notes.
func addNotes(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(wire.Object)
	s, ok := d["text"].(string)
	if !ok {
		return nil, wire.Invalid("data: text: Missing data for required field.")
	}
	if n := len([]rune(s)); n < 2 || n > 10000 {
		return nil, wire.Invalid("data: text: Length must be between 2 and 10000.")
	}
	rows, err := ThreatList(w).Chosen(body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		w.addNote(r.Obj, s, ApiUser, ApiUserID, q.Now)
	}
	return wire.Affected(len(rows)), nil
}

// addNote writes one note and stamps the threat: a note is a change of it, which whoever polls by
// updatedAt must see.
func (w *threats) addNote(t wire.Object, s, creator, creatorID string, now time.Time) {
	id := wire.Text(t, "id")
	if w.notes[id] == nil {
		w.notes[id] = &store.Collection{}
	}
	note := w.NewID(now)
	w.notes[id].Put(note, wire.Object{"id": note, "text": s, "creator": creator, "creatorId": creatorID, "edited": false,
		"createdAt": wire.Stamp(now), "updatedAt": wire.Stamp(now)})
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(now))
	w.NoteThreat(addedNote, t, now, true, "The management user "+creator+" added a note to threat "+wire.Text(t, "threatInfo.threatName")+".", s)
}
