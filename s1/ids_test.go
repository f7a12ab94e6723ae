package s1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

func TestEveryChangeRefusesToTouchEverything(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":1}}`))
	ctx := t.Context()
	many := make([]string, 5001)
	for i := range many {
		many[i] = fmt.Sprint(1_000_000 + i)
	}
	changes := map[string]func(ids []string) error{
		"disconnect": func(ids []string) error { _, err := console.DisconnectAgents(ctx, as[s1.AgentID](ids)); return err },
		"connect":    func(ids []string) error { _, err := console.ConnectAgents(ctx, as[s1.AgentID](ids)); return err },
		"shutdown":   func(ids []string) error { _, err := console.ShutdownAgents(ctx, as[s1.AgentID](ids)); return err },
		"notes": func(ids []string) error {
			_, err := console.AddThreatNotes(ctx, as[s1.ThreatID](ids), "a note")
			return err
		},
		"threat verdict": func(ids []string) error {
			_, err := console.SetThreatVerdict(ctx, as[s1.ThreatID](ids), s1.VerdictSuspicious)
			return err
		},
		"threat incident": func(ids []string) error {
			_, err := console.SetThreatIncident(ctx, as[s1.ThreatID](ids), s1.StatusResolved)
			return err
		},
		"mitigate": func(ids []string) error {
			_, err := console.MitigateThreats(ctx, s1.MitigateKill, as[s1.ThreatID](ids))
			return err
		},
		"alert verdict": func(ids []string) error {
			_, err := console.SetAlertVerdict(ctx, as[s1.AlertID](ids), s1.VerdictSuspicious)
			return err
		},
		"alert incident": func(ids []string) error {
			_, err := console.SetAlertIncident(ctx, as[s1.AlertID](ids), s1.StatusResolved)
			return err
		},
	}
	for name, change := range changes {
		for _, none := range [][]string{nil, {}} {
			err := change(none)
			require.ErrorIs(t, err, s1.ErrNothingSelected, name)
			require.False(t, consoletest.AsError(t, err).Unknown())
		}
		require.ErrorIs(t, change([]string{""}), s1.ErrInvalidID, name)
		require.ErrorIs(t, change([]string{"1845174760470303882", "DESKTOP-1"}), s1.ErrInvalidID, name)
		require.ErrorIs(t, change(many), s1.ErrTooMany, name)
	}
	require.Empty(t, console.Asked(), "nothing was sent")

	for name, change := range changes {
		require.NoError(t, change([]string{"1845174760470303882", "1845174760470303882"}), name)
		calls := console.Asked()
		require.True(t, strings.HasPrefix(calls[len(calls)-1].Body, `{"filter":{"ids":["1845174760470303882"]}`), name)
	}
}

func as[T ~string](ids []string) []T {
	var typed []T
	for _, id := range ids {
		typed = append(typed, T(id))
	}
	return typed
}
