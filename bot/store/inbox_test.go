package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/store"
)

func unfinished(t *testing.T, i store.Inbox) (keys []string) {
	t.Helper()
	require.NoError(t, i.Unfinished(t.Context(), func(key, kind string, payload []byte, at time.Time) error {
		keys = append(keys, fmt.Sprintf("%s %s %s", key, kind, payload))
		require.WithinDuration(t, time.Now(), at, time.Minute)
		return nil
	}))
	return keys
}

func TestADeliverySurvivesTheProcess(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db, err := store.Open(t.Context(), address, nil)
		require.NoError(t, err)
		var fresh []bool
		for _, key := range []string{"e1", "e2", "e1"} {
			is, err := db.Inbox().Save(t.Context(), key, "slash_commands", []byte(`{"text":"`+key+`"}`))()
			require.NoError(t, err)
			fresh = append(fresh, is)
		}
		require.Equal(t, []bool{true, true, false}, fresh)
		require.Empty(t, unfinished(t, db.Inbox()), "it works on them itself")
		require.NoError(t, db.Inbox().Finish(t.Context(), "e2"))
		require.NoError(t, db.Close())

		again := open(t, address).Inbox()
		if !strings.HasPrefix(address, "sqlite:") {
			require.Empty(t, unfinished(t, again), "who saved it may live")
			meddle(t, address, `UPDATE inbox SET until = 1`)
		}
		require.Equal(t, []string{`e1 slash_commands {"text":"e1"}`}, unfinished(t, again))
		require.Empty(t, unfinished(t, again), "now it is theirs")
		is, err := again.Save(t.Context(), "e2", "slash_commands", []byte(`{}`))()
		require.NoError(t, err)
		require.False(t, is, "what is done stays known")
		meddle(t, address, `UPDATE inbox SET owner = 'dead', until = 1`)
		stop := errors.New("stop")
		require.ErrorIs(t, again.Unfinished(t.Context(), func(string, string, []byte, time.Time) error { return stop }), stop)
	})
}

func TestAProcessThatStopsHandsOverWhatWaitsAndKeepsWhatRuns(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		stopping, other := open(t, address).Inbox(), open(t, address).Inbox()
		for _, key := range []string{"runs", "waits", "done"} {
			_, err := stopping.Save(t.Context(), key, "slash_commands", []byte(`{}`))()
			require.NoError(t, err)
		}
		require.NoError(t, stopping.Finish(t.Context(), "done"))
		require.NoError(t, stopping.Release(t.Context(), []string{"waits", "done", "unknown"}))
		handedOver := []string{"waits slash_commands {}"}
		if strings.HasPrefix(address, "sqlite:") { // who opens it next is the only process, so what ran has ended
			handedOver = []string{"runs slash_commands {}", "waits slash_commands {}"}
		}
		require.Equal(t, handedOver, unfinished(t, other))
		require.Empty(t, unfinished(t, other))
		require.NoError(t, stopping.Release(t.Context(), []string{"waits"}), "it belongs to the other now")
		if !strings.HasPrefix(address, "sqlite:") {
			require.Empty(t, unfinished(t, stopping))
		}
	})
}

func TestADeliveryThatIsDoneLeavesNoPayload(t *testing.T) {
	t.Parallel()
	address := engines(t)[0].make(t)
	i := open(t, address).Inbox()
	_, err := i.Save(t.Context(), "e1", "view_submission", []byte("hunter2"))()
	require.NoError(t, err)
	require.NoError(t, i.Finish(t.Context(), "e1"))
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(address, "sqlite:"))
	require.NoError(t, err)
	defer db.Close()
	var payload sql.NullString
	require.NoError(t, db.QueryRow(`SELECT payload FROM inbox WHERE key = 'e1'`).Scan(&payload))
	require.False(t, payload.Valid)
}

func TestOldDeliveriesAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		i := open(t, address).Inbox()
		for _, key := range []string{"done", "open"} {
			_, err := i.Save(t.Context(), key, "block_actions", []byte("{}"))()
			require.NoError(t, err)
		}
		require.NoError(t, i.Finish(t.Context(), "done"))
		save := func() bool {
			fresh, err := i.Save(t.Context(), "done", "block_actions", []byte("{}"))()
			require.NoError(t, err)
			return fresh
		}
		require.NoError(t, i.Prune(t.Context(), time.Now().Add(-time.Hour)))
		require.False(t, save())
		require.NoError(t, i.Prune(t.Context(), time.Now().Add(time.Hour)))
		meddle(t, address, `UPDATE inbox SET owner = 'dead', until = 1`)
		require.Equal(t, []string{"open block_actions {}"}, unfinished(t, i), "what is not done is never forgotten")
		require.True(t, save())
	})
}

func TestOneDeliveryOverManySocketsIsFreshOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		boxes := []store.Inbox{open(t, address).Inbox(), open(t, address).Inbox()}
		var fresh atomic.Int32
		var all sync.WaitGroup
		for n := range 60 {
			all.Go(func() {
				is, err := boxes[n%2].Save(t.Context(), fmt.Sprint("e", n%3), "events_api", []byte("{}"))()
				if err != nil {
					t.Error(err)
				}
				if is {
					fresh.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 3, fresh.Load())
	})
}

func TestLongButtons(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		clips := db.Clips()
		body := []byte(strings.Repeat(`{"c":"isolate"}`, 1000))
		id, err := clips.Put(t.Context(), body, time.Hour)
		require.NoError(t, err)
		require.Len(t, id, 16)
		again, err := clips.Put(t.Context(), body, -time.Hour)
		require.NoError(t, err)
		require.Equal(t, id, again, "and its time does not shrink")
		got, err := clips.Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, body, got)

		over, err := clips.Put(t.Context(), []byte("over"), -time.Second)
		require.NoError(t, err)
		for _, id := range []string{over, "", "0000000000000000", "'", "\x00"} {
			_, err = clips.Get(t.Context(), id)
			require.ErrorIs(t, err, approvals.ErrNotFound, "%q", id)
		}
		require.NoError(t, db.Inbox().Prune(t.Context(), time.Now()))
		_, err = clips.Get(t.Context(), id)
		require.NoError(t, err)

		meddle(t, address, `UPDATE clips SET body = 'x'`) // as if another body had the same id
		_, err = clips.Put(t.Context(), body, time.Hour)
		require.ErrorContains(t, err, "belongs to another")
	})
}

func TestTheHistoryOfAPerson(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		h := open(t, address).History()
		for n := range 250 {
			require.NoError(t, h.Add(t.Context(), "UALICE", fmt.Sprintf("list-agents limit=%d", n), noon))
		}
		require.NoError(t, h.Add(t.Context(), "UBOB", "threats", noon))
		require.NoError(t, h.Add(t.Context(), "UALICE", "list-agents limit=248", noon))
		lines, err := h.Last(t.Context(), "UALICE", 3)
		require.NoError(t, err)
		require.Equal(t, []string{"list-agents limit=248", "list-agents limit=249", "list-agents limit=247"}, lines, "newest first, each once")
		lines, err = h.Last(t.Context(), "UALICE", 1000)
		require.NoError(t, err)
		require.Len(t, lines, 199, "old ones are forgotten")
		lines, err = h.Last(t.Context(), "UCAROL", 10)
		require.NoError(t, err)
		require.Empty(t, lines)
	})
}
