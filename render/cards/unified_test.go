package cards_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/rendertest"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// recordedUnified are recorded unified alerts; those of the list and of the single answer are taken out of their frames.
func recordedUnified(t *testing.T) (rows []json.RawMessage) {
	for _, raw := range recorded(t, "unified_alert", madeUpUnified) {
		var framed struct {
			Data struct {
				Alert  json.RawMessage
				Alerts struct {
					Edges []struct{ Node json.RawMessage }
				}
			}
		}
		require.NoError(t, json.Unmarshal(raw, &framed))
		switch {
		case framed.Data.Alert != nil:
			rows = append(rows, framed.Data.Alert)
		case len(framed.Data.Alerts.Edges) > 0:
			rows = append(rows, framed.Data.Alerts.Edges[0].Node)
		case strings.Contains(string(raw), `"severity"`) && !strings.Contains(string(raw), "rawIndicators"):
			rows = append(rows, raw)
		}
	}
	return rows
}

// unifiedRows are a made-up unified alert and the recorded ones.
func unifiedRows(t *testing.T) []unified.Alert {
	rows := []json.RawMessage{json.RawMessage(`{"id":"01911119-abcd-7454-8234-6abcdef67893","name":"Impossible travel","severity":"HIGH","status":"NEW","analystVerdict":"UNDEFINED",
		"detectionSource":{"product":"Identity","vendor":"Okta"},"detectionTime":{"targetUser":{"emailAddress":"jdoe@example.com"}},"createdAt":"2026-11-22T03:02:00Z","noteExists":true,
		"assignee":{"fullName":"Alice Martin"},"assets":[{"name":"DESKTOP-1","agentUuid":"4c4c4544-0042-3510-8052-b4c04f4a3132","connectivityToConsole":"ONLINE"}]}`)}
	var alerts []unified.Alert
	for _, raw := range append(rows, recordedUnified(t)...) {
		a, err := s1.ReadRow[unified.Alert](raw)
		require.NoError(t, err)
		alerts = append(alerts, a)
	}
	return alerts
}

func TestRecordedUnifiedAlertsAreCards(t *testing.T) {
	t.Parallel()
	for _, a := range unifiedRows(t) {
		for _, card := range []render.Card{cards.Unified(a, pages{}, deck, cards.Thread{}), cards.UnifiedDetails(a, nil, pages{}, deck)} {
			m := card.Message(render.Options{ConsoleURL: rendertest.Console})
			require.Empty(t, rendertest.Message(t, m.Text, m.Blocks))
			require.Contains(t, card.Plain(), a.Name)
			require.Contains(t, card.Title, a.Severity.Label())
			require.Contains(t, card.Plain(), a.Host())
			require.NotEmpty(t, card.Actions)
			require.NotContains(t, card.Plain(), "(Indicators: )")
		}
		row := cards.UnifiedRow(a, pages{})
		require.Equal(t, []any{cards.UnifiedKind, string(a.ID)}, []any{row.Kind, row.ID})
	}
}

// Its first card says what it is, whom it is about, how far it is, and who works on it, without a click.
func TestAUnifiedAlertTellsWhatMattersFirst(t *testing.T) {
	t.Parallel()
	card := cards.Unified(unifiedRows(t)[0], pages{}, deck, cards.Thread{})
	require.Equal(t, "High alert: Impossible travel on DESKTOP-1, jdoe@example.com, Okta · Identity, new", card.Text)
	require.Contains(t, card.Plain(), "New · verdict Undefined · assigned to Alice Martin · Okta · Identity · has notes")
	labels := map[string]bool{}
	for _, line := range strings.Split(card.Plain(), "\n") {
		label, _, _ := strings.Cut(strings.TrimPrefix(line, "["), " ▾")
		label, _, _ = strings.Cut(label, "]")
		labels[label] = true
	}
	for _, label := range []string{"Verdict", "Status", "Add note", "Assign", "Details", "Disconnect host", "Endpoint", "Open in console"} {
		require.True(t, labels[label], label)
	}
}
