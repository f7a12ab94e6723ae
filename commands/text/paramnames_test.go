package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Help shows the short forms, so they are words.
func TestShortFormsAreWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"query", "queries", "ids", "id"}, AliasesOf("query-ids"))
	require.Equal(t, []string{"site", "sites", "ids", "id"}, AliasesOf("site-id"))
	require.Equal(t, "2 queries", Plural(2, "query"))
	require.Equal(t, "0 days", Plural(0, "day"))
}
