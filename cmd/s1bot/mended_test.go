package main

import (
	"context"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
)

func TestARefusedAppTokenEndsTheProgramWithAReason(t *testing.T) {
	t.Parallel()
	s := tell(t)
	settings := maps.Clone(s.environ)
	settings["SLACK_APP_TOKEN"] = "xapp-revoked"
	c, err := readConfig(settings)
	require.NoError(t, err)
	p, err := assemble(t.Context(), c, s.program.log)
	require.NoError(t, err)
	defer func() { require.NoError(t, p.close()) }()
	require.ErrorContains(t, p.run(context.WithoutCancel(t.Context())), "open a Socket Mode connection: invalid_auth")
}

func TestASlackThatStuttersLosesNoApproval(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.slack.Fail(slacksim.Fault{Method: "users.info", Kind: slacksim.FaultRateLimit, RetryAfter: 1})
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Len(t, s.console.Changes(), 1)
}

func TestStrangersStandInTheAuditTrail(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("guest", "#soc", "/s1 isolate DESKTOP-1 reason=fun")
	s.isTold("guest", "full members")
	require.Eventually(t, func() bool { return s.audited("refused") == 1 }, patience, 1e7)
}

func TestADenialWithoutAReasonKeepsItsFormOpen(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Deny")
	result := s.submits("bob", s.form("bob", "Deny"), map[string]any{"Why?": "   "})
	require.NotEmpty(t, result.Errors)
	require.False(t, result.Closed)
}
