package delivery

import (
	"fmt"
	"time"
)

// lateAfter is from when on a card says how late it is. Polls are half a minute apart, and a burst takes its time; what is older than
// that was held up by an outage, and whoever reads it should know.
const lateAfter = 5 * time.Minute

// span writes a duration as people say it, to its two largest units: "30 min", "3 h 1 min", "2 d 4 h".
func span(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	hours, days := minutes/60, minutes/60/24
	switch {
	case days > 0:
		return units(days, "d", hours%24, "h")
	case hours > 0:
		return units(hours, "h", minutes%60, "min")
	}
	return units(minutes, "min", 0, "")
}

// units writes one or two units; a smaller one of zero is left out.
func units(large int, name string, small int, smaller string) string {
	if small == 0 {
		return fmt.Sprintf("%d %s", large, name)
	}
	return fmt.Sprintf("%d %s %d %s", large, name, small, smaller)
}
