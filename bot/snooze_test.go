package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestASnoozeIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	given, err := pairs(`rule="Encoded PowerShell" for=4h reason=“red team”`)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"rule": "Encoded PowerShell", "for": "4h", "reason": "red team"}, given)
	for _, wrong := range []string{"host", "colour=red", `=x`} {
		_, err := pairs(wrong)
		require.Error(t, err, wrong)
	}
}

// A snooze ends: after four hours where nobody says when, after 30 days at the latest.
func TestASnoozeHasAnEnd(t *testing.T) {
	t.Parallel()
	now, paris := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), time.FixedZone("CET", 3600)
	for _, c := range []struct {
		given map[string]string
		lasts time.Duration
		wrong string
	}{
		{nil, 4 * time.Hour, ""},
		{map[string]string{"for": "30m"}, 30 * time.Minute, ""},
		{map[string]string{"for": "2d"}, 48 * time.Hour, ""},
		{map[string]string{"for": "31d"}, 0, "30 days at most"},
		{map[string]string{"for": "soon"}, 0, "isn't a duration"},
		{map[string]string{"for": "0h"}, 0, "isn't a duration"},
		{map[string]string{"until": "2026-11-27 18:00"}, 5 * time.Hour, ""},
		{map[string]string{"until": "2026-11-28"}, 11 * time.Hour, ""},
		{map[string]string{"until": "2026-11-26"}, 0, "in the past"},
		{map[string]string{"until": "tomorrow"}, 0, "isn't a time"},
	} {
		until, err := snoozeEnd(c.given, now, paris)
		if c.wrong != "" {
			require.ErrorContains(t, err, c.wrong, "%v", c.given)
			continue
		}
		require.NoError(t, err, "%v", c.given)
		require.Equal(t, c.lasts, until.Sub(now), "%v", c.given)
	}
}
