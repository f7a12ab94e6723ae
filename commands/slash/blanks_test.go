package slash_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

// Text from documents, tickets and phones has blanks of every kind, hyphens that do not break, and characters that nobody sees.
func TestBlanksAndNamesFromDocuments(t *testing.T) {
	t.Parallel()
	c := commands.All()
	for _, line := range []string{
		"list-agents\u00a0computer-name=DESKTOP-1\tlimit=5", "list-agents\u2003computer-name=DESKTOP-1\u2028limit=5", "list-agents\ncomputer-name=DESKTOP-1\r\nlimit=5",
		"\ufefflist-agents computer-name=DESKTOP-1 limit=5", "list\u2011agents computer\u2011name=DESKTOP\u20111 limit=5", "list-agents computer\u200b-name=DESKTOP-1\u200b limit=5",
		"list\u00ad-agents computer\u00ad-name=DESK\u00adTOP-1 limit\u200d=5", "list-agents \u200bcomputer-name=DESKTOP-1 \u2060limit=5\ufeff", "list\u2010agents\u3000computer\u2010name=\u200eDESKTOP-1\u200e limit=\u200b5",
		"list-agents --computer-name=DESKTOP-1 -limit=5", "list-agents —computer\u2011name=DESKTOP-1 limit=5",
	} {
		inv, _, err := slash.Parse(c, line, text.Input{})
		require.NoError(t, err, "%q", line)
		require.Equal(t, "list-agents", inv.Command)
		require.JSONEq(t, `{"computer-name":"DESKTOP-1","limit":5}`, string(inv.Args), "%q", line)
	}
	for _, line := range []string{"get-agent-info \"DESK\u200bTOP\"", "get-agent-info می\u200cخواهم"} {
		inv, _, err := slash.Parse(c, line, text.Input{})
		require.NoError(t, err)
		require.Contains(t, string(inv.Args), string([]rune(line)[18:20]), "what is quoted, and what letters need, stays")
	}
}

func TestFlagsOfOtherProgramsAreNoHosts(t *testing.T) {
	t.Parallel()
	c := commands.All()
	for _, tc := range []struct{ line, words, try string }{
		{"list-agents --computer-name DESKTOP-1", "unknown parameter", "list-agents computer-name=DESKTOP-1"},
		{"list-agents -limit 5", "unknown parameter", "list-agents limit=5"},
		{"list-agents --computer\u2011name DESKTOP-1 —limit 5", "unknown parameter", "list-agents computer-name=DESKTOP-1 limit=5"},
		{"list-agents ‑‑computer-name DESKTOP-1", "unknown parameter", "list-agents computer-name=DESKTOP-1"},
		{"get-agent-info --agent-ids DESKTOP-1", "unknown parameter", "get-agent-info agent-ids=DESKTOP-1"},
		{"list-agents --computr-name DESKTOP-1", "did you mean computer-name", ""},
		{"list-agents DESKTOP-1 --verbose", "name=value", ""},
		{"isolate --host DESKTOP-1 reason=x", "unknown parameter", "disconnect-agent-from-network agent-ids=DESKTOP-1"},
		{"scan -f DESKTOP-1", "unknown parameter", ""},
		{"list-agents --help", "/s1 help list-agents", ""},
	} {
		_, _, err := slash.Parse(c, tc.line, text.Input{})
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, tc.line)
		require.ErrorContains(t, err, tc.words, tc.line)
		require.Equal(t, tc.try, usage.TryLine, tc.line)
	}
	inv, _, err := slash.Parse(c, "broadcast-message DESKTOP-1 message=save your work -now", text.Input{})
	require.NoError(t, err)
	require.Contains(t, string(inv.Args), "save your work -now", "a dash in a text is no flag")
}

func TestASecretIsMaskedHoweverItsNameIsWritten(t *testing.T) {
	t.Parallel()
	c := commands.All()
	require.NotContains(t, slash.Mask(c, "fetch-files DESKTOP-1 --password Secret-1! paths=/a"), "Secret")
	require.NotContains(t, slash.Mask(c, "fetch-files DESKTOP-1 pass\u200bword=Secret-1! paths=/a"), "Secret")
	require.NotContains(t, slash.Mask(c, "fetch-files DESKTOP-1 password\u00a0=\u00a0Secret-1! paths=/a"), "Secret")
}
