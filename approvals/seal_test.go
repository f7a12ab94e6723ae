package approvals

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func withKey(b byte) func(*Config) {
	return func(c *Config) { c.Key = bytes.Repeat([]byte{b}, KeySize) }
}

// sealed is what alice asks for with a secret in it.
func sealed(t *testing.T, l *Ledger, r Request, secret string) Request {
	t.Helper()
	r, err := l.Seal(r, []byte(secret))
	require.NoError(t, err)
	return submit(t, l, r)
}

func TestASecretWaitsSealedAndIsGoneWhenItRan(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1", withKey(1))
	r := sealed(t, l, isolate("click"), "Infected-1!")
	require.NotContains(t, string(m.rows[r.ID].body), "Infected")
	require.NotEmpty(t, r.Sealed)

	r, err := l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	r, err = l.Run(t.Context(), r, func(_ context.Context, r Request) Result {
		secret, err := l.Unseal(r)
		require.NoError(t, err)
		require.Equal(t, "Infected-1!", string(secret))
		return Result{Outcome: Successful}
	})
	require.NoError(t, err)
	require.Empty(t, r.Sealed)
	r, err = l.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.Empty(t, r.Sealed)
	for _, e := range m.trail {
		require.NotContains(t, string(e.Detail), "Infected")
	}
}

// However a request ends, its secret ends with it; what may still run keeps it.
func TestASecretEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	uncertain := func(context.Context, Request) Result { return Result{Uncertain: true} }
	for name, end := range map[string]func(*Ledger, string) (Request, error){
		"denied":    func(l *Ledger, id string) (Request, error) { return l.Deny(t.Context(), id, bob, "no") },
		"withdrawn": func(l *Ledger, id string) (Request, error) { return l.Withdraw(t.Context(), id, alice) },
		"failed": func(l *Ledger, id string) (Request, error) {
			_, err := l.Approve(t.Context(), Request{ID: id}, bob)
			require.NoError(t, err)
			return l.Run(t.Context(), Request{ID: id}, func(context.Context, Request) Result { return Result{} })
		},
		"closed": func(l *Ledger, id string) (Request, error) {
			_, err := l.Approve(t.Context(), Request{ID: id}, bob)
			require.NoError(t, err)
			r, err := l.Run(t.Context(), Request{ID: id}, uncertain)
			require.NoError(t, err)
			require.NotEmpty(t, r.Sealed, "somebody may still run it again")
			return l.Close(t.Context(), id, bob, "")
		},
		"run again": func(l *Ledger, id string) (Request, error) {
			_, err := l.Approve(t.Context(), Request{ID: id}, bob)
			require.NoError(t, err)
			_, err = l.Run(t.Context(), Request{ID: id}, uncertain)
			require.NoError(t, err)
			_, err = l.Reopen(t.Context(), id, bob, "again")
			require.NoError(t, err)
			return l.Run(t.Context(), Request{ID: id}, func(_ context.Context, r Request) Result {
				secret, err := l.Unseal(r)
				require.NoError(t, err)
				require.Equal(t, "Infected-1!", string(secret))
				return Result{Outcome: Successful}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ledger(t, newMemory(), "p1", withKey(1))
			r, err := end(l, sealed(t, l, isolate(name), "Infected-1!").ID)
			require.NoError(t, err)
			require.Empty(t, r.Sealed)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1", withKey(1))
		sealed(t, l, isolate("expired"), "Infected-1!")
		time.Sleep(31 * time.Minute)
		rs, err := l.ExpireDue(t.Context())
		require.NoError(t, err)
		require.Len(t, rs, 1)
		require.Empty(t, rs[0].Sealed)
	})
}

// After a crash the process that takes over opens it with the same key.
func TestASecretSurvivesTheProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		r := isolate("click")
		r.Repeatable = true
		l := ledger(t, m, "p1", withKey(1))
		r = sealed(t, l, r, "Infected-1!")
		_, err := l.Approve(t.Context(), r, bob)
		require.NoError(t, err)
		_, err = l.claim(t.Context(), r) // and here it dies
		require.NoError(t, err)

		time.Sleep(time.Minute)
		next := ledger(t, m, "p2", withKey(1))
		_, err = next.Recover(t.Context())
		require.NoError(t, err)
		time.Sleep(next.lease / 2) // in which a process that lives would renew its lease
		left, err := next.Recover(t.Context())
		require.NoError(t, err)
		require.Len(t, left, 1)
		secret, err := next.Unseal(left[0])
		require.NoError(t, err)
		require.Equal(t, "Infected-1!", string(secret))
	})
}

func TestWhatIsSealedOpensInItsOwnRowWithItsOwnKeyOnly(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1", withKey(1))
	r := sealed(t, l, isolate("click"), "Infected-1!")
	other := sealed(t, l, isolate("another click"), "Infected-1!")
	require.NotEqual(t, r.Sealed, other.Sealed)

	for i := range r.Sealed {
		bent := r
		bent.Sealed = bytes.Clone(r.Sealed)
		bent.Sealed[i] ^= 1
		_, err := l.Unseal(bent)
		require.ErrorIs(t, err, ErrSealed, "byte %d", i)
	}
	for n := 1; n < len(r.Sealed); n++ {
		short := r
		short.Sealed = r.Sealed[:n]
		_, err := l.Unseal(short)
		require.ErrorIs(t, err, ErrSealed, "%d bytes", n)
	}
	moved := other
	moved.Sealed = r.Sealed
	_, err := l.Unseal(moved)
	require.ErrorIs(t, err, ErrSealed, "another request's")
	_, err = ledger(t, newMemory(), "p2", withKey(2)).Unseal(r)
	require.ErrorIs(t, err, ErrSealed, "another key")
	_, err = ledger(t, newMemory(), "p2").Unseal(r)
	require.ErrorIs(t, err, ErrSealed, "no key any more")
}

func TestWithoutAKeyNothingIsSealed(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	require.False(t, l.Seals())
	_, err := l.Seal(isolate("click"), []byte("x"))
	require.ErrorIs(t, err, ErrNoKey)
	secret, err := l.Unseal(isolate("click"))
	require.NoError(t, err)
	require.Empty(t, secret)
	_, err = New(Config{Store: newMemory(), Owner: "p1", Key: []byte("too short")})
	require.ErrorContains(t, err, "32 bytes")
}
