package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What somebody chooses to see of agents holds for their lists of agents from then on, and for nobody else's.
func TestColumnsAreRememberedPerPersonAndKind(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 agents DESKTOP")
	list := s.isTold("alice", "Last seen")
	s.clicks("alice", list, "Columns")
	form := s.form("alice", "lists of agents")
	s.submits("alice", form, map[string]any{"Columns": []string{"UUID", "Name"}})
	list = s.isTold("alice", "UUID", "Name")
	require.NotContains(t, list.PlainText(), "Last seen")
	s.types("alice", "#soc", "/s1 list-agents SRV")
	other := s.isTold("alice", "SRV", "UUID")
	require.NotContains(t, other.PlainText(), "Last seen")
	s.types("bob", "#soc", "/s1 agents DESKTOP")
	require.NotContains(t, s.isTold("bob", "Last seen").PlainText(), "UUID")

	s.clicks("alice", list, "Columns")
	s.submits("alice", s.form("alice", "lists of agents"), map[string]any{"Reset to the default columns": "Yes"})
	require.NotContains(t, s.isTold("alice", "Last seen").PlainText(), "UUID")
}
