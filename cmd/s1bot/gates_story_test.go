package main

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// groupFaults are ways in which Slack does not say who belongs to a user group. Status codes and words are of
// docs.slack.dev/reference/methods/usergroups.users.list and docs.slack.dev/apis/web-api/rate-limits; a proxy's 429 has no Retry-After.
func groupFaults() map[string]slacksim.Fault {
	return map[string]slacksim.Fault{
		"internal_error":             {Kind: slacksim.FaultError},
		"missing_scope":              {Kind: slacksim.FaultError, Error: "missing_scope"},
		"HTTP 500":                   {Kind: slacksim.FaultStatus, Status: http.StatusInternalServerError},
		"Slack asks the bot to wait": {Kind: slacksim.FaultRateLimit, RetryAfter: 60},
		"Slack isn't responding":     {Kind: slacksim.FaultReset},
	}
}

// dark lets every question about user groups fail.
func (s *story) dark(f slacksim.Fault) {
	for _, method := range []string{"usergroups.users.list", "usergroups.list"} {
		f.Method, f.Times = method, -1
		s.slack.Fail(f)
	}
}

// Who may be in a group that a rule denies, or asks more of, is not let through because Slack does not say: and a rule that depends on
// the host alone needs no Slack.
func TestARuleAboutAGroupThatCannotBeReadLetsNobodyThrough(t *testing.T) {
	t.Parallel()
	for reason, fault := range groupFaults() {
		for rule, body := range map[string]string{
			"contractors are denied": "roles: {operators: [U0ALICE00], approvers: [U0BOB0000], contractors: [S0CONTR01]}\nrules:\n  - {hosts: [SRV-*], deny: ask the AD team}\n  - {name: no contractors, requesters: [contractors], deny: contractors ask the desk}\n",
			"juniors take two":       "roles: {operators: [U0ALICE00], approvers: [U0BOB0000], juniors: [\"@juniors\"]}\nrules:\n  - {hosts: [SRV-*], deny: ask the AD team}\n  - {name: two for juniors, requesters: [juniors], risks: [destructive], approve: {by: [approvers], quorum: 2}}\n",
		} {
			t.Run(reason+", "+rule, func(t *testing.T) {
				t.Parallel()
				s := tell(t, allowedBy(t, body), noRoles)
				s.slack.AddGroup(slacksim.Group{ID: "S0CONTR01", Handle: "contr", Members: []string{"alice"}})
				s.slack.AddGroup(slacksim.Group{ID: "S0JUNIOR1", Handle: "juniors", Members: []string{"alice"}})
				s.dark(fault)
				s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
				s.isTold("alice", "Couldn't check", "I can't read user groups (", "Nothing was done")
				s.types("alice", "#soc", "/s1 isolate SRV-DC-2 reason=test")
				s.isTold("alice", "sk the AD team")
				s.types("alice", "#soc", "/s1 threats")
				require.NoError(t, s.slack.Settle(s.patient()))
				require.Empty(t, s.requests())
				s.slack.ClearFaults()
			})
		}
	}
}

// noRoles leaves the roles to the policy file.
func noRoles(settings map[string]string) {
	delete(settings, "S1BOT_OPERATORS")
	delete(settings, "S1BOT_APPROVERS")
}

// The row of a threat tells where its host is, but it may be older than the host's own: where that one cannot be read, nothing runs on the
// word of the threat's.
func TestThePlaceOfAThreatIsThatOfItsHost(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]s1sim.FaultKind{"500": s1sim.ServerError, "403": s1sim.Forbidden, "reset": s1sim.Reset} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t, allowedBy(t, "rules:\n  - {name: berlin, sites: [Berlin], deny: ask Berlin}\n"))
			threat := fmt.Sprint(s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"}))
			s.types("alice", "#soc", "/s1 mitigate "+threat+" action=Kill reason=test")
			card := s.sees("#approvals", "Approval needed")
			s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["siteName"] = "Berlin" })
			s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, s1sim.Fault{Kind: kind, Times: -1})
			s.clicks("bob", card, "Approve")
			s.becomes(card, "Approved, not run yet", "I can't read the endpoint of evil.exe")
			require.Empty(t, s.console.Changes())
			s.console.Heal()
			s.pass(time.Minute)
			s.becomes(card, "Failed", "no longer allowed", "Ask Berlin")
			require.Empty(t, s.console.Changes())
		})
	}
}

// An approval that meets a question without an answer is kept, counts when there is one, and outlives a restart.
func TestADecisionWaitsForAnAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   slacksim.Fault
		told    string
		restart bool
	}{
		"slowed by users.info":     {slacksim.Fault{Method: "users.info", Kind: slacksim.FaultRateLimit, RetryAfter: 25, Times: -1}, "look up U0BOB0000 in Slack (Slack asks the bot to wait)", false},
		"over a restart":           {slacksim.Fault{Method: "users.info", Kind: slacksim.FaultRateLimit, RetryAfter: 25, Times: -1}, "look up U0BOB0000", true},
		"the group cannot be read": {slacksim.Fault{Method: "usergroups.users.list", Kind: slacksim.FaultError, Times: -1}, "can't read user groups (internal_error)", false},
		"nor after a restart":      {slacksim.Fault{Method: "usergroups.users.list", Kind: slacksim.FaultStatus, Status: 429, Times: -1}, "can't read user groups", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			card := s.sees("#approvals", "Approval needed")
			s.slack.Fail(c.fault)
			s.clicks("bob", card, "Approve")
			s.isTold("bob", c.told, "Your decision is saved")
			s.becomes(card, "approved this, which doesn't count yet", c.told)
			if c.restart {
				s.stop()
				s.start()
			}
			require.Empty(t, s.console.Changes())
			s.slack.ClearFaults()
			s.pass(30 * time.Second)
			s.becomes(card, "Successful", "DESKTOP-1")
			require.Len(t, s.console.Changes(), 1)
		})
	}
}

// A decision that never could be taken is told so, and nothing of it is left.
func TestADecisionThatCannotBeTakenIsToldToHaveNotCounted(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {timeout: 2h}\n"))
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.dark(slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"})
	s.clicks("bob", card, "Approve")
	s.isTold("bob", "missing_scope", "Your decision is saved")
	s.pass(approvals.MaxHold)
	s.isTold("bob", "missing_scope", "your decision didn't count", "s1bot check")
	require.NotContains(t, s.becomes(card, "Approval needed").PlainText(), "doesn't count yet")
	s.slack.ClearFaults()
	s.pass(time.Minute)
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Equal(t, approvals.Pending, s.requests()[0].State)
	require.Equal(t, 1, s.audited(approvals.ActionRefused))
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
}

// Nobody else's click waits behind one that was put off, and one that is put off decides nothing that others decided meanwhile.
func TestADecisionThatIsPutOffHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.slack.Fail(slacksim.Fault{Method: "users.info", About: "U0BOB0000", Kind: slacksim.FaultRateLimit, RetryAfter: 600, Times: -1})
	s.clicks("bob", card, "Approve")
	s.isTold("bob", "Your decision is saved")
	s.clicks("carol", card, "Approve")
	s.becomes(card, "Successful", "Approved by <@U0CAROL00>")
	s.pass(time.Minute)
	s.isTold("bob", "already been decided")
	require.Len(t, s.console.Changes(), 1)
	s.slack.ClearFaults()
}

// blind are ways in which the console doesn't say where a host is: statuses, resets, answers that are none.
func blind() map[string]s1sim.Fault {
	return map[string]s1sim.Fault{
		"500":   {Kind: s1sim.ServerError, Times: -1},
		"403":   {Kind: s1sim.Forbidden, Times: -1},
		"reset": {Kind: s1sim.Reset, Times: -1},
		"page":  {Kind: s1sim.NotJSON, Times: -1},
	}
}

// What moved to a protected site while it waited is not isolated because nobody could look: it is asked again, and refused when it can
// be told. What did not move runs then.
func TestNothingRunsBlind(t *testing.T) {
	t.Parallel()
	for name, fault := range blind() {
		for _, moved := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := tellInTime(t, allowedBy(t, "rules:\n  - {name: berlin, sites: [Berlin], deny: ask Berlin}\n"))
				s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
				card := s.sees("#approvals", "Approval needed")
				if moved {
					s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["siteName"] = "Berlin" })
				}
				s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, fault)
				s.clicks("bob", card, "Approve")
				card = s.becomes(card, "Approved, not run yet", "I can't look up what this touches")
				require.Empty(t, s.console.Changes())
				s.console.Heal()
				s.pass(time.Minute)
				if moved {
					s.becomes(card, "Failed", "no longer allowed", "sk Berlin")
					s.isWrittenTo("alice", "sk Berlin")
					require.Empty(t, s.console.Changes())
					return
				}
				s.becomes(card, "Successful", "DESKTOP-1")
				require.Len(t, s.console.Changes(), 1)
				require.Equal(t, 1, s.audited(approvals.ActionHeld), "one row for one question")
			})
		}
	}
}

// The look before a run asks everything again: the command's own preparation, the requester, the approver, their groups.
func TestEachQuestionBeforeARunIsAskedForTenMinutes(t *testing.T) {
	t.Parallel()
	isolate := "/s1 isolate DESKTOP-1 reason=test"
	script := `/s1 run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description=ports output-destination=SentinelCloud reason=test`
	for name, c := range map[string]struct {
		command  string
		slack    slacksim.Fault
		console  s1sim.Match
		question string
	}{
		"the preparation's look-up": {script, slacksim.Fault{}, s1sim.Match{Method: "GET", PathPrefix: "/remote-scripts"}, "I can't look up what this touches (the console answered 500"},
		"the host":                  {isolate, slacksim.Fault{}, s1sim.Match{Method: "GET", PathPrefix: "/agents"}, "I can't look up what this touches"},
		"the requester":             {isolate, slacksim.Fault{Method: "users.info", About: "U0ALICE00", Kind: slacksim.FaultReset, Times: -1}, s1sim.Match{}, "I can't look up U0ALICE00 in Slack"},
		"the requester's group":     {isolate, slacksim.Fault{Method: "usergroups.users.list", About: "S0SOC0000", Kind: slacksim.FaultError, Times: -1}, s1sim.Match{}, "I can't read user groups (internal_error)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t)
			s.types("alice", "#soc", c.command)
			card := s.sees("#approvals", "Approval needed")
			if c.slack.Method != "" {
				s.slack.Fail(c.slack)
			} else {
				s.console.Fail(c.console, s1sim.Fault{Kind: s1sim.ServerError, Times: -1})
			}
			s.clicks("bob", card, "Approve")
			card = s.becomes(card, "Approved, not run yet", c.question)
			s.stop()
			s.start() // a restart asks on, and forgets nothing
			s.pass(approvals.MaxHold - time.Minute)
			require.NoError(t, s.slack.Settle(s.patient()))
			require.Empty(t, s.console.Changes())
			s.pass(2 * time.Minute)
			card = s.becomes(card, "Not run", c.question, "no answer for 10 minutes", "Nothing was done")
			s.isWrittenTo("alice", "Not run", "Nothing was done")
			require.Equal(t, 1, s.audited(approvals.ActionNotRun))
			s.slack.ClearFaults()
			s.console.Heal()
			s.pass(time.Minute)
			require.NoError(t, s.slack.Settle(s.patient()))
			require.Empty(t, s.console.Changes())
			require.Equal(t, approvals.NotRun, s.requests()[0].State)
			require.NotContains(t, card.PlainText(), "Running")
		})
	}
}

// A rule that came meanwhile and needs no Slack is heard, also while Slack does not say who asked.
func TestARuleAboutAHostNeedsNoSlackBeforeARun(t *testing.T) {
	t.Parallel()
	path, policy := withPolicy(t, "rules: []\n")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	require.NoError(t, os.WriteFile(path, []byte("rules:\n  - {name: hands off, hosts: [DESKTOP-*], deny: ask the AD team}\n"), 0o600))
	require.NoError(t, s.program.reload(t.Context()))
	s.slack.Fail(slacksim.Fault{Method: "users.info", About: "U0ALICE00", Kind: slacksim.FaultReset, Times: -1})
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Failed", "sk the AD team", "hands off")
	require.Empty(t, s.console.Changes())
	s.slack.ClearFaults()
}

// Who was deactivated, left the group, or became a guest since they approved does not count any more.
func TestApprovalsOfThoseWhoLeftDoNotCount(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*slacksim.Workspace){
		"deactivated": func(ws *slacksim.Workspace) { ws.Deactivate("bob") },
		"out of the group": func(ws *slacksim.Workspace) {
			ws.AddGroup(slacksim.Group{Handle: "soc-leads", Members: []string{"carol", "mallory"}})
		},
		"a guest now": func(ws *slacksim.Workspace) {
			ws.AddUser(slacksim.User{ID: "U0BOB0000", Name: "bob", IsRestricted: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t, allowedBy(t, "rules:\n  - {name: two, commands: [disconnect-*], approve: {quorum: 2}}\n"))
			s.slack.AddGroup(slacksim.Group{Handle: "soc-leads", Members: []string{"bob", "carol", "mallory"}})
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			card := s.sees("#approvals", "2 approvals needed")
			s.clicks("bob", card, "Approve")
			card = s.becomes(card, "1 given")
			leave(s.slack)
			s.clicks("carol", card, "Approve")
			card = s.becomes(card, "can no longer approve this", "1 given")
			require.Empty(t, s.console.Changes())
			s.clicks("mallory", card, "Approve")
			s.becomes(card, "Successful")
			require.Len(t, s.console.Changes(), 1)
		})
	}
}

// Between the last approval and the run, too.
func TestAnApproverWhoLeavesBeforeTheRunDoesNotCount(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.ServerError, Times: -1})
	s.clicks("bob", card, "Approve")
	card = s.becomes(card, "not run yet")
	s.slack.Deactivate("bob")
	s.console.Heal()
	s.pass(time.Minute)
	s.becomes(card, "Failed", "still needs 1 approval", "can no longer approve this")
	require.Empty(t, s.console.Changes())
}

// On Enterprise Grid a member's home may be another workspace, in payloads and in users.info; in Slack Connect payloads name ours.
func TestUsersInfoDecidesWhoBelongsHere(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) {
		settings["S1BOT_OPERATORS"], settings["S1BOT_APPROVERS"] = "*", "W0GRID000,S0GRIDGRP"
	})
	s.slack.AddUser(slacksim.User{ID: "W0GRID000", Name: "grid", TeamID: "T0HOME", Teams: []string{"T0HOME", "T0SOC0001"}})
	s.slack.AddUser(slacksim.User{ID: "W0GRID001", Name: "griddy", TeamID: "T0HOME", Teams: []string{"T0SOC0001", "T0HOME"}})
	s.slack.AddUser(slacksim.User{ID: "U0CONNECT", Name: "partner", TeamID: "T0PARTNER", IsStranger: true})
	s.slack.AddUser(slacksim.User{ID: "W0GRIDOUT", Name: "gridout", TeamID: "T0HOME", Teams: []string{"T0HOME"}})
	s.slack.AddGroup(slacksim.Group{ID: "S0GRIDGRP", Handle: "gridgroup", Members: []string{"griddy", "partner", "gridout"}})
	for _, channel := range []string{"soc", "approvals"} {
		s.slack.AddChannel(slacksim.Channel{Name: channel, Members: []string{"alice", "grid", "griddy", "partner", "gridout"}})
	}
	for _, who := range []string{"partner", "gridout"} {
		s.types(who, "#soc", "/s1 isolate DESKTOP-1 reason=test")
		s.isTold(who, "full members")
	}
	for _, who := range []string{"grid", "griddy"} {
		s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=for-"+who)
		card := s.sees("#approvals", "Approval needed", "for-"+who)
		for _, other := range []string{"partner", "gridout"} {
			s.clicks(other, card, "Approve")
			s.isTold(other, "full members")
		}
		s.clicks(who, card, "Approve")
		s.becomes(card, "Successful", "Approved by <@"+s.slack.User(who).ID()+">")
	}
}

// A name that is a person's and a group's makes neither an approver.
func TestANamesakeOfAGroupIsNoApprover(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, func(settings map[string]string) { settings["S1BOT_APPROVERS"] = "@soc-leads" })
	s.slack.AddUser(slacksim.User{Name: "soc-leads", ID: "U0NAMESAK"})
	s.slack.AddChannel(slacksim.Channel{Name: "approvals", Members: []string{"soc-leads", "bob"}})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	for _, who := range []string{"U0NAMESAK", "bob"} {
		s.clicks(who, card, "Approve")
		s.isTold(who, "@soc-leads is the name of both a person and a user group")
	}
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Empty(t, s.console.Changes())
	s.slack.Deactivate("U0NAMESAK")
	s.pass(time.Hour)
	s.becomes(card, "Expired")
}

// A change that runs at once passes the same gate between its plan and its run where the policy changed meanwhile.
func TestAPolicyThatChangesWhileAChangeIsAskedForIsHeard(t *testing.T) {
	t.Parallel()
	path, policy := withPolicy(t, "rules: []\n")
	s := tell(t, policy)
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
	s.types("alice", "#soc", "/s1 scan DESKTOP-1")
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "GET", PathPrefix: "/agents"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("rules:\n  - {name: hands off, hosts: [DESKTOP-*], deny: ask the AD team}\n"), 0o600))
	require.NoError(t, s.program.reload(t.Context()))
	s.console.Heal()
	s.isTold("alice", "sk the AD team", "hands off")
	require.Empty(t, s.console.Changes())
}

// What was to run at once and was left behind by a crash is looked at before it runs, as everything else.
func TestWhatACrashLeftPassesTheGate(t *testing.T) {
	t.Parallel()
	for name, deny := range map[string]bool{"denied since": true, "I can't tell": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, policy := withPolicy(t, "rules: []\n")
			s := tellInTime(t, policy)
			s.types("alice", "#soc", "/s1 scan DESKTOP-1")
			s.changes(1)
			require.NoError(t, s.slack.Settle(s.patient()))
			if deny {
				require.NoError(t, os.WriteFile(path, []byte("rules:\n  - {name: hands off, hosts: [DESKTOP-*], deny: ask the AD team}\n"), 0o600))
				require.NoError(t, s.program.reload(t.Context()))
			} else {
				s.dark(slacksim.Fault{Kind: slacksim.FaultError})
			}
			left := s.requests()[0]
			left.Key, left.State, left.Quorum, left.Result, left.Effect = "left behind", approvals.Approved, 0, nil, nil
			left, _, err := s.program.bot.Ledger.Submit(t.Context(), left)
			require.NoError(t, err)
			if deny {
				s.isWrittenTo("alice", "no longer allowed", "sk the AD team")
			} else {
				require.Eventually(t, func() bool { return s.audited(approvals.ActionHeld) == 1 }, patience, 1e7)
				s.pass(approvals.MaxHold + time.Second)
				s.isWrittenTo("alice", "Not run", "I can't read user groups")
				s.slack.ClearFaults()
			}
			require.Len(t, s.console.Changes(), 1)
		})
	}
}

// What may have run is let run again by a person, and looked at like everything else; so is what waited for the end of a freeze.
func TestWhatRunsLaterPassesTheGate(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]func(s timed, card slacksim.Message) (release func()){
		"run again": func(s timed, card slacksim.Message) func() {
			s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/agents/actions"}, s1sim.Fault{Kind: s1sim.Reset})
			s.clicks("bob", card, "Approve")
			card = s.becomes(card, "May have run")
			return func() { s.clicks("bob", card, "Run again") }
		},
		"after a freeze": func(s timed, card slacksim.Message) func() {
			s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.ServerError, Times: -1})
			s.clicks("bob", card, "Approve")
			s.becomes(card, "not run yet")
			s.types("bob", "#soc", "/s1 freeze drill")
			s.isTold("bob", "Frozen")
			s.console.Heal()
			s.types("bob", "#soc", "/s1 thaw")
			s.isTold("bob", "1 of 2")
			return func() {
				s.types("carol", "#soc", "/s1 thaw")
				s.isTold("carol", "The freeze is over")
				s.pass(time.Minute)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, policy := withPolicy(t, "rules: []\n")
			s := tellInTime(t, policy)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			card := s.sees("#approvals", "Approval needed")
			release := later(s, card)
			before := len(s.console.Changes())
			require.NoError(t, os.WriteFile(path, []byte("rules:\n  - {name: berlin, sites: [Berlin], deny: ask Berlin}\n"), 0o600))
			require.NoError(t, s.program.reload(t.Context()))
			s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["siteName"] = "Berlin" })
			release()
			s.becomes(card, "Failed", "sk Berlin")
			require.Len(t, s.console.Changes(), before)
		})
	}
}

// The end of an isolation asks the same questions: where they have no answer it waits, and the card says why.
func TestTheEndOfATermWaitsForAnAnswer(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}\n"))
	card := s.isolates("DESKTOP-1", "1h")
	s.dark(slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"})
	s.pass(61 * time.Minute)
	s.becomes(card, "Time is up", "I can't read user groups (missing_scope)")
	require.Len(t, s.console.Changes(), 1)
	s.slack.ClearFaults()
	s.pass(2 * time.Minute)
	s.changes(2)
	s.isWrittenTo("alice", "Connect Agent To Network", "Successful")
}

// What did its work before the process died is not called refused because there is nothing left to do.
func TestWhatACrashRepeatsIsNotRefusedForHavingBeenDone(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", `/s1 move-agents DESKTOP-1 group-id=Kiosks`)
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "PUT"})
	require.NoError(t, err)
	require.NoError(t, s.slack.Settle(s.patient()))
	s.types("alice", "#soc", `/s1 move-agents DESKTOP-1 group-id=Kiosks`)
	s.isTold("alice", "Kiosks", "already")
	left := s.requests()[0]
	left.Key, left.State, left.Quorum, left.Fence, left.Result, left.Effect = "left behind", approvals.Approved, 0, 1, nil, nil
	left, _, err = s.program.bot.Ledger.Submit(t.Context(), left)
	require.NoError(t, err)
	_, err = s.console.WaitCalls(s.patient(), 2, s1sim.Match{Method: "PUT"})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		r, err := s.program.bot.Ledger.Get(t.Context(), left.ID)
		require.NoError(t, err)
		return r.Final() && r.State != approvals.Failed
	}, patience, 1e7)
}
