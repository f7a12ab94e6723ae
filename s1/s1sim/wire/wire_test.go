package wire

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnErrorHasTheVendorsForm(t *testing.T) {
	t.Parallel()
	for body, err := range map[string]error{
		`{"errors":[{"code":4000010,"detail":"limit: Not a valid integer.","title":"Validation Error"}]}`:                      Invalid("%s: Not a valid integer.", "limit"),
		`{"errors":[{"code":4010010,"detail":null,"title":"Authentication Failed"}]}`:                                          Unauthorized(),
		`{"errors":[{"code":4030010,"detail":"User does not have required permissions.","title":"Insufficient permissions"}]}`: Forbidden(),
		`{"errors":[{"code":4040010,"detail":"","title":"Requested resource was not found"}]}`:                                 NotFound("Requested resource was not found", ""),
		`{"errors":[{"code":4000040,"detail":"the query is wrong","title":"Bad Request"}]}`:                                    &Error{400, "Bad Request", "the query is wrong"},
		`{"errors":[{"code":5000010,"detail":"a fault of the simulator","title":"Internal server error"}]}`:                    errors.New("a fault of the simulator"),
	} {
		a := Failure(err)
		require.JSONEq(t, body, string(a.Body))
		require.Equal(t, "application/json", a.Kind)
	}
	require.Equal(t, http.StatusForbidden, Failure(Forbidden()).Status)
}

// The proxy before the console answers in HTML, and says only sometimes how long to wait.
func TestTheProxyAnswersInHTML(t *testing.T) {
	t.Parallel()
	slow := TooMany(1500 * time.Millisecond)
	require.Equal(t, "2", slow.Header["Retry-After"], "rounded up: who comes earlier is told off again")
	require.NotContains(t, TooMany(0).Header, "Retry-After")
	w := httptest.NewRecorder()
	slow.Write(w)
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "nginx", w.Header().Get("Server"))
	require.Contains(t, w.Body.String(), "<h1>429 Too Many Requests</h1>")
}

func TestASuccessIsItsValueOrTheAnswerItself(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"data":{"affected":2}}`, strings.TrimSpace(string(Success(Affected(2)).Body)))
	require.Equal(t, `"<&>"`, strings.TrimSpace(string(JSON(200, "<&>").Body)), "the service does not escape, so neither may its stand-in")
	file := Answer{Status: 200, Kind: "application/zip", Body: []byte("PK")}
	require.Equal(t, file, Success(file))
	require.Equal(t, http.StatusInternalServerError, JSON(200, func() {}).Status)
}

// Paths lead through objects and lists; what is absent or null is no value.
func TestAPathLeadsThroughObjectsAndLists(t *testing.T) {
	t.Parallel()
	raw, err := Decode([]byte(`{"a":{"b":[{"c":1},{"c":2},{"c":null},{}],"big":1845174760470303882},"on":true,"none":null}`))
	require.NoError(t, err)
	o := raw.(Object)
	require.Len(t, At(o, "a.b.c"), 2)
	require.Equal(t, "1", Text(o, "a.b.c"))
	require.Equal(t, "1845174760470303882", Text(o, "a.big"), "no digit of an id is lost")
	require.Empty(t, Text(o, "a.x.y"))
	require.Nil(t, Value(o, "none"))
	require.True(t, Flag(o, "on"))
	copied := Clone(o).(Object)
	Put(copied, "a.new.deep", "x")
	require.Equal(t, "x", Text(copied, "a.new.deep"))
	require.Empty(t, Text(o, "a.new.deep"), "a copy has nothing in common")
	_, err = Decode([]byte(`{} {}`))
	require.Error(t, err)
	_, err = Decode([]byte(`{`))
	require.Error(t, err)
}

func TestWordsAndTimesAreSpelledAsTheConsoleDoes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 15, 0, 0, 123456789, time.FixedZone("CET", 3600))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", Stamp(at))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", Stamp(OrTime(at, time.Time{})))
	require.Equal(t, at, OrTime(time.Time{}, at))
	require.Equal(t, "In progress", Sentence("in_progress"))
	require.Empty(t, Sentence(""))
	require.Equal(t, []string{"HIGH"}, Upper([]string{"high"}))
	require.Nil(t, OrNil(""))
	require.Equal(t, "x", OrNil("x"))
	require.Equal(t, []any{"a", "b"}, List("a", "b"))
	require.Equal(t, "7", Itoa(7))
}

func TestACallIsTakenApart(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/web/api/v2.1/agents?limit=5", strings.NewReader(`{"filter":{}}`))
	r.Header.Set("Authorization", "ApiToken x")
	q, err := Read(r)
	require.NoError(t, err)
	require.Equal(t, "5 ApiToken x", q.Query.Get("limit")+" "+q.Auth)
	body, err := q.Body()
	require.NoError(t, err)
	require.Contains(t, body, "filter")
	for raw, want := range map[string]string{"": "", "[]": "Invalid input type.", "{": "Invalid JSON body."} {
		body, err := (&Request{Raw: []byte(raw)}).Body()
		if want == "" {
			require.NoError(t, err)
			require.Empty(t, body, "an action without a body lacks its filter, too")
			continue
		}
		require.ErrorContains(t, err, want)
	}
	_, err = Read(httptest.NewRequest(http.MethodGet, "/x?a=%zz", nil))
	require.ErrorContains(t, err, "Invalid query string.")
	_, err = Read(httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(strings.Repeat("x", MaxBody+1))))
	var refused *Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusRequestEntityTooLarge, refused.Status)
}

// A path that exists with another method is a 405, one that does not exist a 404.
func TestARouteIsFoundByMethodAndPath(t *testing.T) {
	t.Parallel()
	answer := On("part", func(part string, q *Request) (any, error) { return part + " " + q.Params["id"], nil })
	routes := []Route{{Method: "GET", Path: "/threats/{id}/notes", Handle: answer}, {Method: "GET", Path: "/old", Root: "/web/api/v2.0", Handle: answer}}
	q := &Request{Method: "GET", Path: Prefix + "/threats/7/notes"}
	found, err := Match(routes, q)
	require.NoError(t, err)
	said, err := found.Handle(q)
	require.NoError(t, err)
	require.Equal(t, "part 7", said)
	_, err = Match(routes, &Request{Method: "GET", Path: "/web/api/v2.0/old"})
	require.NoError(t, err)
	for path, status := range map[string]int{Prefix + "/threats/7/notes": 405, Prefix + "/threats/7": 404, Prefix + "/old": 404, "/elsewhere": 404} {
		_, err := Match(routes, &Request{Method: "POST", Path: path})
		var refused *Error
		require.ErrorAs(t, err, &refused, path)
		require.Equal(t, status, refused.Status, path)
	}
}
