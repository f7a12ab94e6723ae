package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// Slack and the console hiccup now and then. A person who clicked or typed gets what they wanted, or a way to get it.

func TestAFormThatSlackDoesNotOpenIsOffered(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacksim.Fault{
		"503":            {Kind: slacksim.FaultStatus},
		"slow down":      {Kind: slacksim.FaultRateLimit},
		"reset":          {Kind: slacksim.FaultReset},
		"a page of HTML": {Kind: slacksim.FaultHTML},
		"internal error": {Kind: slacksim.FaultError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			fault.Method = "views.open"
			s.slack.Fail(fault)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1")
			offer := s.isTold("alice", "needs a few more details")
			s.clicks("alice", offer, "Open the form")
			s.form("alice", "Isolates endpoints")
			s.slack.Fail(fault)
			s.types("alice", "#soc", "/s1")
			s.isTold("alice", "What I can do")
			require.Empty(t, s.console.Changes())
		})
	}
}

func TestAnAnswerWhoseConnectionBreaksIsGivenAgain(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.Fail(slacksim.Fault{Method: "response_url", Kind: slacksim.FaultReset, Times: 2})
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1", "Paris")
}

func TestWhoWaitsForASlowConsoleIsToldSo(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Hang})
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	s.isTold("alice", "Still at it")
	s.console.Heal()
	s.isTold("alice", "DESKTOP-1", "Paris")
}

func TestWhatSlackRefusesByNameIsTold(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 agents DESKTOP")
	list := s.isTold("alice", "DESKTOP-1", "CSV file")
	s.slack.Fail(slacksim.Fault{Method: "files.getUploadURLExternal", Kind: slacksim.FaultError, Error: "missing_scope", Times: -1})
	s.clicks("alice", list, "CSV file")
	s.isTold("alice", "I couldn't upload", "missing_scope", "s1bot check")
	s.slack.ClearFaults()
}
