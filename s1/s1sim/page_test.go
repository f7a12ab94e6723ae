package s1sim_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// walk follows the cursors of a list to its end and calls between after each page.
func (r *rig) walk(path string, between func(page int), pairs ...string) []string {
	r.t.Helper()
	var ids []string
	cursor := ""
	for page := 1; ; page++ {
		args := pairs
		if cursor != "" {
			args = append(args, "cursor", cursor)
		}
		a := r.get(path, args...)
		ids = append(ids, a.values("id")...)
		between(page)
		next := a.at("pagination.nextCursor")
		if next == nil {
			return ids
		}
		cursor = next.(string)
	}
}

func TestCursorsWalkThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Agents: 137})
	ids := r.walk("/agents", func(int) {}, "limit", "10", "sortBy", "osType", "sortOrder", "desc")
	require.Len(t, ids, 135)
	seen := map[string]bool{}
	for _, id := range ids {
		require.False(t, seen[id], "twice")
		seen[id] = true
	}
}

func TestWhatArrivesBetweenPagesNeitherHidesNorRepeats(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	want := []string{}
	for range 30 { // all at one time
		want = append([]string{r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})}, want...)
	}
	got := r.walk("/threats", func(page int) {
		r.clock.pass(time.Second)
		r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-2"}) // newer, so before the first page
		if page == 1 {
			require.True(t, r.DeleteThreat(want[0]))
		}
	}, "limit", "7")
	require.Equal(t, want, got)
}

func TestACursorGoesWithItsOwnFiltersOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	cursor := r.get("/agents", "limit", "1", "osTypes", "windows").at("pagination.nextCursor").(string)
	require.Equal(t, 200, r.get("/agents", "limit", "5", "osTypes", "windows", "cursor", cursor).status)
	for _, other := range [][]string{{"osTypes", "linux"}, {}, {"osTypes", "windows", "sortBy", "computerName"}, {"osTypes", "windows", "sortOrder", "desc"}} {
		r.get("/agents", append(other, "cursor", cursor)...).refused(400, "cursor: Invalid cursor.")
	}
	r.get("/threats", "cursor", cursor).refused(400, "cursor: Invalid cursor.")
	r.get("/agents", "cursor", "rubbish!").refused(400, "cursor: Invalid cursor.")
	require.Contains(t, url.QueryEscape(cursor), "%", "it must be escaped in an address")
}

func TestAPageIsTenUnlessAsked(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	require.Len(t, r.get("/agents").rows(), 10)
	require.Len(t, r.get("/agents", "limit", "1000").rows(), 38)
	require.Len(t, r.get("/agents", "limit", "1000", "skip", "30").rows(), 8)
	require.Empty(t, r.get("/agents", "skip", "1000").rows())
	require.EqualValues(t, 38, r.get("/agents", "limit", "1").at("pagination.totalItems"))
	require.Nil(t, r.get("/agents", "limit", "38").at("pagination.nextCursor"))
	require.NotNil(t, r.get("/agents", "limit", "37").at("pagination.nextCursor"))
}

func TestCountsComeWithoutRowsAndRowsWithoutCounts(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	a := r.get("/agents", "countOnly", "true", "osTypes", "macos")
	require.Empty(t, a.rows())
	require.EqualValues(t, 3, a.at("pagination.totalItems"))
	a = r.get("/agents", "skipCount", "true", "osTypes", "macos")
	require.Len(t, a.rows(), 3)
	require.EqualValues(t, 0, a.at("pagination.totalItems"))
}

func TestListsSort(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	var ids []string
	for i := range 3 {
		ids = append(ids, r.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprint("t", 2-i), Agent: "DESKTOP-1"}))
		r.AddAlert(s1sim.AlertSpec{Rule: fmt.Sprint("r", i), Agent: "DESKTOP-1"})
		r.clock.pass(time.Minute)
	}
	require.Equal(t, ids, r.get("/threats", "sortBy", "createdAt", "sortOrder", "asc").values("id"))
	require.Equal(t, []string{ids[2], ids[1], ids[0]}, r.get("/threats").values("id"), "newest first unless asked")
	require.Equal(t, []string{"t0", "t1", "t2"}, r.get("/threats", "sortBy", "fileDisplayName").values("threatInfo.threatName"))
	require.Equal(t, []string{"r2", "r1", "r0"}, r.get("/cloud-detection/alerts", "sortBy", "alertInfoCreatedAt", "sortOrder", "desc").values("ruleInfo.name"))
	require.Equal(t, []string{"r0", "r1", "r2"}, r.get("/cloud-detection/alerts", "sortBy", "ruleInfoName").values("ruleInfo.name"))
}
