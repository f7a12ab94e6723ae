package main

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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

func TestOperatorsHearOnceThatTheAuditFileIsBehind(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "mount")
	s := tell(t, func(settings map[string]string) { settings["S1BOT_AUDIT_FILE"] = filepath.Join(folder, "audit.jsonl") })
	s.sees("#approvals", "The audit trail doesn't reach its file", "no such file or directory")
	require.NoError(t, os.Mkdir(folder, 0o700))
	s.sees("#approvals", "The audit trail is written to its file again")
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

// What no chain can show by itself, a copy of it shows: the end cut off together with the mark of where it ends, or every hash
// computed anew.
func TestTheStreamShowsWhatTheChainCannot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	s := tell(t, func(settings map[string]string) { settings["S1BOT_AUDIT_FILE"] = path })
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.types("alice", "#soc", "/s1 withdraw "+s.requests()[0].Ref)
	s.becomes(card, "Withdrawn")
	s.stop()
	t.Setenv("S1BOT_DATABASE_URL", s.environ["S1BOT_DATABASE_URL"])
	code, out, _ := calls(t, "audit", "--verify", "--against="+path)
	require.Zero(t, code)
	require.Contains(t, out, "2 rows, none changed")
	require.Contains(t, out, "2 rows of")

	archive := filepath.Join(t.TempDir(), "archive.jsonl")
	code, out, _ = calls(t, "audit", "--export="+archive)
	require.Zero(t, code)
	require.Contains(t, out, "2 rows written to "+archive)
	code, _, errs := calls(t, "audit", "--export="+archive)
	require.NotZero(t, code)
	require.Contains(t, errs, "nothing is overwritten")
	code, out, _ = calls(t, "audit", "--verify", "--against="+archive)
	require.Zero(t, code)
	require.Contains(t, out, "2 rows of "+archive+" match")

	page := filepath.Join(t.TempDir(), "audit.html")
	code, out, errs = calls(t, "audit", "--html="+page)
	require.Zero(t, code, errs)
	require.Contains(t, out, "2 rows written to "+page)
	require.Len(t, onPage(t, page, "✓ 2 rows, none changed", "Alice Moreau (U0ALICE00) withdrew Disconnect Agent From Network (DESKTOP-1)."), 2)

	s.tampers(`DELETE FROM audit WHERE seq = 2`, `UPDATE audit_head SET seq = 1, hash = (SELECT hash FROM audit WHERE seq = 1)`)
	code, out, _ = calls(t, "audit", "--verify")
	require.Zero(t, code, "the chain by itself is whole")
	require.Contains(t, out, "1 rows, none changed")
	code, _, errs = calls(t, "audit", "--verify", "--against="+archive)
	require.NotZero(t, code)
	require.Contains(t, errs, "it has row 2, which the trail doesn't have")
	torn := filepath.Join(t.TempDir(), "torn.html")
	code, _, errs = calls(t, "audit", "--html="+torn, "--against="+archive)
	require.NotZero(t, code, errs)
	require.NotEmpty(t, onPage(t, torn, "✗ the audit trail doesn't match what was streamed to"), "the page says so, too")
	t.Setenv("S1BOT_AUDIT_FILE", path)
	code, _, errs = calls(t, "audit", "--verify")
	require.NotZero(t, code)
	require.Contains(t, errs, "it has row 2, which the trail doesn't have")

	forged := approvals.Entry{At: time.UnixMilli(1), Action: "asked", Command: "nothing", Detail: json.RawMessage(`{}`)}.After(approvals.Mark{})
	s.tampers(`UPDATE audit SET at = 1, request = '', ref = '', actor = '', action = 'asked', command = 'nothing', detail = '{}', hash = '`+forged.Hash+`'`,
		`UPDATE audit_head SET hash = '`+forged.Hash+`'`)
	code, _, errs = calls(t, "audit", "--verify")
	require.NotZero(t, code)
	require.Contains(t, errs, "row 1 differs there")
	s.tampers(`UPDATE audit SET actor = 'somebody else'`)
	broken := filepath.Join(t.TempDir(), "broken.jsonl")
	code, _, errs = calls(t, "audit", "--export="+broken)
	require.NotZero(t, code)
	require.Contains(t, errs, "changed after it was written")
	require.NoFileExists(t, broken, "an archive of a trail that is not whole would only look like one")
}

// tampers changes the database behind the bot's back.
func (s *story) tampers(statements ...string) {
	db := s.openDatabase()
	defer func() { require.NoError(s.t, db.Close()) }()
	for _, statement := range statements {
		_, err := db.ExecContext(s.t.Context(), statement)
		require.NoError(s.t, err)
	}
}

// onPage is which of words stand on a page.
func onPage(t *testing.T, path string, words ...string) []string {
	t.Helper()
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	return slices.DeleteFunc(words, func(w string) bool { return !strings.Contains(html.UnescapeString(string(body)), w) })
}

func TestNoAuditOfADatabaseThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "typo.db")
	t.Setenv("S1BOT_DATABASE_URL", "sqlite:"+path)
	code, _, errs := calls(t, "audit", "--verify")
	require.NotZero(t, code)
	require.Contains(t, errs, "there is no database")
	require.NoFileExists(t, path)
	t.Setenv("S1BOT_DATABASE_URL", "")
	t.Setenv("S1BOT_DATABASE_URL_FILE", path)
	code, _, errs = calls(t, "audit")
	require.NotZero(t, code)
	require.Contains(t, errs, "S1BOT_DATABASE_URL_FILE")
}
