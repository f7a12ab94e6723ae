package listing

import (
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/s1"
)

// A list that waits for its next page to be turned keeps what its pages show and the rows of the unfilled one, and not all rows that came with those.
func TestWhatIsKeptOfAListIsItsPages(t *testing.T) {
	t.Parallel()
	l := Listing[s1.Agent]{Parts: func([]s1.Agent) []render.Part { return nil }}
	shown, kept := listed(l, 40*PageRows+4)
	require.Len(t, kept.pages, 41)
	require.Len(t, kept.rest, 4)
	runtime.GC()
	require.Nil(t, shown.Value(), "a row of the first page is kept")
	runtime.KeepAlive(kept)
}

// listed is a list of so many rows, and a hold on what the first of them weighs that does not keep it.
func listed(l Listing[s1.Agent], n int) (weak.Pointer[byte], result[s1.Agent]) {
	items := make([]s1.Agent, n)
	raw := make([]byte, 1<<20)
	items[0].Raw = raw
	return weak.Make(&raw[0]), l.grow(s1.Query{}, result[s1.Agent]{}, s1.Page[s1.Agent]{Items: items})
}
