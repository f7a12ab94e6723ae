package lists

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// The commands whose calls the console takes away, or has in another shape, on every age.
func TestListsOnEveryAge(t *testing.T) {
	t.Parallel()
	commandtest.Ages(t, "testdata/ages", Commands, func(c *s1sim.Console) commandtest.Names {
		return commandtest.Names{"site": func() string { return c.SiteID("Paris") }, "exclusion": func() string { return c.Exclusions()[0]["id"].(string) }}
	}, "get-exclusions", "create-exclusion", "update-exclusion", "delete-exclusions", "get-hash-reputations")
}

// Exclusions are made, listed and deleted on consoles of every age; one that has unified exclusions alone says how it calls what was made.
func TestExclusionsOnConsolesOfEveryAge(t *testing.T) {
	t.Parallel()
	for name, age := range map[string]s1sim.Age{"today": s1sim.Today, "after Deep Visibility": s1sim.AfterDV, "unified alone": s1sim.UnifiedOnly, "before the data lake": s1sim.BeforeSDL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console, s := commandtest.New(t, cat(t), s1sim.Options{Seed: 5, Empty: true, Age: age})
			before := len(console.Exclusions())
			made := s.Done(`create-exclusion type=Path operation-system=Windows value="D:\Deep\" mode="Performance Focus Extended" path-exclusion-type=folder site-ids=Paris,Lyon reason=x`).Plain()
			require.Contains(t, made, "2 exclusions made.")
			require.Equal(t, age == s1sim.UnifiedOnly, strings.Contains(made, "This console has unified exclusions"))
			s.Done(`exclude 3395856ce81f2b7382dee72602f798b642f14140 type=Hash os=Linux site-ids=Paris reason=x`)
			require.Len(t, console.Exclusions(), before+3)
			require.Equal(t, []any{"disable_all_monitors_deep", "disable_all_monitors_deep"}, modesOf(console, `D:\Deep\`))
			listed := s.Card(`exclusions`).Plain()
			require.Contains(t, listed, `D:\Deep\`)
			require.Contains(t, listed, "Performance Focus Extended")
			hashes := s.Card(`exclusions type=Hash operation-system=Linux`).Plain()
			require.Contains(t, hashes, "3395856ce81f2b7382dee72602f798b642f14140")
			require.NotContains(t, hashes, `D:\Deep\`)
			s.Done(`create-exclusion type=Path os=Windows value="D:\Test\" mode="Suppress Alerts" path-exclusion-type=folder site-ids=Paris reason=x`)
			s.Done(`update-exclusion "D:\Test\" type=Path os=Windows mode=Interoperability path-exclusion-type=subfolders reason=x`)
			require.Equal(t, []any{"disable_in_process_monitor"}, modesOf(console, `D:\Test\`))
			s.Done(`delete-exclusions site-ids=Lyon reason=x`)
			require.Len(t, modesOf(console, `D:\Deep\`), 1)
		})
	}
}

// modesOf are the modes of the exclusions of a value.
func modesOf(console *s1sim.Console, value string) (modes []any) {
	for _, e := range console.Exclusions() {
		if e["value"] == value {
			modes = append(modes, e["mode"])
		}
	}
	return modes
}
