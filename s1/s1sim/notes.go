package s1sim

import "time"

func noteRoutes() []route {
	return []route{
		{method: "POST", path: "/threats/notes", handle: addNotes},
		{method: "GET", path: "/threats/{threat}/notes", handle: getNotes},
	}
}

func noteList() listing {
	return listing{
		rows: func(c *Console, q *request) *collection {
			if n := c.notes[q.params["threat"]]; n != nil {
				return n
			}
			return &collection{}
		},
		keys:  noteKeys,
		sorts: sortsBy("createdAt updatedAt"),
		order: "createdAt",
	}
}

func noteKeys() keys {
	return table(
		renamed("creator__like", within, just("", "creator")),
		[]key{{name: "creatorId", kind: ident, op: anyOf, values: path("creatorId")}},
	)
}

func getNotes(c *Console, q *request) (any, error) {
	if id := q.params["threat"]; c.threats.get(id) == nil {
		return nil, notFound("Requested resource was not found", "Threat ID "+id+" was not found.")
	}
	return noteList().handle(c, q)
}

// addNotes puts the text on every threat that the filter means. The answer counts them and does not name the notes.
func addNotes(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(object)
	s, ok := d["text"].(string)
	if !ok {
		return nil, invalid("data: text: Missing data for required field.")
	}
	if n := len([]rune(s)); n < 2 || n > 10000 {
		return nil, invalid("data: text: Length must be between 2 and 10000.")
	}
	rows, err := threatList().chosen(c, body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c.addNote(r.obj, s, apiUser, apiUserID, q.now)
	}
	return affected(len(rows)), nil
}

func (c *Console) addNote(t object, s, creator, creatorID string, now time.Time) {
	id := text(t, "id")
	if c.notes[id] == nil {
		c.notes[id] = &collection{}
	}
	note := c.newID(now)
	c.notes[id].put(note, object{"id": note, "text": s, "creator": creator, "creatorId": creatorID, "edited": false,
		"createdAt": stamp(now), "updatedAt": stamp(now)})
	put(t, "threatInfo.updatedAt", stamp(now))
	c.noteThreat(addedNote, t, now, true, "The management user "+creator+" added a note to threat "+text(t, "threatInfo.threatName")+".", s)
}
