package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheQueriesOfAPerson(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		queries := open(t, address).Queries()
		last := func(user string, n int) (told []string) {
			require.NoError(t, queries.LastQueries(t.Context(), user, n, func(id, words string, at time.Time) {
				told = append(told, fmt.Sprintf("%s %s %s", id, words, at.UTC().Format("15:04")))
			}))
			return told
		}
		noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		require.NoError(t, queries.AddQuery(t.Context(), "U1", "q1", "old", noon.Add(-31*24*time.Hour)))
		require.Len(t, last("U1", 9), 1)
		for i := range 3 {
			require.NoError(t, queries.AddQuery(t.Context(), "U1", fmt.Sprintf("q%d", i+2), "a = 'b'", noon.Add(time.Duration(i)*time.Minute)))
		}
		require.NoError(t, queries.AddQuery(t.Context(), "U1", "q4", "told twice", noon.Add(time.Hour)))
		require.NoError(t, queries.AddQuery(t.Context(), "U2", "q9", "somebody else's", noon))
		require.Equal(t, []string{"q4 a = 'b' 12:02", "q3 a = 'b' 12:01"}, last("U1", 2))
		require.Len(t, last("U1", 9), 3, "the old one is forgotten")
		require.Empty(t, last("U3", 9))
	})
}
