package workflow

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/s1"
)

// fetch is a command whose password must wait for an approval.
const fetch = `fetch-files DESKTOP-1 password="Secret-Word-17!" paths=/tmp/a reason=look`

func waitsForFetch(s *policy.Settings) {
	s.Rules = []policy.Rule{{Name: "fetch", Commands: []string{"fetch-files"}, Effect: policy.Approve, By: []string{policy.Approvers}, Quorum: 1}}
}

// Without a key a password must not wait in the database; left out, the bot makes one when it runs.
func TestAPasswordDoesNotWaitUnsealed(t *testing.T) {
	t.Parallel()
	k := newKit(t, waitsForFetch)
	_, err := k.Says(alice, fetch)
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.Equal(t, "password", usage.Param)
	require.Contains(t, usage.Problem, "without S1BOT_SECRET_KEY")
	require.Contains(t, k.tries(alice, fetch), "You can't request it like this")
	all, err := k.ledger.Find(t.Context(), approvals.Query{})
	require.NoError(t, err)
	require.Empty(t, all)
}

// With a key it waits sealed, and the run has what was given.
func TestAPasswordWaitsSealed(t *testing.T) {
	t.Parallel()
	k := newKit(t, waitsForFetch)
	ledger, err := approvals.New(approvals.Config{Store: k.store, Owner: "kit", Now: k.now, Key: bytes.Repeat([]byte{7}, approvals.KeySize)})
	require.NoError(t, err)
	s := &Submitter{Config: &Config{Ledger: ledger}}
	sealed, err := s.sealed(approvals.Request{ID: "R1"}, catalog.Secrets{"password": s1.NewSecret("Secret-Word-17!")})
	require.NoError(t, err)
	require.NotContains(t, string(sealed.Sealed), "Secret")
	x := &executor{Config: &Config{Ledger: ledger}}
	got, err := x.secretsOf(sealed, nil)
	require.NoError(t, err)
	require.Equal(t, "Secret-Word-17!", got["password"].Reveal())
	now := catalog.Secrets{"password": s1.NewSecret("another")}
	got, err = x.secretsOf(sealed, &Interaction{Secrets: now})
	require.NoError(t, err)
	require.Equal(t, now, got, "who asks has just given it")
	sealed.ID = "R2"
	_, err = x.secretsOf(sealed, nil)
	require.ErrorIs(t, err, approvals.ErrSealed, "what was sealed for one request opens in no other")
}
