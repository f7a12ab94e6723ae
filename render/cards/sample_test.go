package cards_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/rendertest"
	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/unified"
)

// recorded returns the objects of recorded answers of consoles whose file names begin with prefix, or madeUp where there are none.
func recorded(t *testing.T, prefix, madeUp string) []json.RawMessage {
	var out []json.RawMessage
	for _, raw := range consoletest.Recorded(t, prefix, madeUp) {
		var answer struct{ Data []json.RawMessage }
		if json.Unmarshal(raw, &answer) == nil && len(answer.Data) > 0 {
			out = append(out, answer.Data...)
			continue
		}
		out = append(out, raw)
	}
	return out
}

// What stands in for recordings where there are none.
const (
	madeUpThreat = `{"id":"1112953674841025235","threatInfo":{"threatId":"1112953674841025235","threatName":"evil.exe","filePath":"C:\\evil.exe",
		"analystVerdict":"undefined","incidentStatus":"unresolved","confidenceLevel":"malicious","storyline":"9E6D373B"},
		"agentRealtimeInfo":{"agentId":"1109245354690326957","agentComputerName":"DESKTOP-1"},"agentDetectionInfo":{"siteName":"Paris"}}`
	madeUpAlert = `{"alertInfo":{"alertId":"1985998272619999973","createdAt":"2026-07-03T03:44:03.003000Z","analystVerdict":"Undefined"},
		"ruleInfo":{"id":"1412136126226508571","name":"a rule","severity":"Critical"},"sourceProcessInfo":{"name":"powershell.exe"},
		"agentDetectionInfo":{"name":"srv-win1"},"agentRealtimeInfo":{"id":"1834780238610855645"}}`
	madeUpUnified = `{"id":"01911119-abcd-7454-8234-6abcdef67894","name":"Rare login","severity":"HIGH","status":"NEW","analystVerdict":"UNDEFINED",
		"detectionSource":{"product":"Identity","vendor":"Okta"},"createdAt":"2026-11-22T03:02:00Z","assets":[{"name":"DESKTOP-1"}]}`
)

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
		require.NotEmpty(t, card.Title)
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
	threats := recorded(t, "threat__", madeUpThreat)
	client := answering(t, threats)
	page, err := client.ThreatsPage(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, page.Items, len(threats))
	for _, h := range page.Items {
		draw(cards.Threat(h, client, deck, cards.Thread{More: 1}), client, h.Name(), h.Host(), h.Info.FilePath, string(h.Identity()))
	}
	draw(render.Card{Title: "Threats", Parts: []render.Part{cards.ThreatTable(page.Items, client)}}, client)

	client = answering(t, recorded(t, "alert__", madeUpAlert))
	alerts, err := client.AlertsPage(t.Context(), nil)
	require.NoError(t, err)
	for _, a := range alerts.Items {
		draw(cards.Alert(a, client, deck, cards.Thread{More: 1}), client, a.Name(), a.Host(), string(a.Identity()))
	}
	draw(render.Card{Title: "Alerts", Parts: []render.Part{cards.AlertTable(alerts.Items, client)}}, client)

	client = answering(t, recorded(t, "agents_", `{"id":"1","computerName":"DESKTOP-1","siteName":"Paris"}`))
	agents, err := client.AgentsPage(t.Context(), nil)
	require.NoError(t, err)
	for _, a := range agents.Items {
		draw(cards.Agent(a, client, deck), client, a.ComputerName, a.SiteName)
	}
	draw(render.Card{Title: "Agents", Parts: []render.Part{cards.AgentTable(agents.Items, client)}}, client)

	client = answering(t, append(recorded(t, "activities_", `{"id":"1"}`), recorded(t, "activity__", `{"id":"2"}`)...))
	activities, err := client.ActivitiesPage(t.Context(), nil)
	require.NoError(t, err)
	draw(render.Card{Title: "Activities", Parts: []render.Part{cards.ActivityTable(activities.Items)}}, client)

	client = answering(t, recorded(t, "group__", `{"id":"1","name":"Laptops"}`))
	groups, err := client.GroupsPage(t.Context(), nil)
	require.NoError(t, err)
	draw(render.Card{Title: "Groups", Parts: []render.Part{cards.GroupTable(groups.Items)}}, client)
}

// hostile are texts as attackers name files, hosts, users and rules.
var hostile = []string{
	"", "<!channel> *urgent* @here", "http://evil.example/\u202Egpj.exe", "a\u200Bb\n✅ Resolved", "```x``` _it_ :skull: ~no~", "<https://evil.example|Open in console>",
	"\x00\x1B[31mred", strings.Repeat("<&>", 500), strings.Repeat("😀", 500),
}

// hostileText puts a text where a row has one that somebody else may have chosen. Times, numbers and one-word values are the console's own.
func hostileText(v any, text string) any {
	switch v := v.(type) {
	case map[string]any:
		for name, below := range v {
			switch name {
			case "id", "threatId", "alertId", "agentId", "createdAt", "updatedAt", "identifiedAt", "detectedAt", "reportedAt":
			default:
				v[name] = hostileText(below, text)
			}
		}
	case []any:
		for i := range v {
			v[i] = hostileText(v[i], text)
		}
	case string:
		return text
	}
	return v
}

// readHostile reads a recorded row with a text wherever it has one.
func readHostile[T any](t *testing.T, raw json.RawMessage, text string) T {
	t.Helper()
	var row any
	require.NoError(t, json.Unmarshal(raw, &row))
	raw, err := json.Marshal(hostileText(row, text))
	require.NoError(t, err)
	read, err := s1.ReadRow[T](raw)
	require.NoError(t, err)
	return read
}

// Whatever a recorded row says, it is shown as text: Slack takes the card, it has a title, and nothing in it rings, links or hides.
func TestHostileTextInRecordedRowsIsInert(t *testing.T) {
	t.Parallel()
	sound := func(what string, cards ...render.Card) {
		for _, card := range cards {
			require.NotEmpty(t, strings.TrimSpace(card.Title), what)
			m := card.Message(render.Options{ConsoleURL: rendertest.Console})
			require.Empty(t, rendertest.Message(t, m.Text, m.Blocks), "%s: %s", what, card.Title)
		}
	}
	for _, text := range hostile {
		for _, raw := range recorded(t, "threat__", madeUpThreat) {
			row := readHostile[s1.Threat](t, raw, text)
			sound("threat", cards.Threat(row, pages{}, deck, cards.Thread{More: 1}), render.Card{Title: "Threats", Parts: []render.Part{cards.ThreatTable([]s1.Threat{row}, pages{})}})
		}
		for _, raw := range recorded(t, "alert__", madeUpAlert) {
			row := readHostile[s1.Alert](t, raw, text)
			sound("alert", cards.Alert(row, pages{}, deck, cards.Thread{More: 1}), render.Card{Title: "Alerts", Parts: []render.Part{cards.AlertTable([]s1.Alert{row}, pages{})}})
		}
		for _, raw := range recordedUnified(t) {
			row := readHostile[unified.Alert](t, raw, text)
			sound("unified alert", cards.Unified(row, pages{}, deck, cards.Thread{More: 1}), cards.UnifiedDetails(row, nil, pages{}, deck))
		}
	}
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
