package notifier

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
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
	config := feedConfig{Channel: "C1", Routes: func() Routes { return nil }, Wake: func(...string) {}, Interval: time.Second, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	source := threats(over(b, answer))
	source.passes = source.passes[:1]
	source.page = func(ctx context.Context, q s1.Query) (s1.Page[item], error) {
		return items(threatItem)(over(b, answer).ThreatsPage(ctx, q)) // a new client each time: its rate limit is not what is measured
	}
	begin := func(b *testing.B) *feed {
		config.Journal = newMemory()
		f := newFeed(config, Threats)
		f.kind = source
		cursor := Cursor{Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Ready: true, Channels: []string{"C1"}}
		require.NoError(b, config.Journal.Record(b.Context(), Batch{Source: Threats, Cursor: cursor}))
		return f
	}
	b.Run("baseline json.Unmarshal", func(b *testing.B) {
		for b.Loop() {
			var answer struct{ Data []map[string]any }
			require.NoError(b, json.Unmarshal(body, &answer))
		}
	})
	b.Run("all seen", func(b *testing.B) {
		f := begin(b)
		f.poll(b.Context())
		for b.Loop() {
			_, err := f.read(b.Context(), source.passes[0], lateness)
			require.NoError(b, err)
		}
		require.Len(b, f.journal.(*memory).rows, 1000)
	})
	b.Run("all new", func(b *testing.B) {
		for b.Loop() {
			f := begin(b)
			_, err := f.read(b.Context(), source.passes[0], lateness)
			require.NoError(b, err)
			require.Len(b, f.journal.(*memory).rows, 1000)
		}
	})
}
