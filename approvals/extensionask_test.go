package approvals

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An extension that somebody asked for waits in the row: for those who may approve it, once per person who asks, and until it lapses.
func TestAnExtensionThatWasAskedForWaits(t *testing.T) {
	t.Parallel()
	r := Request{Requester: "UALICE", State: Done, Quorum: 1, By: []string{"approvers"}, Term: &Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour)}}
	ask := func(user string, by time.Duration) error {
		return r.askExtension(user, by, "away", 30*time.Minute, noon)
	}
	was := r.Term
	require.NoError(t, ask("UALICE", 2*time.Hour))
	require.Empty(t, was.Proposed, "a row that was read stays as it is")
	require.NoError(t, ask("UALICE", 4*time.Hour))
	require.NoError(t, ask("UDAVE", 2*time.Hour))
	waiting := r.Waiting(noon)
	require.Len(t, waiting, 2, "who asks again means the new length")
	require.Equal(t, Proposal{Asked: "UALICE", Reason: "away", Made: noon, By: 4 * time.Hour, Expires: noon.Add(30 * time.Minute)}, waiting[0])
	require.True(t, r.ExtendableBy(bob, waiting[0]))
	require.False(t, r.ExtendableBy(alice, waiting[0]), "nobody approves their own")
	require.Equal(t, noon.Add(time.Hour), r.Term.Ends, "nothing is approved yet")
	require.False(t, r.Due().After(RunningTerms(noon).Due), "lists find it")
	require.ErrorIs(t, ask("UALICE", time.Minute), ErrInvalid)
	require.ErrorIs(t, ask("UALICE", MaxTerm), ErrTermTooLong)
	require.Empty(t, r.Waiting(noon.Add(30*time.Minute)), "lapsed")

	require.NoError(t, r.extend(bob, 4*time.Hour, "click", time.Hour, nil, noon))
	require.Empty(t, r.Waiting(noon))
	r.Term.Over = noon
	require.ErrorIs(t, ask("UALICE", 2*time.Hour), ErrTermOver)
}
