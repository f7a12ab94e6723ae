package text_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

func TestALengthOfTimeAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]time.Duration{
		"4h": 4 * time.Hour, "4H": 4 * time.Hour, "30m": 30 * time.Minute, "5m": 5 * time.Minute, "90 min": 90 * time.Minute, "2d": 48 * time.Hour,
		"4 hours": 4 * time.Hour, "1 day": 24 * time.Hour, "1d12h": 36 * time.Hour, "1d 12h 5m": 36*time.Hour + 5*time.Minute, "1w": 168 * time.Hour,
		" 30 days ": 720 * time.Hour,
	} {
		length, err := catalog.ReadSpan(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, length, typed)
		again, err := catalog.ReadSpan(text.SpanText(length))
		require.NoError(t, err, typed)
		require.Equal(t, length, again)
		again, err = catalog.ReadSpan(text.SpanWords(length))
		require.NoError(t, err, typed)
		require.Equal(t, length, again)
	}
	for text, problem := range map[string]string{
		"": "isn't a duration", "4": "isn't a duration", "h": "isn't a duration", "-4h": "isn't a duration", "4h!": "isn't a duration", "4 parsecs": "isn't a duration", "1.5h": "isn't a duration",
		"for ever": "isn't a duration", "4m": "too short", "0h": "too short", "31d": "too long", "999999w": "too long", "99999999999999999999h": "isn't a duration",
	} {
		_, err := catalog.ReadSpan(text)
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, text)
		require.Equal(t, catalog.ForParam, usage.Param)
		require.Contains(t, usage.Problem, problem, text)
	}
}

func TestADurationWithoutBounds(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]time.Duration{
		"-24h": 24 * time.Hour, "+2 days": 48 * time.Hour, "90s": 90 * time.Second, "1.5h": 90 * time.Minute, "1m": time.Minute, "2w": 14 * 24 * time.Hour, "1000d": 1000 * 24 * time.Hour,
	} {
		length, err := text.ParseAnySpan(typed)
		require.NoError(t, err, typed)
		require.Equal(t, want, length, typed)
	}
	for _, typed := range []string{"", "0h", "soon", "-", "4", "4h!", "999999w 999999w 999999w 999999w 999999w 999999w 999999w 999999w 999999w 999999w"} {
		_, err := text.ParseAnySpan(typed)
		require.ErrorContains(t, err, "isn't a duration", typed)
	}
	require.Equal(t, "1 minute 30 seconds", text.SpanWords(90*time.Second))
}
