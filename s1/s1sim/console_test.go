package s1sim_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestATokenIsNeededExceptForTheHealth(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Token: "right"})
	for _, token := range []string{"", "wrong"} {
		r.Token = token
		r.Get("/system/info").Refused(401, nil)
		require.Equal(t, "ok", r.Get("/system/status").At("data.health"))
		require.Equal(t, "ok", r.Get("/system/status/db").At("data.health"))
		require.Equal(t, "ok", r.Get("/system/status/cache").At("data.health"))
	}
	r.Token = "right"
	require.NotEmpty(t, r.Get("/system/info").At("data.version"))
	require.Equal(t, true, r.Get("/users/viewer-auth-check").At("data.success"))
	require.Equal(t, 401, authorized(t, r, "Bearer right"))
	require.Equal(t, 200, authorized(t, r, "APIToken right"), "the scheme is read in any case")
}

// authorized is the status of a call with that Authorization header.
func authorized(t *testing.T, r *simtest.Rig, value string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.Server.URL+"/web/api/v2.1/system/info", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", value)
	resp, err := r.Server.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}

func TestAWrongPathIs404AndAWrongMethod405(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Get("/nothing/here").Refused(404, "")
	r.Get("/agents/actions/disconnect").Refused(405, "The method is not allowed for the requested URL.")
	r.Post("/tenant/policy", simtest.M{}).Refused(405, "The method is not allowed for the requested URL.")
	require.Equal(t, 404, r.Call("GET", "/threats/", "").Status)
}

func TestABodyThatIsNoObjectIsRefused(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Call("POST", "/agents/actions/connect", `{"filter":`).Refused(400, "Invalid JSON body.")
	r.Call("POST", "/agents/actions/connect", `[]`).Refused(400, "Invalid input type.")
	r.Call("POST", "/agents/actions/connect", ``).Refused(400, "filter: Missing data for required field.")
	require.Equal(t, 413, r.Call("POST", "/agents/actions/connect", strings.Repeat(" ", 11<<20)).Status)
}

func TestTheWorldIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	one, two := simtest.New(t, s1sim.Options{}), simtest.New(t, s1sim.Options{})
	require.Equal(t, one.Agents(), two.Agents())
	require.Equal(t, one.Threats(), two.Threats())
	require.Len(t, one.Agents(), 40)
	require.Len(t, simtest.New(t, s1sim.Options{Agents: 60, Empty: true}).Agents(), 60)
	empty := simtest.New(t, s1sim.Options{Agents: -1})
	require.Empty(t, empty.Agents())
	require.Empty(t, empty.Threats())
	require.NotEqual(t, one.Agent("MAC-1")["licenseKey"], simtest.New(t, s1sim.Options{Seed: 7}).Agent("MAC-1")["licenseKey"])
}

func TestIdsAreDigitsOfTheirTime(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
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
	r := simtest.New(t, s1sim.Options{})
	require.NotEmpty(t, r.Get("/sites").At("data.sites.0.registrationToken"))
	require.NotEmpty(t, r.Get("/groups").At("data.0.registrationToken"))
	require.NotEmpty(t, r.Get("/agents").At("data.0.licenseKey"))
}

func TestALinkIntoTheConsoleShowsItsObjectWithoutSecrets(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	threat := r.AddThreat(s1sim.ThreatSpec{Name: "<script>alert(1)</script>"})
	body, status := shown(t, r, "/incidents/threats/"+threat+"/overview")
	require.Equal(t, 200, status)
	require.Contains(t, body, "&lt;script&gt;")
	require.NotContains(t, body, "<script>")
	body, _ = shown(t, r, "/sentinels/devices?page=1&filter="+url.QueryEscape(`{"ids":"`+r.ID("MAC-1")+`"}`))
	require.Contains(t, body, "MAC-1")
	require.NotContains(t, body, r.Agent("MAC-1")["licenseKey"])
	_, status = shown(t, r, "/incidents/threats/1/overview")
	require.Equal(t, 404, status)
}

// shown is what a browser gets at a path outside the API.
func shown(t *testing.T, r *simtest.Rig, path string) (string, int) {
	t.Helper()
	resp, err := r.Server.Client().Get(r.Server.URL + path)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(raw), resp.StatusCode
}
