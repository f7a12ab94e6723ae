package s1sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestFaultsBreakTheCallsTheyMatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.Fail(s1sim.Match{Method: "GET", PathPrefix: "/threats"}, s1sim.Fault{Kind: s1sim.TooMany, RetryAfter: 1500 * time.Millisecond, Times: 2})
	require.Equal(t, 200, r.get("/agents").status)
	for range 2 {
		a := r.get("/threats")
		require.Equal(t, 429, a.status)
		require.Equal(t, "2", a.header.Get("Retry-After"))
		require.Contains(t, a.raw, "<h1>429 Too Many Requests</h1>")
		require.Contains(t, a.header.Get("Content-Type"), "text/html")
	}
	require.Equal(t, 200, r.get("/threats").status)

	r.Fail(s1sim.Match{PathPrefix: "/web/api/v2.1/agents"}, s1sim.Fault{Kind: s1sim.ServerError, Times: -1})
	for range 3 {
		r.get("/agents").refused(500, "Server could not process the request.")
	}
	r.Heal()
	require.Equal(t, 200, r.get("/agents").status)

	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Forbidden})
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.ServerError, Status: 503, HTML: true, RetryAfter: time.Second})
	r.get("/agents").refused(403, "User does not have required permissions.")
	a := r.get("/agents")
	require.Equal(t, 503, a.status)
	require.Contains(t, a.raw, "<html>")
	require.Equal(t, "1", a.header.Get("Retry-After"))
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.TooMany})
	require.Empty(t, r.get("/agents").header.Get("Retry-After"), "only when the fault has one")
}

func TestAnAnswerBreaksOnTheWire(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Reset})
	_, err := r.try("POST", "/agents/actions/connect", `{"filter":{}}`)
	require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)

	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Cut})
	a, err := r.try("GET", "/agents", "")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, 200, a.status)
	require.Contains(t, a.raw, `{"data":[`)

	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.NotJSON})
	require.Contains(t, r.get("/agents").raw, "Sign in")
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.NotJSON, Body: "null"})
	require.Equal(t, "null", r.get("/agents").raw)
}

func TestWrongTypesAreStillJSON(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.WrongTypes, Times: 2})
	a := r.get("/agents", "computerName", "MAC-1")
	require.Len(t, a.rows(), 1)
	require.EqualValues(t, 5, a.at("data.0.computerName"))
	require.Equal(t, "true", a.at("data.0.isActive"))
	require.Equal(t, "8", a.at("data.0.coreCount"))
	require.IsType(t, m{}, a.at("data.0.networkInterfaces"))
	require.IsType(t, []any{}, a.at("data.0.tags"))
	require.Equal(t, "1", r.post("/agents/actions/connect", byIDs(r.id("MAC-1"))).at("data.affected"))
}

func TestAFaultAfterTheEffectLeavesTheEffect(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 502, HTML: true})
	require.Equal(t, 502, r.post("/agents/actions/disconnect", byIDs(r.id("MAC-1"))).status)
	require.Equal(t, "connected", r.NetworkStatus("MAC-1"))
	r.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.Reset, AfterEffect: true})
	_, err := r.try("POST", "/agents/actions/disconnect", `{"filter":{"ids":["`+r.id("MAC-1")+`"]}}`)
	require.Error(t, err)
	require.Equal(t, "disconnected", r.NetworkStatus("MAC-1"))
}

func TestAHungCallEndsWhenTheConsoleHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	r.Fail(s1sim.Match{PathPrefix: "/system/info"}, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
	broken := make(chan error)
	go func() {
		_, err := r.try("GET", "/system/info", "")
		broken <- err
	}()
	calls, err := r.WaitCalls(t.Context(), 1, s1sim.Match{PathPrefix: "/system/info"})
	require.NoError(t, err)
	require.Zero(t, calls[0].Status)
	r.Heal()
	require.Error(t, <-broken)
	require.Equal(t, 200, r.get("/system/info").status)
}

func TestEveryCallIsRecordedWithItsEffectDone(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	id := r.id("MAC-1")
	go func() { _, _ = r.try("POST", "/agents/actions/disconnect", `{"filter":{"ids":["`+id+`"]}}`) }()
	calls, err := r.WaitCalls(t.Context(), 1, s1sim.Match{Method: "POST"})
	require.NoError(t, err)
	require.Equal(t, "disconnected", r.NetworkStatus(id))
	require.Equal(t, "/web/api/v2.1/agents/actions/disconnect", calls[0].Path)
	require.JSONEq(t, `{"filter":{"ids":["`+id+`"]}}`, calls[0].Body)
	require.Equal(t, 200, calls[0].Status)
	require.Equal(t, r.clock.now(), calls[0].Time)

	r.get("/agents", "ids", "1")
	require.Len(t, r.Calls(), 2)
	require.Equal(t, "1", r.Calls()[1].Query.Get("ids"))
	require.Equal(t, 400, r.Calls()[1].Status)
	require.Equal(t, calls, r.Changes())
	all, err := json.Marshal(r.Calls())
	require.NoError(t, err)
	require.NotContains(t, string(all), s1sim.Token)

	r.Reset()
	require.Empty(t, r.Calls())
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = r.WaitCalls(ctx, 1, s1sim.Match{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestRatesAreKeptWhenAsked(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EnforceRates: true})
	for range 51 {
		require.Equal(t, 200, r.get("/threats", "limit", "1").status)
	}
	require.Equal(t, 429, r.get("/threats").status)
	require.Equal(t, 200, r.get("/threats/"+r.Threats()[0]["id"].(string)+"/notes").status, "a limit of its own")
	r.clock.pass(100 * time.Millisecond)
	require.Equal(t, 200, r.get("/threats").status)
	require.Equal(t, 429, r.get("/threats").status)
	require.Equal(t, 200, r.get("/system/status").status)
	require.Equal(t, 429, r.get("/system/status").status)
	require.Equal(t, 200, newRig(t, s1sim.Options{}).get("/system/status").status)
}

func TestAnswersTakeTheTimeTheyAreToldTo(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Latency: 30 * time.Millisecond})
	start := time.Now()
	r.get("/system/status")
	require.GreaterOrEqual(t, time.Since(start), 30*time.Millisecond)
}
