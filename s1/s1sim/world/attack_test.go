package world_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestAnAttackBringsThreatsStorylinesAlertsAndChanges(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay})
	since := r.Clock.Now()
	r.Clock.Pass(time.Minute)
	threat, alert, story, changed := r.Strike(), r.Strike(), r.Strike(), r.Strike()
	require.Len(t, threat, 1)
	require.NotNil(t, r.Threat(threat[0]))
	require.NotNil(t, r.Alert(alert[0]))
	require.Greater(t, len(story), 1)
	for _, id := range story {
		require.Equal(t, info(r.Threat(story[0]), "storyline"), info(r.Threat(id), "storyline"))
	}
	require.Equal(t, "in_progress", info(r.Threat(changed[0]), "incidentStatus"))
	r.Clock.Pass(delay)
	require.Equal(t, "mitigated", info(r.Threat(changed[0]), "mitigationStatus"))
	require.Len(t, r.Get("/threats", "createdAt__gt", since.Format(time.RFC3339Nano), "limit", "100").Rows(), len(threat)+len(story))
}

func TestAnAttackEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := s1sim.New(s1sim.Options{Empty: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Attack(ctx, time.Millisecond)
	}()
	require.Eventually(t, func() bool { return len(c.Threats()) > 3 }, 10*time.Second, time.Millisecond)
	cancel()
	<-done
	n := len(c.Threats())
	require.Len(t, c.Threats(), n)
}

// TestManyAtOnce is for the race detector: readers, writers, tests and faults at the same time.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: time.Microsecond, EnforceRates: true})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				r.Strike()
				r.Clock.Pass(time.Millisecond)
				_, _ = r.Try("GET", "/threats?limit=100", "")
				_, _ = r.Try("GET", "/agents?limit=100", "")
				_, _ = r.Try("POST", "/threats/mitigate/kill", `{"filter":{}}`)
				_, _ = r.Try("POST", "/agents/actions/connect", `{"filter":{}}`)
				r.SetOnline("SRV-DC-2", true)
				r.Fail(s1sim.Match{PathPrefix: "/threats"}, s1sim.Fault{Kind: s1sim.WrongTypes})
				r.Calls()
				r.Agents()
			}
		})
	}
	wg.Wait()
	require.Len(t, r.Calls(), 160)
}

// What is online was seen just now, however long the console runs; what is off was seen when it went.
func TestEndpointsCheckInWhileTheyAreOnline(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	c := s1sim.New(s1sim.Options{Empty: true, Now: func() time.Time { return now }})
	c.AddAgent(s1sim.AgentSpec{Name: "ON"})
	c.AddAgent(s1sim.AgentSpec{Name: "OFF", Offline: true})
	off := c.Agent("OFF")["lastActiveDate"]
	now = now.Add(time.Hour)
	c.CheckIn()
	require.Contains(t, c.Agent("ON")["lastActiveDate"], "2026-11-28T13:00:00")
	require.Equal(t, off, c.Agent("OFF")["lastActiveDate"])
}
