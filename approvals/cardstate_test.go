package approvals

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

// A timed ledger has a clock that is moved by hand, and counts what it was told of.
func timed(t *testing.T, m *memory) (l *Ledger, pass func(time.Duration), changes *int) {
	t.Helper()
	now, n := noon, 0
	l = ledger(t, m, "p1", func(c *Config) {
		c.Now = func() time.Time { return now }
		c.Changed = func(Request) { n++ }
	})
	return l, func(d time.Duration) { now = now.Add(d) }, &n
}

func get(t *testing.T, l *Ledger, id string) Request {
	t.Helper()
	r, err := l.Get(t.Context(), id)
	require.NoError(t, err)
	return r
}

func TestACardTakesThePlaceOfWhatStandsInForIt(t *testing.T) {
	t.Parallel()
	l, _, changes := timed(t, newMemory())
	id := submit(t, l, isolate("click")).ID
	stand := func(ts string) CardRef { return CardRef{Channel: "C1", TS: ts, Shown: 1, Placeholder: true} }
	card := func(channel, ts string) CardRef { return CardRef{Channel: channel, TS: ts, Shown: 1} }

	require.NoError(t, l.Cards().Posting(t.Context(), id, true))
	require.True(t, get(t, l, id).Posting)
	require.NoError(t, l.Cards().Add(t.Context(), id, stand("1")))
	require.NoError(t, l.Cards().Add(t.Context(), id, stand("2")))
	before := *changes
	require.NoError(t, l.Cards().Add(t.Context(), id, stand("2")))
	require.Equal(t, before, *changes, "the same again is no change")
	r := get(t, l, id)
	require.False(t, r.Posting, "now it is known where it is")
	require.False(t, r.HasCard())
	require.Equal(t, []CardRef{stand("1"), stand("2")}, r.Heads(), "until there is a card, people talk below what stands in for it")

	require.NoError(t, l.Cards().Add(t.Context(), id, card("C1", "2")))
	r = get(t, l, id)
	old := stand("1")
	old.Shown = -1
	require.Equal(t, []CardRef{old, card("C1", "2")}, r.Cards, "the other placeholder must be drawn again: it points to the card")
	require.True(t, r.HasCard())
	require.Equal(t, []CardRef{card("C1", "2")}, r.Heads())
	require.NoError(t, l.Cards().Add(t.Context(), id, stand("2")), "what stands in for a card does not push it away")
	require.NoError(t, l.Cards().Add(t.Context(), id, card("C2", "2")))
	require.NoError(t, l.Cards().Add(t.Context(), id, card("C1", "3")))
	require.Equal(t, []CardRef{old, card("C1", "2"), card("C2", "2"), card("C1", "3")}, get(t, l, id).Cards)

	moved := card("C1", "9")
	require.NoError(t, l.Cards().Move(t.Context(), id, card("C1", "2"), moved))
	require.NoError(t, l.Cards().Move(t.Context(), id, card("C7", "3"), card("C7", "0")), "one that is not there")
	require.NoError(t, l.Cards().Move(t.Context(), id, card("C1", "7"), card("C7", "0")))
	require.Equal(t, []CardRef{old, moved, card("C2", "2"), card("C1", "3")}, get(t, l, id).Cards)
	require.NoError(t, l.Cards().Move(t.Context(), id, old, card("C1", "0")), "the first of them, too")
	require.Equal(t, card("C1", "0"), get(t, l, id).Cards[0])

	for _, c := range []CardRef{card("D1", "1"), card("D1", "2"), card("D2", "1"), card("D1", "1")} {
		require.NoError(t, l.Cards().AddCopy(t.Context(), id, c))
	}
	require.Equal(t, []CardRef{card("D1", "1"), card("D1", "2"), card("D2", "1")}, get(t, l, id).Copies)
}

func TestWhyThereIsNoCardIsNewsOnce(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, _, _ := timed(t, m)
	id := submit(t, l, isolate("click")).ID
	for _, c := range []struct {
		why  string
		news bool
	}{{"not in the channel", true}, {"not in the channel", false}, {"", true}, {"", false}} {
		news, err := l.Cards().Hide(t.Context(), id, c.why)
		require.NoError(t, err)
		require.Equal(t, c.news, news)
		require.Equal(t, c.why, get(t, l, id).Unseen)
	}
	version := get(t, l, id).Version
	require.NoError(t, l.Cards().Posting(t.Context(), id, false))
	require.Equal(t, version, get(t, l, id).Version, "nothing is written where nothing changes")
	full := errors.New("disk full")
	m.fail = func(string) error { return full }
	require.ErrorIs(t, l.Cards().Posting(t.Context(), id, true), full)
}

// A decision that waited for an answer counts now: no card goes on saying that it does not.
func TestADecisionEndsWhatItsPersonHadWaiting(t *testing.T) {
	t.Parallel()
	l, _, _ := timed(t, newMemory())
	two := isolate("click")
	two.Quorum = 2
	id := submit(t, l, two).ID
	for _, p := range []policy.Person{bob, carol} {
		_, err := l.Cards().AddUncounted(t.Context(), id, Uncounted{User: p.ID, Action: "approved", Question: "is it protected", Until: noon.Add(time.Minute)})
		require.NoError(t, err)
	}
	r, err := l.Approve(t.Context(), Request{ID: id}, bob)
	require.NoError(t, err)
	require.Len(t, r.Uncounted, 1)
	require.Equal(t, carol.ID, r.Uncounted[0].User)
}

func TestWhatIsShownIsKnownAndOnlyThat(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, _, _ := timed(t, m)
	id := submit(t, l, isolate("click")).ID
	cards := []CardRef{{Channel: "C1", TS: "1"}, {Channel: "C1", TS: "2"}, {Channel: "C2", TS: "1"}}
	for _, c := range cards[:2] {
		require.NoError(t, l.Cards().Add(t.Context(), id, c))
	}
	require.NoError(t, l.Cards().AddCopy(t.Context(), id, cards[2]))
	r := get(t, l, id)
	require.True(t, r.Behind())
	shown := func() (revs []int64) {
		r := get(t, l, id)
		for _, c := range append(r.Cards, r.Copies...) {
			revs = append(revs, c.Shown)
		}
		return revs
	}
	require.NoError(t, l.Cards().RecordShown(t.Context(), r, cards[:1]))
	require.Equal(t, []int64{1, 0, 0}, shown())
	require.NoError(t, l.Cards().RecordShown(t.Context(), r, []CardRef{{Channel: "C2", TS: "2"}, {Channel: "C3", TS: "1"}}))
	require.Equal(t, []int64{1, 0, 0}, shown(), "messages of others")
	require.NoError(t, l.Cards().RecordShown(t.Context(), r, cards[1:]))
	require.Equal(t, []int64{1, 1, 1}, shown())
	require.False(t, get(t, l, id).Delivered)
	version := get(t, l, id).Version
	require.NoError(t, l.Cards().RecordShown(t.Context(), r, cards))
	require.Equal(t, version, get(t, l, id).Version, "nothing is written where nothing changes")
	frozen := cards[0]
	frozen.Freeze = "F1"
	require.NoError(t, l.Cards().RecordShown(t.Context(), r, []CardRef{frozen}))
	require.Equal(t, "F1", get(t, l, id).Cards[0].Freeze, "a freeze changes the card and not the row")

	denied, err := l.Deny(t.Context(), id, bob, "no")
	require.NoError(t, err)
	require.NoError(t, l.Cards().RecordTold(t.Context(), r))
	require.False(t, get(t, l, id).Delivered, "that it waits was shown and told, not its end")
	require.NoError(t, l.Cards().RecordTold(t.Context(), denied))
	require.True(t, get(t, l, id).Delivered)
	require.NoError(t, l.Cards().RecordTold(t.Context(), denied), "once is enough")
	dm := CardRef{Channel: "D1", TS: "1", Shown: denied.Rev}
	for range 2 {
		require.NoError(t, l.Cards().RecordTold(t.Context(), denied, dm))
		require.Equal(t, []CardRef{dm}, get(t, l, id).Copies[1:], "who was told has a message that follows")
	}
	require.NoError(t, l.Cards().DropCopies(t.Context(), id, []CardRef{dm}))
	require.NoError(t, l.Cards().RecordShown(t.Context(), denied, cards))
	require.True(t, get(t, l, id).Delivered, "what was told stays told")
	require.Equal(t, []int64{2, 2, 2}, shown())
	require.NoError(t, l.Cards().RecordShown(t.Context(), r, cards))
	require.Equal(t, []int64{2, 2, 2}, shown(), "an edit that comes late does not make them older")
	require.False(t, func() bool { r := get(t, l, id); return r.Behind() }())
	full := errors.New("disk full")
	m.fail = func(string) error { return full }
	require.ErrorIs(t, l.Cards().RecordTold(t.Context(), denied), full)
}

// Of a request that ran twice the end of the first run was told, not that of the second.
func TestTheEndOfEachRunIsTold(t *testing.T) {
	t.Parallel()
	l, _, _ := timed(t, newMemory())
	r := approved(t, l, isolate("click"))
	first, err := l.Run(t.Context(), r, func(context.Context, Request) Result { return Result{Uncertain: true} })
	require.NoError(t, err)
	_, err = l.Reopen(t.Context(), r.ID, bob, "again")
	require.NoError(t, err)
	_, err = l.Run(t.Context(), r, func(context.Context, Request) Result { return Result{Uncertain: true} })
	require.NoError(t, err)
	require.NoError(t, l.Cards().RecordTold(t.Context(), first))
	require.False(t, get(t, l, r.ID).Delivered)
}

func TestWhatTheConsoleSaysLaterIsInTheTrailOnce(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, _, changes := timed(t, m)
	r, err := l.Run(t.Context(), approved(t, l, isolate("click")), succeed)
	require.NoError(t, err)
	before := *changes
	for _, effect := range []string{`{"applied":0}`, `{"applied":0}`, `{"applied":1}`} {
		got, err := l.RecordEffect(t.Context(), r, json.RawMessage(effect))
		require.NoError(t, err)
		require.JSONEq(t, effect, string(got.Effect))
	}
	require.Equal(t, before+2, *changes)
	require.Equal(t, "bot observed", m.told()[len(m.told())-1])
	require.Equal(t, 2, strings.Count(strings.Join(m.told(), ","), "bot observed"))
	require.JSONEq(t, `{"applied":1}`, string(get(t, l, r.ID).Effect))
	full := errors.New("disk full")
	m.fail = func(string) error { return full }
	_, err = l.RecordEffect(t.Context(), r, json.RawMessage(`{}`))
	require.ErrorIs(t, err, full)
	require.Equal(t, before+2, *changes, "nobody is told of what was not written")
}

func TestARunMayDoLessThanWasApprovedAndNeverMore(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, _, changes := timed(t, m)
	q := isolate("click")
	q.Targets = 3
	r := approved(t, l, q)
	_, err := l.Adjust(t.Context(), r.ID, json.RawMessage(`{}`), 1, nil)
	require.ErrorIs(t, err, ErrLeaseLost, "who does not run it has no say")
	_, err = l.Run(t.Context(), r, func(ctx context.Context, r Request) Result {
		_, err := l.Adjust(ctx, r.ID, json.RawMessage(`{"agent-ids":["1","2","3","4"]}`), 4, nil)
		require.ErrorIs(t, err, ErrInvalid)
		_, err = ledger(t, m, "p2").Adjust(ctx, r.ID, json.RawMessage(`{}`), 1, nil)
		require.ErrorIs(t, err, ErrLeaseLost, "nor has another process")
		before := *changes
		got, err := l.Adjust(ctx, r.ID, json.RawMessage(`{"agent-ids":["2"]}`), 3, json.RawMessage(`{"left":1}`))
		require.NoError(t, err)
		require.Equal(t, before+1, *changes)
		got, err = l.Adjust(ctx, r.ID, json.RawMessage(`{"agent-ids":["1"]}`), 1, json.RawMessage(`{"left":2}`))
		require.NoError(t, err)
		require.Equal(t, 1, got.Targets)
		require.JSONEq(t, `{"left":2}`, string(got.Effect))
		require.NoError(t, l.Pinned(ctx, got), "what it was adjusted to is what it may do")
		got.Args = json.RawMessage(`{"agent-ids":["2"]}`)
		require.ErrorIs(t, l.Pinned(ctx, got), ErrTampered, "and not what it was before")
		return Result{Outcome: Successful}
	})
	require.NoError(t, err)
}

func TestPeopleAreRemindedAtHalfAndFourFifthsOfTheTime(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, pass, _ := timed(t, m)
	r := submit(t, l, isolate("click"))
	due := func() int {
		t.Helper()
		rs, err := l.RemindDue(t.Context())
		require.NoError(t, err)
		return len(rs)
	}
	pass(15 * time.Minute)
	require.Zero(t, due(), "without a card nobody could answer")
	require.NoError(t, l.Cards().Add(t.Context(), r.ID, CardRef{Channel: "C1", TS: "1"}))
	require.Equal(t, 1, due())
	require.Zero(t, due(), "once")
	pass(9*time.Minute - time.Millisecond)
	require.Zero(t, due())
	pass(time.Millisecond)
	full := errors.New("disk full")
	m.fail = func(op string) error {
		if strings.HasPrefix(op, "swap") {
			return full
		}
		return nil
	}
	_, err := l.RemindDue(t.Context())
	require.ErrorIs(t, err, full)
	m.fail = nil
	require.Equal(t, 1, due())
	pass(6 * time.Minute)
	require.Zero(t, due(), "it is over")
	m.fail = func(string) error { return full }
	_, err = l.RemindDue(t.Context())
	require.ErrorIs(t, err, full)
}

func TestAQuestionWithoutAnAnswerHoldsARunForTenMinutes(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, pass, changes := timed(t, m)
	waiting := submit(t, l, isolate("waits"))
	_, err := l.Hold(t.Context(), waiting.ID, "who is it")
	require.ErrorIs(t, err, ErrTaken)
	id := approved(t, l, isolate("click")).ID
	pass(pickupDelay)
	taken := func() (n int) {
		t.Helper()
		rs, err := l.Recover(t.Context())
		require.NoError(t, err)
		for _, r := range rs {
			if r.ID == id {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, taken())
	before := *changes
	var pauses []time.Duration
	held := func(question string) Request {
		t.Helper()
		r, err := l.Hold(t.Context(), id, question)
		require.NoError(t, err)
		pauses = append(pauses, r.Held.Next.Sub(l.clock()))
		require.Zero(t, taken(), "it is left alone until then")
		pass(pauses[len(pauses)-1])
		require.Equal(t, 1, taken())
		return r
	}
	for range 10 {
		held("where is it")
	}
	require.Equal(t, before+1, *changes, "the same question is told once")
	r := held("who is it")
	require.Equal(t, before+2, *changes)
	require.Equal(t, "who is it", r.Held.Question)
	require.Equal(t, 11, r.Held.Tries)
	require.Equal(t, []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute, time.Minute}, pauses[:6])
	for r.State == Approved && r.Held.Next.Before(r.Held.Until()) {
		if r, err = l.Hold(t.Context(), id, "who is it"); err != nil {
			break
		}
		pass(r.Held.Next.Sub(l.clock()))
	}
	r, err = l.Hold(t.Context(), id, "who is it")
	require.ErrorIs(t, err, ErrExpired)
	require.Equal(t, NotRun, r.State, "and it says so at once")
	require.Equal(t, MaxHold, l.clock().Sub(r.Held.Since))
	require.Equal(t, "bot not run", m.told()[len(m.told())-1])
}

func TestTheTrailTellsOfEachDecision(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, _, _ := timed(t, m)
	tells := func(n int) string { return string(m.trail[len(m.trail)-n].Detail) }

	q := isolate("full")
	q.Needs, q.Term, q.After = []policy.Need{{By: q.By, Quorum: 1}}, &Term{For: time.Hour, Auto: true}, "before"
	q.Plan, q.Sealed = json.RawMessage(`{"targets":[]}`), []byte{1}
	q.ID = "sealed"
	submit(t, l, q)
	for _, want := range []string{`"needs":[{"by":["approvers"],"quorum":1}]`, `"secret":"sealed"`, `"for":"1h0m0s"`, `"auto":true`, `"after":"before"`, `"plan":{"targets":[]}`} {
		require.Contains(t, tells(1), want)
	}
	require.Empty(t, m.trail[len(m.trail)-1].Actor, "the bot asked")

	r := submit(t, l, isolate("plain"))
	for _, word := range []string{"needs", "secret", "for", "auto", "after", "plan"} {
		require.NotContains(t, tells(1), `"`+word+`":`)
	}
	require.Contains(t, tells(1), `"plan_sha256"`)
	_, err := l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	require.Contains(t, tells(1), `"roles":[["approvers"]]`)
	require.NotContains(t, tells(1), `"reason"`)
	_, err = l.Run(t.Context(), r, func(context.Context, Request) Result {
		return Result{Outcome: Successful, Effect: json.RawMessage(`{"applied":1}`), Err: errors.New("late")}
	})
	require.NoError(t, err)
	for _, want := range []string{`"outcome":"Successful"`, `"effect":{"applied":1}`, `"err":"late"`} {
		require.Contains(t, tells(1), want)
	}

	big := isolate("big")
	big.Plan = json.RawMessage(`"` + strings.Repeat("x", maxPlan) + `"`)
	r = submit(t, l, big)
	require.NotContains(t, tells(1), "xxx")
	_, err = l.Deny(t.Context(), r.ID, bob, "too much")
	require.NoError(t, err)
	require.Contains(t, tells(1), `"reason":"too much"`)
	require.NotContains(t, tells(1), `"roles"`, "a denial counts with no role")

	r = approved(t, l, isolate("unknown"))
	_, err = l.Run(t.Context(), r, func(context.Context, Request) Result {
		return Result{Uncertain: true, Answer: strings.Repeat("ä", maxAnswer)}
	})
	require.NoError(t, err)
	require.Equal(t, ActionInterrupted, m.trail[len(m.trail)-1].Action)
	require.NotContains(t, tells(1), `"outcome"`)
	require.NotContains(t, tells(1), `"effect"`)
	require.Less(t, len(tells(1)), maxAnswer+300, "an answer is cut")
}

// Nobody decides their own request, whatever their roles; that they tried is in the trail, and that somebody was only late is not.
func TestARefusalIsInTheTrailWhereThePersonHadNoRight(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, _, _ := timed(t, m)
	r := submit(t, l, isolate("click"))
	self := policy.Holding(alice.ID, policy.Approvers)
	_, err := l.Approve(t.Context(), r, self)
	require.ErrorIs(t, err, ErrSelfApproval)
	_, err = l.MayDecide(t.Context(), r.ID, self)
	require.ErrorIs(t, err, ErrSelfApproval)
	_, err = l.Deny(t.Context(), r.ID, policy.Holding("UX"), "no")
	require.ErrorIs(t, err, ErrNotApprover)
	_, err = l.Withdraw(t.Context(), r.ID, bob)
	require.ErrorIs(t, err, ErrNotYours)
	require.Equal(t, []string{"UALICE asked", "UALICE refused", "UALICE refused", "UX refused", "UBOB refused"}, m.told())
	_, err = l.Approve(t.Context(), r, bob)
	require.NoError(t, err)
	before := len(m.told())
	_, err = l.Approve(t.Context(), r, carol)
	require.ErrorIs(t, err, ErrNotPending)
	require.Len(t, m.told(), before)
}

// Who lost the role since does not count, and where the last approval hangs on what nobody can tell, it is not taken.
func TestEarlierApprovalsAreCountedAgain(t *testing.T) {
	t.Parallel()
	gone, dark := policy.Holding(bob.ID), bob
	dark.Roles = []policy.Membership{{Role: policy.Approvers, Held: policy.CannotTell("is bob an approver")}}
	two := func() Request {
		r := Request{Requester: alice.ID, State: Pending, Quorum: 2, By: []string{policy.Approvers}, Expires: noon.Add(time.Hour)}
		require.NoError(t, r.approve(bob, noon))
		return r
	}
	r := two()
	require.ErrorIs(t, r.approve(bob, noon), ErrAlreadyDecided)
	require.NoError(t, r.approve(carol, noon, gone))
	require.Equal(t, Pending, r.State)
	require.Equal(t, 1, r.Missing())
	require.Len(t, r.Counting(), 1)
	require.Equal(t, lostRole, r.Approvals[0].Void)
	require.Equal(t, []string{bob.ID}, Lost(r, []policy.Person{gone, carol, dark}), "for certain")
	require.NoError(t, r.approve(bob, noon, carol), "who has the role again may approve again")
	require.Equal(t, Approved, r.State)
	require.Len(t, r.Approvals, 2, "with one approval a person")

	r = two()
	r.Quorum, r.Approvals[0].Void = 3, lostRole
	require.NoError(t, r.approve(carol, noon, bob))
	require.Len(t, r.Counting(), 2, "whose role came back counts again, without another click")

	r = two()
	var open *policy.UnansweredError
	require.ErrorAs(t, r.approve(carol, noon, dark), &open)
	require.Equal(t, "is bob an approver", open.Question)
	require.Equal(t, Pending, r.State)
	require.Len(t, r.Approvals, 1)

	r = two()
	r.Quorum = 3
	require.NoError(t, r.approve(carol, noon, dark), "where more are missing anyway, it is taken")
	require.Equal(t, Pending, r.State)
	require.Equal(t, 1, r.Missing(), "and what nobody can tell is left as it was")

	r = two()
	r.Quorum, r.Approvals = 1, append(r.Approvals, Vote{User: "UEVE", Void: lostRole})
	require.NoError(t, r.approve(carol, noon, dark), "where one is enough, the doubtful one does not matter")
	require.Equal(t, Approved, r.State)
}

func TestWhatTheLedgerCannotReadOrWriteIsAnError(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l, pass, changes := timed(t, m)
	r := approved(t, l, isolate("click"))
	submit(t, l, isolate("waits"))
	full := errors.New("disk full")
	pass(time.Hour)
	before := *changes
	for name, op := range map[string]string{"reading": "find", "writing": "swap"} {
		m.fail = func(did string) error {
			if strings.HasPrefix(did, op) {
				return full
			}
			return nil
		}
		_, err := l.ExpireDue(t.Context())
		require.ErrorIs(t, err, full, name)
		_, err = l.Recover(t.Context())
		require.ErrorIs(t, err, full, name)
		_, err = l.Run(t.Context(), r, succeed)
		require.Error(t, err, name)
	}
	require.Equal(t, before, *changes)
	m.fail = func(op string) error { return full }
	_, _, err := l.Freeze(t.Context(), bob, "k", "")
	require.ErrorIs(t, err, full)
	_, err = l.Thaw(t.Context(), bob)
	require.ErrorIs(t, err, full)
	_, _, err = l.Frozen(t.Context())
	require.ErrorIs(t, err, full)
	m.fail = nil
	ended, err := l.ExpireDue(t.Context())
	require.NoError(t, err)
	require.Len(t, ended, 2)
	require.Equal(t, before+2, *changes)
}
