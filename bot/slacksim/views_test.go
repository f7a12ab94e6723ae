package slacksim_test

import (
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestAViewThatIsRefusedLeavesItsTriggerUnused(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	trigger := s.Trigger(s.Connect(), "alice")
	out := s.API("views.open", "trigger_id", trigger, "view", strings.Replace(simtest.Form, `"submit":{"type":"plain_text","text":"Go"},`, "", 1))
	simtest.Equal(t, out["error"], any("invalid_arguments"))
	simtest.Equal(t, simtest.Dig(out, "response_metadata", "messages", 0), any("[ERROR] must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]"))
	simtest.Equal(t, s.Fails("views.open", "trigger_id", trigger, "view", "{"), "invalid_arguments")
	simtest.Equal(t, s.Fails("views.open", "trigger_id", trigger, "view", `{"x":"`+strings.Repeat("x", 250<<10)+`"}`), "view_too_large")
	s.Works("views.open", "trigger_id", trigger, "view", simtest.Form)
}

func TestAFormIsFilledAndSent(t *testing.T) {
	t.Parallel()
	s, l, v := simtest.Opened(t, slacksim.Options{})
	simtest.Equal(t, v.Fields(), []string{"Reason", "Level", "Hosts", "Limit"})
	go func() {
		l.Ack(l.Next(), map[string]any{"options": []any{option("DESKTOP-1"), option("DESKTOP-2")}})
		e := l.Next()
		if simtest.Dig(e.Payload, "view", "state", "values", "b1", "reason", "value") == "beaconing" {
			l.Ack(e, map[string]any{"response_action": "errors", "errors": map[string]any{"b1": "say more"}})
		}
	}()
	result, err := s.User("alice").Submits(v, map[string]any{"Reason": "beaconing", "Hosts": []string{"DESKTOP-2"}})
	simtest.Must(t, err)
	simtest.Equal(t, result.Action, "errors")
	simtest.Equal(t, result.Errors, map[string]string{"Reason": "say more"})

	again, open := s.User("alice").View()
	simtest.Equal(t, open, true)
	sent := make(chan simtest.Envelope, 1)
	go func() { sent <- l.Take() }()
	result, err = s.User("alice").Submits(again, map[string]any{"Level": "Low"})
	simtest.Must(t, err)
	simtest.Equal(t, result.Closed, true)
	e := <-sent
	simtest.Equal(t, e.Payload["type"], any("view_submission"))
	values := simtest.Dig(e.Payload, "view", "state", "values")
	simtest.Equal(t, simtest.Dig(values, "b1", "reason", "value"), any("beaconing"))
	simtest.Equal(t, simtest.Dig(values, "b2", "level", "selected_option", "value"), any("l"))
	simtest.Equal(t, simtest.Dig(values, "b3", "hosts", "selected_options", 0, "value"), any("DESKTOP-2"))
	simtest.Equal(t, simtest.Dig(values, "b4", "limit", "value"), any(nil))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "private_metadata"), any("kept"))
	_, open = s.User("alice").View()
	simtest.Equal(t, open, false)
	s.NoViolations()
}

func TestSlacksClientRefusesWhatTheFormForbids(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fields map[string]any
		want   map[string]string
	}{
		"nothing":   {nil, map[string]string{"Reason": "Please complete this required field."}},
		"too short": {map[string]any{"Reason": "ab"}, map[string]string{"Reason": "Please enter at least 3 characters."}},
		"too much":  {map[string]any{"Reason": "abc", "Limit": "1001"}, map[string]string{"Limit": "Please enter a number that fits maximum 1000."}},
		"decimal":   {map[string]any{"Reason": "abc", "Limit": "1.5"}, map[string]string{"Limit": "Please enter a whole number."}},
		"words":     {map[string]any{"Reason": "abc", "Limit": "ten"}, map[string]string{"Limit": "Please enter a number."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, l, v := simtest.Opened(t, slacksim.Options{})
			result, err := s.User("alice").Submits(v, tc.fields)
			simtest.Must(t, err)
			simtest.Equal(t, result.Errors, tc.want)
			simtest.Equal(t, len(l.Frames), 0)
		})
	}
}

func TestAFormTakesOnlyWhatItOffersFromWhomItIsFor(t *testing.T) {
	t.Parallel()
	s, _, v := simtest.Opened(t, slacksim.Options{})
	if _, err := s.User("alice").Submits(v, map[string]any{"Level": "Middle"}); err == nil {
		t.Fatal("an option that does not exist was picked")
	}
	if _, err := s.User("alice").Submits(v, map[string]any{"Colour": "red"}); err == nil {
		t.Fatal("a field that does not exist was filled")
	}
	if _, err := s.User("bob").Submits(v, nil); err == nil {
		t.Fatal("bob sent alice's form")
	}
}

func TestErrorsForWhatIsNoInputShowNone(t *testing.T) {
	t.Parallel()
	for name, payload := range map[string]string{
		"not an input":  `{"response_action":"errors","errors":{"b5":"no"}}`,
		"no errors":     `{"response_action":"errors"}`,
		"unknown":       `{"response_action":"dance"}`,
		"refused view":  `{"response_action":"update","view":{"type":"modal"}}`,
		"not an object": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, l, v := simtest.Opened(t, slacksim.Options{})
			go func() { l.Ack(l.Next(), jsonValue(t, payload)) }()
			if _, err := s.User("alice").Submits(v, map[string]any{"Reason": "because"}); err == nil {
				t.Fatal("the answer was taken")
			}
			_, open := s.User("alice").View()
			simtest.Equal(t, open, true)
			s.Violated("view_submission form")
		})
	}
}

func TestASubmissionUpdatesPushesAndClears(t *testing.T) {
	t.Parallel()
	s, l, v := simtest.Opened(t, slacksim.Options{})
	answer := func(payload string) slacksim.SubmitResult {
		t.Helper()
		go func() { l.Ack(l.Next(), jsonValue(t, payload)) }()
		top, _ := s.User("alice").View()
		result, err := s.User("alice").Submits(top, map[string]any{"Reason": "because"})
		simtest.Must(t, err)
		return result
	}
	other := strings.Replace(simtest.Form, "Isolate", "Second", 1)
	updated := answer(`{"response_action":"update","view":` + other + `}`).Updated
	simtest.Equal(t, updated.Title, "Second")
	simtest.Equal(t, updated.ID, v.ID)
	pushed := answer(`{"response_action":"push","view":` + simtest.Form + `}`).Pushed
	simtest.Equal(t, pushed.PreviousID, v.ID)
	simtest.Equal(t, pushed.RootID, v.ID)
	answer(`{"response_action":"push","view":` + simtest.Form + `}`)
	go func() { l.Ack(l.Next(), jsonValue(t, `{"response_action":"push","view":`+simtest.Form+`}`)) }()
	third, _ := s.User("alice").View()
	if _, err := s.User("alice").Submits(third, map[string]any{"Reason": "because"}); err == nil {
		t.Fatal("a fourth view was pushed")
	}
	s.Violated("push_limit_reached")
	simtest.Equal(t, answer(`{"response_action":"clear"}`).Closed, true)
	_, open := s.User("alice").View()
	simtest.Equal(t, open, false)
}

func TestAFormThatIsNotAnsweredStays(t *testing.T) {
	t.Parallel()
	s, _, v := simtest.Opened(t, slacksim.Options{AckTimeout: 20 * time.Millisecond})
	s.ForgetViolations()
	_, err := s.User("alice").Submits(v, map[string]any{"Reason": "because"})
	if err == nil || !strings.Contains(err.Error(), "operation_timeout") {
		t.Fatal(err)
	}
	_, open := s.User("alice").View()
	simtest.Equal(t, open, true)
}

func TestClosingAFormIsToldToTheApp(t *testing.T) {
	t.Parallel()
	s, l, v := simtest.Opened(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Closes(v))
	e := l.Take()
	simtest.Equal(t, e.Payload["type"], any("view_closed"))
	simtest.Equal(t, e.Payload["is_cleared"], any(false))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "callback_id"), any("form"))
	simtest.Equal(t, s.Fails("views.update", "view_id", v.ID, "view", simtest.Form), "not_found")
}

func TestASearchBoxAsksTheApp(t *testing.T) {
	t.Parallel()
	s, l, v := simtest.Opened(t, slacksim.Options{})
	none, err := s.User("alice").Suggests(v, "Hosts", "D")
	simtest.Must(t, err)
	simtest.Equal(t, len(none), 0)
	simtest.Equal(t, len(l.Frames), 0)
	asked := make(chan simtest.Envelope, 1)
	go func() {
		e := l.Next()
		asked <- e
		l.Ack(e, map[string]any{"option_groups": []any{map[string]any{"label": plain("Paris"), "options": []any{option("DESKTOP-1")}}}})
	}()
	found, err := s.User("alice").Suggests(v, "Hosts", "DESK")
	simtest.Must(t, err)
	simtest.Equal(t, found[0].Text+" of "+found[0].Group, "DESKTOP-1 of Paris")
	e := <-asked
	simtest.Equal(t, e.Payload["type"], any("block_suggestion"))
	simtest.Equal(t, e.Payload["value"], any("DESK"))
	simtest.Equal(t, e.Payload["action_id"], any("hosts"))
	s.NoViolations()
	go func() { l.Ack(l.Next(), map[string]any{"options": []any{map[string]any{"text": plain("x")}}}) }()
	_, _ = s.User("alice").Suggests(v, "Hosts", "DESK")
	s.Violated("missing required field: value")
}

// Whoever reads a confirmation clicks on what was drawn when they opened it, and the app publishes the tab anew meanwhile.
func TestAClickOnAHomeThatWasPublishedAnewArrives(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	alice := s.User("alice").ID()
	home := func(action string) string {
		return `{"type":"home","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"` + action + `","value":"A-1","text":{"type":"plain_text","text":"Approve"}}]}]}`
	}
	view := simtest.Dig(s.Works("views.publish", "user_id", alice, "view", home("approve")), "view")
	block := simtest.Dig(view, "blocks", 0, "block_id")
	s.Works("views.publish", "user_id", alice, "view", home("approve-later"))
	click := map[string]any{"user": alice, "view_id": simtest.Dig(view, "id"), "block_id": block, "action_id": "approve"}
	simtest.Equal(t, s.demo("action", click)["ok"], any(true))
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "value"), any("A-1"))
	simtest.Equal(t, s.demo("action", with(click, "action_id", "never-drawn"))["error"], any("element_not_found"))
}

func plain(s string) map[string]any { return map[string]any{"type": "plain_text", "text": s} }

func option(s string) map[string]any { return map[string]any{"text": plain(s), "value": s} }
