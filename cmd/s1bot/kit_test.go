package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/setup"
	"s1bot/bot/slacksim"
	"s1bot/bot/store"
	"s1bot/commands"
	"s1bot/s1/s1sim"
)

// patience is how long a story waits for what should happen at once.
const patience = 30 * time.Second

// unhurried is how long the simulated Slack of a story waits for acknowledgements and keeps triggers: Slack's three seconds would test the machine,
// which may run many stories at once under the race detector. It's below what a hang takes, so that whoever waits for the console before
// the acknowledgement is found all the same. The stories of crashes keep Slack's three seconds.
const unhurried = 10 * time.Second

// A story is the whole program with both services simulated: real HTTP, real WebSockets, a real SQLite file.
type story struct {
	t       testing.TB
	slack   *slacksim.Workspace
	console *s1sim.Console
	program *program
	config  config
	environ map[string]string
	log     *testLog
	stop    func()
}

// tell starts a story. Options change the settings.
func tell(t testing.TB, options ...func(map[string]string)) *story {
	t.Helper()
	return tellWith(t, func(*config) {}, options...)
}

// tellWith is tell with what no setting can change.
func tellWith(t testing.TB, inside func(*config), options ...func(map[string]string)) *story {
	t.Helper()
	s := simulate(t, func(h http.Handler) http.Handler { return h })
	settings := s.environ
	for _, option := range options {
		option(settings)
	}
	c, err := readConfig(settings)
	require.NoError(t, err)
	inside(&c)
	s.config = c
	s.start()
	t.Cleanup(func() {
		s.stop()
		s.keepSent()
		if !t.Failed() {
			require.Empty(t, s.slack.Violations(), "what Slack would have refused or shown as a failure")
		}
	})
	return s
}

// openDatabase opens the story's SQLite file beside the program. It waits for its turn to write: else the program's own writes are, now and then, a
// failure of the test ("database is locked").
func (s *story) openDatabase() *sql.DB {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(s.environ["S1BOT_DATABASE_URL"], "sqlite:")+"?_pragma=busy_timeout(30000)")
	require.NoError(s.t, err)
	return db
}

// simulate starts both services, each behind a handler, and fills in the settings for them; the program is not started.
func simulate(t testing.TB, behind func(http.Handler) http.Handler) *story {
	t.Helper()
	s := &story{t: t, slack: slacksim.New(slacksim.Options{AckTimeout: unhurried, TriggerLife: unhurried}), console: s1sim.New(s1sim.Options{Empty: true})}
	manifest, err := setup.Manifest(commands.Known()) // what people install: no story needs more than its scopes and events
	require.NoError(t, err)
	require.NoError(t, s.slack.Install(manifest))
	slackServer, consoleServer := httptest.NewServer(behind(s.slack)), httptest.NewServer(behind(s.console))
	t.Cleanup(consoleServer.Close)
	t.Cleanup(slackServer.Close)
	t.Cleanup(s.slack.Close)
	settings := populate(s.slack)
	settings["SLACK_APP_TOKEN"], settings["SLACK_BOT_TOKEN"] = slacksim.AppToken, slacksim.BotToken
	settings["SLACK_API_URL"], settings["S1_URL"] = slackServer.URL+"/api/", consoleServer.URL
	settings["S1_API_TOKEN"], settings["S1BOT_HTTP_ADDR"] = s1sim.Token, ""
	settings["S1BOT_DATABASE_URL"] = "sqlite:" + freshDatabase(t)
	settings["S1BOT_POLL_INTERVAL"] = "1s"
	settings["S1BOT_HUNT_ENGINE"] = "dv" // stories of hunts say when it is the data lake
	s.environ, s.log = settings, newTestLog(t)
	return s
}

// fresh is a database that has its tables and nothing in them, made once: to make the tables of each story's anew took longer than many a story.
var fresh = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "s1bot-fresh-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "fresh.db")
	db, err := store.Open(context.Background(), "sqlite:"+path, nil)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func freshDatabase(t testing.TB) (path string) {
	t.Helper()
	content, err := fresh()
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "story.db")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// start runs the program until stop; a story can do both again.
func (s *story) start() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	p, err := assemble(ctx, s.config, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn})))
	require.NoError(s.t, err)
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	s.program = p
	s.stop = func() {
		cancel()
		require.NoError(s.t, <-ended)
		require.NoError(s.t, p.close())
		s.stop = func() {}
	}
	require.NoError(s.t, s.slack.WaitSockets(s.patient(), s.config.Sockets))
}

// A testLog shows what a program logs, where its test fails. What logs after the test's end, a program that was not waited for because the test
// had failed, is not heard: the testing package takes it for a race, and blames whichever tests run then.
type testLog struct {
	mu    sync.Mutex
	lines []string
	over  bool
}

func newTestLog(t testing.TB) *testLog {
	l := &testLog{}
	t.Cleanup(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.over = true
		if t.Failed() {
			t.Logf("the log:\n%s", strings.Join(l.lines, "\n"))
		}
	})
	return l
}

func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.lines = append(l.lines, strings.TrimSpace(string(line)))
	}
	return len(line), nil
}

func (s *story) patient() context.Context {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	s.t.Cleanup(cancel)
	return ctx
}

// types has a person type into a channel's composer.
func (s *story) types(who, channel, text string) {
	s.t.Helper()
	require.NoError(s.t, s.slack.User(who).Types(channel, text))
}

func (s *story) clicks(who string, on slacksim.Surface, label string) {
	s.t.Helper()
	require.NoError(s.t, s.slack.User(who).Clicks(on, label))
}

// sees waits for a message in a channel that has all the words.
func (s *story) sees(channel string, words ...string) slacksim.Message {
	s.t.Helper()
	m, err := s.slack.WaitMessage(s.patient(), channel, having(words))
	require.NoError(s.t, err)
	return m
}

// isTold waits for an answer that only one person sees.
func (s *story) isTold(who string, words ...string) slacksim.Message {
	s.t.Helper()
	m, err := s.slack.WaitEphemeral(s.patient(), who, having(words))
	require.NoError(s.t, err)
	return m
}

// isWrittenTo waits for a direct message of the bot to a person.
func (s *story) isWrittenTo(who string, words ...string) slacksim.Message {
	s.t.Helper()
	return s.sees("@"+who, words...)
}

// becomes waits for a message to change.
func (s *story) becomes(m slacksim.Message, words ...string) slacksim.Message {
	s.t.Helper()
	after, err := s.slack.WaitUpdate(s.patient(), m.Channel, m.TS, having(words))
	require.NoError(s.t, err)
	return after
}

// form waits for a modal that has all the words.
func (s *story) form(who string, words ...string) slacksim.View {
	s.t.Helper()
	v, err := s.slack.WaitView(s.patient(), who, func(v slacksim.View) bool { return hasAll(v.PlainText(), words) })
	require.NoError(s.t, err)
	return v
}

// picks finds an option of the open palette by what is typed, picks the first and goes on to its form.
func (s *story) picks(who, typed string) slacksim.View {
	s.t.Helper()
	palette := s.form(who, "Find a command")
	options, err := s.slack.User(who).Suggests(palette, "Command", typed)
	require.NoError(s.t, err)
	require.NotEmpty(s.t, options, "the palette finds nothing for %q", typed)
	next := s.submits(who, palette, map[string]any{"Command": options[0].Text})
	require.NotNil(s.t, next.Updated)
	return *next.Updated
}

func (s *story) submits(who string, v slacksim.View, fields map[string]any) slacksim.SubmitResult {
	s.t.Helper()
	result, err := s.slack.User(who).Submits(v, fields)
	require.NoError(s.t, err)
	return result
}

// changes waits until the console was asked to change something n times and returns those calls.
func (s *story) changes(n int) []s1sim.Call {
	s.t.Helper()
	_, err := s.console.WaitCalls(s.patient(), n, s1sim.Match{Method: "POST"})
	require.NoError(s.t, err)
	return s.console.Changes()
}

// polled waits for the first poll: what happens from then on is news.
func (s *story) polled() {
	s.t.Helper()
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "GET", PathPrefix: "/threats"})
	require.NoError(s.t, err)
}

func having(words []string) func(slacksim.Message) bool {
	return func(m slacksim.Message) bool { return hasAll(m.PlainText(), words) }
}

func hasAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// audited counts the rows of the audit trail with an action.
func (s *story) audited(action string) int {
	s.t.Helper()
	trail, err := s.program.db.Requests().Audit(s.t.Context(), approvals.AuditQuery{})
	require.NoError(s.t, err)
	n := 0
	for e, err := range trail.Entries {
		require.NoError(s.t, err)
		if e.Action == action {
			n++
		}
	}
	return n
}
