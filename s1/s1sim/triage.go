package s1sim

func triageRoutes() []route {
	return []route{
		{method: "PUT", path: "/threats/{threat}/notes/{note}", handle: updateNote},
		{root: "/web/api/v2.0", method: "POST", path: "/threats/mark-as-threat", handle: markAsThreat},
	}
}

// updateNote replaces the text of a note. Only its author may; that others are told 403 is inferred.
func updateNote(c *Console, q *request) (any, error) {
	t := c.threats.get(q.params["threat"])
	if t == nil {
		return nil, notFound("Requested resource was not found", "Threat ID "+q.params["threat"]+" was not found.")
	}
	notes := c.notes[q.params["threat"]]
	if notes == nil || notes.get(q.params["note"]) == nil {
		return nil, notFound("Requested resource was not found", "")
	}
	note := notes.get(q.params["note"])
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	s, err := noteText(body)
	switch {
	case err != nil:
		return nil, err
	case text(note, "creatorId") != apiUserID:
		return nil, forbidden()
	}
	note["text"], note["edited"], note["updatedAt"] = s, true, stamp(q.now)
	put(t, "threatInfo.updatedAt", stamp(q.now))
	c.noteThreat(editedNote, t, q.now, true, "The management user "+apiUser+" changed a note on threat "+text(t, "threatInfo.threatName")+".", s)
	return data(note), nil
}

func noteText(body object) (string, error) {
	d, _ := body["data"].(object)
	s, ok := d["text"].(string)
	if !ok {
		return "", invalid("data: text: Missing data for required field.")
	}
	if n := len([]rune(s)); n < 2 {
		return "", invalid("data: text: Shorter than minimum length 2.")
	} else if n > 10000 {
		return "", invalid("data: text: Longer than maximum length 10000.")
	}
	return s, nil
}

// markAsThreat is a path of version 2.0 that version 2.1 left out: suspicious threats become malicious, are a true positive, and
// the policy deals with them, which here means quarantine.
func markAsThreat(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	if _, err := field(body, "targetScope", []string{"group", "site", "tenant"}); err != nil {
		return nil, err
	}
	rows, err := threatList().chosen(c, body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		put(r.obj, "threatInfo.confidenceLevel", "malicious")
		c.setThreat(r.obj, "analystVerdict", "true_positive", changedVerdict, q.now)
		put(r.obj, "threatInfo.updatedAt", stamp(q.now))
		c.noteThreat(markedThreat, r.obj, q.now, true, "The management user "+apiUser+" marked "+text(r.obj, "threatInfo.threatName")+" as a threat.", nil)
		if m := mitigationActions()["quarantine"]; c.skips(m, r.obj) == "" && text(r.obj, "threatInfo.mitigationStatus") != "mitigated" {
			c.treat(m, r.obj, q.now)
		}
	}
	return affected(len(rows)), nil
}
