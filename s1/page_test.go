package s1

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pages answers with n pages of two agents; the cursor counts.
func pages(n int, last string) http.HandlerFunc {
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
		console := startConsole(t, pages(3, last))
		agents, err := Collect(console.Agents(t.Context(), Query{}.With("siteIds", "42").With("skip", "0")))
		require.NoError(t, err)
		require.Len(t, agents, 6, last)
		require.Equal(t, AgentID("1005"), agents[5].ID)

		calls := console.asked()
		require.Len(t, calls, 3)
		require.Equal(t, "limit=1000&siteIds=42&skip=0", calls[0].query)
		require.Equal(t, "cursor=2&limit=1000&siteIds=42", calls[2].query, "the same filter, the next cursor")
	}
}

func TestAListWithoutPaginationIsOnePage(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"data":[{"id":"1"}]}`, `{"data":[{"id":"1"}],"pagination":null}`, `{"data":[{"id":"1"}],"pagination":{}}`,
		`{"data":[{"id":"1"}],"pagination":"odd"}`, `{"data":[{"id":"1"}],"pagination":{"totalItems":null,"nextCursor":null}}`,
	} {
		console := startConsole(t, ok(body))
		page, err := console.AgentsPage(t.Context(), nil)
		require.NoError(t, err, body)
		require.Equal(t, Page[Agent]{Items: page.Items, Total: 1, size: len(body), marks: page.marks}, page)
		require.Len(t, page.Items, 1)
	}
}

func TestALaterPageWithoutATotalDoesNotClaimOne(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"id":"1"}],"pagination":{"totalItems":0}}`))
	page, err := console.AgentsPage(t.Context(), Query{}.With("cursor", "abc"))
	require.NoError(t, err)
	require.Equal(t, -1, page.Total)
}

func TestTakeAsksForNoMorePagesThanItNeeds(t *testing.T) {
	t.Parallel()
	console := startConsole(t, pages(100, `null`))
	agents, err := Collect(Take(console.Agents(t.Context(), nil), 3))
	require.NoError(t, err)
	require.Len(t, agents, 3)
	require.Len(t, console.asked(), 2)

	none, err := Collect(Take(console.Agents(t.Context(), nil), 0))
	require.NoError(t, err)
	require.Empty(t, none)
	require.Len(t, console.asked(), 2)
}

// A list that never ends is not held in memory: what is collected has a bound of rows.
func TestWhatIsCollectedHasABound(t *testing.T) {
	t.Parallel()
	read := 0
	rows, err := Collect(func(yield func(int, error) bool) {
		for yield(read, nil) {
			read++
		}
	})
	require.ErrorIs(t, err, ErrTooManyPages)
	require.ErrorContains(t, err, "read up to row 20000")
	require.Len(t, rows, 20_000)
	require.LessOrEqual(t, read, 20_000)
}

func TestACursorThatRepeatsEndsTheListWithAnError(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}`))
	agents, err := Collect(console.Agents(t.Context(), nil))
	require.ErrorIs(t, err, ErrCursorLoop)
	require.Len(t, agents, 1, "what came is not lost, and what came twice is one")
	require.Len(t, console.asked(), 2)
}

func TestARepeatedCursorIsSeenByWhoStartsInTheMiddle(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}`))
	_, err := Collect(console.Agents(t.Context(), Query{}.With("cursor", "again")))
	require.ErrorIs(t, err, ErrCursorLoop)
	require.Len(t, console.asked(), 1)
}

// Consoles that stand still, and proxies that answer from a cache, send the same list to every question.
func TestWhoAsksByIDGetsNothingElse(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"id":"2"},{"id":1845174760470303882,"uuid":"AAAABBBB-CCCC-DDDD-EEEE-FFFF00001111"},{"id":"2"}],
		"pagination":{"nextCursor":"again"}}`))
	agents, err := console.AgentsByID(t.Context(), []AgentID{agentA})
	require.NoError(t, err)
	require.Len(t, agents, 1)
	require.Equal(t, agentA, agents[0].ID, "and no digit of it is lost")
	require.Len(t, console.asked(), 1, "what was asked for is there; the rest of the list is nobody's")

	rules, err := console.RulesByID(t.Context(), []RuleID{"2"})
	require.NoError(t, err)
	require.Len(t, rules, 1)
	iocs, err := console.IOCsByUUID(t.Context(), []AccountID{"42"}, []string{"aaaabbbbccccddddeeeeffff00001111"})
	require.NoError(t, err)
	require.Len(t, iocs, 1)

	_, err = console.ThreatsByID(t.Context(), []ThreatID{"77"})
	require.ErrorIs(t, err, ErrCursorLoop)
}

func TestAnErrorOnALaterPageComesAfterTheRows(t *testing.T) {
	t.Parallel()
	console := startConsole(t, answering(
		ok(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"b"}}`),
		status(403, `{"errors":[{"title":"Insufficient permissions"}]}`)))
	agents, err := Collect(console.Agents(t.Context(), nil))
	require.ErrorIs(t, err, ErrForbidden)
	require.Equal(t, "Endpoints.view", asError(t, err).Permission)
	require.Len(t, agents, 1)
}

func TestSitesAreNested(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"allSites":{"activeLicenses":12},"sites":[
		{"id":"1402053568582768389","name":"Paris","registrationToken":"eyJzZWNyZXQiOiJ4In0="}]},"pagination":{"totalItems":1}}`))
	page, err := console.SitesPage(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "Paris", page.Items[0].Name)
	require.JSONEq(t, `{"id":"1402053568582768389","name":"Paris","registrationToken":"•••"}`, string(page.Items[0].Raw))
}

func TestCountAsksForTheNumberAlone(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":null,"pagination":{"totalItems":"137","nextCursor":null}}`))
	for _, count := range []func() (int, error){
		func() (int, error) { return console.CountAgents(t.Context(), Query{}.With("query", "x")) },
		func() (int, error) { return console.CountThreats(t.Context(), Query{}.With("query", "x")) },
		func() (int, error) { return console.CountAlerts(t.Context(), Query{}.With("query", "x")) },
	} {
		n, err := count()
		require.NoError(t, err)
		require.Equal(t, 137, n)
	}
	require.Equal(t, "countOnly=true&limit=1&query=x", console.asked()[0].query)

	silent := startConsole(t, ok(`{"data":[]}`))
	_, err := silent.CountAgents(t.Context(), nil)
	require.ErrorContains(t, err, "did not say how many", "not counted is not zero")
}

func TestByIDAsksInSmallPortions(t *testing.T) {
	t.Parallel()
	var ids []AgentID
	for i := range 250 {
		ids = append(ids, AgentID(fmt.Sprintf("18451747604703%05d", i)))
	}
	console := startConsole(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"data":[{"id":"%s"}]}`, strings.ReplaceAll(r.URL.Query().Get("ids"), ",", `"},{"id":"`))
	})
	agents, err := console.AgentsByID(t.Context(), append(ids, ids[0]))
	require.NoError(t, err)
	require.Len(t, agents, 250)
	calls := console.asked()
	require.Len(t, calls, 3)
	require.Less(t, len(calls[0].query), 4096)
	require.Contains(t, calls[2].query, "limit=50")
}

func TestByIDNeverListsEverything(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(oneAgent))
	_, err := console.AgentsByID(t.Context(), nil)
	require.ErrorIs(t, err, ErrNothingSelected)
	_, err = console.ThreatsByID(t.Context(), []ThreatID{""})
	require.ErrorIs(t, err, ErrInvalidID)
	_, err = console.AlertsByID(t.Context(), []AlertID{"1,2"})
	require.ErrorIs(t, err, ErrInvalidID)
	require.Empty(t, console.asked())
}

func TestEveryListAsksItsOwnPath(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"id":"1112953674841025235","name":"x"}]}`))
	ctx := t.Context()
	var seen []string
	count := func(err error) {
		require.NoError(t, err)
		seen = append(seen, console.asked()[len(seen)].path)
	}
	_, err := Collect(console.Threats(ctx, nil))
	count(err)
	_, err = Collect(console.Alerts(ctx, nil))
	count(err)
	_, err = Collect(console.Accounts(ctx, nil))
	count(err)
	_, err = Collect(console.Sites(ctx, nil))
	count(err)
	_, err = Collect(console.Groups(ctx, nil))
	count(err)
	_, err = Collect(console.Activities(ctx, nil))
	count(err)
	_, err = Collect(console.ThreatNotes(ctx, threatA, nil))
	count(err)
	require.Equal(t, []string{"/web/api/v2.1/threats", "/web/api/v2.1/cloud-detection/alerts", "/web/api/v2.1/accounts",
		"/web/api/v2.1/sites", "/web/api/v2.1/groups", "/web/api/v2.1/activities",
		"/web/api/v2.1/threats/1112953674841025235/notes"}, seen)

	_, err = Collect(console.ThreatNotes(ctx, "../../users", nil))
	require.ErrorIs(t, err, ErrInvalidID)
}
