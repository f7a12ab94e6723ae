package slacksim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

// Slack's own SDKs are clients of the workspace that nobody here wrote. `make oracle` fetches them and sets S1BOT_ORACLE; without it
// these tests do not run.
func TestOracleBoltForJavaScript(t *testing.T) { meetsSDK(t, "node", "client.mjs") }

func TestOracleBoltForPython(t *testing.T) { meetsSDK(t, "venv/bin/python", "client.py") }

func meetsSDK(t *testing.T, program, script string) {
	if os.Getenv("S1BOT_ORACLE") == "" {
		t.Skip("NOT CHECKED: `make oracle` fetches Slack's SDKs and runs this")
	}
	s := newStory(t, slacksim.Options{})
	bot := s.start(program, script)
	for what, want := range map[string]any{
		"auth": true, "scopes": true, "unknown method": "unknown_method", "no channel": "channel_not_found", "bad blocks": "invalid_blocks",
		"used trigger": "invalid_trigger_id",
	} {
		bot.says(what, want)
	}
	bot.says("ready", true)

	alice := s.User("alice")
	simtest.Must(s.T, alice.Types("#soc", "/s1 list agents"))
	bot.says("command", "list agents")
	_, err := s.WaitMessage(s.Ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "answered" })
	simtest.Must(s.T, err)

	simtest.Must(s.T, alice.Types("#soc", "@s1bot hello"))
	bot.says("mentioned", "user")
	for _, what := range []string{"posted", "edited", "file", "history"} {
		bot.says(what, true)
	}
	card, err := s.WaitMessage(s.Ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "edited" })
	simtest.Must(s.T, err)
	simtest.Must(s.T, alice.Clicks(card, "Go"))
	bot.says("action", "v1")
	bot.says("view", "form")
	v, err := s.WaitView(s.Ctx, "alice", func(slacksim.View) bool { return true })
	simtest.Must(s.T, err)
	_, err = alice.Submits(v, map[string]any{"Name": "Ada"})
	simtest.Must(s.T, err)
	bot.says("form", "Ada")
	for _, violation := range s.Violations() {
		if !strings.Contains(violation, "nonsense") && !strings.Contains(violation, "invalid_trigger_id") { // sent to see them refused
			t.Errorf("violation: %s", violation)
		}
	}
}

// A foreign app runs in a process of its own and says what it sees.
type foreign struct {
	t     *testing.T
	said  map[string]any
	lines *bufio.Scanner
}

func (s *story) start(program, script string) *foreign {
	home, err := filepath.Abs(filepath.Join("testdata", "oracle"))
	simtest.Must(s.T, err)
	if strings.Contains(program, "/") {
		program = filepath.Join(home, program)
	}
	cmd := exec.CommandContext(s.Ctx, program, script)
	cmd.Dir, cmd.Stderr = home, os.Stderr
	cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+slacksim.BotToken, "SLACK_APP_TOKEN="+slacksim.AppToken, "SLACK_API_URL="+s.Server.URL+"/api/")
	out, err := cmd.StdoutPipe()
	simtest.Must(s.T, err)
	in, err := cmd.StdinPipe()
	simtest.Must(s.T, err)
	simtest.Must(s.T, cmd.Start())
	s.T.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	})
	return &foreign{s.T, map[string]any{}, bufio.NewScanner(out)}
}

// says waits until the app says something of a kind.
func (f *foreign) says(what string, want any) {
	f.t.Helper()
	for f.said[what] == nil && f.lines.Scan() {
		var line struct {
			What  string
			Value any
		}
		if json.Unmarshal(f.lines.Bytes(), &line) == nil {
			f.said[line.What] = line.Value
		}
	}
	if f.said[what] != want {
		f.t.Errorf("%s: got %v, want %v", what, f.said[what], want)
	}
}
