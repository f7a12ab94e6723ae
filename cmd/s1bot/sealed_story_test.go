package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/s1/s1sim"
)

// waiting is what alice asks for with a password, which waits for an approval.
const waiting = `/s1 run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description=ports output-destination=SentinelCloud password=Given-By-Alice-1! reason=test`

func sealing(key string) func(map[string]string) {
	return func(settings map[string]string) { settings["S1BOT_SECRET_KEY"] = key }
}

// requests are all rows.
func (s *story) requests() []approvals.Request {
	s.t.Helper()
	rs, err := s.program.db.Requests().Find(s.t.Context(), approvals.Query{})
	require.NoError(s.t, err)
	return rs
}

func TestAPasswordWaitsSealedForItsApprovalAndARestart(t *testing.T) {
	t.Parallel()
	s := tell(t, sealing(newSealKey()))
	s.types("alice", "#soc", waiting)
	card := s.sees("#approvals", "Approval needed", "Run Script", "given by the requester")
	require.NotEmpty(t, s.requests()[0].Sealed)
	s.stop()
	s.start()
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Equal(t, "Given-By-Alice-1!", sentPassword(t, s.changes(1)[0]))
	require.Empty(t, s.requests()[0].Sealed)
	s.keptNowhere("Given-By-Alice-1!")
}

// A script may be called with a password; the reason that a form asks for does not lose it.
func TestAPasswordInAScriptsInputWaitsSealed(t *testing.T) {
	t.Parallel()
	s := tell(t, sealing(newSealKey()))
	s.types("alice", "#soc", `/s1 run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description=ports output-destination=None input-params="-Password S3cret-Input!"`)
	form := s.form("alice", "Run Script")
	s.submits("alice", form, map[string]any{"Reason": "test", "Input Params": "-Password S3cret-Input!"})
	card := s.sees("#approvals", "Approval needed", "Run Script", "not shown: it may hold a password")
	s.clicks("bob", card, "Approve")
	require.Contains(t, s.changes(1)[0].Body, "-Password S3cret-Input!")
	s.becomes(card, "Successful")
	s.types("alice", "#soc", "/s1 history")
	s.isTold("alice", `input-params="•••"`)
	s.keptNowhere("S3cret-Input!")
}

// People write passwords in more ways than anybody can list; none of them is written down.
func TestWhatMayBeAPasswordInAScriptsInputIsKeptNowhere(t *testing.T) {
	t.Parallel()
	for _, input := range []string{`-Cred:Hush-1x`, `-u alice:Hush-1x`, `/password:Hush-1x`, `--token=Hush-1x`, `alice Hush-1x`, `-p Hush-1x`} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			s := tell(t, sealing(newSealKey()))
			s.types("alice", "#soc", `/s1 run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description=ports output-destination=None reason=test input-params="`+input+`"`)
			card := s.sees("#approvals", "Approval needed", "Run Script", "not shown: it may hold a password")
			require.NotContains(t, card.PlainText(), "Hush-1x")
			s.clicks("bob", card, "Approve")
			require.Contains(t, s.changes(1)[0].Body, "Hush-1x")
			s.becomes(card, "Successful")
			s.keptNowhere("Hush-1x")
		})
	}
}

func TestWithoutAKeyNoPasswordWaits(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", waiting)
	s.isTold("alice", "password", "approval", "S1BOT_SECRET_KEY", "Leave it out")
	require.Empty(t, s.requests())
	require.Equal(t, 1, s.audited(approvals.ActionRefused))
	require.Empty(t, s.console.Changes())
	s.types("alice", "#soc", strings.Replace(waiting, "/s1", "/s1 can", 1))
	s.isTold("alice", "What would happen", "S1BOT_SECRET_KEY")
	s.keptNowhere("Given-By-Alice-1!")
}

func TestADeniedPasswordIsForgotten(t *testing.T) {
	t.Parallel()
	s := tell(t, sealing(newSealKey()))
	s.types("alice", "#soc", waiting)
	card := s.sees("#approvals", "Approval needed")
	s.clicks("alice", card, "Withdraw")
	s.becomes(card, "Withdrawn")
	require.Empty(t, s.requests()[0].Sealed)
}

func TestWithAnotherKeyThePasswordStaysShutAndNothingRuns(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"another key": newSealKey(), "no key": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, sealing(newSealKey()))
			s.types("alice", "#soc", waiting)
			card := s.sees("#approvals", "Approval needed")
			s.stop()
			settings := s.environ
			settings["S1BOT_SECRET_KEY"] = key
			var err error
			s.config, err = readConfig(settings)
			require.NoError(t, err)
			s.start()
			s.clicks("bob", card, "Approve")
			s.becomes(card, "Failed", "Nothing was done", "S1BOT_SECRET_KEY")
			s.isWrittenTo("alice", "S1BOT_SECRET_KEY", "Request it again")
			require.Empty(t, s.console.Changes())
		})
	}
}

// What only changes waits too when a rule says so, or when it touches more than the policy lets pass.
func TestAChangeThatWaitsSealsItsPassword(t *testing.T) {
	t.Parallel()
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(policy, []byte("rules:\n  - commands: [fetch-files]\n    approve: {by: [approvers]}\n"), 0o600))
	s := tell(t, sealing(newSealKey()), func(settings map[string]string) { settings["S1BOT_POLICY_FILE"] = policy })
	s.types("alice", "#soc", `/s1 fetch-files DESKTOP-1 files-path=C:\a.txt password=Given-By-Alice-1!`)
	card := s.sees("#approvals", "Approval needed", "Fetch Files", "DESKTOP-1")
	s.clicks("bob", card, "Approve")
	require.Equal(t, "Given-By-Alice-1!", sentPassword(t, s.changes(1)[0]))

	var ids []string
	for i := range 26 {
		ids = append(ids, s.console.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("evil-%d.exe", i), Agent: "DESKTOP-1"}))
	}
	s.types("alice", "#soc", "/s1 fetch-threat-file threat-ids="+strings.Join(ids, ",")+" password=Given-By-Alice-2!")
	card = s.sees("#approvals", "Approval needed", "Fetch Threat File", "26 threats")
	s.clicks("bob", card, "Approve")
	require.Equal(t, "Given-By-Alice-2!", sentPassword(t, s.changes(2)[1]))
	s.becomes(card, "Successful")
	for _, r := range s.requests() {
		require.Empty(t, r.Sealed)
	}
	s.keptNowhere("Given-By-Alice-1!")
	require.NotContains(t, string(s.database()), "Given-By-Alice-2!")
}
