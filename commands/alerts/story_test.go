package alerts_test

import (
	"testing"

	"s1bot/commands/alerts"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// cat is a catalog of this area alone: none of its commands needs another area's.
func cat(t testing.TB) *catalog.Catalog { return commandtest.Catalog(t, alerts.Commands()...) }

func TestStories(t *testing.T) {
	t.Parallel()
	commandtest.Stories(t, "testdata", alerts.Commands)
}

// office is a console in which nothing has happened yet, and a session at it.
func office(t testing.TB) (*s1sim.Console, *commandtest.Session) {
	return commandtest.New(t, cat(t), s1sim.Options{Empty: true})
}
