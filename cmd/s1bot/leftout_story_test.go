package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What runs at once has no preview: the answer itself says what was named and is left out.
func TestWhatIsLeftOutIsToldToWhoAsked(t *testing.T) {
	t.Parallel()
	s := tell(t)
	lyon := s.console.GroupID("Lyon", "Laptops")
	require.NotEmpty(t, lyon)
	s.types("alice", "#soc", "/s1 move-agents DESKTOP-1,DESKTOP-12 group-id="+lyon)
	s.isTold("alice", "Partially successful", "Move Agents", "DESKTOP-12", "left out because the group belongs to another site: DESKTOP-1.")
	changes := s.console.Changes()
	require.Len(t, changes, 1)
	require.JSONEq(t, `{"filter":{"ids":["`+s.console.Agent("DESKTOP-12")["id"].(string)+`"]}}`, changes[0].Body)
}

// The approver reads it before, the requester with the outcome.
func TestWhatIsLeftOutStandsOnTheApprovalCard(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", `/s1 run-script filter={"computerName__contains":["DESKTOP-5","LNX-WEB-2"]} script-id="Rotate Local Admin" task-description=rotate output-destination=None reason=test`)
	card := s.sees("#approvals", "Approval needed", "1 endpoint is left out: the script runs on Windows only (", "DESKTOP-5")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Partially successful")
	s.isWrittenTo("alice", "Partially successful", "1 endpoint is left out: the script runs on Windows only (")
}
