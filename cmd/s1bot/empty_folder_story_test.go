package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A site is an empty folder in which somebody sets the bot up, with processes of the program that people get. Slack and the console are
// those of `s1bot demo --serve`, seen as its page sees them.
type site struct {
	t       *testing.T
	program string
	folder  string
	page    string
	environ map[string]string
	done    map[string]bool // the command lines of the documents that were run
}

// newSite starts the services and keeps the settings that they print.
func newSite(t *testing.T) *site {
	s := &site{t: t, program: buildProgram(t), folder: t.TempDir(), environ: map[string]string{}, done: map[string]bool{"s1bot demo --serve": true, "s1bot demo": true}}
	out, _ := s.starts(nil, "demo", "--serve", "--addr=127.0.0.1:0", "--console=127.0.0.1:0", "--every=1h")
	for lines := bufio.NewScanner(out); s.environ["SLACK_BOT_TOKEN"] == "" && lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok && !strings.HasPrefix(name, "#") {
			s.environ[name] = value
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	s.page = strings.TrimSuffix(s.environ["SLACK_API_URL"], "api/")
	require.NotEmpty(t, s.page)
	s.environ["S1BOT_HTTP_ADDR"] = freeAddr(t)
	return s
}

// command is a call of the program in the folder.
func (s *site) command(environ map[string]string, args ...string) *exec.Cmd {
	c := exec.Command(s.program, args...)
	c.Dir, c.Env = s.folder, []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "HOME=" + s.folder}
	for name, value := range environ {
		c.Env = append(c.Env, name+"="+value)
	}
	return c
}

// starts runs the program until its stop, which is as a service manager's.
func (s *site) starts(environ map[string]string, args ...string) (out io.Reader, process *exec.Cmd) {
	s.t.Helper()
	c := s.command(environ, args...)
	out, err := c.StdoutPipe()
	require.NoError(s.t, err)
	c.Stderr = &logged{t: s.t}
	require.NoError(s.t, c.Start())
	s.t.Cleanup(func() { s.stops(c) })
	return out, c
}

func (s *site) stops(c *exec.Cmd) {
	if c.ProcessState == nil {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	}
}

// A logged is a process's log.
type logged struct {
	t    *testing.T
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) says(words string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), words)
}

// runs starts a bot and waits until it is ready.
func (s *site) runs() *exec.Cmd {
	s.t.Helper()
	s.done["s1bot run"] = true
	_, c := s.starts(s.environ, "run")
	require.Eventually(s.t, func() bool {
		answer, err := http.Get("http://" + s.environ["S1BOT_HTTP_ADDR"] + "/readyz")
		if err != nil {
			return false
		}
		defer func() { _ = answer.Body.Close() }()
		return answer.StatusCode == http.StatusOK
	}, patience, 20*time.Millisecond, "the bot is not ready: %s", c.Stderr)
	return c
}

// calls runs the program to its end, which must be a good one.
func (s *site) calls(args ...string) string {
	s.t.Helper()
	out, err := s.command(s.environ, args...).CombinedOutput()
	require.NoError(s.t, err, "%s", out)
	return string(out)
}

// performs runs a command line of the documents as it stands there, but in this folder and not in those of a real machine.
func (s *site) performs(line string) string {
	s.t.Helper()
	s.done[line] = true
	c := s.command(s.environ)
	c.Path, c.Args = "/bin/sh", []string{"sh", "-ec", strings.NewReplacer("/var/backups/", "", "/var/lib/s1bot/", s.folder+"/").Replace(line)}
	c.Env = append(c.Env, "PATH="+filepath.Dir(s.program)+":"+os.Getenv("PATH"))
	out, err := c.CombinedOutput()
	require.NoError(s.t, err, "%s: %s", line, out)
	return string(out)
}

// types has somebody type in a channel of the page.
func (s *site) types(who, channel, text string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"user": who, "channel": s.channel(who, channel), "text": text})
	require.NoError(s.t, err)
	answer, err := http.Post(s.page+"demo/message", "application/json", bytes.NewReader(body))
	require.NoError(s.t, err)
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	require.Contains(s.t, string(said), `"ok":true`)
}

// A sight is what a person sees on the page.
type sight struct {
	Channels []struct{ ID, Name string }
	Messages map[string][]json.RawMessage
}

func (s *site) sight(who string) (seen sight) {
	s.t.Helper()
	answer, err := http.Get(s.page + "demo/state?user=" + who)
	require.NoError(s.t, err)
	defer func() { _ = answer.Body.Close() }()
	require.NoError(s.t, json.NewDecoder(answer.Body).Decode(&seen))
	return seen
}

func (s *site) channel(who, name string) string {
	s.t.Helper()
	for _, c := range s.sight(who).Channels {
		if c.Name == name {
			return c.ID
		}
	}
	require.Fail(s.t, "no channel "+name)
	return ""
}

// sees waits until a message in a channel has all words.
func (s *site) sees(who, channel string, words ...string) {
	s.t.Helper()
	id := s.channel(who, channel)
	require.Eventually(s.t, func() bool {
		for _, message := range s.sight(who).Messages[id] {
			if hasAll(string(message), words) {
				return true
			}
		}
		return false
	}, patience, 50*time.Millisecond, "nothing in #%s has %q: %s", channel, words, lastOf(s.sight(who).Messages[id]))
}

// lastOf are the latest messages, for a story that fails.
func lastOf(messages []json.RawMessage) (all []string) {
	for _, m := range messages[max(0, len(messages)-3):] {
		all = append(all, string(m[:min(len(m), 600)]))
	}
	return all
}

// tokensInFiles moves the tokens out of the environment; what it returns writes them, each with that end.
func (s *site) tokensInFiles() (write func(end string)) {
	tokens := map[string]string{}
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_API_TOKEN"} {
		tokens[name] = s.environ[name]
		delete(s.environ, name)
		s.environ[name+"_FILE"] = name
	}
	return func(end string) {
		for name, token := range tokens {
			require.NoError(s.t, os.WriteFile(filepath.Join(s.folder, name), []byte(token+end+"\n"), 0o600))
		}
	}
}

// From an empty folder to a bot that answers, and through what its first year brings: both tokens are changed, a back-up is restored, and it
// moves to PostgreSQL with a request that waits. All command lines of the program that README.md and operations.md show are run on the way.
func TestFromAnEmptyFolderThroughTheFirstYear(t *testing.T) {
	t.Parallel()
	server := startPostgres(t)
	s := newSite(t)
	write := s.tokensInFiles()
	write("")
	s.performs("s1bot manifest")
	s.performs("s1bot policy-schema")
	require.Contains(t, s.performs("s1bot settings"), "S1BOT_KEEP")
	require.Contains(t, s.performs("s1bot commands"), "list-agents")
	require.Contains(t, s.performs("s1bot version"), "go1.")
	require.NotContains(t, s.performs("s1bot check"), "FAIL")
	running := s.runs()
	s.types("alice", "soc", "/s1 isolate DESKTOP-1 reason=test")
	s.sees("bob", "approvals", "Approval needed")
	require.Contains(t, s.performs("s1bot backup /var/backups/s1bot-2026-11-29.db"), "is intact")
	s.performs("s1bot health")

	write(renewed)
	require.NoError(t, running.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, func() bool { return running.Stderr.(*logged).says("policy and secrets were read again") }, patience, 20*time.Millisecond)
	s.types("alice", "soc", "/s1 list-agents DESKTOP-2")
	s.sees("alice", "soc", "DESKTOP-2", "Windows")
	s.types("mallory", "soc", "/s1 isolate DESKTOP-2 reason=fun")
	s.sees("mallory", "soc", "Only operators")
	s.stops(running)

	for _, lost := range []string{"s1bot.db", "s1bot.db-wal", "s1bot.db-shm"} {
		_ = os.Remove(filepath.Join(s.folder, lost))
	}
	require.NoError(t, os.Rename(filepath.Join(s.folder, "s1bot-2026-11-29.db"), filepath.Join(s.folder, "s1bot.db")))
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, "postgres-address"), []byte(server.URL+"\n"), 0o600))
	require.Contains(t, s.performs("s1bot migrate --from sqlite:/var/lib/s1bot/s1bot.db --to-file postgres-address"), "the same on both sides")
	s.environ["S1BOT_DATABASE_URL"] = server.URL
	trail := s.performs("s1bot audit")
	require.NotContains(t, trail, "Mallory", "it came after the back-up")
	running = s.runs()
	s.types("bob", "soc", "/s1 approve "+regexp.MustCompile(`A-[0-9A-F]+`).FindString(trail))
	s.sees("alice", "approvals", "Approved by", "DESKTOP-1")
	require.Eventually(t, func() bool { return strings.Contains(s.calls("audit"), "ended: Successful.") }, patience, 100*time.Millisecond)
	require.Contains(t, s.calls("audit"), "Bob Keller (U0BOB0000) approved Disconnect Agent From Network (DESKTOP-1) for Alice Moreau.")
	s.stops(running)
	require.Contains(t, s.performs("s1bot audit --verify"), "none changed, removed or moved")
	s.performs("s1bot audit --export trail-2026-11.jsonl")
	s.performs("s1bot audit --verify --against trail-2026-11.jsonl")
	s.performs("s1bot audit --since 90d --html audit-2026-q4.html")
	require.FileExists(t, filepath.Join(s.folder, "audit-2026-q4.html"))
	for _, line := range shownLines(t, "README.md", "deploy/operations.md") {
		require.True(t, s.done[line], "a document shows %q, which was not run", line)
	}
}
