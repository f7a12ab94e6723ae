package approvals

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

// Whoever clicked has just read the row; a step from it does not read it once more. The database of a busy shift is asked half as often so.
func TestAStepFromARowDoesNotReadItAgain(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := submit(t, l, isolate("click"))
	reads := 0
	m.fail = func(op string) error {
		if op == "find" {
			reads++
		}
		return nil
	}
	r, err := l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	require.Equal(t, 1, reads, "the freeze")
	reads = 0
	r, err = l.Run(t.Context(), r, succeed)
	require.NoError(t, err)
	require.Equal(t, 2, reads, "the freeze, before the claim and after it")
	reads = 0
	_, err = l.RecordEffect(t.Context(), r, []byte(`{"applied":1}`))
	require.NoError(t, err)
	require.Zero(t, reads)
}

// What the caller holds is only a guess: the word of the row is the one that counts, for a step that is made and for one that is refused.
func TestAStepFromAnOldRowIsDecidedByTheRowOfNow(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	old := submit(t, l, isolate("denied"))
	_, err := l.Deny(t.Context(), old.ID, bob, "no")
	require.NoError(t, err)
	r, err := l.Approve(t.Context(), old, carol)
	require.ErrorIs(t, err, ErrNotPending)
	require.Equal(t, Denied, r.State, "the answer is drawn from it")

	ask := isolate("two")
	ask.Quorum = 2
	old = submit(t, l, ask)
	for _, p := range []policy.Person{bob, carol} { // carol's click does not know of bob's
		r, err = l.Approve(t.Context(), old, p)
		require.NoError(t, err)
	}
	require.Equal(t, Approved, r.State)
	require.Len(t, r.Approvals, 2)

	before := approved(t, l, isolate("ran"))
	_, err = l.Run(t.Context(), before, succeed)
	require.NoError(t, err)
	ran, err := l.Run(t.Context(), before, func(context.Context, Request) Result { t.Error("ran twice"); return Result{} })
	require.ErrorIs(t, err, ErrTaken)
	require.Equal(t, Done, ran.State)

	// A refusal by an old row is none either.
	stale := submit(t, l, isolate("open"))
	stale.State = Denied
	r, err = l.Approve(t.Context(), stale, bob)
	require.NoError(t, err)
	require.Equal(t, Approved, r.State)
}

// A watch that looked at an earlier run says nothing of the one after it, whose task and whose answer are others.
func TestWhatWasSeenOfAnEarlierRunIsNotWrittenOverALaterOne(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := submit(t, l, isolate("click"))
	r, err := l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	seen, err := l.Run(t.Context(), r, func(context.Context, Request) Result { return Result{Uncertain: true} })
	require.NoError(t, err)
	require.Equal(t, Interrupted, seen.State)
	r, err = l.Reopen(t.Context(), seen.ID, carol, "again")
	require.NoError(t, err)
	r, err = l.Run(t.Context(), r, func(context.Context, Request) Result {
		return Result{Outcome: Successful, Effect: []byte(`{"task":"2"}`)}
	})
	require.NoError(t, err)
	after, err := l.RecordEffect(t.Context(), seen, []byte(`{"task":"1"}`))
	require.NoError(t, err)
	require.JSONEq(t, `{"task":"2"}`, string(after.Effect))
	require.Equal(t, r.Rev, after.Rev)
}
