package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// calls runs a command line and returns its exit code and output.
func calls(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, err bytes.Buffer
	code := start(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

func TestEverySubcommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, sub := range []string{"run", "demo", "check", "settings", "commands", "manifest", "policy-schema", "audit", "backup", "migrate", "health", "version"} {
		code, out, _ := calls(t, sub, "--help")
		require.Zero(t, code, sub)
		require.Contains(t, out, "Usage: s1bot "+sub)
	}
}

func TestACommandLineThatMakesNoSenseSaysSo(t *testing.T) {
	t.Parallel()
	code, _, errors := calls(t, "frobnicate")
	require.Equal(t, 2, code)
	require.Contains(t, errors, "--help")
}

func TestTheCatalogAsJSON(t *testing.T) {
	t.Parallel()
	code, out, _ := calls(t, "commands", "--json")
	require.Zero(t, code)
	var list []struct {
		Name, Title, Area, Risk, Permission string
		Aliases                             []string
		Approval                            any
		Parameters                          []struct {
			Name, Title, Kind string
			Required, List    bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.GreaterOrEqual(t, len(list), 25)
	for _, c := range list {
		require.NotEmpty(t, c.Title, c.Name)
		require.NotEmpty(t, c.Area, c.Name)
		require.Contains(t, []string{"read", "change", "destructive"}, c.Risk, c.Name)
	}
}

func TestEditorsGetASchemaOfThePolicyFile(t *testing.T) {
	t.Parallel()
	code, out, _ := calls(t, "policy-schema")
	require.Zero(t, code)
	require.True(t, json.Valid([]byte(out)))
	require.Contains(t, out, `"disconnect-agent-from-network"`)
}

func TestVersionNamesTheGoVersion(t *testing.T) {
	t.Parallel()
	code, out, _ := calls(t, "version")
	require.Zero(t, code)
	require.Contains(t, out, "go1.")
}

func TestRunningWithoutSettingsListsThem(t *testing.T) {
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_URL", "S1_API_TOKEN"} {
		t.Setenv(name, "")
	}
	t.Setenv("S1BOT_POLICY", "p.yaml")
	code, _, errors := calls(t, "run")
	require.Equal(t, 78, code)
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_URL", "S1_API_TOKEN", "S1BOT_POLICY"} {
		require.Contains(t, errors, name)
	}
}

func TestCheckTestsEverySetting(t *testing.T) {
	t.Parallel()
	s := tell(t)
	var out bytes.Buffer
	require.NoError(t, check(t.Context(), maps.Clone(s.environ), &out), out.String())
	for _, words := range []string{"Slack bot token", "Slack app token", "Slack scopes", "S1BOT_APPROVALS_CHANNEL", "Console address", "Console token", "Console area threats", "Console area scripts", "Database", "user group @soc", "S1BOT_THREATS_CHANNEL", "Policy"} {
		require.Contains(t, out.String(), words)
	}
	require.NotContains(t, out.String(), "FAIL")
}

func TestCheckSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := tell(t)
	settings := maps.Clone(s.environ)
	settings["S1BOT_THREATS_CHANNEL"] = "C0NOSUCH"
	settings["SLACK_APP_TOKEN"] = "xapp-wrong"
	settings["S1BOT_DATABASE_URL"] = "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder", "x.db")
	s.console.Fail(s1sim.Match{PathPrefix: "/threats"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	var out bytes.Buffer
	require.ErrorContains(t, check(t.Context(), settings, &out), "checks failed")
	for _, words := range []string{"FAIL  S1BOT_THREATS_CHANNEL", "FAIL  Slack app token", "FAIL  Database", "FAIL  Console area threats", "Threats › View"} {
		require.Contains(t, out.String(), words)
	}
}

// Only a channel that is not there has a wrong id.
func TestCheckTellsAWrongChannelFromOtherTrouble(t *testing.T) {
	t.Parallel()
	for code, advice := range map[string]string{
		"channel_not_found": "check the id", "missing_scope": "update the app with `s1bot manifest`", "internal_error": "Slack doesn't say whether",
	} {
		s := tell(t)
		s.slack.Fail(slacksim.Fault{Method: "conversations.info", Kind: slacksim.FaultError, Error: code, Times: -1})
		var out bytes.Buffer
		require.ErrorContains(t, check(t.Context(), maps.Clone(s.environ), &out), "checks failed", code)
		require.Contains(t, out.String(), "FAIL  S1BOT_APPROVALS_CHANNEL: "+code+": "+advice)
	}
}

func TestCheckLooksAtTheChannelsOfThePolicyFile(t *testing.T) {
	t.Parallel()
	s := tell(t)
	settings := maps.Clone(s.environ)
	path := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(path, []byte("routes: [{channel: C0NOSUCH}]\nreports: {at: 07:00, channel: C0NEITHER}\napprovals: {channel: C0NORTHIS}\n"), 0o600))
	settings["S1BOT_POLICY_FILE"] = path
	var out bytes.Buffer
	require.ErrorContains(t, check(t.Context(), settings, &out), "checks failed")
	require.Contains(t, out.String(), "FAIL  policy file, route 1")
	require.Contains(t, out.String(), "FAIL  policy file, reports")
	require.Contains(t, out.String(), "FAIL  policy file, approvals.channel")
	require.NotContains(t, out.String(), "S1BOT_APPROVALS_CHANNEL", "cards don't go there")
}

// A look before an upgrade must not be the upgrade.
func TestCheckLeavesTheDatabaseAsItIs(t *testing.T) {
	t.Parallel()
	s := tell(t)
	settings := maps.Clone(s.environ)
	path := filepath.Join(t.TempDir(), "s1bot.db")
	settings["S1BOT_DATABASE_URL"] = "sqlite:" + path
	var out bytes.Buffer
	require.NoError(t, check(t.Context(), maps.Clone(settings), &out), out.String())
	require.Contains(t, out.String(), "which the first start creates")
	require.NoFileExists(t, path)

	dump, err := os.ReadFile(filepath.Join("..", "..", "bot", "store", "testdata", "version-730.sqlite.sql"))
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.Exec(string(dump))
	require.NoError(t, err)
	out.Reset()
	require.NoError(t, check(t.Context(), maps.Clone(settings), &out), out.String())
	require.Contains(t, out.String(), "tables of version 9: the next start brings them to ")
	var tables int
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'`).Scan(&tables))
	require.Zero(t, tables)

	_, err = db.Exec(`CREATE TABLE schema_versions (version_id INTEGER, is_applied INTEGER); INSERT INTO schema_versions VALUES (9999, 1)`)
	require.NoError(t, err)
	out.Reset()
	require.Error(t, check(t.Context(), maps.Clone(settings), &out))
	require.Contains(t, out.String(), "FAIL  Database: the database was written by a newer s1bot")
}

func TestHowFarBackIsWrittenInDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "2w": 14 * 24 * time.Hour} {
		var a ago
		require.NoError(t, a.UnmarshalText([]byte(text)))
		require.Equal(t, want, time.Duration(a), text)
	}
	require.ErrorContains(t, new(ago).UnmarshalText([]byte("last week")), "7d")
}

// The tokens do not depend on each other, and a service that is not there is another matter than a wrong token.
func TestCheckTellsWhichOfTheTokensIsWrong(t *testing.T) {
	t.Parallel()
	s := tell(t)
	checked := func(change map[string]string) string {
		settings := maps.Clone(s.environ)
		maps.Copy(settings, change)
		var out bytes.Buffer
		require.ErrorContains(t, check(t.Context(), settings, &out), "checks failed")
		return out.String()
	}
	out := checked(map[string]string{"SLACK_BOT_TOKEN": "xoxb-wrong", "S1_API_TOKEN": "wrong"})
	for _, words := range []string{"FAIL  Slack bot token: invalid_auth: copy", "ok    Slack app token", "FAIL  S1BOT_APPROVALS_CHANNEL: not tested", "ok    Console address", "FAIL  Console token", "new API token"} {
		require.Contains(t, out, words)
	}
	nobody := "http://" + freeAddr(t)
	out = checked(map[string]string{"SLACK_API_URL": nobody + "/api/", "S1_URL": nobody})
	for _, words := range []string{"FAIL  Slack bot token", "check the network, and SLACK_API_URL", "FAIL  Console address", "check that S1_URL"} {
		require.Contains(t, out, words)
	}
	require.NotContains(t, out, "copy the bot token")
}

func TestTheAuditTrailTellsEverythingAndVerifies(t *testing.T) {
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.types("mallory", "#soc", "/s1 isolate DESKTOP-1 reason=fun")
	s.isTold("mallory", "Only operators")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	s.stop()
	t.Setenv("S1BOT_DATABASE_URL", s.environ["S1BOT_DATABASE_URL"])
	code, out, _ := calls(t, "audit")
	require.Zero(t, code)
	for _, sentence := range []string{
		"asked       Alice Moreau (U0ALICE00) requested Disconnect Agent From Network (DESKTOP-1): “test”. It needs 1 approval from approvers.",
		"refused     Mallory Finch (U0MALLORY) was refused Disconnect Agent From Network: “Only operators may run",
		"approved    Bob Keller (U0BOB0000) approved Disconnect Agent From Network (DESKTOP-1) for Alice Moreau. It may run now.",
		"started     s1bot started Disconnect Agent From Network (DESKTOP-1) for Alice Moreau, approved by Bob Keller.",
		"finished    Disconnect Agent From Network (DESKTOP-1) for Alice Moreau ended: Successful. Answer: “Disconnect Agent From Network: 1 of 1 endpoint",
	} {
		require.Contains(t, out, sentence)
	}
	code, out, _ = calls(t, "audit", "--action=approved")
	require.Zero(t, code)
	require.Contains(t, out, "Bob Keller (U0BOB0000) approved Disconnect Agent From Network (DESKTOP-1) for Alice Moreau.", "also where the row that asked is not shown")
	code, out, _ = calls(t, "audit", "--json")
	require.Zero(t, code)
	require.GreaterOrEqual(t, strings.Count(out, "\n"), 5)
	code, out, _ = calls(t, "audit", "--verify")
	require.Zero(t, code)
	require.Contains(t, out, "rows, none changed")
}

func TestHealthTellsWhetherAClickWouldArrive(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_HTTP_ADDR"] = freeAddr(t) })
	get := func(path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.config.HTTPAddr+path, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(body)
	}
	code, _ := get("/healthz")
	require.Equal(t, http.StatusOK, code)
	code, _ = get("/readyz")
	require.Equal(t, http.StatusOK, code)
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1")
	_, metrics := get("/metrics")
	require.Contains(t, metrics, "s1bot_slack_connections 2")
	require.Contains(t, metrics, `s1bot_console_request_seconds_count{console="default",method="GET"`)
}

// asks returns the status of a path of the program's own server; 0 where nobody answers.
func (s *story) asks(path string) int {
	answer, err := http.Get("http://" + s.config.HTTPAddr + path)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func (s *story) becomesReady(status int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return s.asks("/readyz") == status }, patience, 50*time.Millisecond)
}

func TestNotReadyWhileTheDatabaseCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_HTTP_ADDR"] = freeAddr(t) })
	s.becomesReady(http.StatusOK)
	db := s.openDatabase()
	defer func() { require.NoError(t, db.Close()) }()
	_, err := db.Exec("CREATE TRIGGER full BEFORE UPDATE ON audit_head BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
	require.NoError(t, err)
	s.becomesReady(http.StatusServiceUnavailable)
	_, err = db.Exec("DROP TRIGGER full")
	require.NoError(t, err)
	s.becomesReady(http.StatusOK)
}

func TestNotReadyWithoutASocket(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_HTTP_ADDR"] = freeAddr(t) })
	s.becomesReady(http.StatusOK)
	s.slack.Fail(slacksim.Fault{Method: "apps.connections.open", Kind: slacksim.FaultError, Error: "internal_error", Times: -1})
	s.slack.DropSockets()
	s.becomesReady(http.StatusServiceUnavailable)
	s.slack.ClearFaults()
	s.becomesReady(http.StatusOK)
	s.slack.ForgetViolations()
}

func TestNotReadyWhileTheProgramDrains(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_HTTP_ADDR"] = freeAddr(t) })
	s.becomesReady(http.StatusOK)
	s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Hang})
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{PathPrefix: "/agents"})
	require.NoError(t, err)
	stopped := make(chan struct{})
	go func() { s.stop(); close(stopped) }()
	s.becomesReady(http.StatusServiceUnavailable)
	require.Equal(t, http.StatusOK, s.asks("/healthz"), "it is alive")
	s.console.Heal()
	<-stopped
	require.Zero(t, s.asks("/readyz"))
}

// freeAddr is an address that nobody listens on until the test ends: not who asks the system for any port, since those are from 32768 on
// (Linux) or higher, and no other story or process of these tests, since the same port of 127.0.0.2 is taken for as long.
func freeAddr(t *testing.T) string {
	t.Helper()
	const first, many = 20_000, 12_000
	for range many {
		port := strconv.Itoa(first + rand.IntN(many))
		guard, err := net.Listen("tcp", "127.0.0.2:"+port)
		if err != nil {
			continue
		}
		t.Cleanup(func() { require.NoError(t, guard.Close()) })
		if own, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			require.NoError(t, own.Close())
			return own.Addr().String()
		}
	}
	require.Fail(t, "no port is free")
	return ""
}

func TestAStopFinishesWhatRuns(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Hang})
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{PathPrefix: "/agents"})
	require.NoError(t, err)
	stopped := make(chan struct{})
	go func() { s.stop(); close(stopped) }()
	s.console.Heal()
	s.isTold("alice", "DESKTOP-1")
	<-stopped
}

func TestARevokedTokenEndsTheProgramWithAReason(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for name, says := range map[string]string{"SLACK_BOT_TOKEN": "slack refuses the bot token", "SLACK_APP_TOKEN": "open a Socket Mode connection: invalid_auth"} {
		settings := maps.Clone(s.environ)
		settings[name] = s.environ[name][:5] + "revoked"
		c, err := readConfig(settings)
		require.NoError(t, err)
		p, err := assemble(t.Context(), c, s.program.log)
		require.NoError(t, err)
		require.ErrorContains(t, p.run(context.WithoutCancel(t.Context())), says)
		require.NoError(t, p.close())
	}
}
