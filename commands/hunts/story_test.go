package hunts

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// cat is a catalog of this area alone: none of its commands needs another area's.
func cat(t testing.TB) *catalog.Catalog { return commandtest.Catalog(t, all()...) }

func all() []*catalog.Command { return slices.Concat(EventCommands(), Commands()) }

func TestStories(t *testing.T) {
	t.Parallel()
	commandtest.Stories(t, "testdata", all)
}

// The seven commands on every age of a console.
func TestHuntsOnEveryAge(t *testing.T) {
	t.Parallel()
	var names []string
	for _, cmd := range cat(t).Commands() {
		if cmd.Area == "hunts" {
			names = append(names, cmd.Name)
		}
	}
	require.Len(t, names, 7)
	commandtest.Ages(t, "testdata/ages", all, func(c *s1sim.Console) commandtest.Names {
		return commandtest.Names{"site": func() string { return c.SiteID("Paris") }, "query": func() string { return newestQuery(c) }}
	}, names...)
}

// newestQuery is the id of the last query that a console was asked, on whichever engine.
func newestQuery(c *s1sim.Console) string {
	if all := c.LakeQueries(); len(all) > 0 {
		return all[len(all)-1]["id"].(string)
	}
	all := c.Queries()
	return all[len(all)-1]["queryId"].(string)
}
