package lookup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// boxes are the search boxes of all forms, each once.
func boxes(all *catalog.Catalog) (names []string) {
	for _, cmd := range all.Commands() {
		for _, f := range cmd.Fields {
			if list, known := all.ListedBy(f.Type.Search); f.Type.Search != "" && known && list != "" && !slices.Contains(names, f.Type.Search) {
				names = append(names, f.Type.Search)
			}
		}
	}
	return names
}

// Whatever a search box shows is found again by the name that it shows, and its value is what the console knows it by.
func TestWhatABoxShowsIsFoundAgainByItsName(t *testing.T) {
	t.Parallel()
	all := commands.All()
	_, s := commandtest.New(t, all, s1sim.Options{})
	full := 0
	for _, box := range boxes(all) {
		shown, err := all.Search(t.Context(), s.Call, box, "")
		require.NoError(t, err, box)
		if len(shown) == 0 {
			continue // the world has none of these
		}
		full++
		for _, o := range shown[:min(len(shown), 3)] {
			require.NotEmpty(t, o.Value, box)
			require.NotEmpty(t, o.Label, box)
			name, _, _ := strings.Cut(o.Label, " · ")
			name = strings.TrimSpace(strings.TrimSuffix(name, "…"))
			found, err := all.Search(t.Context(), s.Call, box, name)
			require.NoError(t, err, "%s %q", box, name)
			require.True(t, slices.ContainsFunc(found, func(again render.Option) bool { return again.Value == o.Value }), "%s: %q is not found by %q", box, o.Label, name)
		}
		none, err := all.Search(t.Context(), s.Call, box, "no-such-thing-anywhere")
		require.NoError(t, err, box)
		require.Empty(t, none, box)
	}
	require.GreaterOrEqual(t, full, 8, "the world has something of most kinds")
}

// Where an id is wanted, the name that a box shows does as well; what runs is the id. A command that needs more than that one value, or that
// refuses the thing for what it is, is left to its own tests.
func TestANameStandsForAnIDWhereverABoxDoes(t *testing.T) {
	t.Parallel()
	all := commands.All()
	_, s := commandtest.New(t, all, s1sim.Options{})
	resolved := map[string]bool{}
	for _, cmd := range all.Commands() {
		for _, f := range cmd.Fields {
			list, _ := all.ListedBy(f.Type.Search)
			if f.Type.Search == "" || list == "" || f.Hidden || resolved[f.Type.Search] {
				continue
			}
			shown, err := all.Search(t.Context(), s.Call, f.Type.Search, "")
			require.NoError(t, err)
			if len(shown) == 0 {
				continue
			}
			name, _, _ := strings.Cut(shown[0].Label, " · ")
			values := map[string]any{f.Name: name}
			if f.List {
				values[f.Name] = []string{name}
			}
			plan, err := cmd.Prepare(t.Context(), s.Call, catalog.Marshal(values))
			if err != nil {
				continue
			}
			if strings.Contains(string(plan.Args), shown[0].Value) {
				resolved[f.Type.Search] = true
			}
			require.NotContains(t, string(plan.Args), name, "%s: no name is left where an id must be", cmd.Name)
		}
	}
	for _, box := range []string{"accounts", "agents", "blocklist", "exclusions", "rules", "sites", "threats", "unified-alerts"} {
		require.True(t, resolved[box], box)
	}
}

// A list tells of each thing what tells it apart, with a link to it in the console.
func TestRowsTellThingsApart(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1")
	for _, name := range []string{"evil.exe", "odd.exe"} {
		console.AddThreat(s1sim.ThreatSpec{Name: name, Agent: "DESKTOP-1"})
		console.AddAlert(s1sim.AlertSpec{Rule: "rule of " + name, Agent: "DESKTOP-1", Severity: "High"})
	}
	for line, want := range map[string][]string{
		"threats": {"evil.exe", "odd.exe", "DESKTOP-1", "Malicious", "Unresolved"}, "alerts": {"rule of evil.exe", "rule of odd.exe", "DESKTOP-1", "High"},
		"list-unified-alerts": {"evil.exe", "DESKTOP-1"},
	} {
		card := s.Card(line)
		i := slices.IndexFunc(card.Parts, func(p render.Part) bool { _, is := p.(render.Table); return is })
		require.GreaterOrEqual(t, i, 0, line)
		table := card.Parts[i].(render.Table)
		var cells []string
		for _, row := range table.Rows {
			require.Len(t, row, len(table.Columns), line)
			require.NotEmpty(t, row[0][0].URL, line)
			for _, cell := range row {
				for _, span := range cell {
					cells = append(cells, span.Text)
				}
			}
		}
		for _, w := range want {
			require.Contains(t, strings.Join(cells, "|"), w, line)
		}
	}
}
