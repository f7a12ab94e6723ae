package bot

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
)

// town is people with a clock that a test moves.
type town struct {
	*people
	ws  *slacksim.Workspace
	now time.Time
}

func settle(t *testing.T, s approvals.Settings) *town {
	t.Helper()
	ws := slacksim.New(slacksim.Options{})
	server := httptest.NewServer(ws)
	t.Cleanup(server.Close)
	t.Cleanup(ws.Close)
	for _, u := range []slacksim.User{
		{Name: "alice", TZ: "Europe/Paris"}, {Name: "bob"}, {Name: "guest", IsRestricted: true}, {Name: "visitor", IsUltraRestricted: true},
		{Name: "stranger", IsStranger: true, TeamID: "T0OTHER"}, {Name: "robot", IsBot: true}, {Name: "gone", Deleted: true},
	} {
		u.ID = map[string]string{"alice": "U0ALICE", "bob": "U0BOB", "guest": "U0GUEST", "visitor": "U0VISIT", "stranger": "U0STRANGE", "robot": "U0ROBOT", "gone": "U0GONE"}[u.Name]
		ws.AddUser(u)
	}
	ws.AddGroup(slacksim.Group{ID: "S0LEADS", Handle: "leads", Members: []string{"bob", "guest"}})
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(server.URL+"/api/"))
	policy, err := approvals.NewPolicy(s)
	require.NoError(t, err)
	tw := &town{ws: ws, now: time.Now()}
	who, err := api.AuthTestContext(t.Context())
	require.NoError(t, err)
	tw.people, err = newPeople(api, who.TeamID, func() approvals.Policy { return policy }, func() time.Time { return tw.now }, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return tw
}

func (tw *town) roles(t *testing.T, id string) ([]string, bool) {
	t.Helper()
	who, err := tw.who(t.Context(), id)
	require.NoError(t, err)
	return who.Roles, who.Full
}

func TestOnlyFullMembersOfThisWorkspaceCount(t *testing.T) {
	t.Parallel()
	tw := settle(t, approvals.Settings{Operators: approvals.Members([]string{"*"})})
	for id, full := range map[string]bool{"U0ALICE": true, "U0GUEST": false, "U0VISIT": false, "U0STRANGE": false, "U0ROBOT": false, "U0GONE": false} {
		roles, isFull := tw.roles(t, id)
		require.Equal(t, full, isFull, id)
		require.Equal(t, full, len(roles) == 1, "%s: * means full members alone", id)
	}
}

func TestRolesComeFromIDsGroupsAndHandles(t *testing.T) {
	t.Parallel()
	for _, member := range []string{"U0BOB", "S0LEADS", "@leads", "@bob"} {
		tw := settle(t, approvals.Settings{Approvers: approvals.Members([]string{member})})
		roles, _ := tw.roles(t, "U0BOB")
		require.Equal(t, []string{approvals.Approvers}, roles, member)
		roles, _ = tw.roles(t, "U0ALICE")
		require.Empty(t, roles, member)
	}
}

func TestAGuestHoldsARoleOnlyByUserID(t *testing.T) {
	t.Parallel()
	tw := settle(t, approvals.Settings{Approvers: approvals.Members([]string{"S0LEADS"}), Operators: approvals.Members([]string{"U0GUEST"})})
	roles, full := tw.roles(t, "U0GUEST")
	require.Equal(t, []string{approvals.Operators}, roles)
	require.False(t, full)
}

// Who comes from another workspace, as the payload says, holds what names them by their id, and nothing else.
func TestAStrangerHoldsNoRoleThroughAStarOrAGroup(t *testing.T) {
	t.Parallel()
	tw := settle(t, approvals.Settings{Operators: approvals.Members([]string{"*", "@leads"}), Approvers: approvals.Members([]string{"U0BOB"})})
	for id, roles := range map[string][]string{"U0ALICE": nil, "U0BOB": {approvals.Approvers}} {
		who, err := tw.who(t.Context(), id)
		require.NoError(t, err)
		require.Contains(t, who.Roles, approvals.Operators)
		who = tw.stranger(who)
		require.False(t, who.Full)
		require.Equal(t, roles, who.Roles, id)
		require.Equal(t, len(roles) > 0, who.Known())
	}
}

func TestWhereSlackCannotBeAskedNobodyHoldsAGroupsRole(t *testing.T) {
	t.Parallel()
	tw := settle(t, approvals.Settings{Approvers: approvals.Members([]string{"S0LEADS", "S0NOSUCH"})})
	tw.ws.Fail(slacksim.Fault{Method: "usergroups.users.list", Kind: slacksim.FaultError, Error: "internal_error", Times: 10})
	roles, _ := tw.roles(t, "U0BOB")
	require.Empty(t, roles)
	tw.ws.ClearFaults()
	tw.now = tw.now.Add(peopleTTL)
	roles, _ = tw.roles(t, "U0BOB")
	require.Equal(t, []string{approvals.Approvers}, roles)
}

func TestWhatSlackSaidIsBelievedForAMinute(t *testing.T) {
	t.Parallel()
	tw := settle(t, approvals.Settings{Operators: approvals.Members([]string{"*"})})
	for range 5 {
		tw.roles(t, "U0ALICE")
	}
	require.Len(t, tw.ws.Calls("users.info"), 1)
	tw.now = tw.now.Add(peopleTTL)
	who, err := tw.who(t.Context(), "U0ALICE")
	require.NoError(t, err)
	require.Len(t, tw.ws.Calls("users.info"), 2)
	require.Equal(t, "Europe/Paris", who.Zone.String())
}
