package text

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A time is meant in the caller's zone unless it ends in another; abbreviations that could be several zones are nobody's to guess.
func TestTimesSayTheirZone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-20 14:00": "2026-11-20T13:00:00Z", "2026-11-20 14:00 UTC": "2026-11-20T14:00:00Z", "2026-11-20 14:00 gmt": "2026-11-20T14:00:00Z",
		"2026-11-20 14:00 +02:00": "2026-11-20T12:00:00Z", "2026-11-20 14:00 -0530": "2026-11-20T19:30:00Z", "2026-11-20 14:00 Z": "2026-11-20T14:00:00Z",
		"2026-11-20T14:00:00+0200": "2026-11-20T12:00:00Z", "2026-11-20 14:00+02:00": "2026-11-20T12:00:00Z", "2026-11-20 14:00Z": "2026-11-20T14:00:00Z",
		"2026-07-20 14:00 America/New_York": "2026-07-20T18:00:00Z", "2026-11-20 America/New_York": "2026-11-20T05:00:00Z",
		"yesterday 14:00 UTC": "2026-11-21T14:00:00Z", "today UTC": "2026-11-22T00:00:00Z", "1795183200": "2026-11-20T14:00:00Z", "1795183200000": "2026-11-20T14:00:00Z",
		"in 4h": "2026-11-22T23:00:00Z", "+2d": "2026-11-24T19:00:00Z", "-1w": "2026-11-15T19:00:00Z", "2 days ago": "2026-11-20T19:00:00Z",
		"–24h": "2026-11-21T19:00:00Z", "—24h": "2026-11-21T19:00:00Z", "−24h": "2026-11-21T19:00:00Z",
		"20.11.2026 14:00": "2026-11-20T13:00:00Z", "3.2.2026": "2026-02-02T23:00:00Z", "03.02.2026 08:30 UTC": "2026-02-03T08:30:00Z", "6 hrs ago": "2026-11-22T13:00:00Z", "2 wks ago": "2026-11-08T19:00:00Z", "-30mins": "2026-11-22T18:30:00Z",
		"11/20/2026": "", "31.11.2026": "", "1.2.3.4": "", "20.11.26": "", "2026-11-20 14:00 CST": "", "2026-11-20 14:00 Mars/Base": "", "12345": "", "in a while": "",
	} {
		got, err := ReadTime(text, Input{Zone: time.FixedZone("CET", 3600), Now: time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)})
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, got.UTC().Format(time.RFC3339), text)
	}
}
