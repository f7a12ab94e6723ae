package slash_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
)

// A slip is corrected to what was meant, never to its opposite or to something else that is spelled alike.
func TestAMistypedCommandIsCorrectedToWhatWasMeant(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct {
		first string
		never []string
	}{
		"isolat":         {"isolate", []string{"unisolate", "reconnect", "connect", "connect-agent-to-network", "release"}},
		"isolte":         {"isolate", []string{"unisolate", "connect-agent-to-network"}},
		"unisolat":       {"unisolate", []string{"isolate", "disconnect-agent-from-network"}},
		"disconect":      {"disconnect", []string{"connect", "reconnect"}},
		"reconect":       {"reconnect", []string{"disconnect"}},
		"unblok":         {"unblock", []string{"block", "block-hash"}},
		"blok":           {"block", []string{"unblock"}},
		"exclud":         {"exclude", []string{"unexclude"}},
		"disable-ruls":   {"disable-rule", []string{"enable-rules", "activate-rules"}},
		"activate-rul":   {"activate-rule", []string{"disable-rule"}},
		"get-agent":      {"get-agent-info", []string{"get-alerts", "alerts"}},
		"get-agents":     {"get-agent-info", []string{"get-alerts"}},
		"list-threat":    {"get-threat", []string{"list-agents"}},
		"get-alert":      {"get-alerts", []string{"get-agent-info"}},
		"lst-agents":     {"list-agents", []string{"get-alerts"}},
		"agnets":         {"agents", nil},
		"threts":         {"threats", nil},
		"list_exclusion": {"get-exclusions", []string{"unexclude"}},
		"shutdwon":       {"shutdown", []string{"restart"}},
	} {
		near := slash.Nearest(commands.All(), typed)
		require.NotEmpty(t, near, typed)
		require.Equal(t, want.first, near[0], "%s: %v", typed, near)
		for _, other := range want.never {
			require.NotContains(t, near, other, typed)
		}
	}
}

// What a prefix turns into its opposite is not corrected to it, and the bot's own words are corrected, too.
func TestAMistypedWordOfTheBotsIsCorrectedToIt(t *testing.T) {
	t.Parallel()
	require.NotContains(t, slash.Nearest(commands.All(), "unquarantine"), "quarantine")
	for _, another := range []string{"do", "are", "crit", "mute", "isnt"} {
		require.Empty(t, slash.Nearest(commands.All(), another), "a word of its own")
	}
	in := input
	in.Own = []string{"approve", "freeze", "help", "history", "report", "thaw"}
	for typed, want := range map[string]string{"freez": "freeze", "histroy": "history", "aprove A-1234": "approve", "reprot": "report", "hlep isolate": "help"} {
		_, _, err := slash.Parse(commands.All(), typed, in)
		var usage *catalog.UsageError
		require.True(t, errors.As(err, &usage), typed)
		require.Equal(t, want, usage.Nearest[0], typed)
		require.Nil(t, usage.Given, "no form of something else is offered")
		require.Nil(t, usage.Try)
	}
	_, _, err := slash.Parse(commands.All(), "unfreeze", in)
	var usage *catalog.UsageError
	require.True(t, errors.As(err, &usage))
	require.NotContains(t, usage.Nearest, "freeze")
}

// A button under a mistyped command does what was meant: a read runs, and what changes something opens its form, filled.
func TestAMistypedCommandOffersWhatItWasGiven(t *testing.T) {
	t.Parallel()
	var usage *catalog.UsageError
	_, extras, err := slash.Parse(commands.All(), `isolat DESKTOP-1 for=4h reason="beaconing to C2"`, commandtest.Input())
	require.True(t, errors.As(err, &usage))
	require.Nil(t, usage.Try)
	require.Equal(t, "disconnect-agent-from-network", usage.Given.Command)
	require.JSONEq(t, `{"agent-ids":["DESKTOP-1"]}`, string(usage.Given.Args))
	require.Equal(t, "beaconing to C2", extras.Reason)
	require.Equal(t, []string{"isolate"}, usage.Nearest)

	_, _, err = slash.Parse(commands.All(), "get-agent DESKTOP-1", commandtest.Input())
	require.True(t, errors.As(err, &usage))
	require.Equal(t, "get-agent-info", usage.Try.Command)

	_, _, err = slash.Parse(commands.All(), "fetch-fil DESKTOP-1 files-path=C:\\a password=Hush-Hush-1", commandtest.Input())
	require.True(t, errors.As(err, &usage))
	require.NotContains(t, string(usage.Given.Args), "Hush")
}

// Who writes some of a line in words and some as name=value means both.
func TestForIsNoEndpoint(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`isolate DESKTOP-1 for 4h reason=phishing`:                     `{"agent-ids":["DESKTOP-1"]} 4h0m0s`,
		`isolate DESKTOP-1 DESKTOP-2 for 2 hours reason="they beacon"`: `{"agent-ids":["DESKTOP-1","DESKTOP-2"]} 2h0m0s`,
		`isolate DESKTOP-1 "for" 4h reason=x`:                          `{"agent-ids":["DESKTOP-1","for","4h"]} 0s`,
		`isolate DESKTOP-1 for ever reason=x`:                          `{"agent-ids":["DESKTOP-1","for","ever"]} 0s`,
		`scan DESKTOP-1 for 4h`:                                        `{"agent-ids":["DESKTOP-1","for","4h"]} 0s`,
	} {
		inv, extras, err := slash.Parse(commands.All(), line, commandtest.Input())
		require.NoError(t, err, line)
		require.Equal(t, want, string(inv.Args)+" "+extras.For.String(), line)
	}
}
