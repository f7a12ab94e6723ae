package transport_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

func TestARehearsalReadsAndChangesNothing(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"data":[]}`)) })
	var shown []transport.Request
	rehearsal := console.Rehearse(func(r transport.Request) error {
		shown = append(shown, r)
		return nil
	})
	_, err := rehearsal.AgentsPage(t.Context(), transport.Query{}.WithLimit(7))
	require.NoError(t, err)
	_, err = rehearsal.DisconnectAgents(t.Context(), []wire.AgentID{"1234567890123456789"})
	require.NoError(t, err)
	require.NoError(t, rehearsal.FetchFiles(t.Context(), "1234567890123456789", []string{"/etc/hosts"}, wire.NewSecret("Pa55word!x")))

	require.Len(t, console.Asked(), 1, "the read alone")
	require.Equal(t, "/web/api/v2.1/agents", shown[0].Path)
	require.Equal(t, "7", shown[0].Query.Get("limit"))
	require.Equal(t, http.MethodPost, shown[1].Method)
	require.JSONEq(t, `{"filter":{"ids":["1234567890123456789"]}}`, string(shown[1].Body))
	require.NotContains(t, string(shown[2].Body), "Pa55word!x")
	require.Contains(t, string(shown[2].Body), "•••")
}

func TestARehearsalStopsWhereItIsToldTo(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, func(http.ResponseWriter, *http.Request) {})
	rehearsal := console.Rehearse(func(transport.Request) error { return transport.ErrRehearsed })
	_, err := rehearsal.AgentsPage(t.Context(), transport.Query{})
	require.ErrorIs(t, err, transport.ErrRehearsed)
	require.Empty(t, console.Asked())
}
