package files

import (
	"testing"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
)

// cat is a catalog of this area alone: none of its commands needs another area's.
func cat(t testing.TB) *catalog.Catalog { return commandtest.Catalog(t, Commands()...) }

func TestStories(t *testing.T) {
	t.Parallel()
	commandtest.Stories(t, "testdata", Commands)
}
