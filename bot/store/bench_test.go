package store_test

import (
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/notifier"
	"s1bot/notifier/journal"
)

// A full cycle is submit, approve, claim and record: four transactions, each with a row of the trail.
func BenchmarkCycle(b *testing.B) {
	for _, e := range engines(b) {
		for _, at := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d-at-once", e.name, at), func(b *testing.B) {
				l, err := approvals.New(approvals.Config{Store: open(b, e.make(b)).Requests(), Owner: "p1"})
				require.NoError(b, err)
				atOnce(b, at, func(n int64) error {
					r, _, err := l.Submit(b.Context(), isolation(fmt.Sprint("click", n)))
					if err == nil {
						r, err = l.Approve(b.Context(), r, bob)
					}
					if err == nil {
						_, err = l.Run(b.Context(), r, succeed)
					}
					return err
				})
			})
		}
	}
}

// The least that a row with a state costs on the same disk: one insert and one update, each committed alone.
func BenchmarkBaselineInsertAndUpdate(b *testing.B) {
	for _, e := range engines(b) {
		b.Run(e.name, func(b *testing.B) {
			address := e.make(b)
			open(b, address)
			driver, source := "pgx", address
			if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
				driver, source = "sqlite", "file:"+path+"?_synchronous=FULL"
			}
			db, err := sql.Open(driver, source)
			require.NoError(b, err)
			defer db.Close()
			db.SetMaxOpenConns(1)
			atOnce(b, 1, func(n int64) error {
				_, err := db.Exec(`INSERT INTO clips (id, body, expires) VALUES ($1, $2, 0)`, fmt.Sprint(n), []byte("{}"))
				if err == nil {
					_, err = db.Exec(`UPDATE clips SET expires = 1 WHERE id = $1`, fmt.Sprint(n))
				}
				return err
			})
		})
	}
}

func BenchmarkSave(b *testing.B) {
	payload := []byte(strings.Repeat("x", 2000))
	for _, e := range engines(b) {
		for _, at := range []int{1, 50} {
			b.Run(fmt.Sprintf("%s/%d-at-once", e.name, at), func(b *testing.B) {
				i := open(b, e.make(b)).Inbox()
				atOnce(b, at, func(n int64) error {
					_, err := i.Save(b.Context(), fmt.Sprint(n), "slash_commands", payload)()
					return err
				})
			})
		}
	}
}

func BenchmarkRecordAThousandNotices(b *testing.B) {
	for _, e := range engines(b) {
		b.Run(e.name, func(b *testing.B) {
			j := open(b, e.make(b)).Journal()
			n := 0
			for b.Loop() {
				batch := journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Since: noon}}
				for range 1000 {
					n++
					batch.Fresh = append(batch.Fresh, notice(fmt.Sprint(n), "C1"))
				}
				require.NoError(b, j.Record(b.Context(), batch))
			}
		})
	}
}

// What a poll and an edit cost beside a year's rows: a million told threats and five thousand requests that wait. The baseline is a
// database that has no more than the poll asks for.
func BenchmarkPollAndEdit(b *testing.B) {
	for _, e := range engines(b) {
		for _, c := range []struct {
			name          string
			told, pending int
		}{{"baseline a thousand told", 1000, 0}, {"a million told and 5,000 pending", 1_000_000, 5_000}} {
			address := e.make(b)
			db := open(b, address)
			filled(b, address, c.told)
			l, err := approvals.New(approvals.Config{Store: db.Requests(), Owner: "p1"})
			require.NoError(b, err)
			for n := range c.pending {
				_, _, err := l.Submit(b.Context(), isolation(fmt.Sprint("waits", n)))
				require.NoError(b, err)
			}
			b.Run(e.name+"/poll/"+c.name, func(b *testing.B) { polls(b, db.Journal()) })
			b.Run(e.name+"/edit/"+c.name, func(b *testing.B) { edits(b, db.Journal()) })
		}
	}
}

// filled has so many threats that were told.
func filled(b *testing.B, address string, told int) {
	meddle(b, address, fmt.Sprintf(`
		INSERT INTO notices (source, id, channel, seq, rev, state, thread_group, created, version, body, ts, shown)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		SELECT 'threat', 'old' || i, 'C1', -i, 1, 'told', 'story' || i / 3, 1795348800000 - i, 'v1', '{"id":"old"}', '1795348800.' || i, 'v1' FROM n`, told))
	meddle(b, address, "ANALYZE")
}

// polls looks at the thousand newest rows, of which one is new.
func polls(b *testing.B, j notifier.Journal) {
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = fmt.Sprint("old", i+1)
	}
	for n := 0; b.Loop(); n++ {
		_, err := j.Versions(b.Context(), journal.Threats, ids)
		require.NoError(b, err)
		fresh := notice(fmt.Sprint("new", n), "C1")
		fresh.State, fresh.Shown = journal.Delivered, fresh.Version
		require.NoError(b, j.Record(b.Context(), journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Since: noon}, Fresh: []journal.Notice{fresh}}))
	}
}

// edits finds the one card that has to be drawn anew, and notes that it was.
func edits(b *testing.B, j notifier.Journal) {
	card := notice("edited", "C1")
	card.State, card.TS, card.Shown = journal.Delivered, "1795348801.1", "v1"
	require.NoError(b, j.Record(b.Context(), journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Since: noon}, Fresh: []journal.Notice{card}}))
	for n := 2; b.Loop(); n++ {
		card.Version = fmt.Sprint("v", n)
		require.NoError(b, j.Record(b.Context(), journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Since: noon}, Changed: []journal.Notice{card}}))
		due, err := j.Notices(b.Context(), journal.Query{Channel: "C1", Want: journal.ToEdit, Ready: noon.AddDate(1, 0, 0), Limit: 20})
		require.NoError(b, err)
		require.Len(b, due, 1)
		due[0].Shown = due[0].Version
		require.NoError(b, j.Save(b.Context(), due[0]))
	}
}

func BenchmarkVerify(b *testing.B) {
	s := open(b, "sqlite::memory:").Requests()
	entries := make([]approvals.Entry, 10_000)
	for i := range entries {
		entries[i] = approvals.Entry{At: noon.Add(time.Duration(i) * time.Second), Request: "r", Action: "asked", Detail: []byte(`{"a":1}`)}
	}
	require.NoError(b, s.Append(b.Context(), entries...))
	for b.Loop() {
		trail, err := s.Audit(b.Context(), approvals.AuditQuery{})
		require.NoError(b, err)
		_, err = approvals.Verify(trail)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(len(entries)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// atOnce does the work b.N times, so many at a time, and reports how many a second.
func atOnce(b *testing.B, workers int, work func(n int64) error) {
	var n atomic.Int64
	b.SetParallelism(max(1, workers/runtime.GOMAXPROCS(0)))
	b.ResetTimer()
	if workers == 1 {
		for b.Loop() {
			require.NoError(b, work(n.Add(1)))
		}
	} else {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := work(n.Add(1)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "ops/s")
}
