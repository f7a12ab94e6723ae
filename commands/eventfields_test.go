package commands

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/hunts"
	"s1bot/commands/lookup"
	"s1bot/s1/s1sim"
)

// The specification lies beside the repository where it is developed; elsewhere the number of its rows has to do.
func TestTheFieldMappingHasEveryRowOfTheSpecification(t *testing.T) {
	t.Parallel()
	require.Len(t, hunts.ThreatMapping, 33)
	require.Len(t, hunts.AlertMapping, 49)
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "spec", "sentinelone-integration.txt"))
	if err != nil {
		t.Log("the specification is not here; only the number of rows was compared")
		return
	}
	require.Equal(t, rowsAfter(string(text), "Default Event Source (Main"), hunts.ThreatMapping)
	require.Equal(t, rowsAfter(string(text), "Event Source for Alert (Search"), hunts.AlertMapping)
}

// rowsAfter reads the rows "name | .path |" of the table that follows a line.
func rowsAfter(text, heading string) []hunts.MappedField {
	_, table, _ := strings.Cut(text, "\n"+heading)
	_, table, _ = strings.Cut(table, "\n")
	var rows []hunts.MappedField
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 2 || !strings.HasPrefix(strings.TrimSpace(cells[1]), ".") {
			break
		}
		rows = append(rows, hunts.MappedField{Name: strings.TrimSpace(cells[0]), Path: strings.TrimSpace(cells[1])})
	}
	return rows
}

// Whatever the console sends in place of an object, a list or a text: what cannot be found is empty.
func TestAFieldThatAnEventLacksIsEmpty(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		`{"indicators":[{"category":"A"},{"category":null},{"category":"A"},{"category":"B"}]}`: {"A", "B"},
		`{"indicators":{"category":"A"}}`: nil,
		`{"indicators":[[],7,"x"]}`:       nil,
		`{"indicators":null}`:             nil,
		`[]`:                              nil,
		``:                                nil,
	} {
		require.Equal(t, want, lookup.ValuesAt(json.RawMessage(raw), []string{"indicators[*]", "category"}), raw)
	}
	require.Equal(t, []string{"443"}, lookup.ValuesAt(json.RawMessage(`{"a":{"port":443}}`), []string{"a", "port"}))
}

// However long its values are, a table of one event has every row of the mapping, and Slack takes it.
func TestNoRowOfTheMappingIsLostForLongValues(t *testing.T) {
	t.Parallel()
	for _, mapping := range [][]hunts.MappedField{hunts.ThreatMapping, hunts.AlertMapping} {
		values := make([]string, len(mapping))
		for i := range values {
			values[i] = strings.Repeat("long ", 1000)
		}
		length := 0
		for i, value := range hunts.Fitting(values) {
			require.NotEmpty(t, value)
			length += len([]rune(value)) + len(mapping[i].Name) + len(mapping[i].Path)
		}
		require.Less(t, length, 10_000)
	}
	require.Equal(t, []string{"short", strings.Repeat("x", 300)}, hunts.Fitting([]string{"short", strings.Repeat("x", 300)}))
}

// The specification's own example searches alerts by the key that threats have for the computer's name.
func TestAlertsAreFoundByTheKeysOfThreats(t *testing.T) {
	t.Parallel()
	console, call := simulated(t, "DESKTOP-1", "SRV-1")
	console.AddAlert(s1sim.AlertSpec{Rule: "LSASS read", Agent: "DESKTOP-1"})
	console.AddAlert(s1sim.AlertSpec{Rule: "Encoded command", Agent: "SRV-1"})
	console.Reset()
	card, err := run(t, All(), call, `fetch-event start-time=2020-01-01 end-time=2100-01-01 event-source=Alert search-condition="computerName__contains=DESKTOP&incidentStatuses=Unresolved"`)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "LSASS read")
	require.NotContains(t, card.Plain(), "Encoded command")
	asked := console.Calls()[0].Query
	require.Equal(t, "DESKTOP", asked.Get("origAgentName__contains"))
	require.Equal(t, "UNRESOLVED", asked.Get("incidentStatus"))
}
