package approvals

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

var (
	noon  = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	alice = policy.Holding("UALICE", policy.Operators)
	bob   = policy.Holding("UBOB", policy.Approvers)
	carol = policy.Holding("UCAROL", policy.Operators, policy.Approvers)
	dave  = policy.Holding("UDAVE")
)

// waiting is a request of alice's that needs quorum approvers.
func waiting(quorum int) Request {
	return Request{
		ID: "1", Command: "isolate", Requester: alice.ID, State: Pending, Quorum: quorum, By: []string{policy.Approvers},
		Created: noon, Expires: noon.Add(30 * time.Minute),
	}
}

func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	requester := alice
	requester = policy.Holding(requester.ID, policy.Operators, policy.Approvers)
	nobody := policy.Holding("", policy.Approvers)
	for _, c := range []struct {
		name string
		who  policy.Person
		at   time.Duration
		want error
	}{
		{"an approver", bob, time.Minute, nil},
		{"an approver who is an operator too", carol, time.Minute, nil},
		{"an approver in the last instant", bob, 30*time.Minute - time.Millisecond, nil},
		{"an approver too late", bob, 30 * time.Minute, ErrExpired},
		{"the requester, though an approver", requester, time.Minute, ErrSelfApproval},
		{"a member without a role", dave, time.Minute, ErrNotApprover},
		{"somebody without an id", nobody, time.Minute, ErrNotApprover},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			approved, denied := waiting(1), waiting(1)
			require.ErrorIs(t, approved.approve(c.who, noon.Add(c.at)), c.want)
			require.ErrorIs(t, denied.deny(c.who, "no", noon.Add(c.at)), c.want)
			if c.want == nil {
				require.Equal(t, []Vote{{User: c.who.ID, At: noon.Add(c.at), Roles: [][]string{{policy.Approvers}}}}, approved.Approvals)
				require.Equal(t, Approved, approved.State)
				require.Equal(t, &Vote{User: c.who.ID, At: noon.Add(c.at), Reason: "no"}, denied.Closed)
				require.Equal(t, Denied, denied.State)
			}
		})
	}
}

func TestAQuorumCountsEveryPersonOnce(t *testing.T) {
	t.Parallel()
	r := waiting(2)
	require.NoError(t, r.approve(bob, noon))
	require.ErrorIs(t, r.approve(bob, noon), ErrAlreadyDecided)
	require.Equal(t, Pending, r.State)
	require.Equal(t, 1, r.Missing())
	require.NoError(t, r.approve(carol, noon))
	require.Equal(t, Approved, r.State)
	require.Zero(t, r.Missing())
}

// The list of what waits for somebody has nothing that they approved already, though they might still deny it.
func TestWhatSomebodyApprovedDoesNotWaitForThem(t *testing.T) {
	t.Parallel()
	r := waiting(2)
	require.True(t, r.DecidableBy(bob, noon))
	require.NoError(t, r.approve(bob, noon))
	require.False(t, r.DecidableBy(bob, noon))
	require.True(t, r.DecidableBy(carol, noon))
	r.Approvals[0].Void = lostRole
	require.True(t, r.DecidableBy(bob, noon), "who has the role again can approve again, and finds it")
}

// A run that was given up before it called anybody has no outcome to write: the row waits for another.
func TestARunThatWasGivenUpHasNoSay(t *testing.T) {
	t.Parallel()
	r := waiting(1)
	require.NoError(t, r.approve(bob, noon))
	require.NoError(t, r.claim("p1", time.Minute, noon))
	require.NoError(t, r.release("p1", r.Fence))
	require.ErrorIs(t, r.finish("p1", r.Fence, Result{Outcome: Successful}, noon), ErrLeaseLost)
	require.Equal(t, Approved, r.State)
}

func TestAnApproverMayThinkAgainAndDeny(t *testing.T) {
	t.Parallel()
	r := waiting(2)
	require.NoError(t, r.approve(bob, noon))
	require.NoError(t, r.deny(bob, "wrong host", noon))
	require.Equal(t, Denied, r.State)
	require.ErrorIs(t, r.approve(carol, noon), ErrNotPending)
}

func TestOnlyTheRequesterWithdraws(t *testing.T) {
	t.Parallel()
	r := waiting(1)
	require.ErrorIs(t, r.withdraw(bob.ID, noon), ErrNotYours)
	require.NoError(t, r.withdraw(alice.ID, noon))
	require.Equal(t, Withdrawn, r.State)
	require.ErrorIs(t, r.approve(bob, noon), ErrWithdrawn)
}

// Whoever comes too late hears how it ended: nobody decided what expired or was withdrawn.
func TestWhoComesTooLateHearsHowItEnded(t *testing.T) {
	t.Parallel()
	for state, want := range map[State]error{
		Pending: nil, Expired: ErrExpired, Withdrawn: ErrWithdrawn, Approved: ErrNotPending, Running: ErrNotPending, Done: ErrNotPending,
		Failed: ErrNotPending, Denied: ErrNotPending, Interrupted: ErrNotPending, NotRun: ErrNotPending, Frozen: ErrNotPending,
	} {
		r := waiting(1)
		r.State = state
		approved, denied, withdrawn := r, r, r
		require.ErrorIs(t, approved.approve(bob, noon), want, state)
		require.ErrorIs(t, denied.deny(bob, "no", noon), want, state)
		require.ErrorIs(t, withdrawn.withdraw(alice.ID, noon), want, state)
	}
}

func TestAnApprovalThatNobodyActedOnGoesStale(t *testing.T) {
	t.Parallel()
	r := waiting(1)
	require.NoError(t, r.approve(bob, noon))
	require.ErrorIs(t, r.expire(noon.Add(maxApprovalAge-1)), ErrNotDue)
	late := r
	require.ErrorIs(t, late.claim("p", time.Minute, noon.Add(maxApprovalAge)), ErrExpired)
	require.NoError(t, r.expire(noon.Add(maxApprovalAge)))
	require.Equal(t, Expired, r.State)
}

func TestWhatACrashLeaves(t *testing.T) {
	t.Parallel()
	running := func(repeatable bool, fence int64) Request {
		r := waiting(1)
		r.State, r.Repeatable, r.Fence, r.Owner, r.LeaseUntil = Running, repeatable, fence, "dead", noon
		return r
	}
	once, again, tooOften, alive := running(false, 1), running(true, 1), running(true, maxClaims), running(true, 1)
	require.NoError(t, once.expireLease(noon))
	require.Equal(t, Interrupted, once.State, "it may have run, and running it twice could do harm")
	require.NoError(t, again.expireLease(noon))
	require.Equal(t, Approved, again.State, "safe to run again")
	require.NoError(t, tooOften.expireLease(noon))
	require.Equal(t, Interrupted, tooOften.State, "it seems to kill every process that runs it")
	require.ErrorIs(t, alive.expireLease(noon.Add(-1)), ErrNotDue)
	forgotten := running(true, 1)
	require.NoError(t, forgotten.expireLease(noon.Add(maxApprovalAge)))
	require.Equal(t, Interrupted, forgotten.State, "after a long outage, or from a backup, nothing repeats itself")
}

func TestWhoMaySayWhatBecomesOfAnInterruptedRequest(t *testing.T) {
	t.Parallel()
	interrupted := func() *Request {
		r := waiting(1)
		r.State, r.Owner, r.Fence = Interrupted, "dead", 1
		return &r
	}
	unguarded := interrupted()
	unguarded.Quorum, unguarded.By = 0, []string{policy.Operators}

	require.ErrorIs(t, interrupted().reopen(alice, "again", noon), ErrSelfApproval)
	require.ErrorIs(t, interrupted().reopen(dave, "again", noon), ErrNotApprover)
	require.NoError(t, interrupted().reopen(bob, "again", noon))
	require.NoError(t, unguarded.reopen(alice, "again", noon), "what needed no approval, its operator may repeat")

	closed := interrupted()
	require.NoError(t, closed.closeInterrupted(bob, "checked at the console", noon))
	require.Equal(t, Interrupted, closed.State)
	require.ErrorIs(t, closed.reopen(bob, "again", noon), ErrNotInterrupted)

	reopened := interrupted()
	require.NoError(t, reopened.reopen(bob, "again", noon))
	require.ErrorIs(t, reopened.finish("dead", 1, Result{Outcome: Successful}, noon), ErrLeaseLost, "a person decided meanwhile")
}

func TestAResultThatComesLateIsBetterThanNone(t *testing.T) {
	t.Parallel()
	r := waiting(1)
	require.NoError(t, r.approve(bob, noon))
	require.NoError(t, r.claim("slow", time.Minute, noon))
	require.NoError(t, r.expireLease(noon.Add(time.Minute)))
	require.Equal(t, Interrupted, r.State)
	require.ErrorIs(t, r.finish("slow", 1, Result{Uncertain: true}, noon), ErrLeaseLost, "no news")
	require.NoError(t, r.finish("slow", 1, Result{Outcome: Successful}, noon.Add(2*time.Minute)))
	require.Equal(t, Done, r.State)
}

func TestAnOldRunDoesNotProlongTheNewOne(t *testing.T) {
	t.Parallel()
	r := waiting(1)
	r.Repeatable = true
	require.NoError(t, r.approve(bob, noon))
	require.NoError(t, r.claim("p1", time.Minute, noon))
	require.NoError(t, r.renew("p1", 1, time.Minute, noon.Add(time.Second)))
	require.NoError(t, r.expireLease(noon.Add(2*time.Minute)))
	require.ErrorIs(t, r.renew("p1", 1, time.Minute, noon), ErrLeaseLost)
	require.NoError(t, r.claim("p1", time.Minute, noon), "the same process, but another run")
	require.ErrorIs(t, r.renew("p1", 1, time.Hour, noon), ErrLeaseLost)
	require.ErrorIs(t, r.finish("p1", 1, Result{}, noon), ErrLeaseLost)
	require.Equal(t, noon.Add(time.Minute), r.LeaseUntil)
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		res  Result
		want State
		out  string
	}{
		{Result{Outcome: Successful}, Done, Successful},
		{Result{Outcome: PartiallySuccessful}, Done, PartiallySuccessful},
		{Result{Outcome: Unsuccessful}, Failed, Unsuccessful},
		{Result{}, Failed, Unsuccessful},
		{Result{Outcome: Successful, Uncertain: true}, Interrupted, ""},
	} {
		r := waiting(1)
		require.NoError(t, r.approve(bob, noon))
		require.NoError(t, r.claim("p", time.Minute, noon))
		require.NoError(t, r.finish("p", 1, c.res, noon))
		require.Equal(t, c.want, r.State, "%+v", c.res)
		require.Equal(t, c.out, r.Outcome, "%+v", c.res)
	}
}

// A model is the state machine told in another way: which words lead from where to where. It knows nothing of how Request does it.
type model struct {
	state   State
	said    map[string]bool // who approved
	quorum  int
	again   bool
	claims  int
	lease   time.Time
	agreed  time.Time
	settled bool
}

// do makes one step and reports whether it was possible.
func (m *model) do(op string, p policy.Person, now, expires time.Time) bool {
	mayDecide := m.state == Pending && now.Before(expires) && p.ID != alice.ID && p.In([]string{policy.Approvers}).Yes()
	open := m.state == Interrupted && !m.settled && p.ID != alice.ID && p.In([]string{policy.Approvers}).Yes()
	from := func(ok bool, to State) bool {
		if ok {
			if to == Approved {
				m.agreed = now
			}
			m.state = to
		}
		return ok
	}
	switch op {
	case "approve":
		if !mayDecide || m.said[p.ID] {
			return false
		}
		m.said[p.ID] = true
		if len(m.said) >= m.quorum {
			from(true, Approved)
		}
		return true
	case "deny":
		return from(mayDecide, Denied)
	case "withdraw":
		return from(m.state == Pending && now.Before(expires) && p.ID == alice.ID, Withdrawn)
	case "expire":
		return from(m.state == Pending && !now.Before(expires) || m.state == Approved && now.Sub(m.agreed) >= time.Hour, Expired)
	case "claim":
		if !from(m.state == Approved && now.Sub(m.agreed) < time.Hour, Running) {
			return false
		}
		m.claims++
		m.lease = now.Add(20 * time.Second)
		return true
	case "succeed":
		return from(m.state == Running, Done)
	case "fail":
		return from(m.state == Running, Failed)
	case "doubt":
		return from(m.state == Running, Interrupted)
	case "lapse":
		to := Interrupted
		if m.again && m.claims < 3 && now.Sub(m.lease) < time.Hour {
			to = Approved
		}
		return from(m.state == Running && !now.Before(m.lease), to)
	case "reopen":
		return from(open, Approved)
	case "settle":
		m.settled = m.settled || open
		return open
	}
	panic(op)
}

// do makes the same step on a request. The owner of every claim is new, as after a restart, so that late results do not count here.
func (r *Request) do(op string, p policy.Person, now time.Time) error {
	owner := fmt.Sprint(r.Fence)
	if r.State != Running {
		owner = "nobody"
	}
	switch op {
	case "approve":
		return r.approve(p, now)
	case "deny":
		return r.deny(p, "", now)
	case "withdraw":
		return r.withdraw(p.ID, now)
	case "expire":
		return r.expire(now)
	case "claim":
		return r.claim(fmt.Sprint(r.Fence+1), 20*time.Second, now)
	case "succeed":
		return r.finish(owner, r.Fence, Result{Outcome: Successful}, now)
	case "fail":
		return r.finish(owner, r.Fence, Result{Outcome: Unsuccessful}, now)
	case "doubt":
		return r.finish(owner, r.Fence, Result{Uncertain: true}, now)
	case "lapse":
		return r.expireLease(now)
	case "reopen":
		return r.reopen(p, fmt.Sprint("click ", r.Fence), now)
	case "settle":
		return r.closeInterrupted(p, "", now)
	}
	panic(op)
}

func TestStepsAgreeWithAModel(t *testing.T) {
	t.Parallel()
	ops := []string{"approve", "approve", "deny", "withdraw", "expire", "claim", "claim", "succeed", "fail", "doubt", "lapse", "lapse", "reopen", "settle"}
	people := []policy.Person{alice, bob, carol, dave, policy.Holding(alice.ID, policy.Approvers)}
	reached := map[State]int{}
	for seed := range uint64(2_000) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		r := waiting(1 + rnd.IntN(3))
		r.Repeatable = rnd.IntN(2) == 0
		m := &model{state: Pending, said: map[string]bool{}, quorum: r.Quorum, again: r.Repeatable}
		now := noon
		for range 12 {
			now = now.Add(time.Duration(rnd.IntN(4)*rnd.IntN(4)*rnd.IntN(9)) * time.Minute / 4)
			op, p := ops[rnd.IntN(len(ops))], people[rnd.IntN(len(people))]
			before := r
			before.Approvals = slices.Clone(r.Approvals)
			err := r.do(op, p, now)
			require.Equal(t, m.do(op, p, now, r.Expires), err == nil, "seed %d: %s by %s in %s: %v", seed, op, p.ID, before.State, err)
			if err != nil {
				require.Equal(t, before, r, "seed %d: %s failed and changed the request", seed, op)
			}
			require.Equal(t, m.state, r.State, "seed %d: %s", seed, op)
			require.Len(t, r.Approvals, len(m.said), "seed %d: %s", seed, op)
			reached[r.State]++
		}
	}
	require.Len(t, reached, 9, "the walk must reach every state: %v", reached)
}
