package threats_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// Who has a threat and a text needs no name of a command for a note.
func TestANoteOnAThreatIsAnInvocation(t *testing.T) {
	t.Parallel()
	note, ok := commands.All().Note("threat", "lockfast.exe", "seen in INC-1")
	require.True(t, ok)
	require.Equal(t, "add-notes-to-threats", note.Command)
	require.JSONEq(t, `{"filter":{"ids":["lockfast.exe"]},"note-text":"seen in INC-1"}`, string(note.Args))
	_, ok = commands.All().Note("alert", "1", "x")
	require.False(t, ok, "the console keeps no notes on alerts")
}
