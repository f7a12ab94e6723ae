package workflow

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

// A freeze stops what is asked for and what was approved, until two approvers end it.
func TestAFreezeStopsEverythingThatChangesAnything(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	in, d := k.by(bob)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "account stolen"))
	require.Contains(t, d.read(), "Frozen")
	require.Contains(t, k.chat.reads(channel), "froze changes")
	require.Contains(t, k.chat.reads(channel), "account stolen")

	_, err := k.says(alice, "initiate-scan DESKTOP-2")
	require.ErrorIs(t, err, approvals.ErrFrozen)
	_, err = k.approves(carol, req.ID)
	require.ErrorIs(t, err, approvals.ErrFrozen)
	require.Empty(t, k.console.Changes())

	again, said := k.by(carol)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), again, ""))
	require.Contains(t, said.read(), "frozen already")
	one, said := k.by(bob)
	require.NoError(t, k.flow.Decisions.Thaw(t.Context(), one))
	require.Contains(t, said.read(), "1 of 2")
	two, said := k.by(carol)
	require.NoError(t, k.flow.Decisions.Thaw(t.Context(), two))
	require.Contains(t, said.read(), "The freeze is over")
	require.Contains(t, k.chat.reads(channel), "Freeze is over")
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "account stolen"))
	require.Contains(t, d.read(), "The freeze you started is over", "a delivery that comes again freezes nothing")

	_, err = k.approves(carol, req.ID)
	require.NoError(t, err)
	require.Len(t, k.console.Changes(), 1)
}

func TestOnlyApproversFreeze(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	in, _ := k.by(dave)
	require.ErrorIs(t, k.flow.Decisions.Freeze(t.Context(), in, ""), ErrNoFreeze)
	in, _ = k.by(bob)
	require.ErrorIs(t, k.flow.Decisions.Thaw(t.Context(), in), approvals.ErrNotFrozen)
}
