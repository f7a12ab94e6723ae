package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
)

func TestWhatIsOldIsForgottenAndNothingElse(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		old, recent := noon.Add(-time.Hour), noon.Add(time.Hour)
		for i, at := range []time.Time{old, recent} {
			require.NoError(t, db.History().Add(t.Context(), "UALICE", fmt.Sprint("agents limit=", i+1), at))
			require.NoError(t, db.Queries().AddQuery(t.Context(), "UALICE", fmt.Sprint("q", i), "all", at))
			require.NoError(t, db.Journal().SetSnooze(t.Context(), journal.Snooze{ID: fmt.Sprint("s", i), Until: at}))
			_, err := db.Jobs().Add(t.Context(), fmt.Sprint("j", i), "p1", []byte(`{}`), at)
			require.NoError(t, err)
		}
		insert(t, db.Requests(), request(1))
		entries := sound(t, db.Requests())
		gone, err := db.Prune(t.Context(), noon)
		require.NoError(t, err)
		require.EqualValues(t, 4, gone)
		lines, err := db.History().Last(t.Context(), "UALICE", 10)
		require.NoError(t, err)
		require.Equal(t, []string{"agents limit=2"}, lines)
		for _, table := range []string{"queries", "snoozes", "jobs", "requests"} {
			require.Equal(t, []int64{1}, ask(t, address, `SELECT count(*) FROM `+table), table)
		}
		require.Equal(t, entries, sound(t, db.Requests()), "the trail is never pruned")
		gone, err = db.Prune(t.Context(), noon)
		require.NoError(t, err)
		require.Zero(t, gone)
	})
}

func TestAYearIsForgottenInMoreThanOneTransaction(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		meddle(t, address, `INSERT INTO history (person, seq, at, line)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201) SELECT 'UALICE', i, i, 'agents' FROM n`)
		gone, err := db.Prune(t.Context(), time.UnixMilli(1201))
		require.NoError(t, err)
		require.EqualValues(t, 1200, gone)
		require.Equal(t, []int64{1}, ask(t, address, `SELECT count(*) FROM history`))
	})
}
