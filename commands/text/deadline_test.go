package text_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/text"
)

// A deadline is a moment to come, however it is said; what two people would take for different days is none.
func TestADeadlineIsStillToCome(t *testing.T) {
	t.Parallel()
	in := text.Input{Now: time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)} // a Wednesday
	for said, want := range map[string]string{
		"monday morning": "11-30 08:00", "Monday": "11-30 00:00", "next Monday": "11-30 00:00", "mon 8am": "11-30 08:00", "friday noon": "11-27 12:00", "this friday": "11-27 00:00",
		"friday at 6 pm": "11-27 18:00", "wednesday": "12-02 00:00", "tomorrow": "11-26 00:00", "tomorrow morning": "11-26 08:00", "tomorrow 6:30pm": "11-26 18:30", "tomorrow at 18:00": "11-26 18:00",
		"6pm": "11-25 18:00", "18:00": "11-25 18:00", "8am": "11-26 08:00", "noon": "11-26 12:00", "today 18:00": "11-25 18:00", "2026-11-28 10:00": "11-28 10:00",
		"monday morning at 8": "11-30 08:00", "tomorrow evening at 7": "11-26 19:00", "friday afternoon 3": "11-27 15:00", "tomorrow morning 8:30": "11-26 08:30",
		"monday at 8": "", "tomorrow morning at 20:00": "",
		"next friday": "", "this monday": "", "evening": "", "monday or tuesday": "", "yesterday": "", "2026-11-20": "", "today": "", "8": "", "next": "", "25:00": "",
	} {
		words := text.Words(said)
		got, n := text.ReadDeadline(words, 0, in)
		if n != len(words) {
			require.Empty(t, want, "%s: read %d words", said, n)
			continue
		}
		require.Equal(t, want, got.Format("01-02 15:04"), said)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	spring := text.Input{Zone: berlin, Now: time.Date(2026, 3, 28, 15, 0, 0, 0, berlin)} // clocks are put forward that night
	got, _ := text.ReadDeadline(text.Words("sunday 8am"), 0, spring)
	require.Equal(t, "03-29 08:00", got.Format("01-02 15:04"))
	_, n := text.ReadDeadline(text.Words("monday"), 0, text.Input{})
	require.Zero(t, n, "without a now nothing is to come")
}
