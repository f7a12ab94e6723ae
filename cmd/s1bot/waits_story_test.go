package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// Who waits for the console's rate reads for how long and why, in the message that then brings the answer.
func TestAWaitForTheRateIsToldWhereTheAnswerCome(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for range 14 { // of which ten go at once; a slow machine has earned another by then
		s.types("alice", "#soc", "/s1 get-star-custom-rules")
	}
	told := s.isTold("alice", "Waiting", " s: the console allows only 30 calls a minute of this kind (cloud-detection/rules)")
	require.NotContains(t, told.PlainText(), "longer than usual")
	answer := s.becomes(told, "Rules · 6")
	require.NotContains(t, answer.PlainText(), "Waiting")
}

// A failure takes the place of the words as well.
func TestAFailureTakesThePlaceOfTheWait(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{PathPrefix: "/cloud-detection/rules"}, s1sim.Fault{Kind: s1sim.TooMany, RetryAfter: 2e9})
	s.console.Fail(s1sim.Match{PathPrefix: "/cloud-detection/rules"}, s1sim.Fault{Kind: s1sim.Forbidden})
	s.types("alice", "#soc", "/s1 rules")
	told := s.isTold("alice", "Waiting 2 s: the console is busy")
	s.becomes(told, "Get Star Custom Rules failed.")
}

// The one query a minute is one a minute over a restart, too.
func TestARateSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := tell(t)
	start := `/s1 create-query start-time=-1h end-time=now query="processName = 'a'"`
	s.types("alice", "#soc", start)
	s.isWrittenTo("alice", "Query ID")
	s.stop()
	s.start()
	s.types("alice", "#soc", start)
	s.isWrittenTo("alice", "waiting: place 1 in the queue", "takes one query a minute")
	calls, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "POST", PathPrefix: "/dv/init-query"})
	require.NoError(t, err)
	require.Len(t, calls, 1)
}
