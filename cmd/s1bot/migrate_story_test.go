package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A request that waits in one database is approved in the other, and the audit trail goes on.
func TestARequestThatWaitsMovesToAnotherDatabase(t *testing.T) {
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	from, to := s.environ["S1BOT_DATABASE_URL"], startPostgres(t).URL
	t.Setenv("S1BOT_DATABASE_URL", from)
	code, _, errs := calls(t, "migrate", "--to="+to)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "nothing was migrated: the source: ")
	require.Contains(t, errs, "if a bot uses it, stop it first")

	s.stop()
	code, _, errs = calls(t, "migrate")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "no target")
	address := filepath.Join(t.TempDir(), "address")
	require.NoError(t, os.WriteFile(address, []byte(to+"\n"), 0o600))
	code, out, errs := calls(t, "migrate", "--to-file="+address)
	require.Zero(t, code, errs)
	require.Contains(t, out, "1  requests\n")
	require.Contains(t, out, "the same on both sides. The audit trail is intact; its last row on both sides is 1, hash ")
	_, before, _ := calls(t, "audit", "--verify")

	s.config.DatabaseURL, s.environ["S1BOT_DATABASE_URL"] = to, to
	t.Setenv("S1BOT_DATABASE_URL", to)
	_, after, _ := calls(t, "audit", "--verify")
	require.Equal(t, before, after)
	s.start()
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 applied")
	s.stop()
	code, out, _ = calls(t, "audit")
	require.Zero(t, code)
	require.Equal(t, 5, strings.Count(out, "\n"), out)
	code, _, errs = calls(t, "migrate", "--from="+from, "--to="+to)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "the target: it isn't empty")
}
