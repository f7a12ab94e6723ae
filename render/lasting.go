package render

import (
	"fmt"
	"time"
)

// Lasting writes a duration as cards do, rounded, in its two largest units: "40 s", "30 min", "3 h
// 1 min", "2 d 4 h". In sentences durations are words: see package text of commands.
func Lasting(d, rounded time.Duration) string {
	d = max(d.Round(rounded), 0)
	units := []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	for i, u := range units {
		if d < u.of && u.of > rounded {
			continue
		}
		words := fmt.Sprintf("%d %s", d/u.of, u.name)
		if i+1 < len(units) {
			if rest := d % u.of / units[i+1].of; rest > 0 {
				words += fmt.Sprintf(" %d %s", rest, units[i+1].name)
			}
		}
		return words
	}
	return "0 s"
}
