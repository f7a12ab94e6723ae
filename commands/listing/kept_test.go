package listing

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/s1"
)

// A list that waits for its next page to be turned keeps what its pages show and the rows of the unfilled one, and not all rows that came with those.
func TestWhatIsKeptOfAListIsItsPages(t *testing.T) {
	t.Parallel()
	l := Listing[s1.Agent]{Parts: func([]s1.Agent) []render.Part { return nil }}
	kept := l.grow(s1.Query{}, result[s1.Agent]{}, s1.Page[s1.Agent]{Items: make([]s1.Agent, 40*PageRows+4)})
	require.Len(t, kept.pages, 41)
	require.Len(t, kept.rest, 4)
	require.LessOrEqual(t, cap(kept.rest), PageRows)
	kept = l.grow(s1.Query{}, kept, s1.Page[s1.Agent]{Items: make([]s1.Agent, 40*PageRows)})
	require.Len(t, kept.rest, 4)
	require.LessOrEqual(t, cap(kept.rest), PageRows)
}
