package journal

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Items of two consoles have nothing to do with each other, even with equal ids; those of before there were names carry none.
func TestASourceIsOfItsConsole(t *testing.T) {
	t.Parallel()
	for _, console := range []string{"", "emea"} {
		of := Threats.Of(console)
		require.Equal(t, Threats, of.Kind())
		require.Equal(t, console, of.Console())
		require.Equal(t, "threats", of.Plural())
	}
	require.Equal(t, Threats, Threats.Of(""), "rows of before are found as they are")
	require.NotEqual(t, Threats.Of("emea"), Threats.Of("apac"))
	require.NotEqual(t, Notice{Source: Threats.Of("emea"), ID: "7"}.Key(), Notice{Source: Threats.Of("apac"), ID: "7"}.Key())
	require.Equal(t, "unified alerts", Unified.Of("emea").Plural())
	require.Equal(t, "emea", FeedState(Threats.Of("emea")).Console(), "the state of a feed is of its console, too")
}

// A snooze goes by what a card can say of a thing; a kind that no card has would keep nothing quiet, and nobody would notice.
func TestASnoozeGoesByWhatCardsSay(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"rule", "hash", "host", "storyline"}, SnoozeKinds())
}
