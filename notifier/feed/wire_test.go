package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/feed"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/s1sim"
	"s1bot/s1/unified"
)

func TestALongBacklogIsReadPageByPage(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Pass(27 * 365 * 24 * time.Hour)
		sim := s1sim.New(s1sim.Options{Now: time.Now})
		w.Config.Console, w.Config.AlertsChannel, w.Config.Interval = notifiertest.Client(t, sim), "", 10*time.Minute
		w.Start()
		w.Stop()
		for i := range 520 {
			sim.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("threat %04d", i), CreatedAt: time.Now().Add(time.Duration(i/7) * time.Millisecond)})
		}
		w.Start()
		w.Pass(10 * time.Minute)
		told := notifiertest.Titles(w, "CTHREATS")
		require.Len(t, told, 520)
		require.True(t, slices.IsSorted(told), "oldest first")
		require.Empty(t, notifiertest.Pending(w))
	})
}

// samples are objects that consoles really sent, or made-up ones where there are none: without the frame of an answer.
func samples(t *testing.T, prefix, madeUp string) map[string]json.RawMessage {
	t.Helper()
	found := consoletest.Recorded(t, prefix, madeUp)
	for name, raw := range found {
		if alert := alertIn(raw); alert != nil {
			found[name] = alert
			continue
		}
		var answer struct{ Data json.RawMessage }
		if json.Unmarshal(raw, &answer) == nil && len(answer.Data) > 0 && answer.Data[0] == '{' {
			found[name] = answer.Data
		}
	}
	return found
}

// alertIn is the alert of an answer in GraphQL: to a question for one, for one with its indicators, or for a list.
func alertIn(raw json.RawMessage) json.RawMessage {
	var answer struct {
		Data struct {
			Alert         json.RawMessage
			WithIndicator struct{ Alert json.RawMessage } `json:"alertWithRawIndicators"`
			Alerts        struct {
				Edges []struct{ Node json.RawMessage }
			}
		}
	}
	switch err := json.Unmarshal(raw, &answer); {
	case err != nil:
		return nil
	case len(answer.Data.Alerts.Edges) > 0:
		return answer.Data.Alerts.Edges[0].Node
	case answer.Data.Alert != nil:
		return answer.Data.Alert
	}
	return answer.Data.WithIndicator.Alert
}

// unifiedList reads a console's unified alerts.
type unifiedList struct{ *s1.Client }

func (unifiedList) UnifiedAlerts(context.Context) (bool, error) { return true, nil }

func (l unifiedList) UnifiedPage(ctx context.Context, q s1.Query) (s1.Page[unified.Alert], error) {
	return unified.Of(l.Client).Page(ctx, q)
}

// Each recorded threat, alert and unified alert is told once, with a title, as a card that Slack takes.
func TestEveryRecordedThreatAndAlertIsTold(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Pass(27 * 365 * 24 * time.Hour)
		sim := s1sim.New(s1sim.Options{Now: time.Now, Empty: true})
		client := notifiertest.Client(t, sim)
		w.Config.Console, w.Config.Unified, w.Config.Backfill = client, unifiedList{client}, 10*365*24*time.Hour
		want := map[string]int{}
		add := func(source, prefix, madeUp string, to func([]byte) (string, error)) {
			for name, raw := range samples(t, prefix, madeUp) {
				if source == "threat" {
					raw = identified(t, raw)
				}
				id, err := to(raw)
				require.NoError(t, err, name)
				want[source+":"+id] = 1
			}
		}
		add("threat", "threat__", madeUpThreat, sim.AddRawThreat)
		add("alert", "alert__", madeUpAlert, sim.AddRawAlert)
		add("unified", "unified_alert", madeUpUnified, sim.AddRawUnifiedAlert)
		w.Start()
		w.Pass(time.Hour)
		told := map[string]int{}
		for _, m := range append(w.Slack.In("CTHREATS"), w.Slack.In("CALERTS")...) {
			told[m.Key]++
			require.NotEmpty(t, strings.TrimSpace(m.Card.Title), m.Key)
			sent := m.Card.Message(render.Options{ConsoleURL: "https://console.test"})
			require.NotEmpty(t, sent.Blocks, m.Key)
		}
		require.Equal(t, want, told)
	})
}

// identified gives a recorded threat the id that lists have and some single answers leave out.
func identified(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	var object map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &object))
	if object["id"] != nil {
		return raw
	}
	var info struct{ ThreatID json.RawMessage }
	require.NoError(t, json.Unmarshal(object["threatInfo"], &info))
	object["id"] = info.ThreatID
	raw, err := json.Marshal(object)
	require.NoError(t, err)
	return raw
}

const madeUpThreat = `{"id":"1112953674841025235","threatInfo":{"threatId":"1112953674841025235","threatName":"evil.exe",
	"analystVerdict":"undefined","incidentStatus":"unresolved","confidenceLevel":"malicious","storyline":"9E6D373B","fileSize":68,
	"createdAt":"2026-03-16T14:00:16.879105Z","updatedAt":"2026-03-16T14:00:16.874050Z","detectionEngines":[{"key":"k","title":"T"}]},
	"agentRealtimeInfo":{"agentId":"1109245354690326957","agentComputerName":"DESKTOP-1","agentIsActive":true},
	"agentDetectionInfo":{"siteName":"Paris"},"mitigationStatus":[{"action":"kill","status":"success"}],"indicators":[{"ids":[43],"tactics":[]}]}`

const madeUpUnified = `{"id":"01911119-abcd-7454-8234-6abcdef67893","externalId":"","name":"Impossible travel","severity":"HIGH","status":"NEW","analystVerdict":"UNDEFINED",
	"detectionSource":{"product":"Identity","vendor":"Okta"},"createdAt":"2026-11-22T03:02:00.000Z","updatedAt":"2026-11-22T03:02:00.000Z","assets":[{"name":"DESKTOP-1"}]}`

const madeUpAlert = `{"alertInfo":{"alertId":"1985998272619999973","createdAt":"2026-07-03T03:44:03.003000Z","analystVerdict":"Undefined"},
	"ruleInfo":{"id":"1412136126226508571","name":"a rule","severity":"Critical"},"sourceProcessInfo":{"name":"powershell.exe","pid":"1252"},
	"agentDetectionInfo":{"name":"srv-win1"},"agentRealtimeInfo":{"id":"1834780238610855645"}}`

// Consoles answer with null, missing and mistyped fields. Whatever single field of a threat or an alert is broken in whatever
// way, the row keeps its place and gets a card.
func TestNoBrokenFieldKeepsARowFromBeingTold(t *testing.T) {
	t.Parallel()
	threats, alerts := samples(t, "threat__", madeUpThreat), samples(t, "alert__", madeUpAlert)
	threats["made up"], alerts["made up"] = json.RawMessage(madeUpThreat), json.RawMessage(madeUpAlert)
	for name, raw := range threats {
		requireCards(t, name, broken(t, raw, junk(name)), journal.Threats)
	}
	for name, raw := range alerts {
		requireCards(t, name, broken(t, raw, junk(name)), journal.Alerts)
	}
}

// junk is what stands in for a field; recorded rows have many fields, so they get less of it.
func junk(name string) []any {
	if name == "made up" {
		return []any{nil, 5, "x", true, []any{}, []any{nil, "y"}, map[string]any{"z": 1}}
	}
	return []any{nil, 5}
}

func requireCards(t *testing.T, name string, rows []json.RawMessage, source journal.Source) {
	t.Helper()
	for _, row := range rows { // by itself: on one page they would be one row, for most have one id
		body, err := json.Marshal(map[string]any{"data": []json.RawMessage{row}, "pagination": map[string]any{"nextCursor": nil}})
		require.NoError(t, err)
		console := notifiertest.Client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(body) }))
		kept, err := feed.ReadOnePage(t.Context(), console, source)
		require.NoError(t, err, "%s: %s", name, row)
		require.Len(t, kept, 1, "%s: %s", name, row)
		require.NotEmpty(t, kept[0].ID, "%s: %s", name, row)
		card := drawn(t, source, kept[0].Body, console)
		require.NotEmpty(t, card.Title)
	}
}

// drawn is the card of what the journal keeps of a row.
func drawn(t *testing.T, source journal.Source, body json.RawMessage, links cards.Links) render.Card {
	t.Helper()
	if source == journal.Alerts {
		var row s1.Alert
		require.NoError(t, json.Unmarshal(body, &row))
		return cards.Alert(row, links, nil, cards.Thread{})
	}
	var row s1.Threat
	require.NoError(t, json.Unmarshal(body, &row))
	return cards.Threat(row, links, nil, cards.Thread{})
}

// broken returns copies of an object in each of which one field, at any depth, is missing or of another type.
func broken(t *testing.T, raw json.RawMessage, junk []any) []json.RawMessage {
	t.Helper()
	var rows []json.RawMessage
	for _, path := range paths(t, raw) {
		for _, value := range junk {
			var object map[string]any
			require.NoError(t, json.Unmarshal(raw, &object))
			at := object
			for _, key := range path[:len(path)-1] {
				at = at[key].(map[string]any)
			}
			at[path[len(path)-1]] = value
			row, err := json.Marshal(object)
			require.NoError(t, err)
			rows = append(rows, row)
		}
	}
	return rows
}

func paths(t *testing.T, raw json.RawMessage) (found [][]string) {
	t.Helper()
	var object map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &object))
	for key, value := range object {
		found = append(found, []string{key})
		if strings.HasPrefix(string(value), "{") {
			for _, below := range paths(t, value) {
				found = append(found, append([]string{key}, below...))
			}
		}
	}
	return found
}

func TestWhatTheJournalKeepsIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	rows := samples(t, "threat__", madeUpThreat)
	rows["made up"] = json.RawMessage(madeUpThreat)
	for name, raw := range rows {
		body, err := json.Marshal(map[string]any{"data": []json.RawMessage{raw}})
		require.NoError(t, err)
		client := notifiertest.Client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(body) }))
		page, err := client.ThreatsPage(t.Context(), s1.Query{})
		require.NoError(t, err, name)
		direct := cards.Threat(page.Items[0], client, nil, cards.Thread{})
		kept, err := feed.ReadOnePage(t.Context(), client, journal.Threats)
		require.NoError(t, err, name)
		require.Equal(t, direct, drawn(t, journal.Threats, kept[0].Body, client), name)
	}
}
