package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFreshSettings(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "README.md")
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(body), "| variable | default | meaning |\n")
	require.True(t, ok, "the table of settings is gone from README.md")
	_, after, _ := strings.Cut(rest, "\n\n")
	requireFresh(t, path, []byte(before+settingsTable()+"\n"+after))
}

func TestEverySettingSaysWhatItMeans(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(filepath.Join("..", "..", "deploy", "s1bot.env.example"))
	require.NoError(t, err)
	for _, s := range settings() {
		require.NotEmpty(t, s.Default, s.Name)
		require.NotEmpty(t, s.Meaning, s.Name)
		require.Contains(t, string(example), s.Name+"=")
	}
	require.Contains(t, settingsTable(), "| `S1BOT_HTTP_ADDR` | `"+defaultHTTPAddr+"` |", "its tag and what readConfig takes")
	require.Contains(t, settingsTable(), "the console's address, `https://….sentinelone.net`;", "an apostrophe is no quote")
}

func TestNoSecretIsPrinted(t *testing.T) {
	t.Parallel()
	given := map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-secret", "S1_API_TOKEN_FILE": "/run/token", "S1BOT_SECRET_KEY": "secret", "S1BOT_SOCKETS": "3", "S1BOT_HTTP_ADDR": "",
		"S1BOT_DATABASE_URL": "postgres://bot:secret@db:5432/s1bot?password=secret",
	}
	shown := map[string]string{}
	for _, s := range settings() {
		shown[s.Name] = s.value(given, map[string]string{"S1_API_TOKEN": "secret"})
		require.NotContains(t, shown[s.Name], "secret", s.Name)
	}
	for name, want := range map[string]string{
		"SLACK_BOT_TOKEN": "•••", "S1_API_TOKEN": "••• (from /run/token)", "S1BOT_SECRET_KEY": "•••", "SLACK_APP_TOKEN": "(not set)", "S1BOT_SOCKETS": "3",
		"S1BOT_POLL_INTERVAL": "30s (default)", "S1BOT_DATABASE_URL": "postgres://•••@db:5432/s1bot", "S1BOT_HTTP_ADDR": "(empty)", "S1BOT_OPERATORS": "(not set)",
	} {
		require.Equal(t, want, shown[name], name)
	}
}

func TestSettingsArePrintedWhereNoneIsSet(t *testing.T) {
	t.Parallel()
	code, out, _ := calls(t, "settings")
	require.Zero(t, code)
	require.Contains(t, out, "S1_URL = (not set)\n    default: required\n    the console's address")
	require.Contains(t, out, "need attention:\nSLACK_APP_TOKEN: required")
}
