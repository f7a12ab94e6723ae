package notifier_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/notifiertest"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

func TestOneChannelMayHaveBothFeedsAndAnUnsetOneIsOff(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.AlertsChannel = "CTHREATS"
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "threat"})
		w.Console.AddAlert("alert", 0, 0)
		w.Pass(time.Minute)
		require.ElementsMatch(t, []string{"threat", "alert"}, notifiertest.Titles(w, "CTHREATS"))
		w.Stop()

		w.Config.AlertsChannel = ""
		w.Start()
		w.Console.AddAlert("nobody asked", 0, 0)
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 2)
	})
}

func TestCardsOfAChannelThatIsNoLongerSetStillFollow(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "first channel"})
		w.Pass(time.Minute)
		w.Stop()
		w.Config.ThreatsChannel = "COTHER"
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "second channel"})
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(time.Minute)
		require.Equal(t, []string{"second channel"}, notifiertest.Titles(w, "COTHER"))
		require.Equal(t, []string{"first channel"}, notifiertest.Titles(w, "CTHREATS"))
		require.Len(t, w.Slack.In("CTHREATS")[0].Edits, 1)
	})
}

func TestNewRefusesAnIncompleteConfig(t *testing.T) {
	t.Parallel()
	_, err := notifier.New(notifier.Config{})
	require.ErrorContains(t, err, "needs a console, a journal, leases, messages, files and the actions of cards")
}

// Cards without buttons look like cards of things that nothing can be done about.
func TestNewRefusesCardsWhoseActionsWereForgotten(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Actions = nil
		_, err := notifier.New(w.Config)
		require.ErrorContains(t, err, "the actions of cards")
		w.Config.Actions = cards.Actions{}
		_, err = notifier.New(w.Config)
		require.NoError(t, err, "none is an answer")
	})
}

func TestRefreshEditsAtOnce(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Interval = time.Hour
		w.Console.AddThreat(notifiertest.NewThreat{Name: "history", Age: time.Minute})
		w.Start()
		threatID := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe", Agent: "77"})
		alertID := w.Console.AddAlert("rule", 0, 0)
		w.Pass(61 * time.Minute)
		w.Console.Change(threatID, notifiertest.Resolve)
		w.Console.ChangeAlert(alertID, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
		require.NoError(t, w.Running.Refresh(t.Context(), "", "threat", string(threatID)))
		require.NoError(t, w.Running.Refresh(t.Context(), "", "alert", string(alertID)))
		w.Pass(3 * time.Second)
		require.Contains(t, w.Slack.In("CTHREATS")[0].Card.Title, "resolved")
		require.Contains(t, w.Slack.In("CALERTS")[0].Card.Title, "resolved")

		w.Console.Set(func(s *notifiertest.Console) { s.Threats[1].Realtime.NetworkStatus = s1.NetworkDisconnecting })
		require.NoError(t, w.Running.Refresh(t.Context(), "", "agent", "77"))
		w.Pass(3 * time.Second)
		require.Len(t, w.Slack.In("CTHREATS")[0].Edits, 2)
		require.Len(t, w.Slack.In("CTHREATS"), 1, "history stays history")
		require.NoError(t, w.Running.Refresh(t.Context(), "", "site", "5"), "nothing of ours")
		w.Console.Set(func(s *notifiertest.Console) { s.Fault = func(string) (error, error) { return errors.New("502"), nil } })
		require.ErrorContains(t, w.Running.Refresh(t.Context(), "", "threat", "1", "2"), "refresh threat 1, 2: ")
	})
}

func TestAPostUnderWayIsFinishedWhenTheProgramStops(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Slack.Set(func(s *notifiertest.Slack) { s.Takes = 5 * time.Second })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "under way"})
		w.Pass(31 * time.Second)
		w.Stop()
		require.Equal(t, []string{"under way"}, notifiertest.Titles(w, "CTHREATS"))
		require.Empty(t, notifiertest.Pending(w))
	})
}

func TestThroughARealClientAgainstASimulatedConsole(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Pass(27 * 365 * 24 * time.Hour) // the simulator's data is of the present
		sim := s1sim.New(s1sim.Options{Now: time.Now})
		w.Config.Console = notifiertest.Client(t, sim)
		w.Start()
		w.Pass(time.Minute)
		require.Empty(t, w.Slack.Messages, "what the console begins with is history")

		threatID := sim.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", CreatedAt: time.Now()})
		alertID := sim.AddAlert(s1sim.AlertSpec{Rule: "Encoded PowerShell", CreatedAt: time.Now(), ReportedAt: time.Now()})
		sim.Fail(s1sim.Match{PathPrefix: "/web/api/v2.1/threats"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 502, Times: 2})
		w.Pass(2 * time.Minute)
		require.Equal(t, []string{"evil.exe"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, []string{"Encoded PowerShell"}, notifiertest.Titles(w, "CALERTS"))

		sim.SetThreat(threatID, func(o map[string]any) { o["threatInfo"].(map[string]any)["incidentStatus"] = "resolved" })
		sim.SetAlert(alertID, func(o map[string]any) { o["alertInfo"].(map[string]any)["incidentStatus"] = "Resolved" })
		w.Pass(time.Minute)
		require.Contains(t, w.Slack.In("CTHREATS")[0].Card.Title, "resolved")
		require.Contains(t, w.Slack.In("CALERTS")[0].Card.Title, "resolved")

		client := notifiertest.Client(t, sim)
		agent := s1.AgentID(fmt.Sprint(sim.Threat(threatID)["agentRealtimeInfo"].(map[string]any)["agentId"]))
		_, err := client.DisconnectAgents(t.Context(), []s1.AgentID{agent})
		require.NoError(t, err)
		require.NoError(t, w.Running.Refresh(t.Context(), "", "agent", string(agent)))
		w.Pass(5 * time.Second)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "connect-agent-to-network"))
		for _, call := range sim.Calls() {
			require.NotEqual(t, http.StatusBadRequest, call.Status, call.Query)
		}
	})
}
