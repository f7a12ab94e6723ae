package store_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// shelf is a listing of things named n0, n1 and so on.
func shelf(n int) (*store.Collection, store.Listing) {
	c := &store.Collection{}
	for i := range n {
		c.Put(fmt.Sprint("id", i), wire.Object{"id": fmt.Sprint("id", i), "name": fmt.Sprintf("n%d", i), "size": (i * 7) % n, "gone": i == 0})
	}
	return c, store.Listing{
		Rows: func(*wire.Request) *store.Collection { return c }, Keys: func() keys.Table {
			return keys.Of(keys.Just("name", "name"), keys.Yes("gone", "gone"), []keys.Key{{Name: "limit", Kind: keys.Integer}})
		},
		Sorts: store.SortsBy("name size"), Order: "size",
	}
}

func ask(l store.Listing, query string) (names []string, next any, total any, err error) {
	values, _ := url.ParseQuery(query)
	rows, page, err := l.List(&wire.Request{Path: "/things", Query: values})
	for _, r := range rows {
		names = append(names, wire.Text(r.(wire.Object), "name"))
	}
	return names, page["nextCursor"], page["totalItems"], err
}

// What arrives or goes between two pages neither repeats nor hides a row.
func TestPagesNeitherRepeatNorHideARow(t *testing.T) {
	t.Parallel()
	c, l := shelf(25)
	var all []string
	cursor := ""
	for page := 0; ; page++ {
		names, next, total, err := ask(l, "limit=10&cursor="+url.QueryEscape(cursor))
		require.NoError(t, err)
		all = append(all, names...)
		if next == nil {
			break
		}
		require.NotNil(t, total)
		cursor = next.(string)
		if page == 0 {
			require.True(t, c.Remove(c.Find("name", names[3])["id"].(string)), "already seen")
			c.Put("new", wire.Object{"id": "new", "name": "late", "size": 1000})
		}
	}
	seen := map[string]int{}
	for _, name := range all {
		seen[name]++
		require.Equal(t, 1, seen[name], name)
	}
	require.Len(t, all, 26)
	require.Equal(t, "late", all[25])
}

func TestACursorOfAnotherQuestionIsRefused(t *testing.T) {
	t.Parallel()
	_, l := shelf(25)
	_, next, _, err := ask(l, "")
	require.NoError(t, err)
	for _, query := range []string{"sortBy=name&cursor=", "sortOrder=desc&cursor=", "gone=false&cursor="} {
		_, _, _, err = ask(l, query+url.QueryEscape(next.(string)))
		require.ErrorContains(t, err, "cursor: Invalid cursor.", query)
	}
	_, _, _, err = ask(l, "cursor=made-up")
	require.ErrorContains(t, err, "Invalid cursor")
}

func TestAListIsSortedSkippedAndCounted(t *testing.T) {
	t.Parallel()
	_, l := shelf(5)
	names, next, total, err := ask(l, "sortBy=name&sortOrder=desc&limit=2")
	require.NoError(t, err)
	require.Equal(t, []string{"n4", "n3"}, names)
	require.NotNil(t, next)
	require.Equal(t, 5, total)
	names, _, total, err = ask(l, "sortBy=name&skip=3&skipCount=true")
	require.NoError(t, err)
	require.Equal(t, []string{"n3", "n4"}, names)
	require.Equal(t, 0, total, "not computed, and the service says 0")
	names, next, total, err = ask(l, "countOnly=true&name=n1")
	require.NoError(t, err)
	require.Empty(t, names)
	require.Nil(t, next)
	require.Equal(t, 1, total)
	for query, want := range map[string]string{
		"limit=0": "limit: Must be between 1 and 1000.", "limit=x": "limit: Not a valid integer.", "skip=1001": "skip: Must be between 0 and 1000.", "countOnly=x": "countOnly: Not a valid boolean.",
		"skipCount=x": "skipCount: Not a valid boolean.", "sortBy=x": `sortBy: "x" is not a valid choice.`, "sortOrder=up": `sortOrder: "up" is not a valid choice.`, "colour=red": "Unknown field",
	} {
		_, _, _, err := ask(l, query)
		require.ErrorContains(t, err, want, query)
	}
}

// A list leaves some things out by itself unless somebody asks for them; an action takes no more than its limit.
func TestAListLeavesOutWhatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	c, l := shelf(3)
	l.Implied = func(f keys.Filter) func(wire.Object) bool {
		return func(o wire.Object) bool { return f.Has("gone") || !wire.Flag(o, "gone") }
	}
	names, _, _, err := ask(l, "sortBy=name")
	require.NoError(t, err)
	require.Equal(t, []string{"n1", "n2"}, names)
	names, _, _, err = ask(l, "gone=true")
	require.NoError(t, err)
	require.Equal(t, []string{"n0"}, names)
	c.Whole = true
	names, _, _, err = ask(l, "")
	require.NoError(t, err)
	require.Len(t, names, 3)
	rows, err := l.Chosen(wire.Object{"filter": wire.Object{"limit": 2}})
	require.NoError(t, err)
	require.Len(t, rows, 2)
	_, err = l.Chosen(wire.Object{})
	require.Error(t, err)
	body, err := l.Handle(&wire.Request{Query: url.Values{}})
	require.NoError(t, err)
	require.Len(t, body.(wire.Object)["data"], 3)
}

func TestAnObjectIsReplacedRepeatedOrRemoved(t *testing.T) {
	t.Parallel()
	c, _ := shelf(2)
	c.Put("id0", wire.Object{"name": "other"})
	require.Equal(t, "other", wire.Text(c.Get("id0"), "name"))
	require.Len(t, c.Rows, 2)
	c.Add("id0", wire.Object{"name": "again"})
	require.Len(t, c.Rows, 3, "recordings of activities repeat ids")
	require.True(t, c.Remove("id0"))
	require.False(t, c.Remove("id0"))
	require.Nil(t, c.Get("id0"))
	require.Nil(t, c.Find("name", "again"))
	require.Len(t, c.Rows, 1)
}
