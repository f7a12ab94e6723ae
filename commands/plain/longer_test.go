package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/plain"
)

func TestHowMuchLongerInASentence(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"": "", "for=4h": "4h", " 4h": "4h", "for 4h please": "4h", "for 2 more hours": "2h", "30 extra minutes": "30m", "for another 2 days, thanks": "48h", "by 30 minutes": "30m", "4 hours longer": "4h", "soon": "soon", "for 4h, no": "for 4h, no", "for=40d": "40d",
	} {
		got, why := plain.HowMuchLonger(typed)
		require.Equal(t, want, got, typed)
		require.Empty(t, why, typed)
	}
	for typed, want := range map[string]string{
		"for 4h, the user is away": "the user is away", "4h because the user isn't back": "the user isn't back", `for=4h reason="audit, not over"`: "audit, not over", "for 4h please, user is on the train": "user is on the train",
	} {
		length, why := plain.HowMuchLonger(typed)
		require.Equal(t, "4h", length, typed)
		require.Equal(t, want, why, typed)
	}
	for _, typed := range []string{"for 4h, not yet", "for 4h, isolate DESKTOP-2", "for 4h? the user is away?", "for 4h, only if the user is away"} {
		length, _ := plain.HowMuchLonger(typed)
		require.Equal(t, typed, length)
	}
}

func TestAnIsolationIsMadeLongerByTheNameOfItsEndpoint(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][2]string{
		"extend DESKTOP-1 by 4 hours": {"DESKTOP-1", "4h"}, "DESKTOP-1 for 2 more hours": {"DESKTOP-1", "2h"}, "give DESKTOP-1 another 4h": {"DESKTOP-1", "4h"}, "please extend the isolation of LAB-7 for 30m": {"LAB-7", "30m"},
		"keep LAB-7 isolated for 2 more hours": {"LAB-7", "2h"}, "keep host LAB-7 off the network 4 hours longer please": {"LAB-7", "4h"}, "can you give LAB-7 2 more hours": {"LAB-7", "2h"}, "extend LAB-7": {"LAB-7", ""},
		"extend LAB-7's isolation by 1 day": {"LAB-7", "24h"},
	} {
		host, longer, ok := plain.Longer(typed)
		require.True(t, ok, typed)
		by, _ := plain.HowMuchLonger(longer)
		require.Equal(t, want, [2]string{host, by}, typed)
	}
	for _, typed := range []string{"give LAB-7 another group", "keep LAB-7 isolated", "keep LAB-7 isolated for 4h", "don't extend LAB-7 by 4h", "extend nothing", "give me more", "extend", ""} {
		_, _, ok := plain.Longer(typed)
		require.False(t, ok, typed)
	}
}
