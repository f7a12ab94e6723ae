package journal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
)

// Items of two consoles have nothing to do with each other, even with equal ids; those of before there were names carry none.
func TestASourceIsOfItsConsole(t *testing.T) {
	t.Parallel()
	for _, console := range []string{"", "emea"} {
		of := journal.Threats.Of(console)
		require.Equal(t, journal.Threats, of.Kind())
		require.Equal(t, console, of.Console())
		require.Equal(t, "threats", of.Plural())
	}
	require.Equal(t, journal.Threats, journal.Threats.Of(""), "rows of before are found as they are")
	require.NotEqual(t, journal.Threats.Of("emea"), journal.Threats.Of("apac"))
	require.NotEqual(t, journal.Notice{Source: journal.Threats.Of("emea"), ID: "7"}.Key(), journal.Notice{Source: journal.Threats.Of("apac"), ID: "7"}.Key())
	require.Equal(t, "unified alerts", journal.Unified.Of("emea").Plural())
	require.Equal(t, "emea", journal.FeedState(journal.Threats.Of("emea")).Console(), "the state of a feed is of its console, too")
}

// A snooze goes by what a card can say of a thing; a kind that no card has would keep nothing quiet, and nobody would notice.
func TestASnoozeGoesByWhatCardsSay(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"rule", "hash", "host", "storyline"}, journal.SnoozeKinds())
}
