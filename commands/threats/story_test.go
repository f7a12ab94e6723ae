package threats

import (
	"testing"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// cat is a catalog of this area alone: none of its commands needs another area's.
func cat(t testing.TB) *catalog.Catalog { return commandtest.Catalog(t, Commands()...) }

func TestStories(t *testing.T) {
	t.Parallel()
	commandtest.Stories(t, "testdata", Commands)
}

// office is a console in which nothing has happened yet, and a session at it.
func office(t testing.TB) (*s1sim.Console, *commandtest.Session) {
	return commandtest.New(t, cat(t), s1sim.Options{Empty: true})
}

// What the console takes away, or might, on every age.
func TestThreatsOnEveryAge(t *testing.T) {
	t.Parallel()
	commandtest.Ages(t, "testdata/ages", Commands, func(c *s1sim.Console) commandtest.Names {
		id := c.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Confidence: "suspicious", Agent: "DESKTOP-1"})
		return commandtest.Names{"threat": func() string { return id }}
	}, "mark-as-threat", "resolve-threat", "update-threat-analyst-verdict", "update-incident-status", "add-notes-to-threats")
}
