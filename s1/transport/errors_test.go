package transport_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

func TestAnErrorHasThreePartsAndAPermission(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Status(403, `{"errors":[{"code":4030010,"title":"Insufficient permissions","detail":"User does not have required permissions."}]}`))
	_, err := console.DisconnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
	require.EqualError(t, err, "disconnect agents: status 403: User does not have required permissions.")
	e := consoletest.AsError(t, err)
	require.Equal(t, 4030010, e.Code)
	require.Equal(t, "Endpoints.disconnectFromNetwork", e.Permission)
	require.ErrorIs(t, err, transport.ErrForbidden)
	require.NotErrorIs(t, err, transport.ErrUnauthorized)
	require.NotErrorIs(t, err, transport.ErrNotFound)
}

func TestASuccessThatMakesNoSenseIsAnError(t *testing.T) {
	t.Parallel()
	for body, message := range map[string]string{
		``: "The console's answer is empty.",
		"<html><title>Log in · SentinelOne</title></html>": "The console answered with a web page instead of data: Log in · SentinelOne",
		"<html><body>Please log in</body></html>":          "The console answered with a web page instead of data.",
		`{"data":[{"id":"1`:                                "The console's answer was cut off.",
		`{"data": nope}`:                                   "The console's answer is not JSON.",
		`[1,2]`:                                            "The console's answer has the wrong shape: array where an object was expected.",
		`{}`:                                               "The console's answer has no data.",
		`{"data":{"id":"1"}}`:                              "The console's answer has no list where one was expected.",
		`{"data":"x"}`:                                     "The console's answer has no list where one was expected.",
		`{"data":["x",5]}`:                                 "The console's list has no objects in it.",
		`{"errors":[{"title":"Scope not found"}],"data":null}`: "Scope not found",
	} {
		console := consoletest.Start(t, consoletest.OK(body))
		_, err := console.AgentsPage(t.Context(), nil)
		e := consoletest.AsError(t, err)
		require.Equal(t, message, e.Message)
		require.Equal(t, 200, e.Status)
		require.Len(t, console.Asked(), 1)
	}
	for _, body := range []string{`{"data":null}`, `{"data":[]}`, `{"data":7}`} {
		console := consoletest.Start(t, consoletest.OK(body))
		_, err := console.GlobalPolicy(t.Context())
		require.Contains(t, consoletest.AsError(t, err).Message, "no object", body)
	}
}
