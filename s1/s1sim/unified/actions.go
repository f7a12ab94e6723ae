package unified

import (
	"slices"
	"strings"

	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// mostAlerts is how many alerts one mutation may mean.
const mostAlerts = 10_000

// A deed is what an action does: which field it sets, and what is wrong with a payload.
type deed struct {
	field string // of the row, and what the payload is called
	legal func(l *List, value any) bool
}

// Kinds of true and false positives, from the schema of live consoles.
const (
	truly   = "MALWARE UNAUTHORIZED_ACCESS DATA_EXFILTRATION INSIDER_THREAT PHISHING_ATTACK ADVANCED_PERSISTENT_THREAT DENIAL_OF_SERVICE RANSOMWARE POLICY_VIOLATION BENIGN_BUT_SUSPICIOUS BENIGN UNDEFINED EXPLOITATION_TOOLS PUA_ADWARE"
	falsely = "BENIGN BENIGN_BUT_SUSPICIOUS SYSTEM_ERROR USER_ERROR UNDEFINED"
)

// These five of the service's actions are played; those that act on endpoints (kill, quarantine,
// isolate, block) are not, and are answered like an action that does not exist.
func deeds() map[string]deed {
	return map[string]deed{
		"S1/alert/statusUpdate": {"status", func(_ *List, v any) bool {
			return slices.Contains([]string{"NEW", "IN_PROGRESS", "RESOLVED"}, wire.Plain(v))
		}},
		"S1/alert/analystVerdictUpdate": {"analystVerdict", func(_ *List, v any) bool { return isVerdict(wire.Plain(v)) }},
		"S1/alert/assignUser":           {"assignUser", func(l *List, v any) bool { return v == nil || l.user(wire.Plain(v)) != nil }},
		"S1/alert/setTicketId":          {"ticketId", func(*List, any) bool { return true }},
		"S1/alert/addNote":              {"note", func(_ *List, v any) bool { return wire.Plain(v) != "" }},
	}
}

// There is no bare TRUE_POSITIVE and no SUSPICIOUS in this list: a verdict of threats has to be
// translated.
func isVerdict(v string) bool {
	for prefix, kinds := range map[string]string{"TRUE_POSITIVE_": truly, "FALSE_POSITIVE_": falsely} {
		if kind, ok := strings.CutPrefix(v, prefix); ok {
			return slices.Contains(strings.Fields(kinds), kind)
		}
	}
	return v == "UNDEFINED"
}

// user is a console user as alerts name them.
func (l *List) user(id string) any {
	for _, u := range world.Users() {
		if u["id"] == id {
			return wire.Object{"userId": u["id"], "email": u["email"], "fullName": u["fullName"]}
		}
	}
	return nil
}

// triggerActions does each action to each alert that the filter means; without a filter that is
// every alert. Its answer says ActionsTriggered even if nothing was done: whether something was is
// in the entries, and an empty list of actions is what a filter that means nothing gives.
func triggerActions(l *List, args map[string]any) (any, error) {
	rows, err := l.choose(args)
	if err != nil {
		return nil, err
	}
	if len(rows) > mostAlerts {
		return wire.Object{"__typename": "TriggerActionsError", "errors": []any{wire.Object{"errorMessage": "Too many alerts are selected"}}}, nil
	}
	list := []any{}
	for _, a := range listOf(args["actions"]) {
		if action, ok := a.(map[string]any); ok && len(rows) > 0 {
			outcome := wire.Object{"actionId": action["id"], "success": []any{}, "skip": []any{}, "failure": []any{}}
			for _, r := range rows {
				kind, entry := l.do(r.Obj, action)
				outcome[kind] = append(outcome[kind].([]any), entry)
			}
			list = append(list, outcome)
		}
	}
	return wire.Object{"__typename": "ActionsTriggered", "actions": list}, nil
}

// do does one action to one alert and says how it went. MISSING_PERMISSION is also what the service
// says where a kind of alert does not offer the action; that is left out.
func (l *List) do(o wire.Object, action map[string]any) (kind string, entry wire.Object) {
	id := o["id"]
	failed := func(kind, message string) (string, wire.Object) {
		return "failure", wire.Object{"id": id, "errorType": kind, "errorMessage": message}
	}
	d, known := deeds()[wire.Plain(action["id"])]
	payload, _ := action["payload"].(map[string]any)
	given, ok := payload[d.field].(map[string]any)
	switch {
	case !l.mayManage:
		return failed("MISSING_PERMISSION", "Missing UAM manage permissions")
	case !known:
		return failed("SERVICE_ERROR", "No result returned by target service")
	case !ok || !d.legal(l, given["value"]):
		return failed("ILLEGAL_ARGUMENTS", "Illegal value of "+d.field)
	case l.is(o, d.field, given["value"]):
		return "skip", wire.Object{"id": id, "skipType": "NO_CHANGE", "skipMessage": "Nothing to change"}
	}
	l.set(o, d.field, given["value"])
	return "success", wire.Object{"id": id}
}

// is tells whether an alert says so already, which is a skip and no success. A note is never there
// already.
func (l *List) is(o wire.Object, field string, value any) bool {
	switch field {
	case "note":
		return false
	case "assignUser":
		return wire.Text(o, "assignee.userId") == wire.Plain(orEmpty(value))
	}
	return wire.Text(o, field) == wire.Plain(value)
}

// set changes a row, and the thing that it is as well; what lists show follows later where the
// console is slow.
func (l *List) set(o wire.Object, field string, value any) {
	id := wire.Text(o, "id")
	change := func(o wire.Object) {
		switch field {
		case "note":
			l.write(o, wire.Plain(value))
		case "assignUser":
			o["assignee"] = l.user(wire.Plain(orEmpty(value)))
		default:
			o[field] = value
		}
		o["updatedAt"] = stamp(l.world.Now())
		l.tell(o)
	}
	if l.lag <= 0 {
		change(o)
		return
	}
	l.pending[id] = append(l.pending[id], change)
	l.dueAt[id] = l.world.Now().Add(l.lag)
}

// write puts a note on a row.
func (l *List) write(o wire.Object, text string) {
	id, now := wire.Text(o, "id"), stamp(l.world.Now())
	l.notes[id] = append(l.notesOn(id), wire.Object{"id": l.world.NewID(l.world.Now()), "text": text, "type": "PLAIN_TEXT", "createdAt": now, "updatedAt": now, "alertId": id,
		"author": wire.Object{"userId": world.ApiUserID, "email": nil, "fullName": world.ApiUser}})
	o["noteExists"], o["updatedAt"] = true, now
}

// addAlertNote answers with all notes of the alert, the new one last.
func addAlertNote(l *List, args map[string]any) (any, error) {
	o := l.rows.Get(wire.Plain(args["alertId"]))
	switch {
	case !l.mayManage:
		return nil, failure{"Missing UAM manage permissions", "ExecutionAborted"}
	case o == nil:
		return nil, fetching("Exception while fetching data (/addAlertNote) : Required value was null.")
	}
	l.write(o, wire.Plain(args["text"]))
	return wire.Object{"data": l.notesOn(wire.Text(o, "id"))}, nil
}
