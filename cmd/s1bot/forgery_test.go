package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A forgery changes one field of a payload that Slack sent once; nil where the payload has no such field.
type forgery struct {
	name string
	do   func(payload) payload
}

type payload map[string]any

// set returns a change of the field at a path; an element of a list is named by its number.
func set(value any, path ...any) forgery {
	return forgery{fmt.Sprint(path, " = ", value), func(p payload) payload {
		var at any = map[string]any(p)
		for _, step := range path[:len(path)-1] {
			at = child(at, step)
		}
		last := path[len(path)-1]
		had := child(at, last)
		if had == nil {
			return nil
		}
		if change, ok := value.(func(string) string); ok {
			at.(map[string]any)[last.(string)] = change(fmt.Sprint(had))
			return p
		}
		at.(map[string]any)[last.(string)] = value
		return p
	}}
}

func child(of, step any) any {
	switch of := of.(type) {
	case map[string]any:
		return of[fmt.Sprint(step)]
	case []any:
		if n, ok := step.(int); ok && n < len(of) {
			return of[n]
		}
	}
	return nil
}

func named(name string, f forgery) forgery { f.name = name; return f }

// eachState changes every value of a form's state.
func eachState(name string, change func(block map[string]any)) forgery {
	return forgery{"state: " + name, func(p payload) payload {
		state, _ := child(child(child(map[string]any(p), "view"), "state"), "values").(map[string]any)
		if state == nil {
			return nil
		}
		change(state)
		return p
	}}
}

// demoStories are deeds of all kinds; what Slack sent for them is what is forged.
func (s *story) demoStories() {
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious", Storyline: "story-1"})
	threat := s.sees("#threats", "evil.exe")
	require.NoError(s.t, s.slack.User("alice").Selects(threat, "Verdict", "True Positive"))
	s.becomes(threat, "True Positive")
	require.NoError(s.t, s.slack.User("alice").Selects(threat, "Mitigate", "Kill"))
	s.submits("alice", s.form("alice", "Mitigate"), map[string]any{"Reason": "it is malware"})
	mitigate := s.sees("#approvals", "Mitigate Threats")
	s.clicks("bob", mitigate, "Deny")
	s.submits("bob", s.form("bob", "Deny"), map[string]any{"Why?": "not today"})
	s.becomes(mitigate, "Denied")

	s.types("alice", "#soc", "/s1 isolate DESKTOP-2")
	s.submits("alice", s.form("alice", "Disconnect Agent"), map[string]any{"Reason": "beaconing", "For how long": "4h"})
	isolate := s.sees("#approvals", "DESKTOP-2", "beaconing")
	s.clicks("bob", isolate, "Raw request")
	s.clicks("alice", isolate, "Approve") // her own
	s.clicks("bob", isolate, "Approve")
	s.becomes(isolate, "Successful")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-3 reason=test")
	other := s.sees("#approvals", "DESKTOP-3")
	s.clicks("alice", other, "Withdraw")
	s.becomes(other, "Withdrawn")
	s.types("alice", "#soc", "/s1 get-agent-info KIOSK")
	choice := s.isTold("alice", "Which one do you mean")
	s.clicks("alice", choice, choice.Buttons()[1])
	s.types("alice", "#soc", "/s1 agents limit=2")
	s.clicks("alice", s.isTold("alice", "Agents · ", "DESKTOP-1"), "Share in channel")
	s.sees("#soc", "Agents · ", "Shared by")
	s.types("alice", "#soc", "/s1")
	s.submits("alice", s.picks("alice", "list agents"), map[string]any{"Computer Name": "DESKTOP-1"})
	s.types("bob", "#soc", "@s1bot freeze or not?")
	s.isTold("bob", "may be just conversation")
	s.settled()
}

// nothing are the forgeries that nobody could have clicked or sent: nothing at all may come of them.
func nothing(s *story, others []string) []forgery {
	alter := func(old, with string) func(string) string {
		return func(v string) string { return strings.ReplaceAll(v, old, with) }
	}
	untagged := func(v string) string { return v[:max(0, len(v)-11)] }
	freeze := func(string) string { return `{"c":"freeze"}` }
	forgeries := []forgery{
		set("b99", "actions", 0, "action_id"), set(`o1:"disconnect-agent-from-network","freeze"`, "actions", 0, "action_id"), set("u1", "actions", 0, "action_id"), set("nonsense", "actions", 0, "action_id"),
		set("s1bot.other", "view", "callback_id"),
		set("C0FORGED", "channel", "id"), set("C0FORGED", "container", "channel_id"), set("1.000001", "message", "ts"), set("1.000001", "container", "message_ts"),
		named("another view id", set("V0FORGED", "view", "id")),
		named("sent once more", set("1.1", "trigger_id")),
	}
	for _, at := range [][]any{{"actions", 0, "value"}, {"actions", 0, "selected_option", "value"}, {"view", "private_metadata"}} {
		forgeries = append(forgeries, named("untagged", set(untagged, at...)), named("made up", set(freeze, at...)), set("", at...), set("{}", at...), set("17", at...),
			named("another host", set(alter("2", "1"), at...)), named("another word", set(alter("deny", "approve"), at...)), named("another command", set(alter("true_positive", "false_positive"), at...)))
		for _, other := range others {
			if at[0] == "view" {
				forgeries = append(forgeries, named("somebody else's form", set(other, at...)))
			}
		}
	}
	for _, who := range []string{"mallory", "guest"} {
		forgeries = append(forgeries, named("clicked by "+who, set(s.slack.User(who).ID(), "user", "id")))
	}
	forgeries = append(forgeries, named("clicked by nobody", set("U0NOBODY0", "user", "id")), named("clicked by the bot", set(s.slack.BotUserID(), "user", "id")))
	return append(forgeries,
		eachState("a field that is not there", func(v map[string]any) {
			v["request"] = map[string]any{"request": map[string]any{"type": "plain_text_input", "value": "A-7F3A"}}
		}),
		eachState("values outside the menus", func(v map[string]any) {
			for _, block := range v {
				for name, element := range block.(map[string]any) {
					kind := child(element, "type")
					block.(map[string]any)[name] = map[string]any{"type": kind, "value": " ", "selected_option": map[string]any{"value": "no-such-choice"},
						"selected_options": []any{map[string]any{"value": "no-such-choice"}}, "selected_date_time": 0}
				}
			}
		}),
		eachState("the host of another", func(v map[string]any) {
			v["filter"] = map[string]any{"filter": map[string]any{"type": "plain_text_input", "value": "{}"}}
		}),
	)
}

// A mutated payload makes no call that its sender could not have made by typing, and what no honest client can send does nothing.
func TestForgedPayloadsDoNothing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.demoStories()
	var sent []slacksim.Sent
	var metadata []string
	for _, e := range s.slack.Sent() {
		if e.Kind != "interactive" || e.Label == "block_suggestion" {
			continue
		}
		sent = append(sent, e)
		if form, _ := child(child(decoded(t, e.Payload), "view"), "private_metadata").(string); form != "" && e.User == s.slack.User("bob").ID() {
			metadata = append(metadata, form)
		}
	}
	require.Greater(t, len(sent), 12)
	before, changes := s.deeds(), len(s.console.Changes())
	n := 0
	for _, e := range sent {
		for _, f := range nothing(s, metadata) {
			p := f.do(decoded(t, e.Payload))
			if p == nil || maps.EqualFunc(p, decoded(t, e.Payload), equalJSON) || harmless(e, f) {
				continue
			}
			n++
			if f.name != "sent once more" && p["trigger_id"] != nil {
				p["trigger_id"] = fmt.Sprintf("%d.forged", n)
			}
			body, err := json.Marshal(p)
			require.NoError(t, err)
			_, err = s.slack.Forge(slacksim.Sent{Kind: e.Kind, Label: e.Label, User: e.User, Payload: body})
			require.NoError(t, err, f.name)
		}
	}
	s.settled()
	require.Greater(t, n, 200)
	require.Len(t, s.console.Changes(), changes)
	require.Equal(t, before, s.deeds())
	require.Greater(t, s.audited(approvals.ActionRefused), n/2)
	s.stop()                   // the last refusals are still being said
	s.slack.ForgetViolations() // forgeries share the response URL of what they are made from, and it takes five answers
}

// harmless are the forgeries that leave what an honest person could have done: a click on a button once more is a click.
func harmless(e slacksim.Sent, f forgery) bool {
	fleeting, _ := child(child(payloadOf(e), "container"), "is_ephemeral").(bool) // of which Slack says the message once
	return e.Label == "block_actions" && (f.name == "sent once more" || fleeting && strings.Contains(f.name, "message_ts"))
}

func payloadOf(e slacksim.Sent) map[string]any {
	var p map[string]any
	_ = json.Unmarshal(e.Payload, &p)
	return p
}

// elsewhere puts a click into another channel.
func elsewhere(channel string) forgery {
	return forgery{"in " + channel, func(p payload) payload {
		if p = set(channel, "channel", "id").do(p); p == nil {
			return nil
		}
		return set(channel, "container", "channel_id").do(p)
	}}
}

// What Slack alone says of a click (where it was) may be anything: the sender may do there what they may do by typing, and no more.
func TestAClickFromElsewhereDoesWhatItsSenderMayType(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.demoStories()
	may := map[string][]string{
		approvals.ActionAsked: {s.slack.User("alice").ID(), s.slack.User("carol").ID()}, approvals.ActionApproved: {s.slack.User("bob").ID(), s.slack.User("carol").ID()},
		approvals.ActionFrozen: {s.slack.User("bob").ID(), s.slack.User("carol").ID()},
	}
	n := 0
	channel := s.environ["S1BOT_APPROVALS_CHANNEL"]
	for _, e := range s.slack.Sent() {
		if e.Label != "block_actions" {
			continue
		}
		for _, f := range []forgery{
			elsewhere("C0FORGED"), elsewhere(channel), set("1.000001", "container", "message_ts"), set("T0OTHER", "team", "id"), set("T0OTHER", "user", "team_id"), set(s.slack.User("carol").ID(), "user", "id"), set(s.slack.User("alice").ID(), "user", "id"),
		} {
			p := f.do(decoded(t, e.Payload))
			if p == nil {
				continue
			}
			n++
			p["trigger_id"], p["response_url"] = fmt.Sprintf("%d.forged", n), ""
			body, err := json.Marshal(p)
			require.NoError(t, err)
			_, err = s.slack.Forge(slacksim.Sent{Kind: e.Kind, Label: e.Label, User: e.User, Payload: body})
			require.NoError(t, err, f.name)
		}
	}
	s.settled()
	require.NotZero(t, n)
	s.entries(func(e approvals.Entry) {
		if people := may[e.Action]; people != nil {
			require.Contains(t, people, e.Actor, e.Action)
		}
	})
	s.stop() // forms are still being opened, with a trigger that nobody gave
	s.slack.ForgetViolations()
}

// A click that claims to be on another message does not make that one a card of the request.
func TestAForgedMessageIsNoCard(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=first")
	one := s.sees("#approvals", "Approval needed", "first")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-2 reason=second")
	two := s.sees("#approvals", "Approval needed", "second")
	s.clicks("alice", one, "Withdraw")
	s.becomes(one, "Withdrawn")
	for _, e := range s.slack.Sent() {
		if e.Label != "block_actions" {
			continue
		}
		p := decoded(t, e.Payload)
		p["trigger_id"] = "1.forged"
		child(map[string]any(p), "container").(map[string]any)["message_ts"] = two.TS
		child(map[string]any(p), "message").(map[string]any)["ts"] = two.TS
		body, _ := json.Marshal(p)
		_, err := s.slack.Forge(slacksim.Sent{Kind: e.Kind, Label: e.Label, User: e.User, Payload: body})
		require.NoError(t, err)
	}
	s.settled()
	s.clicks("bob", two, "Approve")
	s.becomes(two, "Successful")
}

// What somebody decides is what they saw: a button of one request does nothing on the card of another.
func TestAButtonOfAnotherRequestDoesNothing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=first")
	first := s.sees("#approvals", "Approval needed", "first")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-2 reason=second")
	s.sees("#approvals", "Approval needed", "second")
	s.clicks("bob", first, "Raw request")
	s.isTold("bob", "Raw request")
	sent := s.slack.Sent()
	p := decoded(t, sent[len(sent)-1].Payload)
	for _, action := range []string{"approve", "deny"} {
		value := s.buttonOf("second", action)
		p["trigger_id"], p["actions"] = action, []any{map[string]any{"type": "button", "action_id": "b1", "block_id": "x", "value": value, "action_ts": "1.1"}}
		body, _ := json.Marshal(p)
		before := s.audited(approvals.ActionRefused)
		_, err := s.slack.Forge(slacksim.Sent{Kind: "interactive", Label: "block_actions", User: s.slack.User("bob").ID(), Payload: body})
		require.NoError(t, err)
		require.Eventually(t, func() bool { return s.audited(approvals.ActionRefused) == before+1 }, patience, 1e7, action)
	}
	s.isTold("bob", "This button is too old")
	require.Zero(t, s.audited(approvals.ActionApproved)+s.audited(approvals.ActionDenied))
	require.Empty(t, s.console.Changes())
}

// buttonOf is the value of a button on the card with these words.
func (s *story) buttonOf(words, command string) (value string) {
	s.t.Helper()
	var walk func(any)
	walk = func(at any) {
		switch at := at.(type) {
		case map[string]any:
			if v, _ := at["value"].(string); strings.Contains(v, `"c":"`+command+`"`) {
				value = v
			}
			for _, inner := range at {
				walk(inner)
			}
		case []any:
			for _, inner := range at {
				walk(inner)
			}
		}
	}
	var blocks any
	require.NoError(s.t, json.Unmarshal(s.sees("#approvals", "Approval needed", words).Blocks, &blocks))
	walk(blocks)
	return value
}

// A value that the menu does not have is refused under its field, and written down.
func TestAValueOutsideTheMenuIsRefused(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 update-threat-analyst-verdict")
	form := s.form("alice", "Verdict")
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious", Storyline: "story-1"})
	s.submits("alice", form, map[string]any{"threat-ids": "evil.exe · DESKTOP-1 · Unresolved", "analyst-verdict": "True Positive"})
	changes := s.changes(1)
	require.Len(t, changes, 1)
	for _, e := range s.slack.Sent() {
		if e.Label != "view_submission" {
			continue
		}
		p := decoded(t, e.Payload)
		state := child(child(child(map[string]any(p), "view"), "state"), "values").(map[string]any)
		state["analyst-verdict"] = map[string]any{"analyst-verdict": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": "delete_all", "text": map[string]any{"type": "plain_text", "text": "x"}}}}
		body, _ := json.Marshal(p)
		before := s.audited(approvals.ActionRefused)
		answer, err := s.slack.Forge(slacksim.Sent{Kind: e.Kind, Label: e.Label, User: e.User, Payload: body})
		require.NoError(t, err)
		require.Contains(t, string(answer), "isn't in the menu")
		require.Equal(t, before+1, s.audited(approvals.ActionRefused))
	}
	s.settled()
	require.Len(t, s.console.Changes(), 1)
}

func TestAButtonThatCannotBeReadSaysSo(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("alice", card, "Raw request")
	s.isTold("alice", "Raw request")
	sent := s.slack.Sent()
	p := decoded(t, sent[len(sent)-1].Payload)
	for i, value := range []any{"", 17, []string{"x"}, "no JSON", `{"c":"approve"}`, `{"c":"withdraw","a":{"request":"A-7F3A"}}`} {
		p["trigger_id"], p["actions"] = fmt.Sprint(i), []any{map[string]any{"type": "button", "action_id": "b1", "block_id": "x", "value": value, "action_ts": "1.1"}}
		body, _ := json.Marshal(p)
		before := s.audited(approvals.ActionRefused)
		_, err := s.slack.Forge(slacksim.Sent{Kind: "interactive", Label: "block_actions", User: s.slack.User("alice").ID(), Payload: body})
		require.NoError(t, err)
		require.Eventually(t, func() bool { return s.audited(approvals.ActionRefused) == before+1 }, patience, 1e7, fmt.Sprint(value))
		s.isTold("alice", "This button is too old")
	}
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Eventually(t, func() bool { return len(s.slack.Violations()) == 2 }, patience, 1e7, "an address takes five answers, and seven were given")
	s.slack.ForgetViolations()
}

// A form is for the person whom it was opened for, and is sent once.
func TestAFormIsSentOnceByWhomItWasOpenedFor(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1")
	s.submits("alice", s.form("alice", "Disconnect Agent"), map[string]any{"Reason": "beaconing"})
	s.sees("#approvals", "Approval needed", "beaconing")
	sent := s.slack.Sent()
	form := sent[len(sent)-1]
	require.Equal(t, "view_submission", form.Label)
	_, err := s.slack.Forge(slacksim.Sent{Kind: form.Kind, Label: form.Label, User: form.User, Payload: []byte(strings.Replace(string(form.Payload), `"trigger_id":"`, `"trigger_id":"9`, 1))})
	require.NoError(t, err)
	s.isTold("alice", "already submitted")
	p := decoded(t, form.Payload)
	p["user"].(map[string]any)["id"] = s.slack.User("carol").ID()
	body, _ := json.Marshal(p)
	answer, err := s.slack.Forge(slacksim.Sent{Kind: form.Kind, Label: form.Label, User: s.slack.User("carol").ID(), Payload: body})
	require.NoError(t, err)
	require.Contains(t, string(answer), "isn't the form I opened for you")
	require.Equal(t, 1, s.audited(approvals.ActionAsked))
	require.Equal(t, 2, s.audited(approvals.ActionRefused))
}

func decoded(t testing.TB, body json.RawMessage) payload {
	t.Helper()
	var p payload
	require.NoError(t, json.Unmarshal(body, &p))
	return p
}

func equalJSON(a, b any) bool {
	one, _ := json.Marshal(a)
	two, _ := json.Marshal(b)
	return string(one) == string(two)
}

// deeds counts what was asked, decided and run.
func (s *story) deeds() map[string]int {
	count := map[string]int{}
	s.entries(func(e approvals.Entry) {
		if !slices.Contains([]string{approvals.ActionRefused, approvals.ActionObserved}, e.Action) {
			count[e.Action]++
		}
	})
	return count
}

func (s *story) entries(each func(approvals.Entry)) {
	s.t.Helper()
	trail, err := s.program.db.Requests().Audit(s.t.Context(), approvals.AuditQuery{})
	require.NoError(s.t, err)
	for e, err := range trail.Entries {
		require.NoError(s.t, err)
		each(e)
	}
}
