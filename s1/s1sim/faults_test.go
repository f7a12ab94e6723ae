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
	"s1bot/s1/s1sim/simtest"
)

func TestFaultsBreakTheCallsTheyMatch(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Fail(s1sim.Match{Method: "GET", PathPrefix: "/threats"}, s1sim.Fault{Kind: s1sim.TooMany, RetryAfter: 1500 * time.Millisecond, Times: 2})
	require.Equal(t, 200, r.Get("/agents").Status)
	for range 2 {
		a := r.Get("/threats")
		require.Equal(t, 429, a.Status)
		require.Equal(t, "2", a.Header.Get("Retry-After"))
		require.Contains(t, a.Raw, "<h1>429 Too Many Requests</h1>")
		require.Contains(t, a.Header.Get("Content-Type"), "text/html")
	}
	require.Equal(t, 200, r.Get("/threats").Status)

	r.Fail(s1sim.Match{PathPrefix: "/web/api/v2.1/agents"}, s1sim.Fault{Kind: s1sim.ServerError, Times: -1})
	for range 3 {
		r.Get("/agents").Refused(500, "Server could not process the request.")
	}
	r.Heal()
	require.Equal(t, 200, r.Get("/agents").Status)

	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Forbidden})
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.ServerError, Status: 503, HTML: true, RetryAfter: time.Second})
	r.Get("/agents").Refused(403, "User does not have required permissions.")
	a := r.Get("/agents")
	require.Equal(t, 503, a.Status)
	require.Contains(t, a.Raw, "<html>")
	require.Equal(t, "1", a.Header.Get("Retry-After"))
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.TooMany})
	require.Empty(t, r.Get("/agents").Header.Get("Retry-After"), "only when the fault has one")
}

func TestAnAnswerBreaksOnTheWire(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Reset})
	_, err := r.Try("POST", "/agents/actions/connect", `{"filter":{}}`)
	require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)

	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.Cut})
	a, err := r.Try("GET", "/agents", "")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, 200, a.Status)
	require.Contains(t, a.Raw, `{"data":[`)

	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.NotJSON})
	require.Contains(t, r.Get("/agents").Raw, "Sign in")
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.NotJSON, Body: "null"})
	require.Equal(t, "null", r.Get("/agents").Raw)
}

func TestWrongTypesAreStillJSON(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.WrongTypes, Times: 2})
	a := r.Get("/agents", "computerName", "MAC-1")
	require.Len(t, a.Rows(), 1)
	require.EqualValues(t, 5, a.At("data.0.computerName"))
	require.Equal(t, "true", a.At("data.0.isActive"))
	require.Equal(t, "8", a.At("data.0.coreCount"))
	require.IsType(t, simtest.M{}, a.At("data.0.networkInterfaces"))
	require.IsType(t, []any{}, a.At("data.0.tags"))
	require.Equal(t, "1", r.Post("/agents/actions/connect", simtest.ByIDs(r.ID("MAC-1"))).At("data.affected"))
}

func TestAFaultAfterTheEffectLeavesTheEffect(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 502, HTML: true})
	require.Equal(t, 502, r.Post("/agents/actions/disconnect", simtest.ByIDs(r.ID("MAC-1"))).Status)
	require.Equal(t, "connected", r.NetworkStatus("MAC-1"))
	r.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.Reset, AfterEffect: true})
	_, err := r.Try("POST", "/agents/actions/disconnect", `{"filter":{"ids":["`+r.ID("MAC-1")+`"]}}`)
	require.Error(t, err)
	require.Equal(t, "disconnected", r.NetworkStatus("MAC-1"))
}

func TestAHungCallEndsWhenTheConsoleHeals(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.Fail(s1sim.Match{PathPrefix: "/system/info"}, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
	broken := make(chan error)
	go func() {
		_, err := r.Try("GET", "/system/info", "")
		broken <- err
	}()
	calls, err := r.WaitCalls(t.Context(), 1, s1sim.Match{PathPrefix: "/system/info"})
	require.NoError(t, err)
	require.Zero(t, calls[0].Status)
	r.Heal()
	require.Error(t, <-broken)
	require.Equal(t, 200, r.Get("/system/info").Status)
}

func TestEveryCallIsRecordedWithItsEffectDone(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	id := r.ID("MAC-1")
	go func() { _, _ = r.Try("POST", "/agents/actions/disconnect", `{"filter":{"ids":["`+id+`"]}}`) }()
	calls, err := r.WaitCalls(t.Context(), 1, s1sim.Match{Method: "POST"})
	require.NoError(t, err)
	require.Equal(t, "disconnected", r.NetworkStatus(id))
	require.Equal(t, "/web/api/v2.1/agents/actions/disconnect", calls[0].Path)
	require.JSONEq(t, `{"filter":{"ids":["`+id+`"]}}`, calls[0].Body)
	require.Equal(t, 200, calls[0].Status)
	require.Equal(t, r.Clock.Now(), calls[0].Time)

	r.Get("/agents", "ids", "1")
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
	r := simtest.New(t, s1sim.Options{EnforceRates: true})
	for range 51 {
		require.Equal(t, 200, r.Get("/threats", "limit", "1").Status)
	}
	require.Equal(t, 429, r.Get("/threats").Status)
	require.Equal(t, 200, r.Get("/threats/"+r.Threats()[0]["id"].(string)+"/notes").Status, "a limit of its own")
	r.Clock.Pass(100 * time.Millisecond)
	require.Equal(t, 200, r.Get("/threats").Status)
	require.Equal(t, 429, r.Get("/threats").Status)
	require.Equal(t, 200, r.Get("/system/status").Status)
	require.Equal(t, 429, r.Get("/system/status").Status)
	require.Equal(t, 200, simtest.New(t, s1sim.Options{}).Get("/system/status").Status)
}

func TestAnswersTakeTheTimeTheyAreToldTo(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Latency: 30 * time.Millisecond})
	start := time.Now()
	r.Get("/system/status")
	require.GreaterOrEqual(t, time.Since(start), 30*time.Millisecond)
}
