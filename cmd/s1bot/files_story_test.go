package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// database is everything that the program wrote down, byte by byte.
func (s *story) database() []byte {
	s.t.Helper()
	dir := filepath.Dir(strings.TrimPrefix(s.environ["S1BOT_DATABASE_URL"], "sqlite:"))
	entries, err := os.ReadDir(dir)
	require.NoError(s.t, err)
	var all []byte
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(s.t, err)
		all = append(all, b...)
	}
	return all
}

// keptNowhere stops the program and looks for a password in what it wrote down and in what it said to Slack's channels.
func (s *story) keptNowhere(password string) {
	s.t.Helper()
	for _, method := range []string{"chat.postMessage", "chat.update", "views.open", "views.update"} {
		for _, call := range s.slack.Calls(method) {
			body, err := json.Marshal(call)
			require.NoError(s.t, err)
			require.NotContains(s.t, string(body), password, method)
		}
	}
	s.stop()
	require.False(s.t, bytes.Contains(s.database(), []byte(password)), "the password was written down")
}

// sentPassword is the password that reached the console.
func sentPassword(t *testing.T, call s1sim.Call) string {
	t.Helper()
	var body struct{ Data struct{ Password string } }
	require.NoError(t, json.Unmarshal([]byte(call.Body), &body))
	require.NotEmpty(t, body.Data.Password)
	return body.Data.Password
}

// file waits for a file in a person's direct messages.
func (s *story) file(who, name string) slacksim.File {
	s.t.Helper()
	m := s.isWrittenTo(who, name)
	for _, f := range m.Files {
		if strings.Contains(f.Name, name) {
			return f
		}
	}
	m, err := s.slack.WaitMessage(s.patient(), "@"+who, func(m slacksim.Message) bool {
		return len(m.Files) > 0 && strings.Contains(m.Files[0].Name, name)
	})
	require.NoError(s.t, err)
	return m.Files[0]
}

func TestAFileIsFetchedWithAPasswordForTheCallersEyesAlone(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", `/s1 fetch-files DESKTOP-1 files-path=C:\Windows\Temp\a.txt`)
	told := s.isTold("alice", "Your password", "DESKTOP-1")
	s.isTold("alice", "Successful", "Fetch Files", "DESKTOP-1")
	password := sentPassword(t, s.changes(1)[0])
	require.Contains(t, told.PlainText(), password)

	s.isWrittenTo("alice", "Fetch Files", "SHA-256", "DESKTOP-1")
	require.NotEmpty(t, s.file("alice", ".zip").Content)
	require.Len(t, s.console.Changes(), 1)
	s.keptNowhere(password)
}

func TestAPasswordThatWasGivenIsKeptNowhere(t *testing.T) {
	t.Parallel()
	const password = "Given-By-Alice-1!"
	for name, ask := range map[string]func(*story){
		"typed": func(s *story) {
			s.types("alice", "#soc", `/s1 collect-files DESKTOP-1 file-paths=C:\a.txt password="`+password+`"`)
		},
		"in a form": func(s *story) {
			s.types("alice", "#soc", `/s1 collect-files DESKTOP-1`)
			form := s.form("alice", "Collect Files")
			result := s.submits("alice", form, map[string]any{"File Paths": `C:\a.txt`, "Password": password})
			require.Empty(s.t, result.Errors)
		},
		"after a slip": func(s *story) {
			s.types("alice", "#soc", `/s1 collect-files DESKTOP-1 file-paths=a.txt password=`+password)
			slip := s.isTold("alice", "full file path")
			s.clicks("alice", slip, "Open the form")
			form := s.form("alice", "Collect Files")
			s.submits("alice", form, map[string]any{"File Paths": `C:\a.txt`, "Password": password})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			ask(s)
			s.isTold("alice", "Successful", "Collect Files")
			require.Equal(t, password, sentPassword(t, s.changes(1)[0]))
			s.isWrittenTo("alice", "1 of 1 archive uploaded")
			s.types("alice", "#soc", "/s1 history")
			require.NotContains(t, s.isTold("alice", "collect-files").PlainText(), password)
			s.keptNowhere(password)
		})
	}
}

func TestWaitingForAnEndpointSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetOnline("DESKTOP-1", false)
	s.types("alice", "#soc", `/s1 fetch-files DESKTOP-1 files-path=C:\a.txt`)
	progress := s.isWrittenTo("alice", "waiting for DESKTOP-1")
	s.stop()
	s.console.SetOnline("DESKTOP-1", true)
	s.start()
	s.becomes(progress, "Successful", "SHA-256")
	s.file("alice", ".zip")
	require.Len(t, s.console.Changes(), 1, "the endpoint was asked once")
}

func TestWaitingForAnEndpointCanBeCancelled(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetOnline("DESKTOP-1", false)
	s.types("alice", "#soc", `/s1 collect-files DESKTOP-1 file-paths=C:\a.txt`)
	progress := s.isWrittenTo("alice", "waiting for DESKTOP-1")
	s.clicks("alice", progress, "Cancel")
	stopped := s.becomes(progress, "stopped waiting", "The endpoint was already asked")
	s.console.SetOnline("DESKTOP-1", true)
	s.clicks("alice", stopped, "Download files")
	s.file("alice", ".zip")
}

func TestALargeArchiveIsRefusedAndAnOldOneIsGone(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.SetUploadSize(11 << 20)
	s.types("alice", "#soc", `/s1 fetch-files DESKTOP-1 files-path=C:\a.txt`)
	s.isWrittenTo("alice", "Failed", "larger than 10 MB")
}

func TestAScriptRunsAfterAnApprovalAndItsResultsAreHandedOver(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", `/s1 run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description="ports" output-destination=SentinelCloud reason=test`)
	card := s.sees("#approvals", "Approval needed", "Run Script", "DESKTOP-1", "List Open Ports")
	require.Empty(t, s.console.Changes())
	s.clicks("bob", card, "Approve")
	told := s.isWrittenTo("alice", "Your password", "ports")
	password := sentPassword(t, s.changes(1)[0])
	require.Contains(t, told.PlainText(), password)

	done := s.isWrittenTo("alice", "Run Script", "1 completed")
	require.NotContains(t, card.PlainText(), password)
	s.clicks("alice", done, "Get results")
	s.isWrittenTo("alice", "Get Script Results", "SHA-256")
	require.NotEmpty(t, s.file("alice", ".zip").Content)
	s.stop()
	require.False(t, bytes.Contains(s.database(), []byte(password)))
	require.False(t, bytes.Contains(s.database(), []byte("Signature=")), "a link was written down")
}

func TestAThreatsFileComesIntoTheThreadItWasAskedIn(t *testing.T) {
	t.Parallel()
	s := tell(t)
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.types("bob", "#soc", "look at this")
	root := s.sees("#soc", "look at this")
	require.NoError(t, s.slack.User("alice").TypesInThread(root, "@s1bot fetch-threat-file "+id))
	told := s.isTold("alice", "Your password")
	require.Contains(t, told.PlainText(), sentPassword(t, s.changes(1)[0]))
	m, err := s.slack.WaitMessage(s.patient(), "#soc", func(m slacksim.Message) bool { return len(m.Files) > 0 })
	require.NoError(t, err)
	require.Equal(t, root.TS, m.ThreadTS)
	require.NotContains(t, m.PlainText(), sentPassword(t, s.console.Changes()[0]))
}
