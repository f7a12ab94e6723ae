package world_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestCursorsWalkThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Agents: 137})
	ids := r.Walk("/agents", func(int) {}, "limit", "10", "sortBy", "osType", "sortOrder", "desc")
	require.Len(t, ids, 135)
	seen := map[string]bool{}
	for _, id := range ids {
		require.False(t, seen[id], "twice")
		seen[id] = true
	}
}

func TestWhatArrivesBetweenPagesNeitherHidesNorRepeats(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	want := []string{}
	for range 30 { // all at one time
		want = append([]string{r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})}, want...)
	}
	got := r.Walk("/threats", func(page int) {
		r.Clock.Pass(time.Second)
		r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-2"}) // newer, so before the first page
		if page == 1 {
			require.True(t, r.DeleteThreat(want[0]))
		}
	}, "limit", "7")
	require.Equal(t, want, got)
}

func TestACursorGoesWithItsOwnFiltersOnly(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	cursor := r.Get("/agents", "limit", "1", "osTypes", "windows").At("pagination.nextCursor").(string)
	require.Equal(t, 200, r.Get("/agents", "limit", "5", "osTypes", "windows", "cursor", cursor).Status)
	for _, other := range [][]string{{"osTypes", "linux"}, {}, {"osTypes", "windows", "sortBy", "computerName"}, {"osTypes", "windows", "sortOrder", "desc"}} {
		r.Get("/agents", append(other, "cursor", cursor)...).Refused(400, "cursor: Invalid cursor.")
	}
	r.Get("/threats", "cursor", cursor).Refused(400, "cursor: Invalid cursor.")
	r.Get("/agents", "cursor", "rubbish!").Refused(400, "cursor: Invalid cursor.")
	require.Contains(t, url.QueryEscape(cursor), "%", "it must be escaped in an address")
}

func TestAPageIsTenUnlessAsked(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	require.Len(t, r.Get("/agents").Rows(), 10)
	require.Len(t, r.Get("/agents", "limit", "1000").Rows(), 38)
	require.Len(t, r.Get("/agents", "limit", "1000", "skip", "30").Rows(), 8)
	require.Empty(t, r.Get("/agents", "skip", "1000").Rows())
	require.EqualValues(t, 38, r.Get("/agents", "limit", "1").At("pagination.totalItems"))
	require.Nil(t, r.Get("/agents", "limit", "38").At("pagination.nextCursor"))
	require.NotNil(t, r.Get("/agents", "limit", "37").At("pagination.nextCursor"))
}

func TestCountsComeWithoutRowsAndRowsWithoutCounts(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	a := r.Get("/agents", "countOnly", "true", "osTypes", "macos")
	require.Empty(t, a.Rows())
	require.EqualValues(t, 3, a.At("pagination.totalItems"))
	a = r.Get("/agents", "skipCount", "true", "osTypes", "macos")
	require.Len(t, a.Rows(), 3)
	require.EqualValues(t, 0, a.At("pagination.totalItems"))
}

func TestListsSort(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	var ids []string
	for i := range 3 {
		ids = append(ids, r.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprint("t", 2-i), Agent: "DESKTOP-1"}))
		r.AddAlert(s1sim.AlertSpec{Rule: fmt.Sprint("r", i), Agent: "DESKTOP-1"})
		r.Clock.Pass(time.Minute)
	}
	require.Equal(t, ids, r.Get("/threats", "sortBy", "createdAt", "sortOrder", "asc").Values("id"))
	require.Equal(t, []string{ids[2], ids[1], ids[0]}, r.Get("/threats").Values("id"), "newest first unless asked")
	require.Equal(t, []string{"t0", "t1", "t2"}, r.Get("/threats", "sortBy", "fileDisplayName").Values("threatInfo.threatName"))
	require.Equal(t, []string{"r2", "r1", "r0"}, r.Get("/cloud-detection/alerts", "sortBy", "alertInfoCreatedAt", "sortOrder", "desc").Values("ruleInfo.name"))
	require.Equal(t, []string{"r0", "r1", "r2"}, r.Get("/cloud-detection/alerts", "sortBy", "ruleInfoName").Values("ruleInfo.name"))
}
