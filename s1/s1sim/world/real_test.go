package world_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

// shared is where recordings and the vendor's tables lie, beside the repository, when they are there at all.
const shared = "../../../../shared/s1-api"

func samples(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared, "samples", pattern))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Logf("no recordings %s here: the made-up data must do", pattern)
	}
	out := map[string][]byte{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		out[filepath.Base(f)] = raw
	}
	return out
}

func TestRecordedObjectsComeOutAsTheyWentIn(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, Agents: -1})
	add := func(pattern string, add func([]byte) (string, error), list, ids string) {
		for name, raw := range samples(t, pattern) {
			id, err := add(raw)
			require.NoError(t, err, name)
			rows := r.Get(list, ids, id).Rows()
			require.Len(t, rows, 1, name)
			got, err := json.Marshal(rows[0])
			require.NoError(t, err)
			require.JSONEq(t, string(raw), string(got), name)
		}
	}
	add("threat__*.json", r.AddRawThreat, "/threats", "ids")
	add("alert__*.json", r.AddRawAlert, "/cloud-detection/alerts", "ids")
	add("activity__*.json", r.AddRawActivity, "/activities", "ids")
	for name, raw := range samples(t, "agents_response__*.json") {
		var page struct{ Data []json.RawMessage }
		require.NoError(t, json.Unmarshal(raw, &page), name)
		for _, agent := range page.Data {
			id, err := r.AddRawAgent(agent)
			require.NoError(t, err, name)
			require.Len(t, r.Get("/agents", "ids", id).Rows(), 1, name)
			require.EqualValues(t, 1, r.Post("/agents/actions/disconnect", simtest.ByIDs(id)).At("data.affected"))
		}
	}
}

func TestARawObjectNeedsAnId(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	for _, raw := range []string{``, `[]`, `{}`, `{"id":null}`, `{"id":"225494730938493804"} {}`} {
		_, err := r.AddRawThreat([]byte(raw))
		require.Error(t, err, raw)
	}
	id, err := r.AddRawThreat([]byte(`{"id":"225494730938493804","threatInfo":{"threatName":7},"agentRealtimeInfo":
		{"agentId":"225494730938493899","agentComputerName":"NEW","agentOsType":"linux","siteName":"Elsewhere"}}`))
	require.NoError(t, err)
	require.EqualValues(t, 7, r.Get("/threats", "ids", id).At("data.0.threatInfo.threatName"))
	require.Equal(t, "Elsewhere", r.Agent("NEW")["siteName"], "its endpoint can be isolated")
	require.Equal(t, "225494730938493899", r.ID("NEW"))
	for range 2 {
		_, err = r.AddRawActivity([]byte(`{"id":"1234567898765432112","activityType":27}`))
		require.NoError(t, err)
	}
	require.Len(t, r.Get("/activities", "ids", "1234567898765432112").Rows(), 2, "recordings repeat ids")
}
