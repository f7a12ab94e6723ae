package s1

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIDsAreDigits(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"1845174760470303882", "00000000000000001", "12345678901234567890", "1"} {
		require.True(t, AgentID(id).Valid(), id)
	}
	for _, id := range []string{"", "123456789012345678901", "18451747604703o3882", "-1", "1,2", " 1", "1\n", "١٢٣", "../1"} {
		require.False(t, AgentID(id).Valid(), id)
		require.False(t, LooksLikeID(id), id)
	}
	require.True(t, LooksLikeID("1845174760470303882"))
	require.False(t, LooksLikeID("4711"), "may well be a host's name")
}

func TestEveryChangeRefusesToTouchEverything(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":1}}`))
	ctx := t.Context()
	many := make([]string, maxIDs+1)
	for i := range many {
		many[i] = fmt.Sprint(1_000_000 + i)
	}
	changes := map[string]func(ids []string) error{
		"disconnect": func(ids []string) error { _, err := console.DisconnectAgents(ctx, as[AgentID](ids)); return err },
		"connect":    func(ids []string) error { _, err := console.ConnectAgents(ctx, as[AgentID](ids)); return err },
		"shutdown":   func(ids []string) error { _, err := console.ShutdownAgents(ctx, as[AgentID](ids)); return err },
		"notes": func(ids []string) error {
			_, err := console.AddThreatNotes(ctx, as[ThreatID](ids), "a note")
			return err
		},
		"threat verdict": func(ids []string) error {
			_, err := console.SetThreatVerdict(ctx, as[ThreatID](ids), VerdictSuspicious)
			return err
		},
		"threat incident": func(ids []string) error {
			_, err := console.SetThreatIncident(ctx, as[ThreatID](ids), StatusResolved)
			return err
		},
		"mitigate": func(ids []string) error {
			_, err := console.MitigateThreats(ctx, MitigateKill, as[ThreatID](ids))
			return err
		},
		"alert verdict": func(ids []string) error {
			_, err := console.SetAlertVerdict(ctx, as[AlertID](ids), VerdictSuspicious)
			return err
		},
		"alert incident": func(ids []string) error {
			_, err := console.SetAlertIncident(ctx, as[AlertID](ids), StatusResolved)
			return err
		},
	}
	for name, change := range changes {
		for _, none := range [][]string{nil, {}} {
			err := change(none)
			require.ErrorIs(t, err, ErrNothingSelected, name)
			require.False(t, asError(t, err).Unknown())
		}
		require.ErrorIs(t, change([]string{""}), ErrInvalidID, name)
		require.ErrorIs(t, change([]string{"1845174760470303882", "DESKTOP-1"}), ErrInvalidID, name)
		require.ErrorIs(t, change(many), ErrTooMany, name)
	}
	require.Empty(t, console.asked(), "nothing was sent")

	for name, change := range changes {
		require.NoError(t, change([]string{"1845174760470303882", "1845174760470303882"}), name)
		calls := console.asked()
		require.True(t, strings.HasPrefix(calls[len(calls)-1].body, `{"filter":{"ids":["1845174760470303882"]}`), name)
	}
}

func as[T ~string](ids []string) []T {
	var typed []T
	for _, id := range ids {
		typed = append(typed, T(id))
	}
	return typed
}
