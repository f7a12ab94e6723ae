package s1sim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// A clock is the console's, moved by the test.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 20, 14, 0, 0, 123456000, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// A rig is a console behind real HTTP with a clock of its own.
type rig struct {
	*s1sim.Console
	t      *testing.T
	clock  *clock
	server *httptest.Server
	token  string
}

func newRig(t *testing.T, opt s1sim.Options) *rig {
	t.Helper()
	r := &rig{t: t, clock: newClock(), token: s1sim.Token}
	if opt.Now == nil {
		opt.Now = r.clock.now
	}
	r.Console = s1sim.New(opt)
	r.server = httptest.NewServer(r.Console)
	t.Cleanup(r.server.Close)
	return r
}

// An answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (r *rig) try(method, path, body string) (*answer, error) {
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.server.URL+"/web/api/v2.1"+path, strings.NewReader(body))
	require.NoError(r.t, err)
	if r.token != "" {
		req.Header.Set("Authorization", "ApiToken "+r.token)
	}
	resp, err := r.server.Client().Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	a := &answer{t: r.t, status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body)
	return a, err
}

func (r *rig) call(method, path, body string) *answer {
	r.t.Helper()
	a, err := r.try(method, path, body)
	require.NoError(r.t, err)
	return a
}

func (r *rig) get(path string, pairs ...string) *answer {
	r.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return r.call("GET", path+"?"+q.Encode(), "")
}

func (r *rig) post(path string, body any) *answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	return r.call("POST", path, string(b))
}

type m = map[string]any

func byIDs(ids ...string) m { return m{"filter": m{"ids": ids}} }

// at walks into the answer: "data.0.threatInfo.threatName".
func (a *answer) at(path string) any {
	a.t.Helper()
	var v any = a.body
	for part := range strings.SplitSeq(path, ".") {
		switch have := v.(type) {
		case m:
			v = have[part]
		case []any:
			i := int(part[0] - '0')
			require.Less(a.t, i, len(have), "%s in %s", path, a.raw)
			v = have[i]
		default:
			require.Fail(a.t, "no such path", "%s in %s", path, a.raw)
		}
	}
	return v
}

func (a *answer) rows() []any {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.raw)
	rows, ok := a.at("data").([]any)
	require.True(a.t, ok, a.raw)
	return rows
}

// values collects one field of every row.
func (a *answer) values(path string) []string {
	a.t.Helper()
	out := []string{}
	for i := range a.rows() {
		row := &answer{t: a.t, body: a.rows()[i].(m), raw: a.raw}
		out = append(out, fmt.Sprint(row.at(path)))
	}
	return out
}

func (a *answer) refused(status int, detail any) {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.raw)
	require.Equal(a.t, detail, a.at("errors.0.detail"), a.raw)
	require.EqualValues(a.t, status*10000+10, a.at("errors.0.code"))
}

func (r *rig) id(name string) string {
	r.t.Helper()
	a := r.Agent(name)
	require.NotNil(r.t, a, name)
	return a["id"].(string)
}

func TestATokenIsNeededExceptForTheHealth(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Token: "right"})
	for _, token := range []string{"", "wrong"} {
		r.token = token
		r.get("/system/info").refused(401, nil)
		require.Equal(t, "ok", r.get("/system/status").at("data.health"))
		require.Equal(t, "ok", r.get("/system/status/db").at("data.health"))
		require.Equal(t, "ok", r.get("/system/status/cache").at("data.health"))
	}
	r.token = "right"
	require.NotEmpty(t, r.get("/system/info").at("data.version"))
	require.Equal(t, true, r.get("/users/viewer-auth-check").at("data.success"))
	require.Equal(t, 401, r.callWith("Authorization", "Bearer right").status)
	require.Equal(t, 200, r.callWith("Authorization", "APIToken right").status, "the scheme is read in any case")
}

func (r *rig) callWith(header, value string) *answer {
	req, err := http.NewRequestWithContext(r.t.Context(), "GET", r.server.URL+"/web/api/v2.1/system/info", nil)
	require.NoError(r.t, err)
	req.Header.Set(header, value)
	resp, err := r.server.Client().Do(req)
	require.NoError(r.t, err)
	require.NoError(r.t, resp.Body.Close())
	return &answer{t: r.t, status: resp.StatusCode}
}

func TestAWrongPathIs404AndAWrongMethod405(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.get("/nothing/here").refused(404, "")
	r.get("/agents/actions/disconnect").refused(405, "The method is not allowed for the requested URL.")
	r.post("/tenant/policy", m{}).refused(405, "The method is not allowed for the requested URL.")
	require.Equal(t, 404, r.call("GET", "/threats/", "").status)
}

func TestABodyThatIsNoObjectIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.call("POST", "/agents/actions/connect", `{"filter":`).refused(400, "Invalid JSON body.")
	r.call("POST", "/agents/actions/connect", `[]`).refused(400, "Invalid input type.")
	r.call("POST", "/agents/actions/connect", ``).refused(400, "filter: Missing data for required field.")
	require.Equal(t, 413, r.call("POST", "/agents/actions/connect", strings.Repeat(" ", 11<<20)).status)
}

func TestTheWorldIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	one, two := newRig(t, s1sim.Options{}), newRig(t, s1sim.Options{})
	require.Equal(t, one.Agents(), two.Agents())
	require.Equal(t, one.Threats(), two.Threats())
	require.Len(t, one.Agents(), 40)
	require.Len(t, newRig(t, s1sim.Options{Agents: 60, Empty: true}).Agents(), 60)
	empty := newRig(t, s1sim.Options{Agents: -1})
	require.Empty(t, empty.Agents())
	require.Empty(t, empty.Threats())
	require.NotEqual(t, one.Agent("MAC-1")["licenseKey"], newRig(t, s1sim.Options{Seed: 7}).Agent("MAC-1")["licenseKey"])
}

func TestIdsAreDigitsOfTheirTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	seen := map[string]bool{}
	for range 3000 {
		id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
		require.Regexp(t, `^[0-9]{19}$`, id)
		require.False(t, seen[id])
		seen[id] = true
	}
	old := r.AddThreat(s1sim.ThreatSpec{CreatedAt: time.Date(2021, 3, 16, 14, 0, 16, 0, time.UTC)})
	require.True(t, strings.HasPrefix(old, "11129536"), "the recorded id of that second begins so, this is %s", old)
}

func TestSecretsAreInTheAnswersSoThatHidingThemCanBeTested(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	require.NotEmpty(t, r.get("/sites").at("data.sites.0.registrationToken"))
	require.NotEmpty(t, r.get("/groups").at("data.0.registrationToken"))
	require.NotEmpty(t, r.get("/agents").at("data.0.licenseKey"))
}

func TestALinkIntoTheConsoleShowsItsObjectWithoutSecrets(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	threat := r.AddThreat(s1sim.ThreatSpec{Name: "<script>alert(1)</script>"})
	body, status := r.page("/incidents/threats/" + threat + "/overview")
	require.Equal(t, 200, status)
	require.Contains(t, body, "&lt;script&gt;")
	require.NotContains(t, body, "<script>")
	body, _ = r.page("/sentinels/devices?page=1&filter=" + url.QueryEscape(`{"ids":"`+r.id("MAC-1")+`"}`))
	require.Contains(t, body, "MAC-1")
	require.NotContains(t, body, r.Agent("MAC-1")["licenseKey"])
	_, status = r.page("/incidents/threats/1/overview")
	require.Equal(t, 404, status)
}

func (r *rig) page(path string) (string, int) {
	resp, err := r.server.Client().Get(r.server.URL + path)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	return string(raw), resp.StatusCode
}
