package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// What somebody saved runs by its name, from the list and from the palette; nobody else has it.
func TestASavedCommandRunsByItsName(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-1"})
	s.types("bob", "#soc", "/s1 save morning = threats open")
	s.isTold("bob", "Saved", "/s1 morning", "/s1 threats open")
	s.types("bob", "#soc", "/s1 morning")
	s.isTold("bob", "odd.exe")
	s.types("bob", "#soc", "/s1 saved")
	told := s.isTold("bob", "Your saved commands", "morning")
	s.clicks("bob", told, "Run")
	s.isTold("bob", "odd.exe")
	s.types("alice", "#soc", "/s1 morning")
	s.isTold("alice", "There is no command")

	for line, why := range map[string]string{
		"save isolate = agents": "already a command", "save help = agents": "already a command", "save x y = agents": "name and a command are needed",
		"save pw = collect DESKTOP-1 paths=/x password=Secret123!": "password",
	} {
		s.types("bob", "#soc", "/s1 "+line)
		s.isTold("bob", why)
	}
	s.types("bob", "#soc", "/s1 unsave morning")
	s.isTold("bob", "Removed morning")
}

// Whoever closes the form of a change has asked for nothing, and the history has nothing to run again.
func TestStoryOfAFormThatWasClosed(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1")
	form := s.form("alice", "Disconnect Agent")
	s.types("alice", "#soc", "/s1 history")
	s.isTold("alice", "haven't run any")
	require.True(t, s.submits("alice", form, map[string]any{"Reason": "beaconing"}).Closed)
	s.sees("#approvals", "Approval needed", "DESKTOP-1", "beaconing")
	s.types("alice", "#soc", "/s1 history")
	s.isTold("alice", "isconnect", "DESKTOP-1", "Run again")
}

// The history runs again what it lists.
func TestTheHistoryRunsAgain(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 agent DESKTOP-1")
	s.isTold("alice", "DESKTOP-1", "Addresses")
	s.types("alice", "#soc", "/s1 scan DESKTOP-1")
	s.changes(1)
	s.types("alice", "#soc", "/s1 history")
	told := s.isTold("alice", "Your recent commands", "/s1 get-agent-info agent-ids=DESKTOP-1", "/s1 initiate-scan")
	s.clicks("alice", told, "Run again") // the newest
	s.changes(2)
}

// Help fits a screen, and begins with what its reader uses.
func TestHelpBeginsWithWhatIsUsed(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for range 2 {
		s.types("alice", "#soc", "/s1 sites Paris")
		s.isTold("alice", "Paris")
	}
	s.types("alice", "#soc", "/s1 help")
	told := s.isTold("alice", "What I can do", "Most useful", "sites", "Get Sites")
	var blocks []any
	require.NoError(t, json.Unmarshal(told.Blocks, &blocks))
	require.LessOrEqual(t, len(blocks), 20, "it fits a screen")
	s.clicks("alice", told, "Rules")
	s.isTold("alice", "activate-rules", "Create Star Custom Rule")
	s.types("alice", "#soc", "/s1 help isolate")
	s.isTold("alice", "Disconnect Agent From Network", "agent-ids", "Endpoints › View", "destructive")
}

// Who asks is told what waits: own requests to withdraw, others' to decide.
func TestPendingShowsWhatWaitsWithItsButtons(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 pending")
	s.isTold("alice", "Nothing is waiting")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=beaconing")
	s.sees("#approvals", "Approval needed")
	s.types("alice", "#soc", "/s1 pending")
	mine := s.isTold("alice", "Your requests (1)", "DESKTOP-1", "beaconing")
	require.NotContains(t, mine.PlainText(), "Approve")
	s.types("bob", "#soc", "/s1 pending")
	told := s.isTold("bob", "Waiting for you (1)", "DESKTOP-1", "Approve")
	s.clicks("bob", told, "Approve")
	s.changes(1)
}

// Roles come with what gives them.
func TestWhoamiSaysWhatGivesARole(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_OPERATORS"] = "@bob" })
	s.types("bob", "#soc", "/s1 whoami")
	s.isTold("bob", "full member", "operators", "because it names @bob")
	s.types("alice", "#soc", "/s1 whoami")
	s.isTold("alice", "You have no role")
}

// The palette finds by words, what somebody saved and ran first.
func TestThePaletteBeginsWithOnesOwn(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 save morning = agents limit=2")
	s.isTold("alice", "Saved")
	s.types("alice", "#soc", "/s1 agent DESKTOP-1")
	s.isTold("alice", "Addresses")
	s.types("alice", "#soc", "/s1")
	palette := s.form("alice", "Find a command")
	options, err := s.slack.User("alice").Suggests(palette, "Command", "")
	require.NoError(t, err)
	require.Greater(t, len(options), 70)
	for i, own := range [][2]string{{"Saved", "morning"}, {"Recent", "get-agent-info"}} {
		require.Equal(t, own[0], options[i].Group)
		require.Contains(t, options[i].Text, own[1])
	}
	require.NotEmpty(t, options[2].Group, "then the commands, by area")
	options, err = s.slack.User("alice").Suggests(palette, "Command", "network isolation")
	require.NoError(t, err)
	require.Contains(t, options[0].Text, "Connect Agent To Network")
	form := s.picks("alice", "morning")
	s.submits("alice", form, nil)
	s.isTold("alice", "Agents", "2")
}
