package approvals

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

// soc is a policy with a rule of every kind.
func soc(t *testing.T) policy.Policy {
	t.Helper()
	p, err := policy.New(policy.Settings{
		Operators: []policy.Member{"UOP"}, Approvers: []policy.Member{"UAPP"},
		Roles: []policy.Role{
			{Name: "leads", Members: []policy.Member{"ULEAD", "UBOTH"}}, {Name: "ad", Members: []policy.Member{"UAD", "UBOTH"}},
			{Name: policy.Operators, Members: []policy.Member{"UPARIS"}, Scope: policy.Scope{Sites: []string{"Paris*"}}},
			{Name: policy.Approvers, Members: []policy.Member{"UPAPP"}, Scope: policy.Scope{Sites: []string{"Paris*"}}},
		},
		Rules: []policy.Rule{
			{Name: "protected", Hosts: []string{"SRV-DC-*"}, Effect: policy.Deny, Why: "ask the AD team"},
			{Name: "jewels", Tags: []string{"jewel"}, Effect: policy.Approve, By: []string{"leads", "ad"}, Quorum: 2, Distinct: true},
			{Name: "lab", Sites: []string{"Lab"}, Effect: policy.Allow, By: []string{policy.Operators}},
			{Name: "scripts", Commands: []string{"run-*"}, Effect: policy.Approve, By: []string{"leads"}, Quorum: 2},
			{Name: "no exports", Commands: []string{"get-secrets"}, Effect: policy.Deny, Why: "no"},
		},
	})
	require.NoError(t, err)
	return p
}

func in(site string) policy.Target { return lying("PC", site) }

// lying is a host at a site; without one, it is in no site.
func lying(name, site string) policy.Target {
	t := policy.Nothing()
	t.Host, t.Site = policy.Known(name), policy.Known(site)
	return t
}

func host(name string, tags ...string) policy.Target {
	t := lying(name, "")
	t.Tags = policy.Known(tags)
	return t
}

// full is a full member who is meant by no handle and belongs to no group.
func full(id string) policy.Identity {
	return policy.Identity{ID: id, Active: policy.Certain(true), Full: policy.Certain(true), Through: map[policy.Member]policy.Answer{}}
}

// within is an approver of one site.
func within(id, site string) policy.Person {
	p := policy.Holding(id, policy.Approvers)
	p.Roles[0].Scope = policy.Scope{Sites: []string{site}}
	return p
}

// guest has no role and is no full member.
func guest(id string) policy.Person {
	p := policy.Holding(id)
	p.Full = policy.Certain(false)
	return p
}

func TestARoleHoldsWithinItsSitesOnly(t *testing.T) {
	t.Parallel()
	p := soc(t)
	paris := p.Person(full("UPARIS"))
	ask := policy.Input{Caller: paris, Command: "restart", Risk: policy.RiskDestructive}
	ask.Reach = []policy.Target{in("Paris-North")}
	require.Equal(t, policy.Approve, p.Decide(ask).Effect)
	ask.Reach = []policy.Target{in("Paris-North"), in("Rome")}
	r := p.Decide(ask)
	require.Equal(t, policy.Deny, r.Effect)
	require.Contains(t, r.Why, "doesn't cover PC")
	ask.Reach = nil
	require.Equal(t, policy.Deny, p.Decide(ask).Effect, "what lies nowhere is outside")
	ask.Early = true
	require.NotEqual(t, policy.Deny, p.Decide(ask).Effect, "nobody has looked yet")

	operator := p.Person(full("UOP"))
	for site, want := range map[string]error{"Paris": nil, "Rome": ErrNotApprover} {
		decision := p.Decide(policy.Input{Caller: operator, Command: "restart", Risk: policy.RiskDestructive, Reach: []policy.Target{in(site)}})
		q := Under(decision, Request{Requester: "UOP", Expires: noon.Add(time.Hour)})
		require.ErrorIs(t, q.approve(p.Person(full("UPAPP")), noon), want, site)
	}
}

// Approvals that were given under one decision are counted anew under another.
func TestApprovalsUnderAnotherRuling(t *testing.T) {
	t.Parallel()
	p := soc(t)
	person := func(id string) policy.Person { return p.Person(full(id)) }
	ask := policy.Input{Caller: person("UOP"), Command: "restart", Risk: policy.RiskDestructive, Reach: []policy.Target{in("Rome")}}
	then := p.Decide(ask)
	q := Under(then, Request{Requester: "UOP"})
	require.Zero(t, missing(then, q, person("UAPP")))
	require.Equal(t, 1, missing(then, q, person("ULEAD")), "who is no approver any more does not count")

	ask.Command = "run-script"
	now := p.Decide(ask)
	require.Equal(t, 2, missing(now, q, person("UAPP")))
	require.Equal(t, 1, missing(now, q, person("ULEAD"), person("UAPP")))
	require.Zero(t, missing(now, q, person("ULEAD"), person("UBOTH")))
	require.Zero(t, missing(policy.Decision{Effect: policy.Allow}, q))
}

func missing(r policy.Decision, q Request, approvers ...policy.Person) int {
	n, _ := MissingUnder(r, q, approvers)
	return n
}

// What lies in two places, where the role is held by other people each, takes one of each; who holds it in both is enough alone.
func TestEachPlaceIsDecidedByItsOwnApprovers(t *testing.T) {
	t.Parallel()
	p, err := policy.New(policy.Settings{
		Operators: []policy.Member{"UOP"},
		Roles: []policy.Role{
			{Name: policy.Approvers, Members: []policy.Member{"UPARIS", "UBOTH"}, Scope: policy.Scope{Sites: []string{"Paris*"}}},
			{Name: policy.Approvers, Members: []policy.Member{"UROME", "UBOTH"}, Scope: policy.Scope{Sites: []string{"Rome"}}},
		},
	})
	require.NoError(t, err)
	person := func(id string) policy.Person { return p.Person(full(id)) }
	decision := p.Decide(policy.Input{Caller: person("UOP"), Command: "restart", Risk: policy.RiskDestructive, Reach: []policy.Target{in("Paris-1"), in("Rome"), in("Rome")}, Targets: 3})
	require.Equal(t, policy.Approve, decision.Effect, decision.Why)
	require.Len(t, decision.Needs, 2)
	waiting := func() Request { return Under(decision, Request{Requester: "UOP", Expires: noon.Add(time.Hour)}) }

	nowhere := p.Decide(policy.Input{Caller: person("UOP"), Command: "restart", Risk: policy.RiskDestructive, Reach: []policy.Target{in("Oslo")}, Targets: 1})
	require.ErrorContains(t, nowhere.Err(), "nobody can approve this for Oslo")

	q := waiting()
	require.NoError(t, q.approve(person("UPARIS"), noon))
	require.Equal(t, Pending, q.State)
	require.Equal(t, 1, q.Missing())
	require.NoError(t, q.approve(person("UROME"), noon))
	require.Equal(t, Approved, q.State)
	q = waiting()
	require.NoError(t, q.approve(person("UBOTH"), noon))
	require.Equal(t, Approved, q.State)
}

func TestDistinctRolesTakeDistinctPeople(t *testing.T) {
	t.Parallel()
	p := soc(t)
	for _, c := range []struct {
		who  string
		want State
	}{
		{"ULEAD UAD", Approved},
		{"UAD ULEAD", Approved},
		{"UBOTH ULEAD", Approved},
		{"UBOTH UAD", Approved},
		{"UBOTH", Pending},
	} {
		decision := p.Decide(policy.Input{Caller: p.Person(full("UOP")), Command: "x", Risk: policy.RiskDestructive, Reach: []policy.Target{host("", "Jewel")}})
		q := Under(decision, Request{Requester: "UOP", Expires: noon.Add(time.Hour)})
		for id := range strings.FieldsSeq(c.who) {
			require.NoError(t, q.approve(p.Person(full(id)), noon))
		}
		require.Equal(t, c.want, q.State, c.who)
		require.ErrorIs(t, q.approve(p.Person(full("UAPP")), noon), map[State]error{Approved: ErrNotPending, Pending: ErrNotApprover}[c.want])
	}
}

func TestAFreezeHoldsUntilTwoApproversEndIt(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := approved(t, l, isolate("before"))
	_, _, err := l.Freeze(t.Context(), dave, "k0", "")
	require.ErrorIs(t, err, ErrNotApprover)
	_, fresh, err := l.Freeze(t.Context(), bob, "k1", "stolen laptop")
	require.NoError(t, err)
	require.True(t, fresh)
	_, fresh, err = l.Freeze(t.Context(), carol, "k2", "")
	require.NoError(t, err)
	require.False(t, fresh)

	_, err = l.Run(t.Context(), r, succeed)
	require.ErrorIs(t, err, ErrFrozen)
	_, err = l.Approve(t.Context(), submit(t, l, isolate("during")), bob)
	require.ErrorIs(t, err, ErrFrozen)
	_, err = l.Thaw(t.Context(), dave)
	require.ErrorIs(t, err, ErrNotApprover)
	_, err = l.Thaw(t.Context(), bob)
	require.NoError(t, err)
	_, err = l.Thaw(t.Context(), bob)
	require.ErrorIs(t, err, ErrAlreadyDecided)
	over, err := l.Thaw(t.Context(), carol)
	require.NoError(t, err)
	require.Equal(t, Done, over.State)
	_, err = l.Thaw(t.Context(), carol)
	require.ErrorIs(t, err, ErrNotFrozen)
	r, err = l.Run(t.Context(), r, succeed)
	require.NoError(t, err)
	require.Equal(t, Done, r.State)
}

// Two who freeze at the same moment make two rows; nobody has to end them one by one.
func TestFreezesThatBeganTogetherEndTogether(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	first, _, err := l.Freeze(t.Context(), bob, "k1", "")
	require.NoError(t, err)
	twin := first
	twin.ID, twin.Ref, twin.Key = "twin", "A-TWIN", "freeze k2"
	_, _, err = m.Insert(t.Context(), twin, Entry{})
	require.NoError(t, err)
	_, err = l.Thaw(t.Context(), bob)
	require.NoError(t, err)
	_, frozen, err := l.Frozen(t.Context())
	require.NoError(t, err)
	require.True(t, frozen)
	_, err = l.Thaw(t.Context(), carol)
	require.NoError(t, err)
	_, frozen, err = l.Frozen(t.Context())
	require.NoError(t, err)
	require.False(t, frozen)
}

// Whoever may approve in one place only stops everything all the same: better once too often.
func TestAnApproverOfOneSiteMayFreeze(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	paris := within("UPAPP", "Paris")
	_, fresh, err := l.Freeze(t.Context(), paris, "k1", "")
	require.NoError(t, err)
	require.True(t, fresh)
	_, err = l.Thaw(t.Context(), paris)
	require.ErrorIs(t, err, ErrNotApprover)
}

// While everything is frozen nobody lets anything run again either, and who tried stands in the trail.
func TestNothingRunsAgainInAFreeze(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := approved(t, l, isolate("click"))
	r, err := l.Run(t.Context(), r, func(context.Context, Request) Result { return Result{Uncertain: true} })
	require.NoError(t, err)
	require.Equal(t, Interrupted, r.State)
	_, _, err = l.Freeze(t.Context(), bob, "k1", "")
	require.NoError(t, err)
	r, err = l.Reopen(t.Context(), r.ID, bob, "again")
	require.ErrorIs(t, err, ErrFrozen)
	require.Equal(t, Interrupted, r.State)
	require.Equal(t, "UBOB refused", m.told()[len(m.told())-1])
}

// What was to run at once and met a freeze is not done when nobody expects it any more; what was approved waits.
func TestWhatWasToRunAtOnceDoesNotWaitForTheThaw(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	at := isolate("at once")
	at.State, at.Quorum, at.By = Approved, 0, nil
	at = submit(t, l, at)
	waited := approved(t, l, isolate("approved"))
	_, _, err := l.Freeze(t.Context(), bob, "k1", "")
	require.NoError(t, err)
	_, err = l.Run(t.Context(), at, succeed)
	require.ErrorIs(t, err, ErrFrozen)
	require.Zero(t, get(t, l, at.ID).Fence, "a run that a freeze forbids is not claimed and given back: nobody's card flickers")
	at, err = l.Drop(t.Context(), at.ID, "frozen")
	require.NoError(t, err)
	require.Equal(t, Withdrawn, at.State)
	_, err = l.Drop(t.Context(), waited.ID, "frozen")
	require.ErrorIs(t, err, ErrNotPending)
	for range 2 {
		_, err = l.Drop(t.Context(), at.ID, "frozen")
		require.ErrorIs(t, err, ErrNotPending)
	}
}

func TestAFreezeBetweenTheClaimAndTheCallHolds(t *testing.T) {
	t.Parallel()
	m := newMemory()
	var l *Ledger
	l = ledger(t, m, "p1", func(c *Config) {
		c.Changed = func(r Request) {
			if r.State == Running {
				_, _, err := l.Freeze(t.Context(), bob, "now", "")
				require.NoError(t, err)
			}
		}
	})
	r, err := l.Run(t.Context(), approved(t, l, isolate("click")), func(context.Context, Request) Result {
		t.Error("it ran")
		return Result{}
	})
	require.ErrorIs(t, err, ErrFrozen)
	require.Equal(t, Approved, r.State)
	require.Contains(t, m.told(), "bot held")
}

func TestPeopleAreRemindedTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		l, other := ledger(t, m, "p1"), ledger(t, m, "p2")
		r := submit(t, l, isolate("click"))
		require.NoError(t, l.Cards().Add(t.Context(), r.ID, CardRef{Channel: "C1", TS: "1.1", Shown: 1}))
		due := func() (n int) {
			for _, l := range []*Ledger{l, other} {
				rs, err := l.RemindDue(t.Context())
				require.NoError(t, err)
				n += len(rs)
			}
			return n
		}
		var told []int
		for range 31 {
			told = append(told, due())
			<-time.After(time.Minute)
		}
		want := make([]int, 31)
		want[15], want[24] = 1, 1
		require.Equal(t, want, told)
	})
}
