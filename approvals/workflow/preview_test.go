package workflow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

func (k *kit) tries(user, line string) string {
	k.t.Helper()
	in, d := k.by(user)
	var err error
	in.Do, in.Extras, err = slash.Parse(k.catalog, line, text.Input{Zone: time.UTC, Now: k.now()})
	require.NoError(k.t, err)
	require.NoError(k.t, k.flow.Preview.DryRun(k.t.Context(), in))
	return d.read()
}

// A dry run says who would have to approve, what would be touched and what the console would be asked; it asks nothing.
func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	answer := k.tries(alice, isolate)
	for _, words := range []string{"You can request this; it needs 1 approval from: approvers", "DESKTOP-1", "POST /web/api/v2.1/agents/actions/disconnect", "Nothing was done"} {
		require.Contains(t, answer, words)
	}
	require.Contains(t, k.tries(dave, isolate), "You can't run this: ")
	require.Contains(t, k.tries(alice, "initiate-scan DESKTOP-1"), "it runs right away")
	require.Contains(t, k.tries(alice, "list-agents"), "GET /web/api/v2.1/agents")
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, ""))
	require.Contains(t, k.tries(alice, isolate), "Not right now: changes are frozen")
	require.Empty(t, k.console.Changes())
}

func TestAnApproverReadsTheRawRequest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	in, d := k.by(bob)
	require.NoError(t, k.flow.Preview.RawRequest(t.Context(), in, req.ID))
	require.Contains(t, d.read(), "POST /web/api/v2.1/agents/actions/disconnect")
	in, _ = k.by(dave)
	require.ErrorIs(t, k.flow.Preview.RawRequest(t.Context(), in, req.ID), approvals.ErrNotApprover)
}

// A limit that is exceeded takes one approver more, of the same people: the dry run says how many in all, and why.
func TestADryRunSaysWhyOneMoreHasToApprove(t *testing.T) {
	t.Parallel()
	d := policy.Decision{Effect: policy.Approve, Quorum: 2, Needs: []policy.Need{{By: []string{"approvers"}, Quorum: 1}}, Why: "26 targets in one action (limit: 25) need one more approver."}
	require.Equal(t, "You can request this; it needs 2 approvals from: approvers. "+d.Why, previewCard(&catalog.Command{}, catalog.Plan{}, d, nil).Text)
	d.Quorum = 1
	require.Equal(t, "You can request this; it needs 1 approval from: approvers.", previewCard(&catalog.Command{}, catalog.Plan{}, d, nil).Text)
}
