package journal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
)

// A hash or a storyline tells nobody what it is: where the file's name is known, it is called by that.
func TestASnoozeIsCalledByWhatPeopleKnow(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]journal.Snooze{
		"host DESKTOP-1":            {Kind: "host", Value: "DESKTOP-1"},
		"file 3395856c":             {Kind: "hash", Value: "3395856c"},
		"file evil.exe":             {Kind: "hash", Value: "3395856c", File: "evil.exe"},
		"storyline 9E6D":            {Kind: "storyline", Value: "9E6D"},
		"the storyline of evil.exe": {Kind: "storyline", Value: "9E6D", File: "evil.exe"},
	} {
		require.Equal(t, want, s.What())
	}
}
