package approvals

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

func TestARulingThatNobodyMadeLetsNothingRun(t *testing.T) {
	t.Parallel()
	require.Equal(t, Pending, Under(policy.Decision{}, Request{}).State)
}

// Where enough approvals are certain, nobody has to know about one more.
func TestAnOpenQuestionMattersOnlyWhereSomethingIsMissing(t *testing.T) {
	t.Parallel()
	dark := carol
	dark.Roles = []policy.Membership{{Role: policy.Approvers, Held: policy.CannotTell("is carol an approver")}}
	asks := policy.Decision{Effect: policy.Approve, By: []string{policy.Approvers}, Quorum: 1}
	missing, open := MissingUnder(asks, waiting(1), []policy.Person{bob, dark})
	require.Zero(t, missing)
	require.Empty(t, open)
	asks.Quorum = 2
	missing, open = MissingUnder(asks, waiting(2), []policy.Person{bob, dark})
	require.Equal(t, 1, missing)
	require.Equal(t, "is carol an approver", open)
}

// Two approvals where one is needed are enough, not one too many: callers ask whether nothing is missing.
func TestMoreApprovalsThanAreNeededAreEnough(t *testing.T) {
	t.Parallel()
	one := policy.Decision{Effect: policy.Approve, By: []string{policy.Approvers}, Quorum: 1}
	missing, open := MissingUnder(one, waiting(1), []policy.Person{bob, carol})
	require.Zero(t, missing)
	require.Empty(t, open)
	r := waiting(1)
	r.Approvals = []Vote{{User: bob.ID}, {User: carol.ID}}
	require.Zero(t, r.Missing())
}

// A reconnection at the end of an isolation's time was allowed beforehand, or asked for like anything else: it is ruled on again as it was.
func TestAnEndIsReconsideredAsItWasRuledOn(t *testing.T) {
	t.Parallel()
	p, err := policy.New(policy.Settings{Operators: []policy.Member{"UALICE"}, Approvers: []policy.Member{"UBOB"}, Channel: "C1", ReconnectOnTime: true})
	require.NoError(t, err)
	end := policy.Input{Caller: alice, Command: "connect-agent-to-network", Risk: policy.RiskDestructive}
	beforehand := Request{After: "R0", Rule: policy.OnTimeRule}
	require.Equal(t, policy.Allow, Reconsider(p, end, beforehand).Effect)
	for _, other := range []Request{{After: "R0", Rule: "destructive"}, {Rule: policy.OnTimeRule}} {
		require.Equal(t, policy.Approve, Reconsider(p, end, other).Effect, "%+v", other)
	}
}
