package wire_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim/wire"
)

func TestAnErrorHasTheVendorsForm(t *testing.T) {
	t.Parallel()
	for body, err := range map[string]error{
		`{"errors":[{"code":4000010,"detail":"limit: Not a valid integer.","title":"Validation Error"}]}`:                      wire.Invalid("%s: Not a valid integer.", "limit"),
		`{"errors":[{"code":4010010,"detail":null,"title":"Authentication Failed"}]}`:                                          wire.Unauthorized(),
		`{"errors":[{"code":4030010,"detail":"User does not have required permissions.","title":"Insufficient permissions"}]}`: wire.Forbidden(),
		`{"errors":[{"code":4040010,"detail":"","title":"Requested resource was not found"}]}`:                                 wire.NotFound("Requested resource was not found", ""),
		`{"errors":[{"code":4000040,"detail":"the query is wrong","title":"Bad Request"}]}`:                                    &wire.Error{400, "Bad Request", "the query is wrong"},
		`{"errors":[{"code":5000010,"detail":"a fault of the simulator","title":"Internal server error"}]}`:                    errors.New("a fault of the simulator"),
	} {
		a := wire.Failure(err)
		require.JSONEq(t, body, string(a.Body))
		require.Equal(t, "application/json", a.Kind)
	}
	require.Equal(t, http.StatusForbidden, wire.Failure(wire.Forbidden()).Status)
}

// The proxy before the console answers in HTML, and says only sometimes how long to wait.
func TestTheProxyAnswersInHTML(t *testing.T) {
	t.Parallel()
	slow := wire.TooMany(1500 * time.Millisecond)
	require.Equal(t, "2", slow.Header["Retry-After"], "rounded up: who comes earlier is told off again")
	require.NotContains(t, wire.TooMany(0).Header, "Retry-After")
	w := httptest.NewRecorder()
	slow.Write(w)
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "nginx", w.Header().Get("Server"))
	require.Contains(t, w.Body.String(), "<h1>429 Too Many Requests</h1>")
}

func TestASuccessIsItsValueOrTheAnswerItself(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"data":{"affected":2}}`, strings.TrimSpace(string(wire.Success(wire.Affected(2)).Body)))
	require.Equal(t, `"<&>"`, strings.TrimSpace(string(wire.JSON(200, "<&>").Body)), "the service does not escape, so neither may its stand-in")
	file := wire.Answer{Status: 200, Kind: "application/zip", Body: []byte("PK")}
	require.Equal(t, file, wire.Success(file))
	require.Equal(t, http.StatusInternalServerError, wire.JSON(200, func() {}).Status)
}

// Paths lead through objects and lists; what is absent or null is no value.
func TestAPathLeadsThroughObjectsAndLists(t *testing.T) {
	t.Parallel()
	raw, err := wire.Decode([]byte(`{"a":{"b":[{"c":1},{"c":2},{"c":null},{}],"big":1845174760470303882},"on":true,"none":null}`))
	require.NoError(t, err)
	o := raw.(wire.Object)
	require.Len(t, wire.At(o, "a.b.c"), 2)
	require.Equal(t, "1", wire.Text(o, "a.b.c"))
	require.Equal(t, "1845174760470303882", wire.Text(o, "a.big"), "no digit of an id is lost")
	require.Empty(t, wire.Text(o, "a.x.y"))
	require.Nil(t, wire.Value(o, "none"))
	require.True(t, wire.Flag(o, "on"))
	copied := wire.Clone(o).(wire.Object)
	wire.Put(copied, "a.new.deep", "x")
	require.Equal(t, "x", wire.Text(copied, "a.new.deep"))
	require.Empty(t, wire.Text(o, "a.new.deep"), "a copy has nothing in common")
	_, err = wire.Decode([]byte(`{} {}`))
	require.Error(t, err)
	_, err = wire.Decode([]byte(`{`))
	require.Error(t, err)
}

func TestWordsAndTimesAreSpelledAsTheConsoleDoes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 15, 0, 0, 123456789, time.FixedZone("CET", 3600))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", wire.Stamp(at))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", wire.Stamp(wire.OrTime(at, time.Time{})))
	require.Equal(t, at, wire.OrTime(time.Time{}, at))
	require.Equal(t, "In progress", wire.Sentence("in_progress"))
	require.Empty(t, wire.Sentence(""))
	require.Equal(t, []string{"HIGH"}, wire.Upper([]string{"high"}))
	require.Nil(t, wire.OrNil(""))
	require.Equal(t, "x", wire.OrNil("x"))
	require.Equal(t, []any{"a", "b"}, wire.List("a", "b"))
	require.Equal(t, "7", wire.Itoa(7))
}

func TestACallIsTakenApart(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/web/api/v2.1/agents?limit=5", strings.NewReader(`{"filter":{}}`))
	r.Header.Set("Authorization", "ApiToken x")
	q, err := wire.Read(r)
	require.NoError(t, err)
	require.Equal(t, "5 ApiToken x", q.Query.Get("limit")+" "+q.Auth)
	body, err := q.Body()
	require.NoError(t, err)
	require.Contains(t, body, "filter")
	for raw, want := range map[string]string{"": "", "[]": "Invalid input type.", "{": "Invalid JSON body."} {
		body, err := (&wire.Request{Raw: []byte(raw)}).Body()
		if want == "" {
			require.NoError(t, err)
			require.Empty(t, body, "an action without a body lacks its filter, too")
			continue
		}
		require.ErrorContains(t, err, want)
	}
	_, err = wire.Read(httptest.NewRequest(http.MethodGet, "/x?a=%zz", nil))
	require.ErrorContains(t, err, "Invalid query string.")
	_, err = wire.Read(httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(strings.Repeat("x", wire.MaxBody+1))))
	var refused *wire.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusRequestEntityTooLarge, refused.Status)
}

// A path that exists with another method is a 405, one that does not exist a 404.
func TestARouteIsFoundByMethodAndPath(t *testing.T) {
	t.Parallel()
	answer := wire.On("part", func(part string, q *wire.Request) (any, error) { return part + " " + q.Params["id"], nil })
	routes := []wire.Route{{Method: "GET", Path: "/threats/{id}/notes", Handle: answer}, {Method: "GET", Path: "/old", Root: "/web/api/v2.0", Handle: answer}}
	q := &wire.Request{Method: "GET", Path: wire.Prefix + "/threats/7/notes"}
	found, err := wire.Match(routes, q)
	require.NoError(t, err)
	said, err := found.Handle(q)
	require.NoError(t, err)
	require.Equal(t, "part 7", said)
	_, err = wire.Match(routes, &wire.Request{Method: "GET", Path: "/web/api/v2.0/old"})
	require.NoError(t, err)
	for path, status := range map[string]int{wire.Prefix + "/threats/7/notes": 405, wire.Prefix + "/threats/7": 404, wire.Prefix + "/old": 404, "/elsewhere": 404} {
		_, err := wire.Match(routes, &wire.Request{Method: "POST", Path: path})
		var refused *wire.Error
		require.ErrorAs(t, err, &refused, path)
		require.Equal(t, status, refused.Status, path)
	}
}
