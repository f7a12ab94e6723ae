package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// hang lets every call of a path hang until the console heals.
func (s *story) hang(path string) {
	s.console.Fail(s1sim.Match{PathPrefix: path}, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
}

func TestTwoHundredHangingCommandsOfOnePersonHoldNobodyUp(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.hang("/system/info")
	for range 200 {
		s.types("alice", "#soc", "/s1 get-system-info")
	}
	s.isTold("alice", "I'm busy with your earlier commands", "4 running, 50 waiting")
	require.NoError(t, s.slack.User("bob").Clicks(card, "Approve"))
	s.becomes(card, "Successful")
	s.types("carol", "#soc", "/s1 agents DESKTOP-2")
	s.isTold("carol", "DESKTOP-2")
	s.types("alice", "#soc", "/s1 help")
	s.isTold("alice", "What I can do")
	require.LessOrEqual(t, s.calls("/system/info"), 4*2, "four at once, each tried twice at most")
	s.console.Heal()
	require.NoError(t, s.slack.Settle(s.patient()))
}

func TestSearchBoxesOfOnePersonTakeNobodysAcknowledgement(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate")
	form := s.form("alice", "Disconnect Agent")
	s.hang("/agents")
	for i := range 120 {
		go func() { _, _ = s.slack.User("alice").Suggests(form, "agent-ids", fmt.Sprint("DESK", i)) }()
	}
	s.types("bob", "#soc", "/s1 help")
	s.isTold("bob", "What I can do")
	s.console.Heal()
	require.NoError(t, s.slack.Settle(s.patient()))
}

func TestWhoWaitsWhileTheProgramStopsIsToldAndAnsweredLater(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.hang("/system/info")
	for range 6 {
		s.types("alice", "#soc", "/s1 get-system-info")
	}
	_, err := s.console.WaitCalls(s.patient(), 4, s1sim.Match{PathPrefix: "/system/info"})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return s.program.bot.QueueDepth()["commands"] == 2 }, patience, time.Millisecond)
	stopped := make(chan struct{})
	go func() { s.stop(); close(stopped) }()
	s.isTold("alice", "I'm restarting", "Your command is saved")
	s.console.Heal()
	<-stopped
	before := s.calls("/system/info")
	s.start()
	_, err = s.console.WaitCalls(s.patient(), before+2, s1sim.Match{PathPrefix: "/system/info"})
	require.NoError(t, err)
	require.NoError(t, s.slack.Settle(s.patient()))
	require.LessOrEqual(t, s.calls("/system/info"), before+2+1, "the four that had begun are not done twice; one call may have been on its way when the program stopped")
}

// calls counts the calls of a path so far.
func (s *story) calls(path string) (n int) {
	for _, c := range s.console.Calls() {
		if strings.HasSuffix(c.Path, path) {
			n++
		}
	}
	return n
}
