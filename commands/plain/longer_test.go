package plain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHowMuchLongerInASentence(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"": "", "for=4h": "4h", " 4h": "4h", "for 4h please": "4h", "for another 2 days, thanks": "48h", "by 30 minutes": "30m", "4 hours longer": "4h", "soon": "soon", "for 4h, no": "for 4h, no", "for=40d": "40d",
	} {
		got, why := HowMuchLonger(typed)
		require.Equal(t, want, got, typed)
		require.Empty(t, why, typed)
	}
	for typed, want := range map[string]string{
		"for 4h, the user is away": "the user is away", "4h because the user isn't back": "the user isn't back", `for=4h reason="audit, not over"`: "audit, not over", "for 4h please, user is on the train": "user is on the train",
	} {
		length, why := HowMuchLonger(typed)
		require.Equal(t, "4h", length, typed)
		require.Equal(t, want, why, typed)
	}
	for _, typed := range []string{"for 4h, not yet", "for 4h, isolate DESKTOP-2", "for 4h? the user is away?", "for 4h, only if the user is away"} {
		length, _ := HowMuchLonger(typed)
		require.Equal(t, typed, length)
	}
}
