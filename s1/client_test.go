package s1

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewRefusesWhatWouldLeakTheTokenOrNotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"plain http":         {BaseURL: "http://tenant.sentinelone.net", Token: NewSecret("t")},
		"http, tricky host":  {BaseURL: "http://localhost.example.com", Token: NewSecret("t")},
		"no scheme":          {BaseURL: "tenant.sentinelone.net", Token: NewSecret("t")},
		"another scheme":     {BaseURL: "ftp://tenant.sentinelone.net", Token: NewSecret("t")},
		"user in address":    {BaseURL: "https://me:secret@tenant.sentinelone.net", Token: NewSecret("t")},
		"query in address":   {BaseURL: "https://tenant.sentinelone.net/?apiToken=1", Token: NewSecret("t")},
		"nothing":            {Token: NewSecret("t")},
		"empty token":        {BaseURL: "https://tenant.sentinelone.net"},
		"token with newline": {BaseURL: "https://tenant.sentinelone.net", Token: NewSecret("a\nX-Evil: 1")},
		"odd version":        {BaseURL: "https://tenant.sentinelone.net", Token: NewSecret("t"), Version: "../v2.1"},
	} {
		_, err := New(c)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "secret", name)
	}
}

func TestNewListsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := New(Config{BaseURL: "http://example.com", Version: "two"})
	require.ErrorContains(t, err, "plain http")
	require.ErrorContains(t, err, "token: is empty")
	require.ErrorContains(t, err, "like v2.1")
}

func TestNewTakesAddressesAsPeoplePasteThem(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://tenant.sentinelone.net", "https://tenant.sentinelone.net/", " https://tenant.sentinelone.net/web/api/v2.1/ ",
	} {
		client, err := New(Config{BaseURL: address, Token: NewSecret("t")})
		require.NoError(t, err)
		require.Equal(t, "https://tenant.sentinelone.net/web/api/v2.1", client.api)
	}
	for _, address := range []string{"http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:9"} {
		_, err := New(Config{BaseURL: address, Token: NewSecret("t"), Version: "v2.0"})
		require.NoError(t, err, address)
	}
}

func TestLinksLeadToTheConsoleOnly(t *testing.T) {
	t.Parallel()
	client, err := New(Config{BaseURL: "https://tenant.sentinelone.net/", Token: NewSecret("t")})
	require.NoError(t, err)
	require.Equal(t, "tenant.sentinelone.net", client.ConsoleHost())
	require.Equal(t, "https://tenant.sentinelone.net/", client.ConsoleURL())
	require.Equal(t, "https://tenant.sentinelone.net/incidents/threats/1112953674841025235/overview", client.ThreatURL(threatA))
	require.Contains(t, client.AgentURL(agentA), "https://tenant.sentinelone.net/sentinels/devices?page=1&filter=%7B")
	require.Equal(t, "https://tenant.sentinelone.net/incidents/unified-alerts?alertId=1985998272619999973", client.AlertURL(alertA))
	require.Empty(t, client.ThreatURL("../../logout"))
	require.Empty(t, client.AgentURL(`"}`))
	require.Empty(t, client.AlertURL("1&x=1"))
}
