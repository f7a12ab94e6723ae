package listing_test

import (
	"context"
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/commandtest"
	"s1bot/commands/listing"
	"s1bot/render"
	"s1bot/s1"
)

// A list that waits for its next page to be turned keeps what its pages show and the rows of the unfilled one, and not all rows that came with those.
func TestWhatIsKeptOfAListIsItsPages(t *testing.T) {
	t.Parallel()
	all := commands.All()
	cmd, _ := all.Find("list-agents")
	_, s := commandtest.WithAgents(t, all)
	call := s.Call.Of(cmd, nil)
	asked, first := 0, weak.Pointer[byte]{}
	list := listing.Listing[s1.Agent]{Noun: "Agents", Things: "agents", Parts: func([]s1.Agent) []render.Part { return nil },
		Page: func(context.Context, s1.Query) (s1.Page[s1.Agent], error) {
			asked++
			var page s1.Page[s1.Agent]
			page, first = heavy(40*listing.PageRows + 4)
			return page, nil
		}}
	for _, page := range []int{1, 41} {
		call.Page = page
		_, err := list.Show(t.Context(), call, s1.Query{}, nil)
		require.NoError(t, err)
	}
	require.Equal(t, 1, asked, "the other page is kept")
	runtime.GC()
	require.Nil(t, first.Value(), "a row of the first page is kept")
	runtime.KeepAlive(cmd)
}

// heavy is a page of so many rows, and a hold on what the first of them weighs that does not keep it.
func heavy(n int) (s1.Page[s1.Agent], weak.Pointer[byte]) {
	items := make([]s1.Agent, n)
	raw := make([]byte, 1<<20)
	items[0].Raw = raw
	return s1.Page[s1.Agent]{Items: items}, weak.Make(&raw[0])
}
