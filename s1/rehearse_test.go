package s1

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARehearsalReadsAndChangesNothing(t *testing.T) {
	t.Parallel()
	console := startConsole(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"data":[]}`)) })
	var shown []Request
	rehearsal := console.Rehearse(func(r Request) error {
		shown = append(shown, r)
		return nil
	})
	_, err := rehearsal.AgentsPage(t.Context(), Query{}.WithLimit(7))
	require.NoError(t, err)
	_, err = rehearsal.DisconnectAgents(t.Context(), []AgentID{"1234567890123456789"})
	require.NoError(t, err)
	require.NoError(t, rehearsal.FetchFiles(t.Context(), "1234567890123456789", []string{"/etc/hosts"}, NewSecret("Pa55word!x")))

	require.Len(t, console.asked(), 1, "the read alone")
	require.Equal(t, "/web/api/v2.1/agents", shown[0].Path)
	require.Equal(t, "7", shown[0].Query.Get("limit"))
	require.Equal(t, http.MethodPost, shown[1].Method)
	require.JSONEq(t, `{"filter":{"ids":["1234567890123456789"]}}`, string(shown[1].Body))
	require.NotContains(t, string(shown[2].Body), "Pa55word!x")
	require.Contains(t, string(shown[2].Body), hidden)
}

func TestARehearsalStopsWhereItIsToldTo(t *testing.T) {
	t.Parallel()
	console := startConsole(t, func(http.ResponseWriter, *http.Request) {})
	rehearsal := console.Rehearse(func(Request) error { return ErrRehearsed })
	_, err := rehearsal.AgentsPage(t.Context(), Query{})
	require.ErrorIs(t, err, ErrRehearsed)
	require.Empty(t, console.asked())
}
