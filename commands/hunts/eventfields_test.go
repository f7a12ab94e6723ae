package hunts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// The specification lies beside the repository where it is developed; elsewhere the number of its rows has to do.
func TestTheFieldMappingHasEveryRowOfTheSpecification(t *testing.T) {
	t.Parallel()
	require.Len(t, ThreatMapping, 33)
	require.Len(t, AlertMapping, 49)
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "spec", "sentinelone-integration.txt"))
	if err != nil {
		t.Log("the specification is not here; only the number of rows was compared")
		return
	}
	require.Equal(t, rowsAfter(string(text), "Default Event Source (Main"), ThreatMapping)
	require.Equal(t, rowsAfter(string(text), "Event Source for Alert (Search"), AlertMapping)
}

// rowsAfter reads the rows "name | .path |" of the table that follows a line.
func rowsAfter(text, heading string) []MappedField {
	_, table, _ := strings.Cut(text, "\n"+heading)
	_, table, _ = strings.Cut(table, "\n")
	var rows []MappedField
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 2 || !strings.HasPrefix(strings.TrimSpace(cells[1]), ".") {
			break
		}
		rows = append(rows, MappedField{Name: strings.TrimSpace(cells[0]), Path: strings.TrimSpace(cells[1])})
	}
	return rows
}

// However long its values are, a table of one event has every row of the mapping, and Slack takes it.
func TestNoRowOfTheMappingIsLostForLongValues(t *testing.T) {
	t.Parallel()
	for _, mapping := range [][]MappedField{ThreatMapping, AlertMapping} {
		values := make([]string, len(mapping))
		for i := range values {
			values[i] = strings.Repeat("long ", 1000)
		}
		length := 0
		for i, value := range Fitting(values) {
			require.NotEmpty(t, value)
			length += len([]rune(value)) + len(mapping[i].Name) + len(mapping[i].Path)
		}
		require.Less(t, length, 10_000)
	}
	require.Equal(t, []string{"short", strings.Repeat("x", 300)}, Fitting([]string{"short", strings.Repeat("x", 300)}))
}

// The specification's own example searches alerts by the key that threats have for the computer's name.
func TestAlertsAreFoundByTheKeysOfThreats(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, cat(t), "DESKTOP-1", "SRV-1")
	console.AddAlert(s1sim.AlertSpec{Rule: "LSASS read", Agent: "DESKTOP-1"})
	console.AddAlert(s1sim.AlertSpec{Rule: "Encoded command", Agent: "SRV-1"})
	console.Reset()
	card, err := s.Run(`fetch-event start-time=2020-01-01 end-time=2100-01-01 event-source=Alert search-condition="computerName__contains=DESKTOP&incidentStatuses=Unresolved"`)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "LSASS read")
	require.NotContains(t, card.Plain(), "Encoded command")
	asked := console.Calls()[0].Query
	require.Equal(t, "DESKTOP", asked.Get("origAgentName__contains"))
	require.Equal(t, "UNRESOLVED", asked.Get("incidentStatus"))
}
