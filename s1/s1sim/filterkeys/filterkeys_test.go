package filterkeys_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// facts are of one endpoint with a threat that has notes.
type facts struct {
	agent, threat wire.Object
}

func (f facts) ThreatsOn(agent string) []wire.Object {
	if agent != wire.Text(f.agent, "id") {
		return nil
	}
	return []wire.Object{f.threat}
}
func (f facts) HasNotes(threat string) bool    { return threat == wire.Text(f.threat, "id") }
func (f facts) Endpoint(id string) wire.Object { return f.agent }

// Keys about something else than the row: an endpoint by its threats, a threat by its notes, an alert by the group of its endpoint.
func TestKeysThatLookBesideTheRow(t *testing.T) {
	t.Parallel()
	agent := wire.Object{"id": "1", "groupId": "225494730938493001", "totalMemory": 16384, "networkInterfaces": []any{wire.Object{"physical": "00:00:5E:00:53:01"}}}
	f := facts{agent, wire.Object{"id": "9", "threatInfo": wire.Object{"incidentStatus": "resolved", "mitigationStatus": "mitigated", "createdAt": "2026-11-20T13:00:00.000000Z", "sha1": "aa"}}}
	clean := wire.Object{"id": "2"}
	alert := wire.Object{"alertInfo": wire.Object{"analystVerdict": "True positive"}, "agentRealtimeInfo": wire.Object{"id": "1"}}
	for _, row := range []struct {
		table      keys.Table
		body       wire.Object
		has, lacks wire.Object
	}{
		{filterkeys.Agents(f), wire.Object{"threatResolved": true}, agent, clean},
		{filterkeys.Agents(f), wire.Object{"threatResolved": false}, clean, agent},
		{filterkeys.Agents(f), wire.Object{"threatMitigationStatus": "mitigated"}, agent, clean},
		{filterkeys.Agents(f), wire.Object{"threatContentHash": "aa"}, agent, clean},
		{filterkeys.Agents(f), wire.Object{"threatCreatedAt__gt": "2026-11-20T12:00:00Z"}, agent, clean},
		{filterkeys.Agents(f), wire.Object{"totalMemory__between": "15-17"}, agent, clean}, // in GB
		{filterkeys.Agents(f), wire.Object{"query": "00:00:5e"}, agent, clean},
		{filterkeys.Threats(f), wire.Object{"noteExists": true}, f.threat, clean},
		{filterkeys.Threats(f), wire.Object{"resolved": true}, f.threat, clean},
		{filterkeys.Alerts(f), wire.Object{"groupIds": []any{"225494730938493001"}}, alert, nil},
		{filterkeys.Alerts(f), wire.Object{"analystVerdict": []any{"TRUE_POSITIVE"}}, alert, clean},
	} {
		filter, err := row.table.FromBody(wire.Object{"filter": row.body})
		require.NoError(t, err, "%v", row.body)
		require.True(t, filter.Keep(row.has), "%v", row.body)
		require.True(t, row.lacks == nil || !filter.Keep(row.lacks), "%v", row.body)
	}
	filter, err := filterkeys.Agents(f).FromBody(wire.Object{"filter": wire.Object{"query": "5e:00"}})
	require.NoError(t, err)
	require.False(t, filter.Keep(agent), "a hardware address is found by its beginning")
}
