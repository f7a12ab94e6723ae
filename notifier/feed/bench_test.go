package feed_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"s1bot/notifier/feed"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/notifier/routing"

	"github.com/stretchr/testify/require"
)

// manyThreats is a page of n different threats, as a console sends it.
func manyThreats(b *testing.B, n int) []byte {
	b.Helper()
	rows := make([]json.RawMessage, n)
	for i := range rows {
		var row map[string]any
		require.NoError(b, json.Unmarshal([]byte(madeUpThreat), &row))
		row["id"] = fmt.Sprint(1_000_000_000_000_000_000 + i)
		data, err := json.Marshal(row)
		require.NoError(b, err)
		rows[i] = data
	}
	body, err := json.Marshal(map[string]any{"data": rows})
	require.NoError(b, err)
	return body
}

// A poll of 1000 rows, beside what decoding the same bytes costs at least.
func BenchmarkPollOf1000Threats(b *testing.B) {
	body := manyThreats(b, 1000)
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(body) })
	var kept *notifiertest.Memory
	begin := func(b *testing.B) *feed.Feed {
		kept = notifiertest.NewMemory()
		cursor := journal.Cursor{Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Ready: true, Channels: []string{"C1"}}
		require.NoError(b, kept.Record(b.Context(), journal.Batch{Source: journal.Threats, Cursor: cursor}))
		config := feed.Config{Journal: kept, Channel: "C1", Routes: func() routing.Routes { return nil }, Wake: func(...string) {},
			Interval: time.Second, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
		return feed.NewCreatedOnly(config, func() feed.Console { return notifiertest.Client(b, answer) }) // a new client each time: its rate limit is not what is measured
	}
	b.Run("baseline json.Unmarshal", func(b *testing.B) {
		for b.Loop() {
			var answer struct{ Data []map[string]any }
			require.NoError(b, json.Unmarshal(body, &answer))
		}
	})
	b.Run("all seen", func(b *testing.B) {
		f := begin(b)
		f.Poll(b.Context())
		for b.Loop() {
			_, err := f.Sweep(b.Context())
			require.NoError(b, err)
		}
		require.Len(b, kept.Rows, 1000)
	})
	b.Run("all new", func(b *testing.B) {
		for b.Loop() {
			f := begin(b)
			_, err := f.Sweep(b.Context())
			require.NoError(b, err)
			require.Len(b, kept.Rows, 1000)
		}
	})
}
