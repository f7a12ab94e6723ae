package policy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hours, at string // at in UTC
		want      bool
	}{
		{"08:00-18:00", "2026-11-23T08:00:00Z", true},
		{"08:00-18:00", "2026-11-23T17:59:59Z", true},
		{"08:00-18:00", "2026-11-23T18:00:00Z", false},
		{"08:00-18:00 Europe/Berlin", "2026-11-23T07:00:00Z", true},
		{"08:00-18:00 Europe/Berlin", "2026-07-23T06:00:00Z", true},
		{"08:00-18:00 Europe/Berlin", "2026-11-23T06:59:00Z", false},
		{"00:00-24:00", "2026-11-23T23:59:00Z", true},
		{"Mon-Fri 08:00-18:00", "2026-11-21T12:00:00Z", false}, // a Saturday
		{"Sat,Sun 08:00-18:00", "2026-11-21T12:00:00Z", true},
		{"Fri-Mon 08:00-18:00", "2026-11-22T12:00:00Z", true},
		{"22:00-06:00", "2026-11-21T23:00:00Z", true},
		{"22:00-06:00", "2026-11-21T05:59:00Z", true},
		{"22:00-06:00", "2026-11-21T06:00:00Z", false},
		{"Fri 22:00-06:00", "2026-11-21T05:00:00Z", true}, // the night of Friday
		{"Fri 22:00-06:00", "2026-11-20T05:00:00Z", false},
	} {
		h, err := ParseHours(c.hours)
		require.NoError(t, err, c.hours)
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		require.Equal(t, c.want, h.Include(at), "%s at %s", c.hours, c.at)
	}
	for _, wrong := range []string{"", "08:00", "8-18", "25:00-26:00", "08:00-08:00", "08:00-18:00 Nowhere", "Xyz 08:00-18:00", "08:00-18:00 UTC now", "08:00-18:00 Local"} {
		_, err := ParseHours(wrong)
		require.Error(t, err, wrong)
	}
}

func TestHoursNameDays(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for days, want := range map[string]string{
		"Mon": "1000000", "monday": "1000000", "Tue-Thu": "0111000", "Sat,Sun": "0000011", "Sun-Tue": "1100001", "Mon,Wed-Thu": "1011000",
	} {
		h, err := ParseHours(days + " 00:00-24:00")
		require.NoError(t, err)
		got := ""
		for d := range 7 {
			got += map[bool]string{true: "1", false: "0"}[h.Include(monday.AddDate(0, 0, d))]
		}
		require.Equal(t, want, got, days)
	}
	for _, wrong := range []string{"Mo 08:00-18:00", "Mon-Xyz 08:00-18:00", "Mon, 08:00-18:00", "Mon", "08:00-18:00 UTC UTC", "08:00-xx:00", "xx:00-08:00"} {
		_, err := ParseHours(wrong)
		require.ErrorContains(t, err, hoursForm, wrong)
	}
	_, err := ParseHours("08:00-18:00 Local")
	require.ErrorContains(t, err, "no time zone")
	require.True(t, Hours{}.Include(monday), "no hours are all hours")
}

func TestANightBelongsToTheDayOnWhichItBegan(t *testing.T) {
	t.Parallel()
	h, err := ParseHours("Fri 22:00-06:00")
	require.NoError(t, err)
	friday := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Duration]bool{
		5 * time.Hour: false, 21*time.Hour + 59*time.Minute: false, 22 * time.Hour: true, 24 * time.Hour: true,
		29*time.Hour + 59*time.Minute: true, 30 * time.Hour: false, 46 * time.Hour: false,
	} {
		require.Equal(t, want, h.Include(friday.Add(at)), "%s after the beginning of Friday", at)
	}
}
