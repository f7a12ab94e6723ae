package world

import "s1bot/s1/s1sim/wire"

// triageRoutes are the two odd ones: PUT on one note, where notes are made by POST with a filter,
// and a path of the API before this one.
func triageRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "PUT", Path: "/threats/{threat}/notes/{note}", Handle: wire.On(w, updateNote)},
		{Root: "/web/api/v2.0", Method: "POST", Path: "/threats/mark-as-threat", Handle: wire.On(w, markAsThreat)},
	}
}

// updateNote replaces the text of a note. Only its author may; that others are told 403 is inferred.
func updateNote(w *World, q *wire.Request) (any, error) {
	t := w.ThreatRows.Get(q.Params["threat"])
	if t == nil {
		return nil, wire.NotFound("Requested resource was not found", "Threat ID "+q.Params["threat"]+" was not found.")
	}
	notes := w.notes[q.Params["threat"]]
	if notes == nil || notes.Get(q.Params["note"]) == nil {
		return nil, wire.NotFound("Requested resource was not found", "")
	}
	note := notes.Get(q.Params["note"])
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	s, err := noteText(body)
	switch {
	case err != nil:
		return nil, err
	case wire.Text(note, "creatorId") != ApiUserID:
		return nil, wire.Forbidden()
	}
	note["text"], note["edited"], note["updatedAt"] = s, true, wire.Stamp(q.Now)
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(q.Now))
	w.NoteThreat(editedNote, t, q.Now, true, "The management user "+ApiUser+" changed a note on threat "+wire.Text(t, "threatInfo.threatName")+".", s)
	return wire.Data(note), nil
}

// noteText takes what addNotes takes: 2 to 10000 characters, the document's bounds.
func noteText(body wire.Object) (string, error) {
	d, _ := body["data"].(wire.Object)
	s, ok := d["text"].(string)
	if !ok {
		return "", wire.Invalid("data: text: Missing data for required field.")
	}
	if n := len([]rune(s)); n < 2 {
		return "", wire.Invalid("data: text: Shorter than minimum length 2.")
	} else if n > 10000 {
		return "", wire.Invalid("data: text: Longer than maximum length 10000.")
	}
	return s, nil
}

// markAsThreat is a path of version 2.0 that version 2.1 left out: suspicious threats become
// malicious, are a true positive, and the policy deals with them, which here means quarantine. A
// live console answered 405 there in 2026-07, which the ages after Deep Visibility play.
// targetScope is checked, and nothing is blocked: the blocklist is another room's.
func markAsThreat(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	if _, err := Field(body, "targetScope", []string{"group", "site", "tenant"}); err != nil {
		return nil, err
	}
	rows, err := ThreatList(w).Chosen(body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		wire.Put(r.Obj, "threatInfo.confidenceLevel", "malicious")
		w.setThreat(r.Obj, "analystVerdict", "true_positive", changedVerdict, q.Now)
		wire.Put(r.Obj, "threatInfo.updatedAt", wire.Stamp(q.Now))
		w.NoteThreat(markedThreat, r.Obj, q.Now, true, "The management user "+ApiUser+" marked "+wire.Text(r.Obj, "threatInfo.threatName")+" as a threat.", nil)
		if m := mitigationActions()["quarantine"]; w.skips(m, r.Obj) == "" && wire.Text(r.Obj, "threatInfo.mitigationStatus") != "mitigated" {
			w.treat(m, r.Obj, q.Now)
		}
	}
	return wire.Affected(len(rows)), nil
}
