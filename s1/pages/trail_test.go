package pages_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A console may lead on for ever in many ways; none is followed for long.
func TestAListWithoutAnEndIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page func(n int) string // the n-th page, from 1
		most int                // requests
		rows int
		is   error
	}{
		"one cursor for ever": {func(int) string { return `{"data":[{"id":"1"}],"pagination":{"nextCursor":"again"}}` }, 2, 1, transport.ErrCursorLoop},
		"new cursors, the same rows": {func(n int) string {
			return fmt.Sprintf(`{"data":[{"id":"1"},{"id":"2"}],"pagination":{"nextCursor":"c%d"}}`, n)
		}, 3, 2, transport.ErrCursorLoop},
		"a circle of pages": {func(n int) string {
			return fmt.Sprintf(`{"data":[{"id":"%d"}],"pagination":{"nextCursor":"c%d"}}`, n%3, n)
		}, 5, 3, transport.ErrCursorLoop},
		"empty pages": {func(n int) string { return fmt.Sprintf(`{"data":[],"pagination":{"nextCursor":"c%d"}}`, n) }, 5, 0, transport.ErrCursorLoop},
		"ever more rows": {func(n int) string {
			return fmt.Sprintf(`{"data":[{"id":"%d"}],"pagination":{"totalItems":1,"nextCursor":"c%d"}}`, n, n)
		}, 200, 200, pages.ErrTooManyPages},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
				n++
				consoletest.OK(c.page(n))(w, r)
			})
			rows, err := pages.Collect(console.Agents(t.Context(), nil))
			require.ErrorIs(t, err, c.is)
			require.Len(t, rows, c.rows)
			require.Len(t, console.Asked(), c.most)
		})
	}
}

func TestAnEmptyPageWithACursorIsNotTheEnd(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Answering(
		consoletest.OK(`{"data":[],"pagination":{"nextCursor":"a"}}`), consoletest.OK(`{"data":[],"pagination":{"nextCursor":"b"}}`),
		consoletest.OK(`{"data":[{"id":"1"}],"pagination":{"nextCursor":"c"}}`), consoletest.OK(`{"data":[{"id":"1"},{"id":"2"}],"pagination":{"nextCursor":null}}`),
	))
	rows, err := pages.Collect(console.Agents(t.Context(), nil))
	require.NoError(t, err)
	require.Len(t, rows, 2, "one came twice")
}

// A page of fat rows is asked for again with fewer of them, and the list goes on.
func TestAPageThatIsTooLargeIsAskedForWithFewerRows(t *testing.T) {
	t.Parallel()
	fat := strings.Repeat("x", 10<<10)
	console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		var rows []string
		for i := from; i < min(from+limit, 1000); i++ {
			rows = append(rows, fmt.Sprintf(`{"id":"%d","domain":"%s"}`, i, fat))
		}
		next := "null"
		if from+limit < 1000 {
			next = fmt.Sprint(from + limit)
		}
		consoletest.OK(fmt.Sprintf(`{"data":[%s],"pagination":{"nextCursor":"%s"}}`, strings.Join(rows, ","), next))(w, r)
	})
	rows, err := pages.Collect(console.Agents(t.Context(), nil))
	require.NoError(t, err)
	require.Len(t, rows, 1000)
}

func TestAnAnswerOfTooManyRowsOrValuesIsNotRead(t *testing.T) {
	t.Parallel()
	rows := consoletest.Start(t, consoletest.OK(`{"data":[`+strings.Repeat(`{},`, 1<<20)+`{}]}`))
	_, err := rows.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, transport.ErrTooLarge)
	require.Contains(t, consoletest.AsError(t, err).Message, "I didn't read")
	few := consoletest.Start(t, consoletest.OK(`{"data":[`+strings.Repeat(`{},`, 10_000)+`{}]}`))
	_, err = few.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, transport.ErrTooLarge)
	require.Contains(t, consoletest.AsError(t, err).Message, "more than 10000 rows on a page")
}

// The parts of an answer are found as encoding/json finds them.
func TestAnAnswerIsTakenApartAsItIsWritten(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"data":[{"id":"1"},{"id":"2"}]}`: "1,2",
		" {\n\t\"pagination\" : null ,\r\n \"data\" : [ { \"id\" : \"1\" } , {\"id\":\"2\"} ] } ": "1,2",
		`{"d\u0061ta":[{"id":"1","domain":"]},{\"\\"}]}`:                                          "1",
		`{"data":[{"id":"0"}],"data":[{"id":"1"}]}`:                                               "1",
		`{"data":[]}`: "", `{"data":[ ]}`: "",
		`{"data":[null,5,"x",[],{"id":"3"}]}`: "3",
	} {
		page, err := pages.ReadPage[s1.Agent]([]byte(body), "")
		require.NoError(t, err, body)
		var ids []string
		for _, a := range page.Items {
			ids = append(ids, string(a.ID))
		}
		require.Equal(t, want, strings.Join(ids, ","), body)
	}
	for _, body := range []string{`{"data":[{"id":"1"}`, `{"data":[{"id":"1"},]}`, `[]`, `"data"`, `{"data":5}`, ``, `{"data":[}]}`, `{"data":{"data":[]}}`} {
		_, err := pages.ReadPage[s1.Agent]([]byte(body), "")
		require.Error(t, err, body)
	}
}

// A wideConsole has so many rows of so many bytes each, and remembers the limits that it was asked with.
func wideConsole(t *testing.T, rows, width int) (*consoletest.Console, func() []string) {
	t.Helper()
	var mu sync.Mutex
	var limits []string
	console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		limits = append(limits, r.URL.Query().Get("limit"))
		mu.Unlock()
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		to, next := min(from+limit, rows), `""`
		if to < rows {
			next = fmt.Sprintf(`"%d"`, to)
		}
		var page []string
		for i := from; i < to; i++ {
			page = append(page, fmt.Sprintf(`{"id":"%d","computerName":"%s"}`, i+1, strings.Repeat("x", width)))
		}
		_, _ = fmt.Fprintf(w, `{"data":[%s],"pagination":{"nextCursor":%s}}`, strings.Join(page, ","), next)
	})
	return console, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return limits
	}
}

func follow(t *testing.T, c *s1.Client, trail *pages.Trail, q transport.Query) (rows int) {
	t.Helper()
	for more := true; more; {
		page, err := c.AgentsPage(t.Context(), q)
		require.NoError(t, err)
		rows += len(page.Items)
		q, more, err = pages.Follow(trail, q, page)
		require.NoError(t, err)
	}
	return rows
}

func TestPagesOfAWholeListAreAsLargeAsFits(t *testing.T) {
	t.Parallel()
	for width, limits := range map[int][]string{
		10:     {"100", "1000", "1000"},
		10_000: {"100", "104", "104", "104"},
	} {
		console, asked := wideConsole(t, 100*len(limits), width)
		q := transport.Query{}.WithLimit(pages.FirstRows)
		require.Equal(t, 100*len(limits), follow(t, console.Client, pages.NewTrail("list agents", q).Fit(), q))
		require.Equal(t, limits[:len(asked())], asked())
	}
}

// A page that is too large is fetched and thrown away once, not before each page of the list.
func TestAListGoesOnWithTheLimitThatWorked(t *testing.T) {
	t.Parallel()
	console, asked := wideConsole(t, 1000, 10_000)
	q := transport.Query{}.WithLimit(1000)
	require.Equal(t, 1000, follow(t, console.Client, pages.NewTrail("list agents", q), q))
	require.Equal(t, []string{"1000", "200", "200", "200", "200", "200"}, asked())
}
