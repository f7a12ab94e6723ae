package render

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADurationHasTwoUnitsAtMost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d, rounded time.Duration
		want       string
	}{
		{0, time.Minute, "0 min"}, {29 * time.Second, time.Minute, "0 min"}, {30 * time.Minute, time.Minute, "30 min"}, {90*time.Second + time.Millisecond, time.Minute, "2 min"},
		{3 * time.Hour, time.Minute, "3 h"}, {3*time.Hour + time.Minute, time.Minute, "3 h 1 min"}, {24 * time.Hour, time.Minute, "1 d"}, {59*time.Minute + 40*time.Second, time.Minute, "1 h"},
		{24*time.Hour - time.Minute, time.Minute, "23 h 59 min"},
		{52*time.Hour + 5*time.Minute, time.Minute, "2 d 4 h"}, {48*time.Hour + 5*time.Minute, time.Minute, "2 d"},
		{-time.Second, time.Second, "0 s"}, {40 * time.Second, time.Second, "40 s"}, {100 * time.Second, time.Second, "1 min 40 s"}, {2 * time.Minute, time.Second, "2 min"},
		{2*time.Hour + 5*time.Second, time.Second, "2 h"},
	} {
		require.Equal(t, c.want, Lasting(c.d, c.rounded), c.d)
	}
}
