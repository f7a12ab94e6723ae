package rules_test

import (
	"testing"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/rules"
	"s1bot/s1/s1sim"
)

// cat is a catalog of this area alone: none of its commands needs another area's.
func cat(t testing.TB) *catalog.Catalog { return commandtest.Catalog(t, rules.Commands()...) }

func TestStories(t *testing.T) {
	t.Parallel()
	commandtest.Stories(t, "testdata", rules.Commands)
}

// protected is a console of five endpoints with its rules, exclusions, blocklist and IOCs, and a session at it.
func protected(t testing.TB) (*s1sim.Console, *commandtest.Session) {
	return commandtest.New(t, cat(t), commandtest.Frozen(5))
}
