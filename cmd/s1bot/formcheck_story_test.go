package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What only the console can tell is told under its field, while the form is open with all that was typed.
func TestAFormStaysOpenWithWhatOnlyTheConsoleCanTell(t *testing.T) {
	t.Parallel()
	s := tell(t, onTheLake)
	refused := func(line, title string, fields map[string]any, field, words string) {
		t.Helper()
		s.types("alice", "#soc", "/s1 "+line)
		form := s.form("alice", title)
		result := s.submits("alice", form, fields)
		require.False(t, result.Closed, line)
		require.Contains(t, result.Errors[field], words, line)
		require.NoError(t, s.slack.User("alice").Closes(form))
	}
	refused("hunt", "Hunts for events", map[string]any{"Query": `processName = "x"`}, "Query", "Use src.process.name (who did it)")
	refused("hunt", "Hunts for events", map[string]any{"Query": `TgtProcName ContainsCIS "x`}, "Query", "a quote is not closed")
	refused("hunt", "Hunts for events", map[string]any{"Query": `powershell.exe`}, "Query", `TgtProcName ContainsCIS "powershell.exe"`)
	refused("hunt", "Hunts for events", map[string]any{"Query": `203.0.113.9`}, "Query", `DstIP = "203.0.113.9"`)
	refused("hunt", "Hunts for events", map[string]any{"Query": `3395856ce81f2b7382dee72602f798b642f14140`}, "Query", `TgtProcSha1 In Anycase ("3395856ce81f2b7382dee72602f798b642f14140")`)
	refused("hunt", "Hunts for events", map[string]any{"Query": `cdn.evil.example`}, "Query", `DnsRequest ContainsCIS "cdn.evil.example"`)
	refused("create-query", "Starts a Deep Visibility query", map[string]any{"Query": `event.type = 'Login' | group count() by endpoint.name`}, "Query", "create-power-query")
	refused("update-global-policy", "global policy", map[string]any{"Policy": `{"mitigationMod":"protect"}`, "Reason": "x"}, "Policy", "mitigationMod")
	require.Empty(t, s.lakeStates())
}

// Deep Visibility's language is the older one; a form says so before the console is asked for anything.
func TestAFormForDeepVisibilityRefusesTheOtherLanguage(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 hunt")
	form := s.form("alice", "Hunts for events")
	result := s.submits("alice", form, map[string]any{"Query": `src.process.name contains 'x'`})
	require.Contains(t, result.Errors["Query"], "Use SrcProcName")
	require.Empty(t, s.starts())
	require.True(t, s.submits("alice", form, map[string]any{"Query": `SrcProcName ContainsCIS "svchost" || AgentName = "src.process.name"`}).Closed)
	s.isWrittenTo("alice", "SrcProcName")
}

// A form tells nobody which names there are whom the policy keeps from the command.
func TestAFormTellsNothingOfTheConsoleToWhomThePolicyRefuses(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - {commands: [query], deny: ask the hunters}\n")
	s := tell(t, onTheLake, policy)
	s.types("alice", "#soc", "/s1 hunt")
	form := s.form("alice", "Hunts for events")
	require.True(t, s.submits("alice", form, map[string]any{"Query": `processName = "x"`}).Closed)
	s.isTold("alice", "Ask the hunters")
}
