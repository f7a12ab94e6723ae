package notifier

import (
	"context"
	"slices"
	"strings"
	"time"
)

// A Snooze keeps some notices quiet for a while, because its owner knows about them.
type Snooze struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"` // rule, hash, host, storyline
	Value  string    `json:"value"`
	Owner  string    `json:"owner"` // Slack user id
	Reason string    `json:"reason,omitempty"`
	Begins time.Time `json:"begins"`
	Until  time.Time `json:"until"`
	Quiet  int       `json:"-"` // how many it has kept quiet
}

// SnoozeKinds are what a snooze may go by.
func SnoozeKinds() []string { return []string{"rule", "hash", "host", "storyline"} }

// Snoozes is a Journal that keeps them; one that does not has none.
type Snoozes interface {
	// Snoozes returns those that have not ended at now, by their end.
	Snoozes(ctx context.Context, now time.Time) ([]Snooze, error)

	// SetSnooze writes one down, in place of one with the same ID.
	SetSnooze(ctx context.Context, s Snooze) error
}

// covers tells whether a snooze is about an item.
func (s Snooze) covers(f Facts) bool {
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
	i := slices.IndexFunc(asleep, func(s Snooze) bool { return now.Before(s.Until) && s.covers(f) })
	if i < 0 {
		return Snooze{}, false
	}
	return asleep[i], true
}
