package hunts

import (
	"slices"
	"testing"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
)

// cat is a catalog of this area alone: none of its commands needs another area's.
func cat(t testing.TB) *catalog.Catalog { return commandtest.Catalog(t, all()...) }

func all() []*catalog.Command { return slices.Concat(EventCommands(), Commands()) }

func TestStories(t *testing.T) {
	t.Parallel()
	commandtest.Stories(t, "testdata", all)
}
