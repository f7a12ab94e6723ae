package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/trailfile"
	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A case file has what the console and the bot know, posted where it was asked, and its audit rows are the trail's.
func TestACaseFileHoldsWhatIsKnown(t *testing.T) {
	t.Parallel()
	s := tell(t)
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "[x](https://evil.example) `odd`.exe", Agent: "DESKTOP-1"})
	s.types("alice", "#soc", "/s1 note "+id+` "checked with the user"`)
	s.changes(1)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=beaconing")
	s.clicks("bob", s.sees("#approvals", "Approval needed"), "Approve")
	s.changes(2)
	s.sees("#approvals", "Successful", "DESKTOP-1")
	s.types("carol", "#soc", "/s1 case "+id)
	s.sees("#soc", "Case file", "DESKTOP-1", "Requests", "beaconing")
	m, err := s.slack.WaitMessage(s.patient(), "#soc", func(m slacksim.Message) bool { return len(m.Files) > 0 })
	require.NoError(t, err)
	files := unzipped(t, []byte(m.Files[0].Content))
	for _, name := range []string{"threat.json", "endpoint.json", "notes.json", "events.jsonl", "events.csv", "timeline.csv", "requests.json", "audit.jsonl", "report.md"} {
		require.Contains(t, files, name)
	}
	report := files["report.md"]
	for _, words := range []string{"# Case", "checked with the user", "beaconing", "approved", "## Timeline", "audit.jsonl"} {
		require.Contains(t, report, words)
	}
	require.NotContains(t, report, "`odd`", "a name ends no code")
	require.Contains(t, files["audit.jsonl"], `"hash"`)

	path := filepath.Join(t.TempDir(), "audit.jsonl")
	require.NoError(t, os.WriteFile(path, []byte(files["audit.jsonl"]), 0o600))
	trail, err := s.program.db.Requests().Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	same, err := trailfile.Compare(trail, path)
	require.NoError(t, err)
	require.Greater(t, same, 3)
}

// What cannot be read is told; the rest is there.
func TestACaseFileSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-1"})
	s.types("alice", "#soc", "/s1 case")
	s.isTold("alice", "needs a threat or an alert")
	s.types("alice", "#soc", "/s1 case nothing-like-that.exe")
	s.isTold("alice", "no threat or alert called")
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/threats/" + id + "/notes"}, s1sim.Fault{Kind: s1sim.Forbidden})
	root := s.sees("#threats", "odd.exe") // the root of the storyline offers it; Slack names no thread of a card that nobody has answered
	s.clicks("alice", root, "Case file")
	s.sees("#threats", "Case file", "Missing", "the notes")
	s.isTold("alice", "The case file is in the thread", "open it")
	m, err := s.slack.WaitMessage(s.patient(), "#threats", func(m slacksim.Message) bool { return len(m.Files) > 0 })
	require.NoError(t, err)
	require.Equal(t, "Case file: odd.exe on DESKTOP-1", m.Files[0].Title)
	require.Equal(t, root.TS, m.ThreadTS)
}

func unzipped(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(content)
	}
	return files
}
