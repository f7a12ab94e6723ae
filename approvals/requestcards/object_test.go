package requestcards

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// planned is a request whose plan has these targets, and is about something else than them, if it is.
func planned(t *testing.T, about []string, targets ...catalog.Target) func(*approvals.Request) {
	t.Helper()
	plan, err := json.Marshal(catalog.Plan{Targets: targets, About: about})
	require.NoError(t, err)
	return func(r *approvals.Request) { r.Plan = plan }
}

// Cards and notifications are read among forty others: each says what was touched, in its first line.
func TestEachFirstLineNamesWhatIsTouched(t *testing.T) {
	t.Parallel()
	host := func(name string) catalog.Target { return catalog.Target{Kind: "agent", ID: name, Name: name} }
	for want, plan := range map[string]func(*approvals.Request){
		"DESKTOP-1":                   planned(t, nil, host("DESKTOP-1")),
		"DESKTOP-1 and DESKTOP-2":     planned(t, nil, host("DESKTOP-1"), host("DESKTOP-2")),
		"DESKTOP-1 and 3 more":        planned(t, nil, host("DESKTOP-1"), host("DESKTOP-2"), host("DESKTOP-3"), host("DESKTOP-4")),
		"evil.exe on DESKTOP-1":       planned(t, nil, catalog.Target{Kind: "threat", ID: "7", Name: "evil.exe", Host: "DESKTOP-1"}),
		"3395856ce81f":                planned(t, []string{"3395856ce81f"}, catalog.Target{Kind: "site", ID: "1", Name: "Paris", Wide: true}),
		strings.Repeat("x", 39) + "…": planned(t, nil, host(strings.Repeat("x", 500))),
	} {
		title := "Disconnect Agent From Network · " + want
		for state, card := range everyCard(t, plan) {
			require.Contains(t, card.Title, title, state)
			require.Contains(t, card.Text, strings.Split(want, " and ")[0][:9], state)
		}
	}
}

// everyCard are the messages about a request in each state, by state and reader.
func everyCard(t *testing.T, plan func(*approvals.Request)) map[string]render.Card {
	t.Helper()
	ended := func(outcome string, card render.Card) func(*approvals.Request) {
		body, err := json.Marshal(card)
		require.NoError(t, err)
		return func(r *approvals.Request) {
			r.State, r.Outcome, r.Started, r.Finished, r.Result = approvals.Done, outcome, noon, noon, body
			if outcome == "Failed" {
				r.State = approvals.Failed
			}
		}
	}
	all := map[string]render.Card{}
	for state, edit := range map[string]func(*approvals.Request){
		"pending": func(*approvals.Request) {},
		"running": func(r *approvals.Request) { r.State = approvals.Running },
		"expired": func(r *approvals.Request) { r.State = approvals.Expired },
		"denied":  func(r *approvals.Request) { r.State, r.Closed = approvals.Denied, &approvals.Vote{User: "UBOB"} },
		"done":    ended("Successful", render.Card{Outcome: render.Successful, Title: "Disconnect Agent From Network", Text: "Disconnect Agent From Network: done"}),
		"failed":  ended("Failed", render.Failure("Disconnect Agent From Network", 403, "no", "")),
	} {
		req := isolation(plan, edit)
		all[state+", channel"] = drawer(t).Request(req)
		if state != "pending" {
			all[state+", requester"] = ResultCopy(req, "UALICE")
			all[state+", asked"] = Asked(req, "CAPPROVALS")
		}
	}
	return all
}

// What says only that something waits names it in the notification, where the card says it below.
func TestWaitingMessagesNameTheirObjectInTheNotification(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"asked": Asked(isolation(), "CAPPROVALS").Text, "brief": Brief(isolation(), "CAPPROVALS").Text, "reminder": drawer(t).Reminder(isolation()).Text,
	} {
		require.Contains(t, text, "DESKTOP-1", name)
	}
	require.Contains(t, drawer(t).Reminder(isolation()).Plain(), "Disconnect Agent From Network · DESKTOP-1")
}

// The three parts of a failure keep the specification's words; what it was about is beside them.
func TestAFailureKeepsItsIndicator(t *testing.T) {
	t.Parallel()
	card := everyCard(t, func(*approvals.Request) {})["failed, requester"]
	require.Contains(t, card.Plain(), "Disconnect Agent From Network failed.")
	require.Equal(t, "DESKTOP-1: Disconnect Agent From Network failed. Status Code: 403. Message: no", card.Text)
}

// A threat's name alone leaves open which of several hosts is meant.
func TestAThreatIsNamedWithItsHost(t *testing.T) {
	t.Parallel()
	req := isolation(planned(t, nil, catalog.Target{Kind: "threat", ID: "7", Name: "evil.exe", Host: "DESKTOP-1"}))
	require.Contains(t, Asked(req, "CAPPROVALS").Plain(), "on evil.exe (DESKTOP-1)")
	row := render.Card{Parts: []render.Part{RowLine(req, false)}}.Plain()
	require.Contains(t, row, "evil.exe (DESKTOP-1)")
	require.NotContains(t, row, "on DESKTOP-1", "once is enough")
}
