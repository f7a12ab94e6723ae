package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

func TestTheAuditFileHasEveryRowOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	s := tell(t, func(settings map[string]string) { settings["S1BOT_AUDIT_FILE"] = path })
	s.types("mallory", "#soc", "/s1 isolate DESKTOP-1 reason=fun")
	s.isTold("mallory", "Only operators")
	s.stop()

	half, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = half.WriteString(`{"seq":2,"at`)
	require.NoError(t, err)
	require.NoError(t, half.Close())

	s.start()
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 applied")
	s.stop()
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	var actions []string
	for n, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		var e approvals.Entry
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		require.EqualValues(t, n+1, e.Seq)
		actions = append(actions, e.Action)
	}
	require.Equal(t, []string{"refused", "asked", "approved", "started", "finished", "observed"}, actions)
}

func TestAFileThatIsNoTrailIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("my notes\n"), 0o600))
	p := &program{config: config{AuditFile: path}}
	_, err := p.appendAudit(context.WithoutCancel(t.Context()), -1)
	require.ErrorContains(t, err, "no row of an audit trail")
}

func TestTheAuditTrailIsFiltered(t *testing.T) {
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 applied")
	s.stop()
	t.Setenv("S1BOT_DATABASE_URL", s.environ["S1BOT_DATABASE_URL"])
	for flags, rows := range map[string]int{"--action=approved": 1, "--actor=U0BOB0000": 1, "--command=disconnect-agent-from-network": 5, "--command=run-script": 0, "--request=A-0": 0} {
		code, out, errors := calls(t, "audit", flags)
		require.Zero(t, code, errors)
		require.Equal(t, rows, strings.Count(out, "\n"), flags)
	}
}
