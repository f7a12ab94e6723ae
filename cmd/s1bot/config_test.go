package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// working is a complete set of settings.
func working() map[string]string {
	return map[string]string{
		"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1", "S1_URL": "https://example.sentinelone.net", "S1_API_TOKEN": "token",
	}
}

func TestSettingsThatAreCompleteAreTaken(t *testing.T) {
	t.Parallel()
	c, err := readConfig(working())
	require.NoError(t, err)
	require.Equal(t, "https://slack.com/api/", c.SlackURL)
	require.Equal(t, "127.0.0.1:9090", c.HTTPAddr)
	require.Equal(t, 2, c.Sockets)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), "xoxb-1", "secrets must not print")
}

func TestEverySettingsProblemIsListedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := readConfig(map[string]string{
		"SLACK_BOT_TOKEN": "xapp-wrong", "S1_URL": "http://example.com", "S1BOT_SOCKETS": "eleven", "S1BOT_HUNT_ENGINE": "scalyr", "S1BOT_UNIFIED_ALERTS": "maybe", "S1BOT_POLL_INTERVAL": "10ms",
		"S1BOT_APPROVERS": "U0000001", "S1BOT_OPERATORS": "bob", "S1BOT_THREATS_CHANNEL": "#threats", "S1BOT_SECRET_KEY": "short",
		"S1BOT_LOG_LEVEL": "loud", "S1BOT_LOG_FORMAT": "xml", "S1BOT_DATABASE_URL": "mysql:x", "S1BOT_HTTP_ADDR": "9090", "S1_API_VERSION": "2",
		"S1BOT_POLICY_FILE": filepath.Join(t.TempDir(), "no.yaml"),
	})
	require.Error(t, err)
	for _, name := range []string{
		"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_URL", "S1_API_TOKEN", "S1BOT_SOCKETS", "S1BOT_HUNT_ENGINE", "S1BOT_UNIFIED_ALERTS", "S1BOT_POLL_INTERVAL", "S1BOT_APPROVALS_CHANNEL",
		"S1BOT_OPERATORS", "S1BOT_THREATS_CHANNEL", "S1BOT_SECRET_KEY", "S1BOT_LOG_LEVEL", "S1BOT_LOG_FORMAT", "S1BOT_DATABASE_URL",
		"S1BOT_HTTP_ADDR", "S1_API_VERSION", "S1BOT_POLICY_FILE",
	} {
		require.Contains(t, err.Error(), name)
	}
	require.NotContains(t, err.Error(), "short", "a secret's value must not show")
}

// A policy file that cannot be read may list the consoles: the settings for one are then missing only perhaps.
func TestAConsoleMayBeInAPolicyFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	settings := working()
	delete(settings, "S1_URL")
	delete(settings, "S1_API_TOKEN")
	settings["S1BOT_POLICY_FILE"] = filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(settings["S1BOT_POLICY_FILE"], []byte("consoles:\n  - name: a\n    url: https://a.sentinelone.net\n"), 0o600))
	_, err := readConfig(settings)
	require.ErrorContains(t, err, "this one has no token_file")
	require.ErrorContains(t, err, "https://….sentinelone.net (unless the policy file lists consoles)")
	require.ErrorContains(t, err, "an API token of the console (unless the policy file lists consoles)")
}

// What the example file has in place of a token is no token, and all of them are told at once.
func TestATokenHasNoSpaceAndNoOddCharacter(t *testing.T) {
	t.Parallel()
	settings := working()
	settings["SLACK_APP_TOKEN"], settings["SLACK_BOT_TOKEN"], settings["S1_API_TOKEN"] = "xapp-…", "xoxb-1 2", "…"
	_, err := readConfig(settings)
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "S1_API_TOKEN"} {
		require.ErrorContains(t, err, name+": contains a space, a line break or a character that tokens never contain")
	}
}

func TestASecretComesFromAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte("from-file\n"), 0o600))
	settings := working()
	delete(settings, "S1_API_TOKEN")
	settings["S1_API_TOKEN_FILE"] = path
	c, err := readConfig(settings)
	require.NoError(t, err)
	require.Equal(t, "from-file", c.APIToken.Reveal())

	settings = working()
	settings["S1_API_TOKEN_FILE"] = path
	_, err = readConfig(settings)
	require.ErrorContains(t, err, "both set")
}

func TestAnEmptyAddressSwitchesTheHealthServerOff(t *testing.T) {
	t.Parallel()
	settings := working()
	settings["S1BOT_HTTP_ADDR"] = ""
	c, err := readConfig(settings)
	require.NoError(t, err)
	require.Empty(t, c.HTTPAddr)
}

func TestPlainHTTPIsForThisMachineAlone(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:1": true, "http://[::1]:1": true, "https://x.sentinelone.net": true,
		"http://10.0.0.1": false, "ftp://x": false, "x.sentinelone.net": false, "https://user:pw@x": false,
	} {
		settings := working()
		settings["S1_URL"] = address
		_, err := readConfig(settings)
		require.Equal(t, ok, err == nil, "%s: %v", address, err)
	}
}

// A mistyped name is a setting that nobody reads: it stops the program, with all the others that are wrong.
func TestAMistypedSettingIsNoSetting(t *testing.T) {
	t.Parallel()
	settings := working()
	for _, name := range []string{"S1BOT_APROVERS", "S1_TOKEN", "S1BOT_POLICYFILE", "S1BOT_THREATS_CHANEL", "S1_URL_FILE", "S1BOT_COLOUR"} {
		settings[name] = ""
	}
	settings["S1BOT_SOCKETS"] = "many"
	_, err := readConfig(settings)
	for _, want := range []string{
		"S1BOT_APROVERS: there is no such setting; did you mean S1BOT_APPROVERS", "S1_TOKEN: there is no such setting; did you mean S1_API_TOKEN",
		"S1BOT_POLICYFILE: there is no such setting; did you mean S1BOT_POLICY_FILE", "did you mean S1BOT_THREATS_CHANNEL", "S1_URL_FILE: there is no such setting; did you mean S1_URL?", "S1BOT_COLOUR: there is no such setting", "S1BOT_SOCKETS: ",
	} {
		require.ErrorContains(t, err, want)
	}
}

// Kubernetes puts the address of a service called s1bot into the environment of everything beside it.
func TestWhatKubernetesAddsIsNoMistypedSetting(t *testing.T) {
	t.Parallel()
	settings := working()
	for _, name := range []string{
		"S1BOT_SERVICE_HOST", "S1BOT_SERVICE_PORT", "S1BOT_SERVICE_PORT_METRICS", "S1BOT_PORT", "S1BOT_PORT_9090_TCP", "S1BOT_PORT_9090_TCP_PROTO",
		"S1BOT_PORT_9090_TCP_PORT", "S1BOT_PORT_9090_TCP_ADDR", "S1BOT_METRICS_SERVICE_HOST", "S1BOTANY", "S1", "SLACK_TEAM_ID",
	} {
		settings[name] = "tcp://10.0.0.1:9090"
	}
	_, err := readConfig(settings)
	require.NoError(t, err)
}
