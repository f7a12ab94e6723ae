package requestcards

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/render"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// isolation is a request to isolate DESKTOP-1 that waits, as edit has it.
func isolation(edit ...func(*approvals.Request)) approvals.Request {
	req := approvals.Request{
		ID: "R1", Ref: "A-7F3A", Command: "disconnect-agent-from-network", Title: "Disconnect Agent From Network", State: approvals.Pending, Quorum: 1,
		By: []string{policy.Approvers}, Requester: "UALICE", RequesterName: "alice", Channel: "CSOC", Reason: "beaconing", Ticket: "INC-7",
		Created: noon, Expires: noon.Add(30 * time.Minute),
		Plan: json.RawMessage(`{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1","site":"Paris"}]}`),
	}
	for _, e := range edit {
		e(&req)
	}
	return req
}

func drawer(t *testing.T) *Drawer {
	t.Helper()
	p, err := policy.New(policy.Settings{Operators: []policy.Member{"UALICE"}, Approvers: []policy.Member{"UALICE", "UBOB", "S0LEADS01", "@night"}, Channel: "CAPPROVALS"})
	require.NoError(t, err)
	return &Drawer{Policy: func() policy.Policy { return p }}
}

// labels are what can be clicked on a card.
func labels(card render.Card) (all []string) {
	for _, a := range card.Actions {
		if b, ok := a.(render.Button); ok {
			all = append(all, b.Label)
		}
	}
	return all
}

func approvedByBob(r *approvals.Request) {
	r.Approvals, r.Agreed = []approvals.Vote{{User: "UBOB", At: noon}}, noon
}

func TestTheCardOfEachStateSaysThatStateAndOffersWhatIsLeft(t *testing.T) {
	t.Parallel()
	in := func(state approvals.State, more ...func(*approvals.Request)) approvals.Request {
		return isolation(append([]func(*approvals.Request){func(r *approvals.Request) { r.State = state }}, more...)...)
	}
	closed := func(r *approvals.Request) {
		r.Closed = &approvals.Vote{User: "UBOB", At: noon, Reason: "not today"}
	}
	held := func(r *approvals.Request) {
		r.Held = &approvals.Hold{Question: "I can't read user groups", Since: noon}
	}
	asEnd := func(r *approvals.Request) { r.After = "R0" }
	ran := func(outcome string) func(*approvals.Request) {
		return func(r *approvals.Request) {
			r.Outcome, r.Started, r.Finished = outcome, noon, noon.Add(time.Second)
			r.Result = json.RawMessage(`{"Outcome":"` + outcome + `","Title":"Disconnect Agent From Network"}`)
		}
	}
	for _, test := range []struct {
		req    approvals.Request
		title  string
		says   []string
		not    string
		offers []string
	}{
		{in(approvals.Pending), "Approval needed", []string{"Requested by", "beaconing", "INC-7", "1 endpoint", "1 approval needed", "A-7F3A"}, "UALICE is", []string{"Approve", "Deny", "Withdraw", "Raw request"}},
		{in(approvals.Approved, approvedByBob), "Running", []string{"Approved by"}, "needed", nil},
		{in(approvals.Approved, approvedByBob, held), "Approved, not run yet", []string{"I can't read user groups", "close it as not run"}, "", nil},
		{in(approvals.Denied, closed), "Denied", []string{"not today", "It would have touched", "Nothing was done"}, "Touches", nil},
		{in(approvals.Withdrawn, closed), "Withdrawn", []string{"Nothing was done"}, "", nil},
		{in(approvals.Withdrawn, closed, asEnd), "Withdrawn", []string{"the isolation continues", "on behalf of"}, "", []string{"Reconnect"}},
		{in(approvals.Expired), "Expired", []string{"Nobody decided in time"}, "didn't run within", nil},
		{in(approvals.Expired, approvedByBob), "Expired", []string{"didn't run within an hour", "Nothing was done"}, "", nil},
		{in(approvals.NotRun, approvedByBob, held), "Not run", []string{"no answer for 10 minutes", "Nothing was done"}, "", nil},
		{in(approvals.Interrupted, approvedByBob), "May have run", []string{"may have run", "Check the console"}, "Nothing was done", []string{"Run again", "Close"}},
		{in(approvals.Interrupted, approvedByBob, closed), "May have run", []string{"Closed by"}, "", nil},
		{in(approvals.Done, approvedByBob, ran("Successful")), "Disconnect Agent From Network", []string{"Successful", "Approved by", "requested by", "beaconing"}, "needed", nil},
		{in(approvals.Failed, approvedByBob, ran("Failed")), "Disconnect Agent From Network", []string{"Failed"}, "Successful", nil},
	} {
		card := drawer(t).Request(test.req)
		plain := card.Plain()
		require.Contains(t, card.Title, test.title)
		for _, words := range test.says {
			require.Contains(t, plain, words, "%s", test.req.State)
		}
		if test.not != "" {
			require.NotContains(t, plain, test.not, "%s", test.req.State)
		}
		require.Equal(t, test.offers, labels(card), "%s", test.req.State)
	}
}

// Whoever asked is not called to approve what they asked for; groups and people are notified, a handle is only named.
func TestACardCallsThoseWhoMayDecide(t *testing.T) {
	t.Parallel()
	plain := drawer(t).Request(isolation()).Plain()
	require.Contains(t, plain, "UBOB")
	require.Contains(t, plain, "S0LEADS01")
	require.Contains(t, plain, "@night")
	p, err := policy.New(policy.Settings{Operators: []policy.Member{"UALICE"}, Approvers: []policy.Member{"UALICE"}, Channel: "CAPPROVALS"})
	require.NoError(t, err)
	alone := &Drawer{Policy: func() policy.Policy { return p }}
	require.Contains(t, alone.Request(isolation()).Plain(), "nobody else can approve it")
}

// A green tick waits for the endpoint: until then the card begins with what it has not done.
func TestTheEndpointsWordComesBeforeTheConsoles(t *testing.T) {
	t.Parallel()
	done := isolation(approvedByBob, func(r *approvals.Request) {
		r.State, r.Outcome, r.Started, r.Finished = approvals.Done, "Successful", noon, noon
		r.Result = json.RawMessage(`{"Outcome":"Successful","Title":"Disconnect Agent From Network"}`)
	})
	waits, err := json.Marshal(effect.Effect{Accepted: 1, Watched: true, Waiting: []string{"DESKTOP-1 is offline"}, Done: "isolated", States: map[string]string{"1": "offline"}})
	require.NoError(t, err)
	done.Effect = waits
	for name, card := range map[string]render.Card{"channel": drawer(t).Request(done), "requester": ResultCopy(done, "UALICE"), "asked": Asked(done, "CAPPROVALS")} {
		require.Contains(t, card.Lead, "not isolated yet", name)
		require.Equal(t, render.Waiting, card.Tone, name)
		require.True(t, strings.HasPrefix(card.Text, card.Lead), name)
	}
	require.Contains(t, ResultCopy(done, "UALICE").Plain(), "Approved by", "the requester has not seen who approved")
	require.NotContains(t, ResultCopy(done, "").Plain(), "Approved by", "the thread has")
}

func TestNothingThatAFreezeRefusesCanBeClicked(t *testing.T) {
	t.Parallel()
	freeze := approvals.Request{ID: "F", Ref: "A-F", Command: approvals.FreezeCommand, State: approvals.Frozen, Quorum: 2, Requester: "UBOB", Reason: "ransomware", Created: noon}
	card := drawer(t).Under(freeze).Request(isolation())
	require.Contains(t, card.Plain(), "Nobody can approve this")
	require.Equal(t, []string{"Deny", "Withdraw", "Raw request"}, labels(card))
	offer := Offer(freeze, isolation(), "")
	require.Equal(t, []string{"Deny", "Withdraw"}, labels(offer))
	of := drawer(t).Request(freeze)
	require.Contains(t, of.Plain(), "0 of 2 approvers agreed")
	require.Equal(t, []string{"Thaw"}, labels(of))
	freeze.State = approvals.Done
	require.Empty(t, labels(drawer(t).Request(freeze)))
}

// Who talks about a decision gets its buttons; what they wrote goes along to the two words that take a reason.
func TestAnOfferCarriesTheReasonThatWasTyped(t *testing.T) {
	t.Parallel()
	offer := Offer(approvals.Request{}, isolation(), "not today")
	require.Equal(t, []string{"Approve", "Deny", "Withdraw"}, labels(offer))
	for _, a := range offer.Actions {
		b := a.(render.Button)
		require.Equal(t, b.Label == "Deny", strings.Contains(string(b.Do.Args), "not today"))
	}
	over := Offer(approvals.Request{}, isolation(func(r *approvals.Request) { r.State = approvals.Denied }), "")
	require.Empty(t, labels(over))
}

func TestEachMessageOfARequestIsDrawnForItsReader(t *testing.T) {
	t.Parallel()
	d, req := drawer(t), isolation()
	copied := approvals.CardRef{Channel: "D1", TS: "1.1"}
	req.Copies = []approvals.CardRef{copied}
	require.Equal(t, []string{"Withdraw"}, labels(d.For(req, approvals.CardRef{Asked: true})))
	require.Equal(t, []string{"Show the card"}, labels(d.For(req, approvals.CardRef{Placeholder: true})))
	require.Contains(t, d.For(req, approvals.CardRef{Offer: true}).Plain(), "nothing was decided")
	require.Equal(t, ResultCopy(req, "D1"), d.For(req, copied))
	require.Equal(t, d.Request(req), d.For(req, approvals.CardRef{Channel: "CAPPROVALS", TS: "1.2"}))
	require.Contains(t, d.Reminder(req).Plain(), "Still waiting")
	req.State, req.Closed = approvals.Denied, &approvals.Vote{User: "UBOB", At: noon}
	require.Equal(t, d.Request(req), d.Placeholder(req), "what stood in for a card follows the request")
	require.Contains(t, Result(req).Plain(), "denied")
}

func TestAnIsolationForATimeSaysWhenItEndsAndHow(t *testing.T) {
	t.Parallel()
	timed := func(edit func(*approvals.Term)) approvals.Request {
		return isolation(approvedByBob, func(r *approvals.Request) {
			r.State, r.Term = approvals.Done, &approvals.Term{For: 4 * time.Hour, Began: noon, Ends: noon.Add(4 * time.Hour)}
			edit(r.Term)
		})
	}
	asks, alone := timed(func(*approvals.Term) {}), timed(func(term *approvals.Term) { term.Auto = true })
	require.Contains(t, drawer(t).Request(asks).Plain(), "Then I ask an approver")
	require.Contains(t, drawer(t).Request(alone).Plain(), "Then I reconnect it")
	still := Remainder{Targets: []catalog.Target{{Kind: "agent", ID: "1", Name: "DESKTOP-1"}}, Left: []string{"SRV-1 is connected again"}}
	warning := EndsSoon(alone, still, nil)
	require.Contains(t, warning.Plain(), "Then I reconnect it")
	require.Contains(t, warning.Plain(), "Left out: SRV-1 is connected again.")
	require.Equal(t, []string{"Extend"}, labels(warning))
	still.Contested = true
	require.Contains(t, EndsSoon(alone, still, nil).Plain(), "Then I ask an approver", "another request may have isolated it, too")
	held := timed(func(term *approvals.Term) { term.Held = "changes are frozen" })
	require.Contains(t, drawer(t).Request(held).Plain(), "but changes are frozen")
	over := timed(func(term *approvals.Term) { term.Over, term.Note = noon.Add(4*time.Hour), "Nobody had to." })
	require.Contains(t, drawer(t).Request(over).Plain(), "Nobody had to.")
}

func TestTheLengthOfAnIsolationReadsAsASentence(t *testing.T) {
	t.Parallel()
	for want, term := range map[string]approvals.Term{
		"The 1 hour is up.":               {For: time.Hour},
		"The 4 hours are up.":             {For: 4 * time.Hour},
		"The 1 hour and 2 hours more are": {For: time.Hour, Extensions: []approvals.Extension{{By: time.Hour}, {By: time.Hour}}},
	} {
		require.Contains(t, EndReason(isolation(func(r *approvals.Request) { r.Term = &term })), want)
	}
}

// Two approvers read of the same extension: the button of each is for one more than there were, so the second click finds it made.
func TestTheButtonOfAnExtensionIsForOneMore(t *testing.T) {
	t.Parallel()
	req := isolation(approvedByBob, func(r *approvals.Request) {
		r.State, r.Quorum = approvals.Done, 2
		r.Term = &approvals.Term{For: time.Hour, Began: noon, Ends: noon.Add(time.Hour), Proposed: []approvals.Proposal{{By: 2 * time.Hour, Expires: noon.Add(time.Hour), Approvals: []approvals.Vote{{User: "UBOB"}}}}}
	})
	card := drawer(t).Request(req)
	require.Contains(t, labels(card), "Approve the extension by 2 hours")
	require.Contains(t, card.Plain(), "1 of 2 approved the extension by 2 hours")
	var carried Extension
	wanted := drawer(t).ExtensionWanted(req, "UALICE", 2*time.Hour, "the user is away")
	require.Contains(t, wanted.Plain(), "the user is away")
	require.Contains(t, wanted.Plain(), "2 approvals needed from", "it calls those who may approve it")
	require.NoError(t, json.Unmarshal(wanted.Actions[0].(render.Button).Do.Args, &carried))
	require.False(t, carried.Late(req))
	require.Contains(t, ExtensionProposed(req, "UBOB", 2*time.Hour, "").Plain(), "1 of 2 approved")
	req.Term.Extensions, req.Term.Proposed = []approvals.Extension{{User: "UBOB", At: noon, By: 2 * time.Hour}}, nil
	require.True(t, carried.Late(req))
	require.Contains(t, Extended(req, "UBOB", 2*time.Hour, "").Plain(), "extended the isolation of DESKTOP-1 by 2 hours")
	require.Contains(t, Agreed(req, 2*time.Hour), "was approved")
}

// A single workstation asks nothing: a dialog that comes for every click is clicked away unread.
func TestApprovingAsksOnceMoreWhereMuchIsAtStake(t *testing.T) {
	t.Parallel()
	with := func(plan catalog.Plan) approvals.Request {
		body, err := json.Marshal(plan)
		require.NoError(t, err)
		return isolation(func(r *approvals.Request) { r.Plan = body })
	}
	require.Empty(t, confirmText(isolation()))
	many := make([]catalog.Target, manyEndpoints+1)
	for i := range many {
		many[i] = catalog.Target{Kind: "agent", ID: string(rune('a' + i)), Name: "N"}
	}
	for want, plan := range map[string]catalog.Plan{
		"11 endpoints":                                   {Targets: many},
		"a server: SRV-1":                                {Targets: []catalog.Target{{Kind: "agent", ID: "1", Name: "SRV-1", Server: true}}},
		"2 servers: SRV-1, SRV-2":                        {Targets: []catalog.Target{{Kind: "agent", ID: "1", Name: "SRV-1", Server: true}, {Kind: "agent", ID: "2", Name: "SRV-2", Server: true}}},
		"a protected item: DC-1":                         {Targets: []catalog.Target{{Kind: "agent", ID: "1", Name: "DC-1", Protected: "domain controllers"}}},
		"a policy: Paris":                                {Policy: true, Targets: []catalog.Target{{Kind: "site", ID: "1", Name: "Paris"}}},
		"everything in one scope: All":                   {Targets: []catalog.Target{{Kind: "site", ID: "1", Name: "All", Wide: true}}},
		"LONG" + strings.Repeat("x", dialogName-5) + "…": {Targets: []catalog.Target{{Kind: "agent", ID: "1", Name: "LONG" + strings.Repeat("x", 80), Server: true}}},
	} {
		require.Contains(t, confirmText(with(plan)), want)
	}
}

// A run broke off, a person let it run again, and then nobody could tell in time whether it may: the first run may have done it.
func TestNoCardOfWhatMayHaveRunSaysThatNothingWasDone(t *testing.T) {
	t.Parallel()
	for _, req := range []approvals.Request{
		{State: approvals.NotRun, Held: &approvals.Hold{Question: "I can't read user groups"}},
		{State: approvals.Expired, Agreed: time.Now()},
	} {
		req.Title, req.Plan = "Disconnect Agent From Network", json.RawMessage(`{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]}`)
		cards := &Drawer{Policy: func() policy.Policy { return policy.Policy{} }}
		all := func() string {
			return Asked(req, "C1").Plain() + Result(req).Plain() + cards.Request(req).Plain()
		}
		require.Contains(t, all(), "Nothing was done")
		req.Fence = 1
		require.NotContains(t, all(), "Nothing was done")
		require.NotContains(t, all(), "would have touched")
		require.Contains(t, Asked(req, "C1").Plain(), "check the console")
	}
}

// A card for one person has no button that is certainly not theirs; where nobody can tell just now, it stays.
func TestACardForOnePersonHasTheButtonsThatAreTheirs(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]policy.Person{
		"Approve Deny Raw request":  policy.Holding("UBOB", policy.Approvers),
		"Withdraw Raw request":      policy.Holding("UALICE", policy.Operators),
		"Raw request":               policy.Holding("UDAVE"),
		"Approve Deny Raw request ": {ID: "UCAROL", Roles: []policy.Membership{{Role: policy.Approvers, Held: policy.CannotTell("Slack doesn't answer")}}},
	} {
		card := ForViewer(drawer(t).Request(isolation()), isolation(), p, noon)
		require.Equal(t, strings.TrimSpace(want), strings.Join(labels(card), " "), p.ID)
	}
}
