package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// onTheLake has hunts run on what the console has, which is the data lake.
func onTheLake(settings map[string]string) { settings["S1BOT_HUNT_ENGINE"] = "auto" }

const lakeHunt = `hunt since=-1d until=now query=AgentName IN ("DESKTOP-1", "DESKTOP-2") AND RegistryKeyPath ContainsCIS "w32time"`

// lakeStates are those of the data lake's queries, without the probe's.
func (s *story) lakeStates() []string {
	var states []string
	for _, q := range s.console.LakeQueries() {
		if q["queryType"] == "LOG" {
			states = append(states, q["state"].(string))
		}
	}
	return states
}

func TestALakeHuntGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	s := tell(t, onTheLake)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+lakeHunt)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.stop()
	require.Equal(t, []string{"RUNNING"}, s.lakeStates(), "a stop is no cancel")
	s.start()
	s.console.SetQueryTime(0)
	s.becomes(message, "Successful", "2 events", "Registry Value Modified 2", "W32Time", "Translated: ")
	require.Equal(t, []string{"DELETED"}, s.lakeStates(), "the same query, and its slot is free")
}

// A hunt that began by Deep Visibility ends there, whatever the settings say after the restart.
func TestAHuntKeepsItsEngineWhenTheSettingsChange(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+hunt)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.stop()
	s.config.HuntEngine = "sdl"
	s.start()
	s.console.SetQueryTime(0)
	s.becomes(message, "Successful", "4 events")
	require.Len(t, s.starts(), 1)
	require.Empty(t, s.console.LakeQueries())
}

func TestALakeHuntIsCancelledAtTheConsole(t *testing.T) {
	t.Parallel()
	s := tell(t, onTheLake)
	s.console.SetQueryTime(time.Hour)
	s.types("alice", "#soc", "/s1 "+lakeHunt)
	message := s.isWrittenTo("alice", "Hunting", "running")
	s.clicks("alice", message, "Cancel")
	s.becomes(message, "Cancelled", "cancelled at the console")
	require.Equal(t, []string{"DELETED"}, s.lakeStates())
}

// The console drops a query within half a minute; its rows can be read all the same.
func TestWhatALakeQueryFoundIsReadLater(t *testing.T) {
	t.Parallel()
	s := tell(t, onTheLake)
	s.types("alice", "#soc", `/s1 create-query since=-1d until=now query=AgentName = "DESKTOP-1"`)
	card := s.isWrittenTo("alice", "Create Query", "9 events", "I waited for it and kept 9 events")
	require.Equal(t, []string{"DELETED"}, s.lakeStates())
	s.clicks("alice", card, "Status")
	s.isTold("alice", "100 % · finished")
	s.clicks("alice", card, "Events")
	s.isTold("alice", "From my copy")
	s.types("alice", "#soc", "/s1 processes processName = \"x\" since=-1d")
	s.isTold("alice", "processName", "the data lake has no such field", "src.process.name")
	require.Equal(t, 1, strings.Count(strings.Join(s.lakeStates(), " "), "DELETED"))
}
