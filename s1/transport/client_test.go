package transport_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/wire"
)

func TestNewRefusesWhatWouldLeakTheTokenOrNotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]s1.Config{
		"plain http":         {BaseURL: "http://tenant.sentinelone.net", Token: wire.NewSecret("t")},
		"http, tricky host":  {BaseURL: "http://localhost.example.com", Token: wire.NewSecret("t")},
		"no scheme":          {BaseURL: "tenant.sentinelone.net", Token: wire.NewSecret("t")},
		"another scheme":     {BaseURL: "ftp://tenant.sentinelone.net", Token: wire.NewSecret("t")},
		"user in address":    {BaseURL: "https://me:secret@tenant.sentinelone.net", Token: wire.NewSecret("t")},
		"query in address":   {BaseURL: "https://tenant.sentinelone.net/?apiToken=1", Token: wire.NewSecret("t")},
		"nothing":            {Token: wire.NewSecret("t")},
		"empty token":        {BaseURL: "https://tenant.sentinelone.net"},
		"token with newline": {BaseURL: "https://tenant.sentinelone.net", Token: wire.NewSecret("a\nX-Evil: 1")},
		"odd version":        {BaseURL: "https://tenant.sentinelone.net", Token: wire.NewSecret("t"), Version: "../v2.1"},
	} {
		_, err := s1.New(c)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "secret", name)
	}
}

func TestNewListsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := s1.New(s1.Config{BaseURL: "http://example.com", Version: "two"})
	require.ErrorContains(t, err, "plain http")
	require.ErrorContains(t, err, "token: is empty")
	require.ErrorContains(t, err, "like v2.1")
}

func TestNewTakesAddressesAsPeoplePasteThem(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://tenant.sentinelone.net", "https://tenant.sentinelone.net/", " https://tenant.sentinelone.net/web/api/v2.1/ ",
	} {
		client, err := s1.New(s1.Config{BaseURL: address, Token: wire.NewSecret("t")})
		require.NoError(t, err)
		require.Equal(t, "https://tenant.sentinelone.net/", client.ConsoleURL())
	}
	for _, address := range []string{"http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:9"} {
		_, err := s1.New(s1.Config{BaseURL: address, Token: wire.NewSecret("t"), Version: "v2.0"})
		require.NoError(t, err, address)
	}
}

func TestLinksLeadToTheConsoleOnly(t *testing.T) {
	t.Parallel()
	client, err := s1.New(s1.Config{BaseURL: "https://tenant.sentinelone.net/", Token: wire.NewSecret("t")})
	require.NoError(t, err)
	require.Equal(t, "tenant.sentinelone.net", client.ConsoleHost())
	require.Equal(t, "https://tenant.sentinelone.net/", client.ConsoleURL())
	require.Equal(t, "https://tenant.sentinelone.net/incidents/threats/1112953674841025235/overview", client.ThreatURL(consoletest.ThreatA))
	require.Contains(t, client.AgentURL(consoletest.AgentA), "https://tenant.sentinelone.net/sentinels/devices?page=1&filter=%7B")
	require.Equal(t, "https://tenant.sentinelone.net/incidents/unified-alerts?alertId=1985998272619999973", client.AlertURL(consoletest.AlertA))
	require.Empty(t, client.ThreatURL("../../logout"))
	require.Empty(t, client.AgentURL(`"}`))
	require.Empty(t, client.AlertURL("1&x=1"))
}
