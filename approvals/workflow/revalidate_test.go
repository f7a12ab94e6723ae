package workflow

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/s1/s1sim"
)

// moves puts an endpoint into another site.
func (k *kit) moves(name, site string) {
	id := k.console.SiteID(site)
	k.console.SetAgent(name, func(a map[string]any) { a["siteName"], a["siteId"] = site, id })
}

// Between the submission and the run everything may change: what was shown then is asked once more.

func TestAHostThatMovedUnderProtectionIsNotTouched(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) {
		s.Rules = []policy.Rule{{Name: "crown jewels", Sites: []string{"Vault"}, Effect: policy.Deny, Why: "Nothing in the vault is isolated from Slack."}}
	})
	req := k.asks(alice, isolate)
	k.console.AddAgent(s1sim.AgentSpec{Name: "SAFE", Site: "Vault"}) // makes the site
	k.moves("DESKTOP-1", "Vault")
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Empty(t, k.console.Changes())
	require.Equal(t, approvals.Failed, k.get(req.ID).State)
	require.Contains(t, k.chat.reads(channel), "Nothing in the vault is isolated from Slack")
}

func TestAHostThatOnlyMovedIsToldOf(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.console.AddAgent(s1sim.AgentSpec{Name: "OTHER", Site: "Lyon"})
	k.moves("DESKTOP-1", "Lyon")
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Len(t, k.console.Changes(), 1)
	require.Contains(t, k.chat.reads(channel), "Changed since the request: DESKTOP-1 is now in Lyon")
}

func TestWhatIsGoneIsLeftOut(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, `isolate DESKTOP-1,DESKTOP-2 reason=test`)
	k.console.DeleteAgent("DESKTOP-2")
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Equal(t, "disconnected", k.console.NetworkStatus("DESKTOP-1"))
	require.Contains(t, k.chat.reads(channel), "DESKTOP-2 is no longer in the console and was left out")
}

func TestWhereAllIsGoneNothingRuns(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.console.DeleteAgent("DESKTOP-1")
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Empty(t, k.console.Changes())
	require.Contains(t, k.chat.reads(channel), "none of the approved targets are left")
}

// "Cannot tell" is no yes: the request waits, its card says for what, and it runs when the question has an answer.
func TestARequestWaitsWhileTheConsoleDoesNotAnswer(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.console.Fail(s1sim.Match{Method: "GET"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 503, Times: -1})
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Empty(t, k.console.Changes())
	require.Equal(t, approvals.Approved, k.get(req.ID).State)
	require.Contains(t, k.chat.reads(channel), "I can't look up what this touches (the console answered 503 Service Unavailable)")
	k.console.Heal()
	k.later(time.Minute)
	require.Len(t, k.console.Changes(), 1)
	require.Equal(t, approvals.Done, k.get(req.ID).State)
}

func TestAQuestionThatStaysOpenEndsTheRequestUnrun(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.people.silent = map[string]bool{alice: true}
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Contains(t, k.chat.reads(channel), "Approved, not run yet")
	require.Contains(t, k.chat.reads(channel), "I can't look up UALICE in Slack")
	k.later(time.Minute)
	k.later(11 * time.Minute)
	require.Equal(t, approvals.NotRun, k.get(req.ID).State)
	require.Empty(t, k.console.Changes())
	require.Contains(t, k.chat.reads(alice), "I got no answer for 10 minutes")
}

func TestAnApproverWhoLostTheRoleCountsNoMore(t *testing.T) {
	t.Parallel()
	two := func(s *policy.Settings) {
		s.Rules = []policy.Rule{{Name: "two", Commands: []string{"disconnect-agent-from-network"}, Effect: policy.Approve, By: []string{policy.Approvers}, Quorum: 2}}
	}
	k := newKit(t, two)
	req := k.asks(alice, isolate)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	in, _ := k.by(carol)
	_, err = k.ledger.Approve(t.Context(), req, in.Who.Person, k.flow.Gate.approversOf(t.Context(), k.get(req.ID))...)
	require.NoError(t, err)
	k.setPolicy(two, func(s *policy.Settings) { s.Approvers = policy.Members([]string{carol, alice, dave}) })
	require.NoError(t, k.flow.Decisions.executor.execute(t.Context(), req.ID, nil))
	k.settle()
	require.Empty(t, k.console.Changes())
	require.Contains(t, k.chat.reads(channel), "because bob can no longer approve this")
}

func TestWhoAskedAndLostTheRoleGetsNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.setPolicy(func(s *policy.Settings) { s.Operators = policy.Members([]string{dave}) })
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Empty(t, k.console.Changes())
	require.Contains(t, k.chat.reads(channel), "This is no longer allowed")
}

func TestIDsAreTakenOutOfArgumentsButNeverAll(t *testing.T) {
	t.Parallel()
	left, err := without(json.RawMessage(`{"agent-ids":["1","2"],"n":12345678901234567890,"deep":{"ids":["2","3"]}}`), []string{"2"})
	require.NoError(t, err)
	require.JSONEq(t, `{"agent-ids":["1"],"n":12345678901234567890,"deep":{"ids":["3"]}}`, string(left))
	_, err = without(json.RawMessage(`{"agent-ids":["2"]}`), []string{"2"})
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	_, err = without(json.RawMessage(`{`), nil)
	require.Error(t, err)
}

func TestDifferencesAreTold(t *testing.T) {
	t.Parallel()
	was := catalog.Target{Kind: "agent", ID: "1", Name: "A", Site: "Paris", State: "online", Warnings: []string{"server"}}
	is := catalog.Target{Kind: "agent", ID: "1", Name: "B", Site: "Lyon", State: "offline", Warnings: []string{"server", "isolated already"}}
	require.Equal(t, []string{"A is now called B", "A is now in Lyon", "A is now offline", "A: isolated already"},
		differences([]catalog.Target{was, {Kind: "agent", ID: "2"}}, []catalog.Target{is}))
}

// Who clicked waits for each question to the console, which takes a fifth of a second for one in real life: what the look has just read is not
// read again for the command.
func TestTheLookAsksTheConsoleOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	before := len(k.console.Calls())
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	var asked []string
	for _, call := range k.console.Calls()[before:] {
		if asked = append(asked, call.Method); call.Method == http.MethodPost {
			break
		}
	}
	require.Equal(t, []string{http.MethodGet, http.MethodPost}, asked)
}
