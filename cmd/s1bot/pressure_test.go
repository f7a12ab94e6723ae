package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

func TestFiftyClicksAtOnceRunOnce(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	var clicks sync.WaitGroup
	for i := range 50 {
		clicks.Go(func() {
			who := []string{"bob", "carol"}[i%2]
			if err := s.slack.User(who).Clicks(card, "Approve"); err != nil {
				t.Errorf("click %d: %v", i, err)
			}
		})
	}
	clicks.Wait()
	s.becomes(card, "Successful")
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Len(t, s.console.Changes(), 1)
}

func TestEveryEnvelopeIsAcknowledgedInTimeWhateverTheHandlersDo(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
	const more = 100 // than there are slots for work
	for i := range more {
		s.types("alice", "#soc", fmt.Sprintf("/s1 agents DESKTOP-%d", i%9+1))
	}
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Len(t, s.slack.Acks(), more, "although the console hangs")
	s.console.Heal()
	for i := range 9 {
		s.isTold("alice", fmt.Sprintf("DESKTOP-%d", i+1))
	}
}

func TestARefreshOfTheConnectionsLosesNoClick(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for i := range 20 {
		if i%5 == 2 {
			s.slack.Disconnect("refresh_requested", 500*time.Millisecond)
		}
		s.types("alice", "#soc", "/s1 get-system-info")
	}
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Len(t, s.slack.Acks(), 20)
}

func TestAnAnswerThatSlackSlowsDownComesLater(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultRateLimit, RetryAfter: 1, Times: 2})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.sees("#approvals", "Approval needed", "DESKTOP-1")
}

func TestWhereTheResponseURLIsGoneTheAnswerFindsAnotherWay(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.Fail(slacksim.Fault{Method: "response_url", Kind: slacksim.FaultStatus, Status: 404, Times: -1})
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1")
	s.slack.ClearFaults()
}

func TestHostileNamesStayText(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	const name = "<!channel> *bold* <https://evil.example|click> `x` @here\u202egpj.exe"
	s.console.AddThreat(s1sim.ThreatSpec{Name: name, Agent: "DESKTOP-1", Path: `C:\<@U0ALICE00>\_it_`, User: "=cmd()"})
	card := s.sees("#threats", "<!channel>")
	require.NotContains(t, string(card.Blocks), "\u202e")
	require.NotContains(t, string(card.Blocks), `"url":"https://evil.example"`)
	require.NotContains(t, card.Text, "<!channel>")
	_, mentions := s.slack.User("bob").Unread("#threats")
	require.Zero(t, mentions)
}
