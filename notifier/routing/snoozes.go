package routing

import (
	"slices"
	"strings"
	"time"

	"s1bot/notifier/journal"
)

// covers reports whether a snooze is about an item.
func covers(s journal.Snooze, f Facts) bool {
	if s.Console != f.Mark {
		return false
	}
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

// SnoozedBy is the first snooze that is about an item.
func SnoozedBy(asleep []journal.Snooze, f Facts, now time.Time) (journal.Snooze, bool) {
	i := slices.IndexFunc(asleep, func(s journal.Snooze) bool { return now.Before(s.Until) && covers(s, f) })
	if i < 0 {
		return journal.Snooze{}, false
	}
	return asleep[i], true
}
