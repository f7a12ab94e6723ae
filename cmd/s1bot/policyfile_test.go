package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/s1/s1sim"
)

func TestTheExamplePolicyIsGood(t *testing.T) {
	t.Parallel()
	f, settings, err := readPolicyFile(filepath.Join("..", "..", "deploy", "policy.example.yaml"))
	require.NoError(t, err)
	require.Len(t, settings.Rules, 5)
	require.Len(t, settings.Roles, 4)
	require.Len(t, f.Routes, 3)
	require.Len(t, f.Reports.At, 3)
	require.Equal(t, 30*time.Minute, settings.Timeout)
	_, err = policy.New(settings)
	require.NoError(t, err)
}

func TestAnEmptyPolicyFileChangesNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "# nothing yet\n", "rules: []\n", "rules:\n# - deny: later\nroutes:\napprovals: ~\n", "---\nrules: []\n"} {
		_, settings, err := parsePolicy("p.yaml", []byte(body))
		require.NoError(t, err, body)
		require.Equal(t, policy.Settings{}, settings)
	}
}

func TestWhatIsWrongWithAPolicyFileHasAPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ body, want string }{
		{"rulez: []\n", `p.yaml:1:1: unknown key "rulez"; did you mean rules`},
		{"reports:\n  at: ['25:00']\n", `p.yaml:2:7: at: "25:00" is no time of day such as 07:00`},
		{"reports:\n  at: 07:00\n  zone: Mars/Base\n", "p.yaml:3:9: zone"},
		{"reports:\n  at: 07:00\n  channel: '#soc'\n", "p.yaml:3:12: channel"},
		{"reports:\n  zone: Europe/Berlin\n", "say when"},
		{"rules:\n  - hostz: [A]\n    deny: no\n", `p.yaml:2:5: unknown key "hostz"; did you mean hosts?`},
		{"approvals:\n  max_target: 3\n", `p.yaml:2:3: unknown key "max_target"`},
		{"roles:\n  x:\n    members: [U123]\n    sitez: [A]\n", "p.yaml:4:5: unknown key"},
		{"roles: {a: [U123]\n", "p.yaml:1:"},
		{"approvals: {max_targets: many}\n", "p.yaml:1:26: "},
		{"approvals:\n  max_targets: 0\n", "p.yaml:2:16: max_targets: at least 1"},
		{"approvals:\n  timeout: soon\n", "p.yaml:2:12: timeout"},
		{"approvals:\n  channel: '#approvals'\n", "p.yaml:2:12: channel"},
		{"roles:\n  my-role: [alice]\n", `"alice" is no user id`},
		{"rules:\n  - hosts: [A]\n", "p.yaml:2:10: a rule has exactly one"},
		{"rules:\n  - allow: [operators]\n    deny: x\n", "exactly one of allow, approve and deny; this one has 2"},
		{"rules:\n  - commands: [isolate-all]\n    deny: x\n", `there is no command "isolate-all"`},
		{"rules:\n  - areas: [nowhere]\n    deny: x\n", `there is no area "nowhere"`},
		{"rules:\n  - risks: [extreme]\n    deny: x\n", `p.yaml:2:13: risks: there is no risk "extreme"`},
		{"rules:\n  - channels: ['#soc']\n    deny: x\n", "is no channel id"},
		{"rules:\n  - hours: whenever\n    deny: x\n", "p.yaml:2:12: hours: "},
		{"rules:\n  - hours: '08:00-18:00 Mars/Base'\n    deny: x\n", `no time zone "Mars/Base"`},
		{"rules:\n  - requesters: [nobody]\n    deny: x\n", `there is no role "nobody"`},
		{"rules:\n  - allow: [nobody]\n", `p.yaml:2:13: allow: there is no role "nobody"`},
		{"rules:\n  - approve: {by: [nobody]}\n", `by: there is no role "nobody"`},
		{"rules:\n  - approve: {quorum: 0}\n", "quorum: at least 1"},
		{"rules:\n  - approve: {by: [approvers], quorum: 2, distinct: true}\n", "but there are 1 roles"},
		{"rules:\n  - risks: [read]\n    approve: {}\n", "what only reads does not wait"},
		{"rules:\n  - hosts: []\n    deny: x\n", "p.yaml:2:12: hosts: an empty list"},
		{"routes:\n  - sites: [Paris]\n", "a route has a channel, or mute: true"},
		{"routes:\n  - source: email\n    mute: true\n", `p.yaml:2:13: source: there is no source "email"; there are threat, alert`},
		{"routes:\n  - mute: someday\n", "mute: true, or until when"},
		{"rules:\n  - deny: a\n  - deny: b\n    deny: c\n", "p.yaml:4:5: "},
		{"rules:\n  - hosts:\n    allow: [operators]\n", "p.yaml:2:5: hosts: is empty"},
		{"rules:\n  - hosts: [A]\n    allow: [operators]\n  - {tags: ~, deny: x}\n", "p.yaml:4:6: tags: is empty"},
		{"rules:\n  - hosts: [A]\n    deny:\n", "p.yaml:3:5: deny: is empty"},
		{"roles:\n  operators:\n    members: [U123]\n    sites:\n", "p.yaml:4:5: sites: is empty"},
		{"roles:\n  operators:\n    members: [U123]\n    sites: []\n", "p.yaml:4:12: sites: an empty list"},
		{"roles:\n  operators:\n    members: [U123]\n    accounts: ['']\n", "p.yaml:4:16: accounts: \"\" is empty"},
		{"rules: []\n---\nrules:\n  - deny: x\n", "p.yaml:3:6: a second document"},
		{"approvals:\n  max_targets: 2.5\n", "p.yaml:2:16: max_targets: a whole number"},
		{"rules:\n  - approve: {quorum: 1.9}\n", "quorum: a whole number"},
	} {
		_, _, err := parsePolicy("p.yaml", []byte(c.body))
		require.ErrorContains(t, err, c.want, c.body)
	}
}

// What matches too much, or nothing at all, is found when the file is read: not when the first threat is lost in it.
func TestEveryWordOfAPolicyFileMeansSomething(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ body, want string }{
		{"routes:\n  - {hosts: [], mute: true}\n", "p.yaml:2:13: hosts: an empty list"},
		{"routes:\n  - {rules: [], mute: true}\n", "p.yaml:2:13: rules: an empty list"},
		{"routes:\n  - {sites: [Paris, ''], channel: C0PARIS}\n", `p.yaml:2:21: sites: "" is empty`},
		{"routes:\n  - {groups: [~], mute: true}\n", "p.yaml:2:15: groups: an empty value"},
		{"routes:\n  - {hosts: ' LAB-*', mute: true}\n", "begins or ends with a blank"},
		{"routes:\n  - {severities: [Critcal], channel: C0SOC}\n", `p.yaml:2:19: severities: there is no severity "Critcal"; did you mean Critical?`},
		{"routes:\n  - {severities: [High, 'Lo?er*'], channel: C0SOC}\n", `p.yaml:2:25: severities: there is no severity "Lo?er*"`},
		{"routes:\n  - {confidences: malicous, mute: true}\n", `p.yaml:2:19: confidences: there is no confidence "malicous"; did you mean Malicious?`},
		{"routes:\n  - {source: threats, mute: true}\n", `source: there is no source "threats"; did you mean threat?`},
		{"routes:\n  - {siets: [Paris], channel: C0PARIS}\n", `p.yaml:2:6: unknown key "siets"; did you mean sites?`},
		{"routes:\n  - {sites: [Paris], mute: true, continue: true}\n", "with continue it mutes nothing"},
		{"routes:\n  - {sites: [Paris], mute: true, mention: '@oncall'}\n", "mention: a route that mutes tells nobody"},
		{"routes:\n  - {sites: [Paris], channel: C0PARIS, mention: Someone}\n", `mention: "Someone" is no @handle`},
		{"rules:\n  - {risks: [Destructive], deny: x}\n", `p.yaml:2:14: risks: there is no risk "Destructive"; did you mean destructive?`},
		{"rules:\n  - {risks: [chnge], deny: x}\n", "did you mean change?"},
		{"rules:\n  - {areas: [agent], deny: x}\n", `p.yaml:2:14: areas: there is no area "agent"; did you mean agents?`},
		{"rules:\n  - {commands: [isolate], deny: x}\n", `p.yaml:2:17: commands: write the whole name of "isolate", disconnect-agent-from-network`},
		{"rules:\n  - {commands: ['disconect-*'], deny: x}\n", `there is no command "disconect-*"`},
		{"rules:\n  - {commands: [run-scripts], deny: x}\n", "did you mean run-script"},
		{"rules:\n  - {requesters: [operator], deny: x}\n", "did you mean operators?"},
		{"rules:\n  - {hours: '08:00-18:00 europe/berlin', deny: x}\n", "p.yaml:2:13: hours: "},
		{"rules:\n  - {channels: [D], deny: x}\n", `p.yaml:2:17: channels: "D" is no channel id`},
		{"rules:\n  - {hosts: [A], deny: x, alow: [operators]}\n", `unknown key "alow"; did you mean allow?`},
		{"roles: {leads: []}\n", "p.yaml:1:16: leads: an empty list"},
		{"reports: {at: []}\n", "p.yaml:1:15: at: an empty list"},
		{"approvals: {timeouts: 30m}\n", `p.yaml:1:13: unknown key "timeouts"; did you mean timeout?`},
	} {
		_, _, err := parsePolicy("p.yaml", []byte(c.body))
		require.ErrorContains(t, err, c.want, c.body)
	}
	for _, body := range []string{
		"routes:\n  - {source: Alert, severities: [critical, 'H*'], confidences: [n/a, SUSPICIOUS], channel: C0SOC}\n",
		"routes:\n  - {sites: &sites [Paris], channel: C0PARIS}\n  - {sites: *sites, hosts: ['[x]*', 'CORP\\*'], mute: true}\n",
		"rules:\n  - {areas: ['*'], commands: ['get-*', Run-Script], channels: [D0BOB, C0SOC, G0OLD], hours: 'Mon-Fri 08:00-18:00 Europe/Berlin', deny: x}\n",
	} {
		_, _, err := parsePolicy("p.yaml", []byte(body))
		require.NoError(t, err, body)
	}
}

// Rules and routes take the same patterns.
func TestRoutesHaveTheGlobOfRules(t *testing.T) {
	t.Parallel()
	f, _, err := parsePolicy("p.yaml", []byte("routes:\n  - {rules: ['[T1059] PowerShell*'], hosts: ['CORP\\*', 'LAB[12]-*'], channel: C0SOC}\n"))
	require.NoError(t, err)
	routes, err := routesOf(f)
	require.NoError(t, err)
	require.True(t, routes[0].Rules[0].Match("[t1059] powershell -enc"))
	require.False(t, routes[0].Rules[0].Match("T PowerShell"))
	require.True(t, routes[0].Hosts[0].Match(`corp\bob`))
	require.False(t, routes[0].Hosts[1].Match("LAB1-7"))
	require.True(t, routes[0].Hosts[1].Match("lab[12]-7"))
}

func TestEveryProblemOfAPolicyFileIsListed(t *testing.T) {
	t.Parallel()
	_, _, err := parsePolicy("p.yaml", []byte("approvals:\n  timeout: x\nrules:\n  - commands: [nothing]\n    deny: x\n  - allow: [ghosts]\n  - hostz: [A]\n    sitez: [B]\n    deny: x\n"))
	for _, place := range []string{"p.yaml:2:", "p.yaml:4:", "p.yaml:6:", "p.yaml:7:5:", "p.yaml:8:5:"} {
		require.ErrorContains(t, err, place)
	}
}

func TestThePolicyFileMayAllowTheEndOfAnIsolationBeforehand(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{"": false, "approvals: {reconnect_on_time: false}": false, "approvals: {reconnect_on_time: true}": true} {
		_, settings, err := parsePolicy("p.yaml", []byte(body))
		require.NoError(t, err)
		require.Equal(t, want, settings.ReconnectOnTime, body)
	}
	_, _, err := parsePolicy("p.yaml", []byte("approvals:\n  reconnect_on_time: perhaps\n"))
	require.ErrorContains(t, err, "p.yaml:2:")
}

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
	s.isTold("alice", "You may not", "sk the AD team", "domain controllers", "Nothing was done")
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
		s.isTold("alice", title, "You may not", "Rule: by")
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
	s.isTold("alice", "You may not", "obody moves in", "vault")
	s.types("alice", "#soc", "/s1 can move-agents-between-sites DESKTOP-1 site-id=Lyon")
	s.isTold("alice", "You may ask for this", "Lyon")
	s.types("mallory", "#soc", "/s1 can isolate DESKTOP-1")
	s.isTold("mallory", "You may ask for this", "DESKTOP-1")
	s.types("mallory", "#soc", "/s1 can move-agents-between-sites DESKTOP-1 site-id=Lyon")
	s.isTold("mallory", "You may not", "does not reach Lyon")
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
	require.ErrorContains(t, s.program.reload(), "policy.yaml:4:5")
	s.types("bob", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("bob", "Not today")

	noChannel := &program{config: s.config}
	noChannel.config.ApprovalsChannel = ""
	require.NoError(t, os.WriteFile(path, []byte("rules:\n  - commands: [list-agents]\n    deny: nor now\n"), 0o600))
	require.ErrorContains(t, noChannel.reload(), "no channel for their cards")

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
	_, err := s.console.WaitCalls(s.patient(), 8, agents)
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
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(s.environ["S1BOT_DATABASE_URL"], "sqlite:")+"?_busy_timeout=10000")
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE requests SET body = replace(body, $1, $2)`, s.console.Agent("DESKTOP-1")["id"], s.console.Agent("SRV-DC-2")["id"])
	require.NoError(t, err)
	require.NoError(t, db.Close())
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Failed", "not what was asked for")
	require.Empty(t, s.console.Changes())
}

// What was allowed when it was asked for may not be any more when it runs.
func TestAPolicyThatChangesWhileARequestWaitsIsHeard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules string
		words []string
	}{
		"the host is protected now":    {"rules:\n  - {name: hands off, hosts: [DESKTOP-1], deny: ask the AD team}\n", []string{"not allowed any more", "sk the AD team", "hands off"}},
		"it takes two now":             {"rules:\n  - {name: two, hosts: [DESKTOP-1], approve: {quorum: 2}}\n", []string{"lacks 1 approval", "two"}},
		"it takes others now":          {"roles: {leads: [U0ALICE00]}\nrules:\n  - {name: leads, areas: [agents], approve: {by: [leads]}}\n", []string{"lacks 1 approval from: leads"}},
		"alice asks for nothing now":   {"rules:\n  - {name: not alice, risks: [destructive], requesters: [operators], deny: not you}\n", []string{"not allowed any more", "ot you"}},
		"fewer may be touched at once": {"approvals: {max_targets: 1}\n", []string{"lacks 1 approval"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, policy := withPolicy(t, "rules: []\n")
			s := tell(t, policy)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1,DESKTOP-2 reason=test")
			card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
			require.NoError(t, os.WriteFile(path, []byte(c.rules), 0o600))
			require.NoError(t, s.program.reload())
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
	require.NoError(t, s.program.reload())
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
	s.isTold("alice", "Only an approver may stop everything")
	s.types("bob", "#soc", "/s1 freeze an account was taken over")
	s.isTold("bob", "nothing that changes anything runs")
	card := s.sees("#approvals", "Frozen", "an account was taken over")

	s.clicks("carol", waiting, "Approve")
	s.isTold("carol", "frozen")
	s.types("carol", "#soc", "/s1 isolate DESKTOP-2 reason=test")
	s.types("alice", "#soc", "/s1 add-notes-to-threats")
	s.types("alice", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1", "Paris")
	require.Empty(t, s.console.Changes())

	s.clicks("bob", card, "Thaw")
	s.isTold("bob", "1 of 2")
	s.types("bob", "#soc", "/s1 thaw")
	s.isTold("bob", "counts once")
	require.NoError(t, s.slack.Settle(s.patient()))
	s.types("carol", "#soc", "/s1 thaw")
	s.becomes(card, "Freeze is over")
	s.clicks("carol", waiting, "Approve")
	s.becomes(waiting, "Successful")
	require.Len(t, s.changes(1), 1)
}
