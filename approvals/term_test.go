package approvals

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

// isolateFor is what alice asks for with an end.
func isolateFor(key string, length time.Duration) Request {
	r := isolate(key)
	r.Term = &Term{For: length}
	return r
}

// isolated is a request that ran and whose clock runs.
func isolated(t *testing.T, l *Ledger, length time.Duration) Request {
	t.Helper()
	r, err := l.Run(t.Context(), approved(t, l, isolateFor(t.Name(), length)), succeed)
	require.NoError(t, err)
	return r
}

// dueOf is what is due now, one request.
func dueOf(t *testing.T, l *Ledger) Request {
	t.Helper()
	due, err := l.TermsDue(t.Context())
	require.NoError(t, err)
	require.Len(t, due, 1)
	return due[0]
}

func nothingDue(t *testing.T, l *Ledger) {
	t.Helper()
	due, err := l.TermsDue(t.Context())
	require.NoError(t, err)
	require.Empty(t, due)
}

func TestATermIsFiveMinutesToThirtyDays(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	for length, want := range map[time.Duration]error{MinTerm: nil, MaxTerm: nil, MinTerm - 1: ErrInvalid, MaxTerm + 1: ErrInvalid, 0: ErrInvalid, -time.Hour: ErrInvalid} {
		_, _, err := l.Submit(t.Context(), isolateFor(length.String(), length))
		require.ErrorIs(t, err, want, length)
	}
}

func TestTheWarningComesBeforeTheEnd(t *testing.T) {
	t.Parallel()
	for length, before := range map[time.Duration]time.Duration{
		5 * time.Minute: 150 * time.Second, 8 * time.Minute: 4 * time.Minute, 12 * time.Minute: 5 * time.Minute,
		time.Hour: 15 * time.Minute, 2 * time.Hour: 30 * time.Minute, 4 * time.Hour: 30 * time.Minute, MaxTerm: 30 * time.Minute,
	} {
		term := Term{Began: noon, Ends: noon.Add(length)}
		require.Equal(t, before, term.Ends.Sub(term.Warning()), length)
	}
}

func TestTheClockStartsWhenItRan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1")
		r := approved(t, l, isolateFor("click", 4*time.Hour))
		time.Sleep(20 * time.Minute)
		nothingDue(t, l)
		r, err := l.Run(t.Context(), r, succeed)
		require.NoError(t, err)
		require.Equal(t, 4*time.Hour, r.Term.Ends.Sub(r.Finished))

		time.Sleep(3*time.Hour + 29*time.Minute)
		nothingDue(t, l)
		time.Sleep(time.Minute)
		warned, err := l.RecordWarning(t.Context(), dueOf(t, l))
		require.NoError(t, err)
		require.Greater(t, warned.Rev, r.Rev, "its cards are drawn again")
		nothingDue(t, l)
		time.Sleep(30 * time.Minute)
		ended, err := l.EndTerm(t.Context(), dueOf(t, l), "reconnection asked for", "2")
		require.NoError(t, err)
		require.False(t, ended.Term.Running())
		time.Sleep(24 * time.Hour)
		nothingDue(t, l)
	})
}

// What came to nothing has no end; what may have run has one.
func TestWhatMayHaveRunEndsAsWell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1")
		for key, res := range map[string]Result{"refused": {Outcome: Unsuccessful}, "unclear": {Uncertain: true}} {
			r, err := l.Run(t.Context(), approved(t, l, isolateFor(key, time.Hour)), func(context.Context, Request) Result { return res })
			require.NoError(t, err)
			require.Equal(t, res.Uncertain, r.Term.Running(), key)
		}
		time.Sleep(time.Hour)
		require.Equal(t, "unclear", dueOf(t, l).Key)
	})
}

// Of two processes one takes what is due; where it dies, the other one does, a minute later; and what the dead one says then is
// not heard.
func TestOneTakesWhatIsDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		processes := []*Ledger{ledger(t, m, "p1"), ledger(t, m, "p2")}
		isolated(t, processes[0], time.Hour)
		time.Sleep(45 * time.Minute)
		require.Equal(t, 1, takenByTen(t, processes, (*Ledger).TermsDue))

		time.Sleep(TermLease)
		late := dueOf(t, processes[0])
		require.Equal(t, 2, late.Term.Tries)
		time.Sleep(TermLease)
		_, err := processes[1].RecordWarning(t.Context(), dueOf(t, processes[1]))
		require.NoError(t, err)
		_, err = processes[0].RecordWarning(t.Context(), late)
		require.ErrorIs(t, err, ErrLeaseLost)
	})
}

func TestWhatCannotEndYetIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		l := ledger(t, m, "p1")
		isolated(t, l, time.Hour)
		time.Sleep(time.Hour)
		before := len(m.told())
		for range 3 {
			r, err := l.HoldTerm(t.Context(), dueOf(t, l), "frozen")
			require.NoError(t, err)
			require.Equal(t, "frozen", r.Term.Held)
			nothingDue(t, l)
			time.Sleep(TermLease)
		}
		require.Len(t, m.told(), before+1, "the same reason is told once")
	})
}

func TestWhoMayExtend(t *testing.T) {
	t.Parallel()
	requester := alice
	requester = policy.Holding(requester.ID, policy.Operators, policy.Approvers)
	for _, c := range []struct {
		name string
		who  policy.Person
		by   time.Duration
		want error
	}{
		{"who may approve", bob, time.Hour, nil},
		{"as long as can be", bob, MaxTerm - time.Hour, nil},
		{"longer than can be", bob, MaxTerm - time.Hour + time.Millisecond, ErrTermTooLong},
		{"by next to nothing", bob, time.Minute, ErrInvalid},
		{"backwards", bob, -10 * time.Minute, ErrInvalid},
		{"the requester, though an approver", requester, time.Hour, ErrSelfApproval},
		{"an operator", policy.Holding("UERIN", policy.Operators), time.Hour, ErrNotApprover},
		{"a member without a role", dave, time.Hour, ErrNotApprover},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				l := ledger(t, m, "p1")
				was := isolated(t, l, time.Hour)
				r, _, err := l.Extend(t.Context(), was.ID, c.who, c.by, "click", "", nil)
				require.ErrorIs(t, err, c.want)
				if c.want == nil {
					require.Equal(t, c.by, r.Term.Ends.Sub(was.Term.Ends))
					require.Contains(t, m.told(), c.who.ID+" extended")
					again, _, err := l.Extend(t.Context(), was.ID, c.who, c.by, "click", "", nil)
					require.NoError(t, err)
					require.Equal(t, r.Term, again.Term, "the click came again after a crash")
					return
				}
				require.Equal(t, was.Term, r.Term)
				require.Equal(t, forbidden(c.want), m.told()[len(m.told())-1] == c.who.ID+" refused")
			})
		})
	}
}

// An extension that comes while somebody ends it wins: what they do then does not count.
func TestAnExtensionMovesWarningAndEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1")
		r := isolated(t, l, time.Hour)
		time.Sleep(time.Hour)
		ending := dueOf(t, l)
		_, _, err := l.Extend(t.Context(), r.ID, bob, 2*time.Hour, "1", "", nil)
		require.NoError(t, err)
		_, err = l.EndTerm(t.Context(), ending, "over", "")
		require.ErrorIs(t, err, ErrLeaseLost)
		time.Sleep(90*time.Minute - time.Millisecond)
		nothingDue(t, l)
		time.Sleep(time.Millisecond)
		_, err = l.RecordWarning(t.Context(), dueOf(t, l))
		require.NoError(t, err)
		time.Sleep(30 * time.Minute)
		_, err = l.EndTerm(t.Context(), dueOf(t, l), "over", "")
		require.NoError(t, err)
		_, _, err = l.Extend(t.Context(), r.ID, bob, time.Hour, "2", "", nil)
		require.ErrorIs(t, err, ErrTermOver)
		_, err = l.MayExtend(t.Context(), r.ID, bob)
		require.ErrorIs(t, err, ErrTermOver)
	})
}

func TestTheBotAsksOnBehalfOfTheRequester(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := isolate("the end")
	r.After = "1"
	submit(t, l, r)
	require.Equal(t, []string{"bot asked"}, m.told())
	_, err := l.Approve(t.Context(), m.all()[0], policy.Holding(alice.ID, policy.Approvers))
	require.ErrorIs(t, err, ErrSelfApproval)
}

func TestThePolicyMayLetItEndBeforehand(t *testing.T) {
	t.Parallel()
	ask := policy.Input{Caller: alice, Command: "connect-agent-to-network", Risk: policy.RiskDestructive, Targets: 1, Reach: []policy.Target{host("DESKTOP-1")}}
	people := policy.Settings{Operators: []policy.Member{policy.Member(alice.ID)}, Approvers: []policy.Member{policy.Member(bob.ID)}}
	plain, err := policy.New(people)
	require.NoError(t, err)
	people.ReconnectOnTime = true
	allows, err := policy.New(people)
	require.NoError(t, err)
	require.Equal(t, policy.Approve, plain.AtEnd(ask, true).Effect)
	require.Equal(t, policy.Approve, allows.AtEnd(ask, false).Effect, "it was not said when it was approved")
	require.Equal(t, policy.Allow, allows.AtEnd(ask, true).Effect)
	people.Rules = []policy.Rule{{Name: "never", Commands: []string{"connect-*"}, Effect: policy.Deny, Why: "no"}}
	denies, err := policy.New(people)
	require.NoError(t, err)
	require.Equal(t, policy.Deny, denies.AtEnd(ask, true).Effect)
}
