package render

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

// recorded returns the objects of recorded console answers whose file names begin with prefix.
func recorded(t *testing.T, prefix string) []json.RawMessage {
	files, _ := filepath.Glob("../../shared/s1-api/samples/" + prefix + "*.json")
	if len(files) == 0 {
		t.Logf("no recorded %s here: the made-up ones of the golden tests must do", prefix)
	}
	var out []json.RawMessage
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		var answer struct{ Data []json.RawMessage }
		if json.Unmarshal(raw, &answer) == nil && len(answer.Data) > 0 {
			out = append(out, answer.Data...)
			continue
		}
		out = append(out, raw)
	}
	return out
}

// answering is a client of a console that gives rows to every question.
func answering(t *testing.T, rows []json.RawMessage) *s1.Client {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"data": rows})
	}))
	t.Cleanup(server.Close)
	var token s1.Secret
	require.NoError(t, token.UnmarshalText([]byte("made-up-token")))
	client, err := s1.New(s1.Config{BaseURL: server.URL, Token: token})
	require.NoError(t, err)
	return client
}

// TestRecordedThingsAreDrawn: what real consoles sent becomes sound cards and tables that name the thing.
func TestRecordedThingsAreDrawn(t *testing.T) {
	t.Parallel()
	draw := func(card Card, client *s1.Client, names ...string) {
		m := card.Message(Options{ConsoleURL: client.ConsoleURL()})
		for _, problem := range checkMessage(t, m) {
			if !strings.Contains(problem, client.ConsoleHost()) { // the checker knows one console only, this is another
				t.Error(problem)
			}
		}
		for _, name := range names {
			require.Contains(t, outline(t, m), name)
		}
	}
	threats := recorded(t, "threat__")
	client := answering(t, threats)
	page, err := client.ThreatsPage(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, page.Items, len(threats))
	for _, h := range page.Items {
		draw(ThreatCard(h, client, deck, Thread{More: 1}), client, h.Name(), h.Host(), h.Info.FilePath, string(h.Identity()))
	}
	draw(Card{Title: "Threats", Parts: []Part{ThreatTable(page.Items, client)}}, client)

	client = answering(t, recorded(t, "alert__"))
	alerts, err := client.AlertsPage(t.Context(), nil)
	require.NoError(t, err)
	for _, a := range alerts.Items {
		draw(AlertCard(a, client, deck, Thread{More: 1}), client, a.Name(), a.Host(), string(a.Identity()))
	}
	draw(Card{Title: "Alerts", Parts: []Part{AlertTable(alerts.Items, client)}}, client)

	client = answering(t, recorded(t, "agents_"))
	agents, err := client.AgentsPage(t.Context(), nil)
	require.NoError(t, err)
	for _, a := range agents.Items {
		draw(AgentCard(a, client, deck), client, a.ComputerName, a.SiteName)
	}
	draw(Card{Title: "Agents", Parts: []Part{AgentTable(agents.Items, client)}}, client)

	client = answering(t, append(recorded(t, "activities_"), recorded(t, "activity__")...))
	activities, err := client.ActivitiesPage(t.Context(), nil)
	require.NoError(t, err)
	draw(Card{Title: "Activities", Parts: []Part{ActivityTable(activities.Items)}}, client)

	client = answering(t, recorded(t, "group__"))
	groups, err := client.GroupsPage(t.Context(), nil)
	require.NoError(t, err)
	draw(Card{Title: "Groups", Parts: []Part{GroupTable(groups.Items)}}, client)
}

// TestTheOtherTables draws what was not recorded.
func TestTheOtherTables(t *testing.T) {
	t.Parallel()
	m := Card{Title: "A", Parts: []Part{
		SiteTable([]s1.Site{{ID: "1", Name: "Paris", State: "active", TotalLicenses: 10, Expiration: night}, {Name: "Lyon", UnlimitedLicenses: true, UnlimitedExpiration: true}}),
		AccountTable([]s1.Account{{ID: "2", Name: "Example", ActiveAgents: 7, NumberOfSites: 2}}),
		NoteTable([]s1.Note{{Text: "seen <!here>", Creator: "jdoe", CreatedAt: night, UpdatedAt: night, Edited: true}, {Text: "x"}}),
	}}.Message(Options{})
	requireSound(t, m)
	text := outline(t, m)
	require.Contains(t, text, "Paris | — | Active | — | 0 of 10")
	require.Contains(t, text, "never")
	require.Contains(t, text, "Example")
	require.Contains(t, text, "seen <!here> │ jdoe")
}
