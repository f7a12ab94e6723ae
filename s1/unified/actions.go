package unified

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"s1bot/s1"
)

// A Change is what is set on alerts; what is nil stays as it is. It is a value of pointers so that
// "nobody" can be told from "leave it".
type Change struct {
	Status   *Status
	Verdict  *Verdict
	Assignee *string // the numeric user id; "" for nobody
}

// An action is one entry of a mutation.
type action struct {
	ID      string         `json:"id"`
	Payload map[string]any `json:"payload"`
}

// The ids of the actions and the names in their payloads are the console's; one action does not
// stop the others.
func (ch Change) actions() (actions []action) {
	add := func(id, key string, value any) {
		actions = append(actions, action{ID: "S1/alert/" + id, Payload: map[string]any{key: map[string]any{"value": value}}})
	}
	if ch.Status != nil {
		add("statusUpdate", "status", *ch.Status)
	}
	if ch.Verdict != nil {
		add("analystVerdictUpdate", "analystVerdict", *ch.Verdict)
	}
	switch {
	case ch.Assignee == nil:
	case *ch.Assignee == "":
		add("assignUser", "assignUser", nil)
	default:
		add("assignUser", "assignUser", *ch.Assignee)
	}
	return actions
}

// triggered is the answer to a mutation: what was done of each action, an error as a whole, or an
// execution that comes later.
type triggered struct {
	Kind        string     `json:"__typename"`
	Actions     []outcomes `json:"actions"`
	Errors      []struct{ ErrorMessage string }
	ExecutionID string `json:"executionId"`
}

// An alert may be in none of the three, and was not changed then. An entry of skip with NO_CHANGE
// is what was wanted, any other skip is not.
type outcomes struct {
	ActionID string                `json:"actionId"`
	Success  []struct{ ID string } `json:"success"`
	Skip     []struct {
		ID, SkipType, SkipMessage string
	} `json:"skip"`
	Failure []struct {
		ID, ErrorType, ErrorMessage string
	} `json:"failure"`
}

// Update sets a change on the alerts, in one mutation. The result counts the alerts on which all of
// it took, those included that were so already; of each other one it says why not. Where the
// console works it off later, all count as taken: look at them before saying more. Nothing here is
// sent twice: a mutation whose answer was lost may have been done, and the console shows changes
// only after some seconds, so a look right after it proves nothing.
func (c Client) Update(ctx context.Context, ids []ID, change Change) (result s1.ActionResult, err error) {
	const does = "update unified alerts"
	filter, err := byIDs(ids)
	actions := change.actions()
	if err == nil && len(actions) == 0 {
		err = fmt.Errorf("%w: nothing to set", s1.ErrInvalidValue)
	}
	if err != nil {
		return result, refusal(does, err)
	}
	doc := s1.Document{Does: does, Name: "AlertTriggerActions", Texts: []string{triggerText}, Variables: map[string]any{"actions": actions, "filter": filter},
		Permission: mayManage, Changes: true, Rehearsed: rehearsed(ids, actions)}
	var answer triggered
	_, err = c.console.GraphQL(ctx, doc, func(data json.RawMessage) (err error) {
		answer, err = readField[triggered](data, "alertTriggerActions")
		if err == nil && answer.Kind == "" && answer.Actions == nil && answer.Errors == nil && answer.ExecutionID == "" {
			err = errSilent
		}
		return err
	})
	if err != nil {
		return result, err
	}
	return answer.result(does, ids, len(actions))
}

// errSilent: the field of a mutation is null or empty, and no error stands beside it. Whether
// anything was done, nobody knows.
const errSilent = s1.Unreadable("The console answered but didn't say what it did.")

// rehearsed is the answer to a mutation that is not sent. It says that all went well, so that what
// people see in a rehearsal is what a success looks like.
func rehearsed(ids []ID, actions []action) json.RawMessage {
	type id struct {
		ID ID `json:"id"`
	}
	var done []id
	for _, one := range ids {
		done = append(done, id{one})
	}
	var list []map[string]any
	for _, a := range actions {
		list = append(list, map[string]any{"actionId": a.ID, "success": done, "skip": []any{}, "failure": []any{}})
	}
	raw, _ := json.Marshal(map[string]any{"alertTriggerActions": map[string]any{"__typename": "ActionsTriggered", "actions": list}}) // plain maps
	return raw
}

// What comes later (an execution) is counted as taken, for nothing tells how it goes: whoever wants
// to know reads the alerts again.
func (t triggered) result(does string, ids []ID, actions int) (s1.ActionResult, error) {
	if len(t.Errors) > 0 { // too many alerts, or too many executions at once: nothing was begun
		var words []string
		for _, e := range t.Errors {
			words = append(words, e.ErrorMessage)
		}
		return s1.ActionResult{}, &s1.Error{Operation: does, Status: http.StatusOK, Message: strings.Join(words, "; ")}
	}
	if t.ExecutionID != "" {
		return s1.ActionResult{Affected: len(ids)}, nil
	}
	tally := newTally(ids)
	for _, a := range t.Actions {
		for _, s := range a.Success {
			tally.succeeded(s.ID)
		}
		for _, s := range a.Skip {
			tally.skipped(a.ActionID, s.ID, s.SkipType, s.SkipMessage)
		}
		for _, f := range a.Failure {
			tally.failed(f.ID, f.ErrorType, f.ErrorMessage)
		}
	}
	return tally.result(actions), nil
}

// A tally counts what became of each alert over several actions.
type tally struct {
	order   []ID
	done    map[string]int // actions that took, by id
	details map[string]s1.IDResult
	skips   []s1.Skip
}

func newTally(ids []ID) *tally {
	return &tally{order: ids, done: map[string]int{}, details: map[string]s1.IDResult{}}
}

// An action may take and another fail on the same alert: it counts as changed only where all took.
func (t *tally) succeeded(id string) { t.done[id]++ }

// skipped counts what was so already as done: that is what was wanted.
func (t *tally) skipped(action, id, kind, message string) {
	if kind == "NO_CHANGE" {
		t.done[id]++
		return
	}
	name := action[strings.LastIndex(action, "/")+1:]
	t.skips = append(t.skips, s1.Skip{ID: id, Action: name, Reason: strings.ToLower(kind), Description: message})
}

// A missing permission is spelled as the rest of the API spells it, so that one sentence serves
// both.
func (t *tally) failed(id, kind, message string) {
	words := strings.ToLower(kind)
	if kind == "MISSING_PERMISSION" {
		words = "missing_permissions"
	} else if message != "" {
		words = strings.TrimPrefix(words+": "+message, ": ")
	}
	t.details[id] = s1.IDResult{ID: id, Result: words}
}

// result is the console's answer in the form of every other change. What no action names was not
// changed.
func (t *tally) result(actions int) s1.ActionResult {
	r := s1.ActionResult{Skipped: t.skips}
	for _, id := range t.order {
		if d, failed := t.details[string(id)]; failed {
			r.Details = append(r.Details, d)
		} else if t.done[string(id)] >= actions {
			r.Affected++
			r.Details = append(r.Details, s1.IDResult{ID: string(id), Result: "updated"})
		}
	}
	return r
}
