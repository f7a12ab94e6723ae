package transport

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a closed path answers, by route: the path is gone, or the thing that was asked for.
func TestARouteThatIsGoneIsToldFromAThingThatIsGone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		route  string
		ids    []string
		status int
		said   string
		want   bool
	}{
		{"dv/init-query", nil, 410, "gone", true}, {"dv/init-query", nil, 404, "not found", true}, {"dv/events/{id}", []string{"process"}, 405, "", true},
		{"dv/query-status", nil, 404, "no such query", false}, {"dv/init-query", nil, 400, "could not parse query", false},
		{"queries", nil, 404, "page not found", true}, {"queries/{id}", []string{"x"}, 404, "requested token=x not found", false},
		{"exclusions", nil, 404, "not found", true}, {"cloud-detection/alerts", nil, 410, "gone", true},
		{"threats/{id}/notes", []string{"1"}, 404, "not found", false}, {"agents", nil, 404, "not found", false}, {"agents", nil, 501, "", true},
		{"agents/{id}/uploads/{id}", []string{"1", "2"}, 410, "the requested files do not exist", false}, {"dv/fetch-file", nil, 410, "file expired", false},
	} {
		require.Equal(t, row.want, retired(Call{Route: row.route, IDs: row.ids}, row.status, row.said), "%s %d %s", row.route, row.status, row.said)
	}
}

func TestARetiredPathIsNamedWithItsDayAndTheWayAround(t *testing.T) {
	t.Parallel()
	before, after := DeepVisibilityEnds.Add(-time.Hour), DeepVisibilityEnds
	require.Equal(t, "This console doesn't have dv/init-query, which the vendor shuts down on 2027-02-15. Hunt on the data lake: set S1BOT_HUNT_ENGINE to auto or sdl, and have the role of the bot's token allow SDL Query API › View. (Gone)",
		retiredWords(Call{Route: "dv/init-query"}, "Gone", before))
	require.Contains(t, retiredWords(Call{Route: "dv/events/pq"}, "Gone", after), "which the vendor shut down on 2027-02-15")
	require.Equal(t, "Method Not Allowed", retiredWords(Call{Route: "agents"}, "Method Not Allowed", after))
}

// Every path of the table, closed with each status, in whatever shape: the reason is the same, and the sentence names the path.
func TestAClosedPathIsKnownByEachOfItsAnswers(t *testing.T) {
	t.Parallel()
	for _, r := range retirements {
		if r.instead == "" {
			continue // not closed, or there is another way that nobody needs to read of
		}
		call := Call{Route: r.route, Method: "GET"}
		for _, status := range []int{404, 405, 410, 501} {
			for _, body := range []string{"", "Not here", `{"errors":[{"code":4040010,"title":"Gone for good"}]}`, `{"message":"no route"}`, "<html><head><title>404 Not Found</title></head></html>"} {
				said, code := ReadProblem(status, []byte(body))
				require.Equal(t, Retired, reasonFor(call, attempt{status: status, body: []byte(body)}, code), "%s %d %s", r.route, status, body)
				require.Contains(t, retiredWords(call, said, DeepVisibilityEnds), "This console doesn't have "+r.route)
				require.True(t, Absent(&Error{Status: status}))
			}
		}
	}
	page := attempt{status: 404, body: []byte("<html><head><title>Blocked by the proxy</title></head></html>")}
	require.Equal(t, NotTheConsole, reasonFor(Call{Route: "agents", Method: "GET"}, page, 0), "of a path that every console has, a page is somebody else's")
}
