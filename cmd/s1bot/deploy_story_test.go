package main

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// deployed reads a file of deploy/.
func deployed(t *testing.T, path ...string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "deploy"}, path...)...))
	require.NoError(t, err)
	return string(body)
}

// assignments are the lines NAME=value of an env file, as systemd and compose read them.
func assignments(text string) map[string]string {
	environ := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok && !strings.HasPrefix(name, "#") {
			environ[name] = value
		}
	}
	return environ
}

// composed are the settings that the compose file gives the bot, beside those of its env file.
func composed(t *testing.T) map[string]string {
	t.Helper()
	var file struct {
		Services map[string]struct{ Environment map[string]string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(deployed(t, "container", "compose.yaml")), &file))
	require.NotEmpty(t, file.Services["s1bot"].Environment)
	return file.Services["s1bot"].Environment
}

// mounted puts what lies in a container's folders into another one: secrets, and a policy.
func mounted(t *testing.T, environ map[string]string, folder string, secrets map[string]string) {
	t.Helper()
	for name, value := range environ {
		if strings.HasPrefix(value, "/run/secrets/") || value == "/etc/s1bot/policy.yaml" {
			environ[name] = filepath.Join(folder, filepath.Base(value))
		}
	}
	for name, secret := range secrets {
		require.NoError(t, os.WriteFile(environ[name+"_FILE"], []byte(secret+"\n"), 0o600))
	}
	require.NoError(t, os.WriteFile(environ["S1BOT_POLICY_FILE"], []byte("approvals: {timeout: 30m}\n"), 0o600))
}

// examples are secrets of the right form.
func examples(database string) map[string]string {
	return map[string]string{"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1", "S1_API_TOKEN": "token", "S1BOT_SECRET_KEY": newSealKey(), "S1BOT_DATABASE_URL": database}
}

// Whoever copies the example and starts any of the ways to run the bot has settings that it takes.
func TestTheExampleOfTheSettingsFitsEachWayToRun(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]string{"compose": composed(t), "Kubernetes": assignments(deployed(t, "kubernetes", "settings.properties"))} {
		environ := assignments(deployed(t, "s1bot.env.example"))
		if name == "Kubernetes" {
			environ = map[string]string{} // it has a file of its own
		}
		for setting, value := range more {
			environ[setting] = value
		}
		mounted(t, environ, t.TempDir(), examples("postgres://s1bot:secret@database:5432/s1bot"))
		c, err := readConfig(environ)
		require.NoError(t, err, name)
		require.True(t, strings.HasPrefix(c.DatabaseURL, "postgres://"), name)
	}
	unit := deployed(t, "s1bot.service")
	require.Contains(t, unit, "EnvironmentFile=/etc/s1bot/s1bot.env")
	environ := assignments(deployed(t, "s1bot.env.example"))
	for setting, value := range examples("") {
		environ[setting] = value
	}
	_, environ["S1BOT_DATABASE_URL"], _ = strings.Cut(regexp.MustCompile(`(?m)^Environment=S1BOT_DATABASE_URL=.*$`).FindString(unit), "URL=")
	c, err := readConfig(environ)
	require.NoError(t, err)
	require.Equal(t, "sqlite:/var/lib/s1bot/s1bot.db", c.DatabaseURL)
	require.Contains(t, unit, "StateDirectory=s1bot\n", "systemd makes /var/lib/s1bot")
	require.Contains(t, deployed(t, "operations.md"), "--from "+c.DatabaseURL, "the guide copies what the unit uses")
	require.Regexp(t, `mountPath: /run/secrets/s1bot\b`, deployed(t, "kubernetes", "deployment.yaml"))
}

// Two replicas with the settings of the compose file. The one that was there first, and so reads the console for both, is killed while a
// request waits: the other one decides, runs, watches the endpoint and tells of threats, each once.
func TestTheOtherReplicaGoesOn(t *testing.T) {
	t.Parallel()
	server := startPostgres(t)
	s := newSite(t)
	secrets := map[string]string{"S1BOT_DATABASE_URL": server.URL}
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_API_TOKEN", "S1BOT_SECRET_KEY"} {
		secrets[name] = s.environ[name]
	}
	for name, value := range composed(t) {
		s.environ[name] = value
	}
	mounted(t, s.environ, s.folder, secrets)
	s.environ["S1BOT_HTTP_ADDR"] = freeAddr(t)
	first := s.runs()
	s.environ["S1BOT_HTTP_ADDR"] = freeAddr(t)
	second := s.runs()
	s.types("alice", "soc", "/s1 isolate DESKTOP-1 reason=test")
	s.sees("bob", "approvals", "Approval needed")

	require.NoError(t, first.Process.Signal(syscall.SIGKILL))
	_ = first.Wait()
	s.types("bob", "soc", "/s1 approve "+regexp.MustCompile(`A-[0-9A-F]+`).FindString(s.calls("audit")))
	s.sees("alice", "approvals", "Approved by", "1 applied")
	trail := s.calls("audit")
	require.Equal(t, 1, strings.Count(trail, "s1bot started Disconnect Agent From Network (DESKTOP-1)"), trail)
	require.Equal(t, 1, strings.Count(trail, "ended: Successful."), trail)
	require.Eventually(t, func() bool { return len(s.sight("alice").Messages[s.channel("alice", "threats")]) > 0 }, patience, 100*time.Millisecond)
	s.stops(second)
	require.Contains(t, s.calls("audit", "--verify"), "none changed, removed or moved")
}
