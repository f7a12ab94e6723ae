package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCanTellsWhatWouldHappenAndDoesNothing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	before := len(s.console.Calls())
	for line, words := range map[string][]string{
		`isolate DESKTOP-1`:   {"needs 1 approval", "DESKTOP-1", "POST /web/api/v2.1/agents/actions/disconnect"},
		`list-agents limit=7`: {"runs right away", "GET /web/api/v2.1/agents?", "limit=7"},
		`fetch-files agent-id=DESKTOP-1 files-path=/etc/hosts password="Str0ng Enough!"`: {"actions/fetch-files", "•••"},
	} {
		s.types("alice", "#soc", "/s1 can "+line)
		card := s.isTold("alice", words...)
		require.NotContains(t, card.PlainText(), "Str0ng")
	}
	require.Empty(t, s.console.Changes())
	require.Greater(t, len(s.console.Calls()), before, "names are looked up")
}

func TestACardDoesNotAskWhoAskedToApprove(t *testing.T) {
	t.Parallel()
	of := func(approvers string) func(map[string]string) {
		return func(settings map[string]string) {
			settings["S1BOT_OPERATORS"], settings["S1BOT_APPROVERS"] = "*", approvers
		}
	}
	s := tell(t, of("U0ALICE00,U0BOB0000"))
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.sees("#approvals", "1 approval needed from <@U0BOB0000> ·")

	s = tell(t, of("U0ALICE00"))
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "nobody else can approve it")
	s.clicks("alice", card, "Approve")
	s.isTold("alice", "You requested this yourself")
	require.Empty(t, s.console.Changes())
}

func TestNobodyFillsAFormInForNothing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("bob", "#soc", "/s1 isolate")
	s.isTold("bob", "Not allowed", "operators")
	s.types("alice", "#soc", "/s1 isolate")
	s.form("alice", "Disconnect Agent")
}

func TestTheRawRequestIsShownToWhoDecides(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.clicks("bob", card, "Raw request")
	s.isTold("bob", "Raw request A-", "POST /web/api/v2.1/agents/actions/disconnect", s.console.Agent("DESKTOP-1")["id"].(string))
	s.clicks("mallory", card, "Raw request")
	s.isTold("mallory", "You're not an approver")
	require.Empty(t, s.console.Changes(), "nothing goes out")
}
