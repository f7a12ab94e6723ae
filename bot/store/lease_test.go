package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
)

func TestOnlyTheLatestHolderOfTheLeaseWrites(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		one, two := open(t, address).Journal(), open(t, address).Journal()
		first, err := one.Lease(t.Context(), journal.Claim{Owner: "one", For: time.Hour, First: true})
		require.NoError(t, err)
		require.Positive(t, first)
		again, err := one.Lease(t.Context(), journal.Claim{Owner: "one", For: time.Hour})
		require.NoError(t, err)
		require.Equal(t, first, again)
		none, err := two.Lease(t.Context(), journal.Claim{Owner: "two", For: time.Hour})
		require.NoError(t, err)
		require.Zero(t, none)
		require.NoError(t, one.Release(t.Context(), "one"))
		second, err := two.Lease(t.Context(), journal.Claim{Owner: "two", For: time.Hour})
		require.NoError(t, err)
		require.Greater(t, second, first)
		batch := journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Since: noon}}
		require.ErrorIs(t, one.Fenced(first).Record(t.Context(), batch), journal.ErrFenced)
		require.NoError(t, two.Fenced(second).Record(t.Context(), batch))
	})
}

func TestADigestTakesWhatWaitsAndLeavesTheUrgent(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		urgent := notice("2", "C1")
		urgent.Urgent = true
		record(t, j, journal.Batch{Cursor: journal.Cursor{Since: noon}, Fresh: []journal.Notice{notice("1", "C1"), urgent, notice("3", "C1"), notice("4", "C2")}})
		waiting, err := j.Backlog(t.Context(), "C1")
		require.NoError(t, err)
		require.Equal(t, journal.Backlog{Urgent: 1, Others: 2, Last: 3, Oldest: noon}, waiting)
		digest := journal.Notice{Source: journal.Digests, ID: "d", Channel: "C1", State: journal.Due, Created: noon}
		file := digest
		file.Source = journal.Files
		require.NoError(t, j.Gather(t.Context(), journal.Gathering{Digest: digest, File: file, Through: waiting.Last, CardsUntil: waiting.Last}))
		require.Equal(t, []string{"1@C1", "2@C1", "3@C1"}, idsOf(find(t, j, journal.Query{Digest: "d"})))
		require.Equal(t, []string{"d@C1", "d@C1", "2@C1"}, idsOf(find(t, j, journal.Query{Channel: "C1", Want: journal.ToPost})))
		require.NoError(t, j.Gather(t.Context(), journal.Gathering{Digest: digest, File: file, Through: waiting.Last, CardsUntil: waiting.Last}), "nothing waits: nothing is written")
	})
}
