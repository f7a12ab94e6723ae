package slacksim_test

import (
	"strings"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

// form is a modal with a name, a menu, a search box and a number.
const form = `{"type":"modal","callback_id":"form","title":{"type":"plain_text","text":"Isolate"},"submit":{"type":"plain_text","text":"Go"},
"close":{"type":"plain_text","text":"Cancel"},"private_metadata":"kept","notify_on_close":true,"blocks":[
{"type":"input","block_id":"b1","label":{"type":"plain_text","text":"Reason"},"element":{"type":"plain_text_input","action_id":"reason","min_length":3}},
{"type":"input","block_id":"b2","optional":true,"label":{"type":"plain_text","text":"Level"},"element":{"type":"static_select","action_id":"level",
 "options":[{"text":{"type":"plain_text","text":"High"},"value":"h"},{"text":{"type":"plain_text","text":"Low"},"value":"l"}]}},
{"type":"input","block_id":"b3","optional":true,"label":{"type":"plain_text","text":"Hosts"},"element":{"type":"multi_external_select","action_id":"hosts","min_query_length":2}},
{"type":"input","block_id":"b4","optional":true,"label":{"type":"plain_text","text":"Limit"},"element":{"type":"number_input","action_id":"limit","is_decimal_allowed":false,"max_value":"1000"}},
{"type":"actions","block_id":"b5","elements":[{"type":"button","action_id":"more","text":{"type":"plain_text","text":"More"}}]}]}`

// trigger runs a command and returns its trigger_id.
func (s *story) trigger(l *simtest.Link, user string) string {
	s.T.Helper()
	simtest.Must(s.T, s.User(user).Types("#soc", "/s1"))
	return l.Take().Payload["trigger_id"].(string)
}

// opened is a form that alice has before her.
func opened(t *testing.T, o slacksim.Options) (*story, *simtest.Link, slacksim.View) {
	t.Helper()
	s := newStory(t, o)
	l := s.Connect()
	s.Works("views.open", "trigger_id", s.trigger(l, "alice"), "view", form)
	v, err := s.WaitView(s.Ctx, "alice", nil)
	simtest.Must(t, err)
	return s, l, v
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	t.Parallel()
	c := simtest.NewClock()
	s := newStory(t, slacksim.Options{Now: c.Now})
	l := s.Connect()
	trigger := s.trigger(l, "alice")
	s.Works("views.open", "trigger_id", trigger, "view", form)
	simtest.Equal(t, s.Fails("views.open", "trigger_id", trigger, "view", form), "exchanged_trigger_id")
	late := s.trigger(l, "alice")
	c.Add(3*time.Second + time.Millisecond)
	simtest.Equal(t, s.Fails("views.open", "trigger_id", late, "view", form), "expired_trigger_id")
	simtest.Equal(t, s.Fails("views.open", "trigger_id", "12.34.ab", "view", form), "invalid_trigger_id")
	simtest.Equal(t, len(s.Violations()), 3)
}

func TestAViewThatIsRefusedLeavesItsTriggerUnused(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	trigger := s.trigger(s.Connect(), "alice")
	out := s.API("views.open", "trigger_id", trigger, "view", strings.Replace(form, `"submit":{"type":"plain_text","text":"Go"},`, "", 1))
	simtest.Equal(t, out["error"], any("invalid_arguments"))
	simtest.Equal(t, simtest.Dig(out, "response_metadata", "messages", 0), any("[ERROR] must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]"))
	simtest.Equal(t, s.Fails("views.open", "trigger_id", trigger, "view", "{"), "invalid_arguments")
	simtest.Equal(t, s.Fails("views.open", "trigger_id", trigger, "view", `{"x":"`+strings.Repeat("x", 250<<10)+`"}`), "view_too_large")
	s.Works("views.open", "trigger_id", trigger, "view", form)
}

func TestAFormIsFilledAndSent(t *testing.T) {
	t.Parallel()
	s, l, v := opened(t, slacksim.Options{})
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
			s, l, v := opened(t, slacksim.Options{})
			result, err := s.User("alice").Submits(v, tc.fields)
			simtest.Must(t, err)
			simtest.Equal(t, result.Errors, tc.want)
			simtest.Equal(t, len(l.Frames), 0)
		})
	}
}

func TestAFormTakesOnlyWhatItOffersFromWhomItIsFor(t *testing.T) {
	t.Parallel()
	s, _, v := opened(t, slacksim.Options{})
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
			s, l, v := opened(t, slacksim.Options{})
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
	s, l, v := opened(t, slacksim.Options{})
	answer := func(payload string) slacksim.SubmitResult {
		t.Helper()
		go func() { l.Ack(l.Next(), jsonValue(t, payload)) }()
		top, _ := s.User("alice").View()
		result, err := s.User("alice").Submits(top, map[string]any{"Reason": "because"})
		simtest.Must(t, err)
		return result
	}
	other := strings.Replace(form, "Isolate", "Second", 1)
	updated := answer(`{"response_action":"update","view":` + other + `}`).Updated
	simtest.Equal(t, updated.Title, "Second")
	simtest.Equal(t, updated.ID, v.ID)
	pushed := answer(`{"response_action":"push","view":` + form + `}`).Pushed
	simtest.Equal(t, pushed.PreviousID, v.ID)
	simtest.Equal(t, pushed.RootID, v.ID)
	answer(`{"response_action":"push","view":` + form + `}`)
	go func() { l.Ack(l.Next(), jsonValue(t, `{"response_action":"push","view":`+form+`}`)) }()
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
	s, _, v := opened(t, slacksim.Options{AckTimeout: 20 * time.Millisecond})
	s.ForgetViolations()
	_, err := s.User("alice").Submits(v, map[string]any{"Reason": "because"})
	if err == nil || !strings.Contains(err.Error(), "operation_timeout") {
		t.Fatal(err)
	}
	_, open := s.User("alice").View()
	simtest.Equal(t, open, true)
}

func TestAnUpdateKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, l, v := opened(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Fills(v, map[string]any{"Reason": "typed", "Limit": "5"}))
	s.Works("views.update", "view_id", v.ID, "hash", v.Hash, "view", strings.Replace(form, `"action_id":"limit"`, `"action_id":"limit2"`, 1))
	simtest.Equal(t, s.Fails("views.update", "view_id", v.ID, "hash", v.Hash, "view", form), "hash_conflict")
	now, _ := s.User("alice").View()
	simtest.Must(t, s.User("alice").Clicks(now, "More"))
	e := l.Take()
	simtest.Equal(t, e.Payload["type"], any("block_actions"))
	simtest.Equal(t, simtest.Dig(e.Payload, "container", "view_id"), any(v.ID))
	simtest.Equal(t, simtest.Dig(e.Payload, "actions", 0, "action_id"), any("more"))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "state", "values", "b1", "reason", "value"), any("typed"))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "state", "values", "b4", "limit2", "value"), any(nil))
	if _, given := e.Payload["response_url"]; given {
		t.Fatal("a view has no response_url")
	}
}

func TestExternalIDsAreUnique(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	named := strings.Replace(form, `"callback_id"`, `"external_id":"mine","callback_id"`, 1)
	s.Works("views.open", "trigger_id", s.trigger(l, "alice"), "view", named)
	simtest.Equal(t, s.Fails("views.open", "trigger_id", s.trigger(l, "bob"), "view", named), "duplicate_external_id")
	s.Works("views.update", "external_id", "mine", "view", named)
	simtest.Equal(t, s.Fails("views.update", "external_id", "yours", "view", named), "not_found")
}

func TestThreeViewsStack(t *testing.T) {
	t.Parallel()
	s, l, v := opened(t, slacksim.Options{})
	push := func() map[string]any {
		simtest.Must(t, s.User("alice").Clicks(v, "More"))
		return s.API("views.push", "trigger_id", l.Take().Payload["trigger_id"].(string), "view", form)
	}
	simtest.Equal(t, push()["ok"], any(true))
	simtest.Equal(t, push()["ok"], any(true))
	simtest.Equal(t, push()["error"], any("push_limit_reached"))
	if s.User("alice").Closes(v) == nil {
		t.Fatal("the lowest view was closed under the others")
	}
	simtest.Equal(t, s.Fails("views.push", "trigger_id", s.trigger(l, "bob"), "view", form), "not_found")
}

func TestClosingAFormIsToldToTheApp(t *testing.T) {
	t.Parallel()
	s, l, v := opened(t, slacksim.Options{})
	simtest.Must(t, s.User("alice").Closes(v))
	e := l.Take()
	simtest.Equal(t, e.Payload["type"], any("view_closed"))
	simtest.Equal(t, e.Payload["is_cleared"], any(false))
	simtest.Equal(t, simtest.Dig(e.Payload, "view", "callback_id"), any("form"))
	simtest.Equal(t, s.Fails("views.update", "view_id", v.ID, "view", form), "not_found")
}

func TestASearchBoxAsksTheApp(t *testing.T) {
	t.Parallel()
	s, l, v := opened(t, slacksim.Options{})
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

func TestTheHomeTabIsPublished(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	l := s.Connect()
	home := `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Welcome"}}]}`
	hash := simtest.Dig(s.Works("views.publish", "user_id", s.User("alice").ID(), "view", home), "view", "hash").(string)
	s.Works("views.publish", "user_id", s.User("alice").ID(), "view", home, "hash", hash)
	simtest.Equal(t, s.Fails("views.publish", "user_id", s.User("alice").ID(), "view", home, "hash", hash), "hash_conflict")
	simtest.Equal(t, s.Fails("views.publish", "user_id", s.User("alice").ID(), "view", form), "invalid_arguments")
	s.User("alice").OpensHome()
	e := l.Take()
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "type"), any("app_home_opened"))
	simtest.Equal(t, simtest.Dig(e.Payload, "event", "view", "type"), any("home"))
	v, ok := s.User("alice").Home()
	simtest.Equal(t, ok, true)
	simtest.Contains(t, v.PlainText(), "Welcome")
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
