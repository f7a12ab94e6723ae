package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// withPolicy gives a story a policy file.
func withPolicy(t testing.TB, body string) (string, func(map[string]string)) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
	return path, func(settings map[string]string) { settings["S1BOT_POLICY_FILE"] = path }
}

func TestProtectedHostsAreLeftAlone(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - name: domain controllers\n    hosts: ['SRV-DC-*']\n    deny: ask the AD team\n")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,SRV-DC-2 reason=test")
	s.isTold("alice", "Not allowed", "Ask the AD team", "domain controllers, because of SRV-DC-2")
	s.types("alice", "#soc", "/s1 can isolate SRV-DC-2")
	s.isTold("alice", "You can't run this", "sk the AD team", "domain controllers", "Nothing was done")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.sees("#approvals", "Approval needed", "DESKTOP-1")
	require.Empty(t, s.console.Changes())
}

// A threat or an alert is as protected as the host that it is on, though the console says of neither which tags that has.
func TestWhatIsOnAProtectedHostIsProtected(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - {name: by tag, tags: [vault], risks: [change, destructive], deny: hands off}\n  - {name: by site, sites: [Lyon], risks: [change], deny: not in Lyon}\n")
	s := tell(t, policy)
	s.console.AddAgent(s1sim.AgentSpec{Name: "SAFE-1", Tags: map[string]string{"vault": "gold"}})
	threat := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "SAFE-1"})
	alert := s.console.AddAlert(s1sim.AlertSpec{Rule: "a rule", Agent: "SAFE-1"})
	s.console.AddAgent(s1sim.AgentSpec{Name: "LYON-1", Site: "Lyon"})
	elsewhere := s.console.AddAlert(s1sim.AlertSpec{Rule: "a rule", Agent: "LYON-1"})
	for title, line := range map[string]string{
		"Disconnect Agent From Network": "isolate SAFE-1 reason=test",
		"Mitigate Threats":              `mitigate-threats filter={"ids":["` + threat + `"]} mitigate-action=kill reason=test`,
		"Update Alert Analyst Verdict":  "update-alert-analyst-verdict alert-ids=" + alert + " analyst-verdict=true_positive",
		"Update Alert Incident Status":  "update-alert-incident-status alert-ids=" + elsewhere + " status=RESOLVED",
	} {
		s.types("alice", "#soc", "/s1 can "+line)
		s.isTold("alice", title, "You can't run this", "Rule: by")
	}
	s.types("alice", "#soc", "/s1 update-alert-analyst-verdict alert-ids="+elsewhere+" analyst-verdict=true_positive")
	s.isTold("alice", "Not allowed", "Not in Lyon", "by site")
	require.Empty(t, s.console.Changes())
}

// Who may not list endpoints does not find them in the search box of a form.
func TestASearchBoxObeysThePolicy(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - {commands: [list-*, get-*], allow: [approvers]}\n")
	s := tell(t, policy)
	for who, found := range map[string]bool{"carol": true, "alice": false} {
		s.types(who, "#soc", "/s1 isolate")
		options, err := s.slack.User(who).Suggests(s.form(who, "Disconnect Agent"), "agent-ids", "DESKTOP")
		require.NoError(t, err)
		require.Equal(t, found, len(options) > 0, who)
	}
}

// Whose role ends at a site moves nothing into another one, and nothing is moved into a protected one.
func TestWhereEndpointsAreMovedToCounts(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "roles:\n  operators: {members: [U0MALLORY], sites: [Paris]}\nrules:\n  - {name: vault, sites: [Vault], deny: nobody moves in}\n")
	s := tell(t, policy)
	s.console.AddAgent(s1sim.AgentSpec{Name: "LYON-1", Site: "Lyon"})
	s.console.AddAgent(s1sim.AgentSpec{Name: "VAULT-1", Site: "Vault"})
	s.types("alice", "#soc", "/s1 can move-agents-between-sites DESKTOP-1 site-id=Vault")
	s.isTold("alice", "You can't run this", "obody moves in", "vault")
	s.types("alice", "#soc", "/s1 can move-agents-between-sites DESKTOP-1 site-id=Lyon")
	s.isTold("alice", "You can request this", "Lyon")
	s.types("mallory", "#soc", "/s1 can isolate DESKTOP-1")
	s.isTold("mallory", "You can request this", "DESKTOP-1")
	s.types("mallory", "#soc", "/s1 can move-agents-between-sites DESKTOP-1 site-id=Lyon")
	s.isTold("mallory", "You can't run this", "doesn't cover Lyon")
}

func TestTheCardTellsWhatThePolicyProtects(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - {name: crown jewels, hosts: [SRV-*], approve: {quorum: 2}}\n")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 can isolate DESKTOP-1,SRV-DC-2")
	s.isTold("alice", "needs 2 approvals", "protected by “crown jewels”")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,SRV-DC-2 reason=test")
	card := s.sees("#approvals", "2 approvals needed", "1 server", "1 protected", "protected by “crown jewels”")
	s.clicks("bob", card, "Approve")
	s.clicks("carol", card, "Approve")
	s.becomes(card, "Successful")
}

func TestAQuorumOfTwoTakesTwo(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - commands: [disconnect-*]\n    approve: {by: [approvers], quorum: 2}\napprovals: {timeout: 10m}\n")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "2 approvals needed")
	s.clicks("bob", card, "Approve")
	s.isTold("bob", "1 of 2")
	s.clicks("bob", card, "Approve")
	s.isTold("bob", "counts once")
	require.Empty(t, s.console.Changes())
	s.clicks("carol", card, "Approve")
	s.becomes(card, "Successful", "U0BOB", "U0CAROL")
	require.Len(t, s.changes(1), 1)
}

func TestAReloadIsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path, policy := withPolicy(t, "rules:\n  - commands: [list-agents]\n    deny: not today\n")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("alice", "Not today")

	require.NoError(t, os.WriteFile(path, []byte("rules:\n  - commands: [list-agents]\n    deny: still not\n  - hostz: [a]\n"), 0o600))
	require.ErrorContains(t, s.program.reload(t.Context()), "policy.yaml:4:5")
	s.types("bob", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("bob", "Not today")

	noChannel := &program{config: s.config}
	noChannel.config.ApprovalsChannel = ""
	require.NoError(t, os.WriteFile(path, []byte("rules:\n  - commands: [list-agents]\n    deny: nor now\n"), 0o600))
	require.ErrorContains(t, noChannel.reload(t.Context()), "no channel for approval cards")

	require.NoError(t, os.WriteFile(path, []byte("rules: []\n"), 0o600))
	asked := make(chan os.Signal)
	go s.program.reloadOn(t.Context(), asked)
	asked <- syscall.SIGHUP
	asked <- syscall.SIGHUP // taken when the first is done
	s.types("carol", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("carol", "DESKTOP-1", "Paris")
}

// Whoever fires many requests at once, through a hijacked account, does not get each of them past the budget of the hour.
func TestRequestsMadeAtOnceShareTheirBudget(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "approvals: {max_targets_per_hour: 2}\n")
	s := tell(t, policy)
	agents := s1sim.Match{PathPrefix: "/agents"}
	s.console.Fail(agents, s1sim.Fault{Kind: s1sim.Hang, Times: -1}) // so that they go on together
	for i := range 8 {
		s.console.AddAgent(s1sim.AgentSpec{Name: fmt.Sprintf("BURST-%d", i)})
		s.types("alice", "#soc", fmt.Sprintf("/s1 isolate BURST-%d reason=test", i))
	}
	_, err := s.console.WaitCalls(s.patient(), 4, agents) // as many of one person as run at once
	require.NoError(t, err)
	s.console.Heal()
	for i := range 8 {
		s.sees("#approvals", "Approval needed", fmt.Sprintf("BURST-%d", i))
	}
	quorums := map[int]int{}
	for _, r := range s.requests() {
		quorums[r.Quorum]++
	}
	require.Equal(t, map[int]int{1: 2, 2: 6}, quorums)
}

// Who may write to the database makes nobody's approval serve another end.
func TestARequestThatWasChangedBehindTheBotsBackDoesNotRun(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	require.Contains(t, card.PlainText(), "pinned "+s.requests()[0].Pin()[:8])
	s.isTold("alice", "Waiting for approval")
	db := s.openDatabase()
	// A version more: else a write of the bot's own, which adds where the card stands, may undo the change.
	_, err := db.ExecContext(t.Context(), `UPDATE requests SET version = version + 1, body = replace(body, $1, $2)`, s.console.Agent("DESKTOP-1")["id"], s.console.Agent("SRV-DC-2")["id"])
	require.NoError(t, err)
	require.NoError(t, db.Close())
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Failed", "changed after it was written")
	require.Empty(t, s.console.Changes())
}

// What was allowed when it was asked for may not be any more when it runs.
func TestAPolicyThatChangesWhileARequestWaitsIsHeard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules string
		words []string
	}{
		"the host is protected now":    {"rules:\n  - {name: hands off, hosts: [DESKTOP-1], deny: ask the AD team}\n", []string{"no longer allowed", "sk the AD team", "hands off"}},
		"it takes two now":             {"rules:\n  - {name: two, hosts: [DESKTOP-1], approve: {quorum: 2}}\n", []string{"needs 1 approval", "two"}},
		"it takes others now":          {"roles: {leads: [U0ALICE00]}\nrules:\n  - {name: leads, areas: [agents], approve: {by: [leads]}}\n", []string{"needs 1 approval from: leads"}},
		"alice asks for nothing now":   {"rules:\n  - {name: not alice, risks: [destructive], requesters: [operators], deny: not you}\n", []string{"no longer allowed", "ot you"}},
		"fewer may be touched at once": {"approvals: {max_targets: 1}\n", []string{"needs 1 approval"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, policy := withPolicy(t, "rules: []\n")
			s := tell(t, policy)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1,DESKTOP-2 reason=test")
			card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
			require.NoError(t, os.WriteFile(path, []byte(c.rules), 0o600))
			require.NoError(t, s.program.reload(t.Context()))
			s.clicks("bob", card, "Approve")
			s.becomes(card, append(c.words, "Failed", "othing was done")...)
			s.isWrittenTo("alice", c.words...)
			require.Empty(t, s.console.Changes())
		})
	}
}

func TestAPolicyThatChangesForOthersHoldsNothingUp(t *testing.T) {
	t.Parallel()
	path, policy := withPolicy(t, "rules: []\n")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	require.NoError(t, os.WriteFile(path, []byte("roles: {leads: [U0BOB0000, \"@soc-leads\"]}\nrules:\n  - {commands: [disconnect-*], approve: {by: [leads]}}\n  - {hosts: [SRV-*], deny: no}\n"), 0o600))
	require.NoError(t, s.program.reload(t.Context()))
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "DESKTOP-1")
	require.Len(t, s.console.Changes(), 1)
}

func TestAFreezeStopsEverythingUntilTwoApproversEndIt(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	waiting := s.sees("#approvals", "Approval needed")
	s.types("alice", "#soc", "/s1 freeze")
	s.isTold("alice", "Only an approver may freeze changes")
	s.types("bob", "#soc", "/s1 freeze an account was taken over")
	s.isTold("bob", "all changes are blocked")
	card := s.sees("#approvals", "Frozen", "an account was taken over")

	s.clicks("carol", waiting, "Approve")
	s.isTold("carol", "frozen")
	s.types("carol", "#soc", "/s1 isolate DESKTOP-2 reason=test")
	s.types("alice", "#soc", "/s1 add-notes-to-threats")
	s.types("alice", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1", "Paris")
	s.types("bob", "#soc", "/s1 pending")
	require.Equal(t, []string{"Deny"}, s.isTold("bob", "Waiting for you (1)", "Changes are frozen", "an account was taken over").Buttons())
	s.types("bob", "#soc", "@s1bot please approve "+s.refOf(waiting))
	require.Equal(t, []string{"Deny"}, s.isTold("bob", "may be just conversation", "Changes are frozen").Buttons())
	s.types("bob", "@s1bot", "please approve "+s.refOf(waiting))
	offer := s.isWrittenTo("bob", "may be just conversation", "Changes are frozen")
	require.Equal(t, []string{"Deny"}, offer.Buttons())
	s.types("bob", "@s1bot", "pending")
	require.Equal(t, []string{"Review"}, s.isWrittenTo("bob", "Waiting for you (1)").Buttons())
	require.Empty(t, s.console.Changes())

	s.clicks("bob", card, "Thaw")
	s.isTold("bob", "1 of 2")
	s.types("bob", "#soc", "/s1 thaw")
	s.isTold("bob", "counts once")
	require.NoError(t, s.slack.Settle(s.patient()))
	s.types("carol", "#soc", "/s1 thaw")
	s.becomes(card, "Freeze is over")
	thawed, err := s.slack.WaitUpdate(s.patient(), offer.Channel, offer.TS, func(m slacksim.Message) bool { return slices.Contains(m.Buttons(), "Approve") })
	require.NoError(t, err)
	require.NotContains(t, thawed.PlainText(), "frozen")
	s.types("bob", "#soc", "/s1 pending")
	again, err := s.slack.WaitEphemeral(s.patient(), "bob", func(m slacksim.Message) bool {
		return strings.Contains(m.PlainText(), "Waiting for you (1)") && !strings.Contains(m.PlainText(), "frozen")
	})
	require.NoError(t, err)
	require.Equal(t, []string{"Approve", "Deny"}, again.Buttons())
	s.clicks("carol", waiting, "Approve")
	s.becomes(waiting, "Successful")
	require.Empty(t, s.becomes(offer, "Successful").Buttons(), "what is decided is offered no more")
	require.Len(t, s.changes(1), 1)
}
