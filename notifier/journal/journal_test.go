package journal_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
	"s1bot/render"
)

func TestAKeyIsWhatEveryDatabaseAndSlackTake(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1112953674841025235", journal.Key("1112953674841025235"))
	require.Equal(t, strings.Repeat("x", 100), journal.Key(strings.Repeat("x", 100)))
	for _, odd := range []string{strings.Repeat("x", 101), "\x00", "é", "a\x7f", "line\nbreak"} {
		require.Regexp(t, `^odd-[0-9a-f]{24}$`, journal.Key(odd), odd)
		require.Equal(t, journal.Key(odd), journal.Key(odd))
	}
	require.NotEqual(t, journal.Key("a\x00"), journal.Key("a\x01"))
}

func TestANoteIsACardThatIsDeliveredOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	note, err := journal.NewNote("closed-C1", "COPS", render.Card{Title: "I can't post to a channel"}, now)
	require.NoError(t, err)
	require.Equal(t, "note:closed-C1", note.Key())
	require.Equal(t, journal.Due, note.State)
	require.True(t, note.Urgent)
	require.Equal(t, now, note.Created)
	var card render.Card
	require.NoError(t, json.Unmarshal(note.Body, &card))
	require.Equal(t, "I can't post to a channel", card.Title)
	require.Equal(t, journal.Digest(note.Body), note.Version)
}

func TestAMessageStandsInItsChannelUnlessAnotherStoodInForIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "C1", journal.Notice{Channel: "C1"}.Where())
	require.Equal(t, "COPS", journal.Notice{Channel: "C1", Place: "COPS"}.Where())
	require.Equal(t, journal.Source("feed-threat"), journal.FeedState(journal.Threats))
}
