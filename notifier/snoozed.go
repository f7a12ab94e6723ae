package notifier

import (
	"slices"
	"strings"
	"time"
)

// covers tells whether a snooze is about an item.
func covers(s Snooze, f Facts) bool {
	same := func(value string) bool { return value != "" && strings.EqualFold(value, s.Value) }
	switch s.Kind {
	case "rule":
		return same(f.Rule) || same(f.Name)
	case "hash":
		return slices.ContainsFunc(f.Hashes, same)
	case "host":
		return same(f.Host)
	case "storyline":
		return same(f.Storyline)
	}
	return false
}

// muting is the first snooze that is about an item.
func muting(asleep []Snooze, f Facts, now time.Time) (Snooze, bool) {
	i := slices.IndexFunc(asleep, func(s Snooze) bool { return now.Before(s.Until) && covers(s, f) })
	if i < 0 {
		return Snooze{}, false
	}
	return asleep[i], true
}
