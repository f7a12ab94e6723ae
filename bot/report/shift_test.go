package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/commands/catalog"
)

func TestTheChartOfAShiftHasRoomForEveryHour(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 27, 3, 15, 0, 0, time.UTC)
	for _, span := range []time.Duration{time.Minute, 8 * time.Hour, 19*time.Hour + 30*time.Minute, 24 * time.Hour, 39*time.Hour + 30*time.Minute, 10_000 * 24 * time.Hour} {
		since := until.Add(-span)
		s := shift{byHour: map[time.Time]int{since.Truncate(time.Hour): 1}}
		s.byHour[until.Truncate(time.Hour)] += 2
		bars := s.chart(since, until, nil).Bars
		require.LessOrEqual(t, len(bars), 20, "%s", span)
		counted := 0
		for _, bar := range bars {
			counted += bar.Value
		}
		require.Equal(t, 3, counted, "%s", span)
	}
}

// One card has one kind of time: everything else in it is shown in the reader's own zone.
func TestTheChartOfAShiftHasTheHoursOfItsReader(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 27, 3, 15, 0, 0, time.UTC)
	for zone, want := range map[*time.Location][2]string{
		nil:                                {"New threats, times in UTC", "11-27 02:00"},
		time.FixedZone("CET", 3600):        {"New threats, times in CET", "11-27 03:00"},
		time.FixedZone("IST", 5*3600+1800): {"New threats, times in IST", "11-27 07:30"},
	} {
		s := shift{byHour: map[time.Time]int{}}
		chart := s.chart(until.Add(-time.Hour), until, zone)
		require.Equal(t, want[0], chart.Title)
		require.Equal(t, want[1], chart.Bars[0].Name)
	}
}

// A busy is a store with many requests.
type busy struct {
	approvals.Store
	rows []approvals.Request
	most int // at once
}

func (b *busy) Find(_ context.Context, q approvals.Query) ([]approvals.Request, error) {
	first, _ := slices.BinarySearchFunc(b.rows, q.Since, func(r approvals.Request, since time.Time) int { return r.Created.Compare(since) })
	found := b.rows[first:]
	if q.Limit > 0 {
		found = found[:min(len(found), q.Limit)]
	}
	b.most = max(b.most, len(found))
	return found, nil
}

func TestWhoIsolatedAHostIsFoundAmongManyRequests(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 3, 15, 0, 0, time.UTC)
	store := &busy{}
	for i := range 3 * reportPage {
		plan, err := json.Marshal(catalog.Plan{Targets: []catalog.Target{{ID: fmt.Sprint("host ", i%10)}}})
		require.NoError(t, err)
		made := now.Add(time.Duration(i/2-3*reportPage) * time.Second) // two at a time
		store.rows = append(store.rows, approvals.Request{Command: "disconnect-agent-from-network", Requester: fmt.Sprint("U", i), Plan: plan, Created: made, Started: made.Add(time.Duration(i))})
	}
	over := store.rows[len(store.rows)-1]
	over.Requester, over.Started, over.Undone = "UOVER", now, &approvals.Undone{}
	store.rows = append(store.rows, over)
	ledger, err := approvals.New(approvals.Config{Store: store, Owner: "test"})
	require.NoError(t, err)
	shifts := Shifts{Catalog: commands.All(), Requests: ledger, Now: func() time.Time { return now }}
	by, err := shifts.isolators(t.Context())
	require.NoError(t, err)
	require.Len(t, by, 10)
	require.Equal(t, fmt.Sprint("U", 3*reportPage-10), by["host 0"].Requester, "the last one counts")
	require.Equal(t, fmt.Sprint("U", 3*reportPage-1), by["host 9"].Requester)
	require.Equal(t, reportPage, store.most)
}
