package pages_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/consoletest"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// pages answers with n pages of two agents; the cursor counts.
func manyPages(n int, last string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		at, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		next := fmt.Sprintf(`"%d"`, at+1)
		if at == n-1 {
			next = last
		}
		fmt.Fprintf(w, `{"data":[{"id":"%d"},{"id":"%d"}],"pagination":{"totalItems":%d,"nextCursor":%s}}`, 1000+2*at, 1001+2*at, 2*n, next)
	}
}

func TestAListGoesThroughEveryPage(t *testing.T) {
	t.Parallel()
	for _, last := range []string{`null`, `"null"`, `""`, `" "`} {
		console := consoletest.Start(t, manyPages(3, last))
		agents, err := pages.Collect(console.Agents(t.Context(), transport.Query{}.With("siteIds", "42").With("skip", "0")))
		require.NoError(t, err)
		require.Len(t, agents, 6, last)
		require.Equal(t, wire.AgentID("1005"), agents[5].ID)

		calls := console.Asked()
		require.Len(t, calls, 3)
		require.Equal(t, "limit=1000&siteIds=42&skip=0", calls[0].Query)
		require.Equal(t, "cursor=2&limit=1000&siteIds=42", calls[2].Query, "the same filter, the next cursor")
	}
}

func TestAListWithoutPaginationIsOnePage(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"data":[{"id":"1"}]}`, `{"data":[{"id":"1"}],"pagination":null}`, `{"data":[{"id":"1"}],"pagination":{}}`,
		`{"data":[{"id":"1"}],"pagination":"odd"}`, `{"data":[{"id":"1"}],"pagination":{"totalItems":null,"nextCursor":null}}`,
	} {
		console := consoletest.Start(t, consoletest.OK(body))
		page, err := console.AgentsPage(t.Context(), nil)
		require.NoError(t, err, body)
		require.Len(t, page.Items, 1)
		require.Equal(t, 1, page.Total)
		require.Empty(t, page.Next+page.Remark)
		require.Len(t, page.Items, 1)
	}
}

func TestALaterPageWithoutATotalDoesNotClaimOne(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1"}],"pagination":{"totalItems":0}}`))
	page, err := console.AgentsPage(t.Context(), transport.Query{}.With("cursor", "abc"))
	require.NoError(t, err)
	require.Equal(t, -1, page.Total)
}

func TestTakeAsksForNoMorePagesThanItNeeds(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, manyPages(100, `null`))
	agents, err := pages.Collect(pages.Take(console.Agents(t.Context(), nil), 3))
	require.NoError(t, err)
	require.Len(t, agents, 3)
	require.Len(t, console.Asked(), 2)

	none, err := pages.Collect(pages.Take(console.Agents(t.Context(), nil), 0))
	require.NoError(t, err)
	require.Empty(t, none)
	require.Len(t, console.Asked(), 2)
}

// A list that never ends is not held in memory: what is collected has a bound of rows.
func TestWhatIsCollectedHasABound(t *testing.T) {
	t.Parallel()
	read := 0
	rows, err := pages.Collect(func(yield func(int, error) bool) {
		for yield(read, nil) {
			read++
		}
	})
	require.ErrorIs(t, err, pages.ErrTooManyPages)
	require.ErrorContains(t, err, "I read it up to row 20000")
	require.Len(t, rows, 20_000)
	require.LessOrEqual(t, read, 20_000)
}

func TestACursorThatRepeatsEndsTheListWithAnError(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}`))
	agents, err := pages.Collect(console.Agents(t.Context(), nil))
	require.ErrorIs(t, err, transport.ErrCursorLoop)
	require.Len(t, agents, 1, "what came is not lost, and what came twice is one")
	require.Len(t, console.Asked(), 2)
}

func TestARepeatedCursorIsSeenByWhoStartsInTheMiddle(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}`))
	_, err := pages.Collect(console.Agents(t.Context(), transport.Query{}.With("cursor", "again")))
	require.ErrorIs(t, err, transport.ErrCursorLoop)
	require.Len(t, console.Asked(), 1)
}

// Consoles that stand still, and proxies that answer from a cache, send the same list to every question.
func TestWhoAsksByIDGetsNothingElse(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"2"},{"id":1845174760470303882,"uuid":"AAAABBBB-CCCC-DDDD-EEEE-FFFF00001111"},{"id":"2"}],
		"pagination":{"nextCursor":"again"}}`))
	agents, err := console.AgentsByID(t.Context(), []wire.AgentID{consoletest.AgentA})
	require.NoError(t, err)
	require.Len(t, agents, 1)
	require.Equal(t, consoletest.AgentA, agents[0].ID, "and no digit of it is lost")
	require.Len(t, console.Asked(), 1, "what was asked for is there; the rest of the list is nobody's")

	rules, err := console.RulesByID(t.Context(), []wire.RuleID{"2"})
	require.NoError(t, err)
	require.Len(t, rules, 1)
	iocs, err := console.IOCsByUUID(t.Context(), []wire.AccountID{"42"}, []string{"aaaabbbbccccddddeeeeffff00001111"})
	require.NoError(t, err)
	require.Len(t, iocs, 1)

	_, err = console.ThreatsByID(t.Context(), []wire.ThreatID{"77"})
	require.ErrorIs(t, err, transport.ErrCursorLoop)
}

func TestAnErrorOnALaterPageComesAfterTheRows(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Answering(
		consoletest.OK(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"b"}}`),
		consoletest.Status(403, `{"errors":[{"title":"Insufficient permissions"}]}`)))
	agents, err := pages.Collect(console.Agents(t.Context(), nil))
	require.ErrorIs(t, err, transport.ErrForbidden)
	require.Equal(t, "Endpoints.view", consoletest.AsError(t, err).Permission)
	require.Len(t, agents, 1)
}

func TestSitesAreNested(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"allSites":{"activeLicenses":12},"sites":[
		{"id":"1402053568582768389","name":"Paris","registrationToken":"eyJzZWNyZXQiOiJ4In0="}]},"pagination":{"totalItems":1}}`))
	page, err := console.SitesPage(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "Paris", page.Items[0].Name)
	require.JSONEq(t, `{"id":"1402053568582768389","name":"Paris","registrationToken":"•••"}`, string(page.Items[0].Raw))
}

func TestCountAsksForTheNumberAlone(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":null,"pagination":{"totalItems":"137","nextCursor":null}}`))
	for _, count := range []func() (int, error){
		func() (int, error) { return console.CountAgents(t.Context(), transport.Query{}.With("query", "x")) },
		func() (int, error) { return console.CountThreats(t.Context(), transport.Query{}.With("query", "x")) },
		func() (int, error) { return console.CountAlerts(t.Context(), transport.Query{}.With("query", "x")) },
	} {
		n, err := count()
		require.NoError(t, err)
		require.Equal(t, 137, n)
	}
	require.Equal(t, "countOnly=true&limit=1&query=x", console.Asked()[0].Query)

	silent := consoletest.Start(t, consoletest.OK(`{"data":[]}`))
	_, err := silent.CountAgents(t.Context(), nil)
	require.ErrorContains(t, err, "didn't say how many", "not counted is not zero")
}

func TestByIDAsksInSmallPortions(t *testing.T) {
	t.Parallel()
	var ids []wire.AgentID
	for i := range 250 {
		ids = append(ids, wire.AgentID(fmt.Sprintf("18451747604703%05d", i)))
	}
	console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"data":[{"id":"%s"}]}`, strings.ReplaceAll(r.URL.Query().Get("ids"), ",", `"},{"id":"`))
	})
	agents, err := console.AgentsByID(t.Context(), append(ids, ids[0]))
	require.NoError(t, err)
	require.Len(t, agents, 250)
	calls := console.Asked()
	require.Len(t, calls, 3)
	require.Less(t, len(calls[0].Query), 4096)
	require.Contains(t, calls[2].Query, "limit=50")
}

func TestByIDNeverListsEverything(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(consoletest.OneAgent))
	_, err := console.AgentsByID(t.Context(), nil)
	require.ErrorIs(t, err, wire.ErrNothingSelected)
	_, err = console.ThreatsByID(t.Context(), []wire.ThreatID{""})
	require.ErrorIs(t, err, wire.ErrInvalidID)
	_, err = console.AlertsByID(t.Context(), []wire.AlertID{"1,2"})
	require.ErrorIs(t, err, wire.ErrInvalidID)
	require.Empty(t, console.Asked())
}

func TestEveryListAsksItsOwnPath(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1112953674841025235","name":"x"}]}`))
	ctx := t.Context()
	var seen []string
	count := func(err error) {
		require.NoError(t, err)
		seen = append(seen, console.Asked()[len(seen)].Path)
	}
	_, err := pages.Collect(console.Threats(ctx, nil))
	count(err)
	_, err = pages.Collect(console.Alerts(ctx, nil))
	count(err)
	_, err = pages.Collect(console.Accounts(ctx, nil))
	count(err)
	_, err = pages.Collect(console.Sites(ctx, nil))
	count(err)
	_, err = pages.Collect(console.Groups(ctx, nil))
	count(err)
	_, err = pages.Collect(console.Activities(ctx, nil))
	count(err)
	_, err = pages.Collect(console.ThreatNotes(ctx, consoletest.ThreatA, nil))
	count(err)
	require.Equal(t, []string{"/web/api/v2.1/threats", "/web/api/v2.1/cloud-detection/alerts", "/web/api/v2.1/accounts",
		"/web/api/v2.1/sites", "/web/api/v2.1/groups", "/web/api/v2.1/activities",
		"/web/api/v2.1/threats/1112953674841025235/notes"}, seen)

	_, err = pages.Collect(console.ThreatNotes(ctx, "../../users", nil))
	require.ErrorIs(t, err, wire.ErrInvalidID)
}
