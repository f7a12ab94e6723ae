package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/library"
)

// What somebody saved is theirs, by name, and has a bound.
func TestSavedCommandsAreTheirOwners(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		saved := db.Saved()
		for _, c := range []library.Saved{{Name: "b", Line: "agents"}, {Name: "a", Line: "threats"}, {Name: "b", Line: "alerts"}} {
			kept, err := saved.Save(t.Context(), "U1", c, 2)
			require.NoError(t, err)
			require.True(t, kept)
		}
		kept, err := saved.Save(t.Context(), "U1", library.Saved{Name: "c", Line: "x"}, 2)
		require.NoError(t, err)
		require.False(t, kept)
		all, err := saved.All(t.Context(), "U1")
		require.NoError(t, err)
		require.Equal(t, []library.Saved{{Name: "a", Line: "threats"}, {Name: "b", Line: "alerts"}}, all)
		found, err := saved.Forget(t.Context(), "U2", "a")
		require.NoError(t, err)
		require.False(t, found)
		found, err = saved.Forget(t.Context(), "U1", "a")
		require.NoError(t, err)
		require.True(t, found)

		now := time.UnixMilli(1795348800000)
		for i, user := range []string{"U1", "U1", "U2"} {
			require.NoError(t, db.History().Add(t.Context(), user, "agents", now.Add(time.Duration(i)*time.Second)))
		}
		lines, err := db.History().Lines(t.Context(), "", now, 10)
		require.NoError(t, err)
		require.Len(t, lines, 3)
		lines, err = db.History().Lines(t.Context(), "U1", now.Add(time.Second), 10)
		require.NoError(t, err)
		require.Len(t, lines, 1)
	})
}

// Columns are chosen per person and kind of list, and what was chosen is replaced or forgotten.
func TestChosenColumnsAreTheirOwners(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		columns := open(t, address).Columns()
		for _, titles := range [][]string{{"Name", "OS"}, {"OS", "Last seen", "Name"}} {
			require.NoError(t, columns.ChooseColumns(t.Context(), "U1", "agents", titles))
			got, err := columns.Columns(t.Context(), "U1", "agents")
			require.NoError(t, err)
			require.Equal(t, titles, got)
		}
		for _, other := range [][2]string{{"U2", "agents"}, {"U1", "threats"}} {
			got, err := columns.Columns(t.Context(), other[0], other[1])
			require.NoError(t, err)
			require.Empty(t, got)
		}
		require.NoError(t, columns.ChooseColumns(t.Context(), "U1", "agents", nil))
		got, err := columns.Columns(t.Context(), "U1", "agents")
		require.NoError(t, err)
		require.Empty(t, got)
	})
}
