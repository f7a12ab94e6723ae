package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
)

// The backup is made while the bot runs, and what came after it is lost: what was waiting then waits again, and the bot goes on.
func TestABackupOfSQLiteIsRestored(t *testing.T) {
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	t.Setenv("S1BOT_DATABASE_URL", s.environ["S1BOT_DATABASE_URL"])
	copied := filepath.Join(t.TempDir(), "copy.db")
	code, out, errs := calls(t, "backup", copied)
	require.Zero(t, code, errs)
	require.Contains(t, out, "copy.db is intact; the last row of its audit trail is 1, hash ")
	code, _, errs = calls(t, "backup", copied)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "never overwritten")
	s.types("mallory", "#soc", "/s1 isolate DESKTOP-2 reason=fun")
	s.isTold("mallory", "Only operators")
	s.stop()

	database := strings.TrimPrefix(s.environ["S1BOT_DATABASE_URL"], "sqlite:")
	for _, lost := range []string{database, database + "-wal", database + "-shm"} {
		_ = os.Remove(lost)
	}
	body, err := os.ReadFile(copied)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(database, body, 0o600))
	s.goesOn(t, card)

	t.Setenv("S1BOT_DATABASE_URL", "postgres://localhost/x")
	code, _, errs = calls(t, "backup", filepath.Join(t.TempDir(), "other.db"))
	require.Equal(t, 1, code)
	require.Contains(t, errs, "use pg_dump")
}

// The commands are those of deploy/operations.md.
func TestABackupOfPostgreSQLIsRestored(t *testing.T) {
	server := startPostgres(t)
	s := tell(t, func(settings map[string]string) { settings["S1BOT_DATABASE_URL"] = server.URL })
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	folder := t.TempDir()
	runDocumented(t, folder, server.URL, "pg_dump ")
	s.types("mallory", "#soc", "/s1 isolate DESKTOP-2 reason=fun")
	s.isTold("mallory", "Only operators")
	s.stop()
	runDocumented(t, folder, server.URL, "createdb ", "pg_restore ")
	s.config.DatabaseURL = strings.Replace(server.URL, "/postgres?", "/s1bot_restored?", 1)
	t.Setenv("S1BOT_DATABASE_URL", s.config.DatabaseURL)
	s.goesOn(t, card)
}

// goesOn starts the bot on a database that was restored: the request that waited at the time of the copy is decided, and the trail is whole.
func (s *story) goesOn(t *testing.T, card slacksim.Message) {
	t.Helper()
	code, out, errs := calls(t, "audit", "--verify")
	require.Zero(t, code, errs)
	require.Contains(t, out, "1 rows, none changed")
	s.start()
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 applied")
	s.stop()
	code, out, errs = calls(t, "audit", "--verify")
	require.Zero(t, code, errs)
	require.Contains(t, out, "5 rows, none changed")
}

// runDocumented runs the lines of operations.md that begin so.
func runDocumented(t *testing.T, folder, address string, beginnings ...string) {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "deploy", "operations.md"))
	require.NoError(t, err)
	bin, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	require.NoError(t, err)
	for _, beginning := range beginnings {
		var found []string
		for line := range strings.Lines(string(doc)) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, beginning) {
				found = append(found, line)
			}
		}
		require.Len(t, found, 1, beginning)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		run := exec.CommandContext(ctx, "sh", "-c", found[0])
		run.Dir = folder
		run.Env = append(os.Environ(), "ADDRESS="+address, "NEW="+strings.Replace(address, "/postgres?", "/s1bot_restored?", 1), fmt.Sprintf("PATH=%s:%s", strings.Join(bin, ":"), os.Getenv("PATH")))
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s: %s", found[0], out)
	}
}
