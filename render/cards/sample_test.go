package cards_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/rendertest"
	"s1bot/s1"
)

// recorded returns the objects of recorded rendertest.Console answers whose file names begin with prefix.
func recorded(t *testing.T, prefix string) []json.RawMessage {
	files, _ := filepath.Glob("../../../shared/s1-api/samples/" + prefix + "*.json")
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

// answering is a client of a rendertest.Console that gives rows to every question.
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
	draw := func(card render.Card, client *s1.Client, names ...string) {
		m := card.Message(render.Options{ConsoleURL: client.ConsoleURL()})
		for _, problem := range rendertest.Message(t, m.Text, m.Blocks) {
			if !strings.Contains(problem, client.ConsoleHost()) { // the checker knows one rendertest.Console only, this is another
				t.Error(problem)
			}
		}
		for _, name := range names {
			require.Contains(t, rendertest.Outline(t, m.Text, m.Blocks), name)
		}
	}
	threats := recorded(t, "threat__")
	client := answering(t, threats)
	page, err := client.ThreatsPage(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, page.Items, len(threats))
	for _, h := range page.Items {
		draw(cards.Threat(h, client, deck, cards.Thread{More: 1}), client, h.Name(), h.Host(), h.Info.FilePath, string(h.Identity()))
	}
	draw(render.Card{Title: "Threats", Parts: []render.Part{cards.ThreatTable(page.Items, client)}}, client)

	client = answering(t, recorded(t, "alert__"))
	alerts, err := client.AlertsPage(t.Context(), nil)
	require.NoError(t, err)
	for _, a := range alerts.Items {
		draw(cards.Alert(a, client, deck, cards.Thread{More: 1}), client, a.Name(), a.Host(), string(a.Identity()))
	}
	draw(render.Card{Title: "Alerts", Parts: []render.Part{cards.AlertTable(alerts.Items, client)}}, client)

	client = answering(t, recorded(t, "agents_"))
	agents, err := client.AgentsPage(t.Context(), nil)
	require.NoError(t, err)
	for _, a := range agents.Items {
		draw(cards.Agent(a, client, deck), client, a.ComputerName, a.SiteName)
	}
	draw(render.Card{Title: "Agents", Parts: []render.Part{cards.AgentTable(agents.Items, client)}}, client)

	client = answering(t, append(recorded(t, "activities_"), recorded(t, "activity__")...))
	activities, err := client.ActivitiesPage(t.Context(), nil)
	require.NoError(t, err)
	draw(render.Card{Title: "Activities", Parts: []render.Part{cards.ActivityTable(activities.Items)}}, client)

	client = answering(t, recorded(t, "group__"))
	groups, err := client.GroupsPage(t.Context(), nil)
	require.NoError(t, err)
	draw(render.Card{Title: "Groups", Parts: []render.Part{cards.GroupTable(groups.Items)}}, client)
}

// TestTheOtherTables draws what was not recorded.
func TestTheOtherTables(t *testing.T) {
	t.Parallel()
	m := render.Card{Title: "A", Parts: []render.Part{
		cards.SiteTable([]s1.Site{{ID: "1", Name: "Paris", State: "active", TotalLicenses: 10, Expiration: night}, {Name: "Lyon", UnlimitedLicenses: true, UnlimitedExpiration: true}}),
		cards.AccountTable([]s1.Account{{ID: "2", Name: "Example", ActiveAgents: 7, NumberOfSites: 2}}),
		cards.NoteTable([]s1.Note{{Text: "seen <!here>", Creator: "jdoe", CreatedAt: night, UpdatedAt: night, Edited: true}, {Text: "x"}}),
	}}.Message(render.Options{})
	rendertest.RequireSound(t, m.Text, m.Blocks)
	text := rendertest.Outline(t, m.Text, m.Blocks)
	require.Contains(t, text, "Paris | — | Active | — | 0 of 10")
	require.Contains(t, text, "never")
	require.Contains(t, text, "Example")
	require.Contains(t, text, "seen <!here> │ jdoe")
}
