package approvals

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

func ledger(t *testing.T, s Store, owner string, more ...func(*Config)) *Ledger {
	t.Helper()
	c := Config{Store: s, Owner: owner}
	for _, set := range more {
		set(&c)
	}
	l, err := New(c)
	require.NoError(t, err)
	return l
}

// isolate is what alice asks for, with a click that has the given key.
func isolate(key string) Request {
	return Request{
		Key: key, Command: "isolate", Risk: policy.RiskDestructive, Targets: 1, Requester: alice.ID, RequesterName: "Alice",
		Args: json.RawMessage(`{"agent-ids": ["1"]}`), State: Pending, Quorum: 1, By: []string{policy.Approvers},
	}
}

func submit(t *testing.T, l *Ledger, r Request) Request {
	t.Helper()
	r, created, err := l.Submit(t.Context(), r)
	require.NoError(t, err)
	require.True(t, created)
	return r
}

func approved(t *testing.T, l *Ledger, r Request) Request {
	t.Helper()
	r, err := l.Approve(t.Context(), submit(t, l, r), bob)
	require.NoError(t, err)
	return r
}

func succeed(context.Context, Request) Result { return Result{Outcome: Successful} }

func TestTheLifeOfARequest(t *testing.T) {
	t.Parallel()
	m := newMemory()
	var states []State
	l := ledger(t, m, "p1", func(c *Config) { c.Changed = func(r Request) { states = append(states, r.State) } })

	r := submit(t, l, isolate("click"))
	require.Regexp(t, `^A-[0-9A-F]{4}$`, r.Ref)
	require.Equal(t, 30*time.Minute, r.Expires.Sub(r.Created))
	require.NoError(t, l.Cards().Add(t.Context(), r.ID, CardRef{Channel: "C1", TS: "1.1"}))
	require.NoError(t, l.Cards().Add(t.Context(), r.ID, CardRef{Channel: "C1", TS: "1.1"}))

	r, err := l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	require.Equal(t, Approved, r.State)

	r, err = l.Run(t.Context(), r, func(_ context.Context, r Request) Result {
		require.Equal(t, Running, r.State)
		require.JSONEq(t, `{"agent-ids":["1"]}`, string(r.Args))
		require.Equal(t, []string{"UALICE asked", "UBOB approved", "bot started"}, m.told(), "the intent is written before the console is called")
		return Result{Outcome: PartiallySuccessful, Card: json.RawMessage(`{"title":"done"}`)}
	})
	require.NoError(t, err)
	byRef, err := l.Get(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Equal(t, r, byRef)
	require.Equal(t, Done, r.State)
	require.Equal(t, PartiallySuccessful, r.Outcome)
	require.JSONEq(t, `{"title":"done"}`, string(r.Result))
	require.Equal(t, []CardRef{{Channel: "C1", TS: "1.1"}}, r.Cards)
	require.Equal(t, []string{"UALICE asked", "UBOB approved", "bot started", "bot finished"}, m.told())
	require.Equal(t, []State{Pending, Pending, Approved, Running, Done}, states, "who watches hears of every change")
}

func TestTheSameClickMakesOneRequest(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	first := submit(t, l, isolate("click"))
	again, created, err := l.Submit(t.Context(), isolate("click"))
	require.NoError(t, err)
	require.False(t, created)
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, []string{"UALICE asked"}, m.told())
}

func TestWhatIsNoRequestIsNotSubmitted(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	for name, spoil := range map[string]func(*Request){
		"no key":                     func(r *Request) { r.Key = "" },
		"no command":                 func(r *Request) { r.Command = "" },
		"no requester":               func(r *Request) { r.Requester = "" },
		"no state":                   func(r *Request) { r.State = "" },
		"waits for nobody":           func(r *Request) { r.Quorum = 0 },
		"waits for nobody's role":    func(r *Request) { r.By = nil },
		"approved without a word":    func(r *Request) { r.State = Approved },
		"done before it was started": func(r *Request) { r.State = Done },
		"broken arguments":           func(r *Request) { r.Args = json.RawMessage(`{"a"`) },
		"broken plan":                func(r *Request) { r.Plan = json.RawMessage(`nope`) },
	} {
		r := isolate(name)
		spoil(&r)
		_, _, err := l.Submit(t.Context(), r)
		require.ErrorIs(t, err, ErrInvalid, name)
	}
}

func TestAReferenceThatIsTakenIsReplaced(t *testing.T) {
	t.Parallel()
	m := newMemory()
	var refused atomic.Int32
	m.fail = func(op string) error {
		if op == "insert" && refused.Add(1) <= 2 {
			return ErrDuplicate
		}
		return nil
	}
	r := submit(t, ledger(t, m, "p1"), isolate("click"))
	require.Regexp(t, `^A-[0-9A-F]{6}$`, r.Ref)
}

func TestARulingDecidesHowARequestBegins(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	p, err := policy.New(policy.Settings{Operators: []policy.Member{"UALICE"}, Approvers: []policy.Member{"UBOB"}})
	require.NoError(t, err)
	atOnce := isolate("1")
	r := submit(t, l, Under(p.Decide(policy.Input{Caller: alice, Risk: policy.RiskChange, Targets: 1}), atOnce))
	require.Equal(t, Approved, r.State)
	r, err = l.Run(t.Context(), r, succeed)
	require.NoError(t, err)
	require.Equal(t, Done, r.State)

	r = submit(t, l, Under(p.Decide(policy.Input{Caller: alice, Risk: policy.RiskDestructive, Targets: 30}), isolate("2")))
	require.Equal(t, Pending, r.State)
	require.Equal(t, 2, r.Quorum)
}

func TestARefusedStepIsWrittenDown(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := submit(t, l, isolate("click"))
	self := alice
	self = policy.Holding(self.ID, policy.Approvers)

	got, err := l.Approve(t.Context(), r, self)
	require.ErrorIs(t, err, ErrSelfApproval)
	require.Equal(t, Pending, got.State)
	_, err = l.Deny(t.Context(), r.ID, dave, "")
	require.ErrorIs(t, err, ErrNotApprover)
	_, err = l.Withdraw(t.Context(), r.ID, bob)
	require.ErrorIs(t, err, ErrNotYours)
	_, err = l.MayDecide(t.Context(), r.ID, dave)
	require.ErrorIs(t, err, ErrNotApprover)
	_, err = l.MayDecide(t.Context(), r.ID, bob)
	require.NoError(t, err)
	require.NoError(t, l.Refuse(t.Context(), policy.Input{Caller: dave, Command: "shutdown"}, policy.Decision{Effect: policy.Deny, Why: "no"}))
	require.Equal(t, []string{"UALICE asked", "UALICE refused", "UDAVE refused", "UBOB refused", "UDAVE refused", "UDAVE refused"}, m.told())

	_, err = l.Withdraw(t.Context(), r.ID, alice)
	require.NoError(t, err)
	_, err = l.Approve(t.Context(), r, bob)
	require.ErrorIs(t, err, ErrWithdrawn)
	_, err = l.Approve(t.Context(), Request{ID: "nothing"}, bob)
	require.ErrorIs(t, err, ErrNotFound)
	_, err = l.Approve(t.Context(), Request{ID: ""}, bob)
	require.ErrorIs(t, err, ErrNotFound)
}

func TestWhoIsOvertakenTriesAgain(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	ask := isolate("click")
	ask.Quorum = 2
	r := submit(t, l, ask)
	var overtaken atomic.Bool
	m.fail = func(op string) error {
		if strings.HasPrefix(op, "swap") && !overtaken.Swap(true) {
			return ErrConflict
		}
		return nil
	}
	r, err := l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	require.True(t, overtaken.Load())
	require.Len(t, r.Approvals, 1)

	m.fail = func(op string) error { return map[bool]error{true: ErrConflict}[strings.HasPrefix(op, "swap")] }
	_, err = l.Approve(t.Context(), r, carol)
	require.ErrorIs(t, err, ErrConflict, "but not for ever")
}

func TestNobodyDecidesInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var heard []State
		l := ledger(t, m, "p1", func(c *Config) {
			c.Timeout = time.Minute
			c.Changed = func(r Request) { heard = append(heard, r.State) }
		})
		r := submit(t, l, isolate("click"))
		late := submit(t, l, isolate("late"))
		<-time.After(time.Minute - time.Second)
		ended, err := l.ExpireDue(t.Context())
		require.NoError(t, err)
		require.Empty(t, ended)
		<-time.After(time.Second)
		got, err := l.Approve(t.Context(), late, bob)
		require.ErrorIs(t, err, ErrExpired)
		require.Equal(t, Expired, got.State, "who comes too late closes it")
		ended, err = l.ExpireDue(t.Context())
		require.NoError(t, err)
		require.Len(t, ended, 1)
		require.Equal(t, r.ID, ended[0].ID)
		require.Equal(t, []State{Pending, Pending, Expired, Expired}, heard)
		require.Equal(t, []string{"UALICE asked", "UALICE asked", "bot expired", "bot expired"}, m.told())
	})
}

func TestAnApprovalDoesNotRunDaysLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1")
		r := approved(t, l, isolate("click"))
		forgotten := approved(t, l, isolate("forgotten"))
		<-time.After(48 * time.Hour)
		r, err := l.Run(t.Context(), r, succeed)
		require.ErrorIs(t, err, ErrExpired)
		require.Equal(t, Expired, r.State)
		left, err := l.Recover(t.Context())
		require.NoError(t, err)
		require.Len(t, left, 1, "somebody must edit its card")
		require.Equal(t, forgotten.ID, left[0].ID)
		require.Equal(t, Expired, left[0].State)
	})
}

func TestTheBudgetOfAnHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1")
		ask := func(key string, set func(*Request)) Request {
			r := isolate(key)
			r.Targets = 10
			set(&r)
			return submit(t, l, r)
		}
		ask("old", func(*Request) {})
		<-time.After(time.Hour + time.Second)
		ask("counts", func(*Request) {})
		ask("somebody else's", func(r *Request) { r.Requester = carol.ID })
		ask("only a change", func(r *Request) { r.Risk = policy.RiskChange })
		denied := ask("denied", func(*Request) {})
		_, err := l.Deny(t.Context(), denied.ID, bob, "")
		require.NoError(t, err)
		n, err := l.LastHour(t.Context(), alice.ID, "")
		require.NoError(t, err)
		require.Equal(t, 10, n.Targets)
		require.Equal(t, 3, n.Requests)
	})
}

// Two asks at once see the same hour; the second to be written down is ruled on again.
func TestABudgetIsNotSpentTwice(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, other := ledger(t, m, "p1"), ledger(t, m, "p2")
	seen, err := l.LastHour(t.Context(), alice.ID, "")
	require.NoError(t, err)
	first, second := isolate("one click"), isolate("another click")
	first.Seen, second.Seen = seen, seen
	submit(t, l, first)
	_, _, err = other.Submit(t.Context(), second)
	require.ErrorIs(t, err, ErrConflict)
	_, created, err := other.Submit(t.Context(), first)
	require.NoError(t, err, "the same click again")
	require.False(t, created)

	second.Seen, err = other.LastHour(t.Context(), alice.ID, "")
	require.NoError(t, err)
	submit(t, other, second)
}

func TestTheTrailTellsWhatWasAskedButNoArguments(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := isolate("click")
	r.Plan = json.RawMessage(`{"targets":[{"name":"DESKTOP-<1>"}]}`)
	r.Reason = "beaconing"
	r.Args = json.RawMessage(`{ "password": "hunter2" }`)
	r = submit(t, l, r)
	told := string(m.trail[0].Detail)
	require.Contains(t, told, digest(m.all()[0].Args), "the hash is that of what is stored")
	require.Contains(t, told, "DESKTOP-<1>")
	require.Contains(t, told, "beaconing")
	require.NotContains(t, told, "hunter2")

	r.Key, r.Plan = "long", json.RawMessage(`"`+strings.Repeat("x", maxPlan)+`"`)
	submit(t, l, r)
	require.Less(t, len(m.trail[1].Detail), 2000, "a long plan is only named by its hash")
	require.Contains(t, string(m.trail[1].Detail), digest(r.Plan))
}

func TestALedgerNeedsAStoreAndAName(t *testing.T) {
	t.Parallel()
	_, err := New(Config{Owner: "p1"})
	require.Error(t, err)
	_, err = New(Config{Store: newMemory()})
	require.Error(t, err)
}

// A decision without its row in the audit trail did not happen, and who made it is told so; where the row cannot be read either, nobody
// promises that.
func TestAStepThatWasNotWrittenSaysSo(t *testing.T) {
	t.Parallel()
	full := errors.New("database or disk is full")
	failing := func(m *memory, op string) {
		m.fail = func(did string) error { return map[bool]error{true: full}[strings.HasPrefix(did, op)] }
	}
	for name, step := range map[string]func(*Ledger, string) error{
		"approve":  func(l *Ledger, id string) error { _, err := l.Approve(t.Context(), Request{ID: id}, bob); return err },
		"deny":     func(l *Ledger, id string) error { _, err := l.Deny(t.Context(), id, bob, "no"); return err },
		"withdraw": func(l *Ledger, id string) error { _, err := l.Withdraw(t.Context(), id, alice); return err },
		"submit":   func(l *Ledger, _ string) error { _, _, err := l.Submit(t.Context(), isolate("next")); return err },
		"freeze":   func(l *Ledger, _ string) error { _, _, err := l.Freeze(t.Context(), bob, "k", "drill"); return err },
	} {
		m := newMemory()
		l := ledger(t, m, "p1")
		r := submit(t, l, isolate("click"))
		failing(m, map[bool]string{true: "insert", false: "swap"}[name == "submit" || name == "freeze"])
		err := step(l, r.ID)
		require.ErrorIs(t, err, full, name)
		require.ErrorIs(t, err, ErrUnwritten, name)
		m.fail = nil
		now, err := l.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, Pending, now.State, name)

		var wrote bool
		m.fail = func(did string) error {
			wrote = wrote || strings.HasPrefix(did, "swap") || strings.HasPrefix(did, "insert")
			return map[bool]error{true: full}[wrote]
		}
		err = step(l, r.ID)
		require.ErrorIs(t, err, full, name)
		require.NotErrorIs(t, err, ErrUnwritten, "%s: nobody can tell", name)
	}
}
