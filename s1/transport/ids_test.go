package transport

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/wire"
)

func TestAnEmptyIDIsNeverSentInAList(t *testing.T) {
	t.Parallel()
	sent := 0
	client, err := New(Config{BaseURL: "https://console.test", Token: wire.NewSecret("t"), Unpaced: true, HTTPClient: &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
	})}})
	require.NoError(t, err)
	ids := func(list ...string) any { return map[string]any{"filter": map[string]any{"ids": list}} }
	for name, call := range map[string]Call{
		"lone, in the address":     {Method: http.MethodGet, Route: "agents", Query: Query{}.With("siteIds", "")},
		"beside another":           {Method: http.MethodGet, Route: "agents", Query: Query{}.With("ids", "1", "")},
		"of tasks":                 {Method: http.MethodGet, Route: "remote-scripts/status", Query: Query{}.With("parentTaskId__in", "")},
		"of threats, by uuid":      {Method: http.MethodGet, Route: "threat-intelligence/iocs", Query: Query{}.With("uuids", "")},
		"in the path":              {Method: http.MethodGet, Route: "threats/{id}/notes", IDs: []string{""}},
		"in a filter":              {Method: http.MethodPost, Route: "agents/actions/disconnect", Body: ids("")},
		"in a filter, with others": {Method: http.MethodPost, Route: "agents/actions/disconnect", Body: ids("1", "")},
		"deeper":                   {Method: http.MethodPost, Route: "x", Body: map[string]any{"data": []any{map[string]any{"siteIds": []string{""}}}}},
	} {
		call.Operation = "try"
		_, err := client.Do(t.Context(), call)
		require.ErrorIs(t, err, wire.ErrInvalidID, name)
	}
	require.Zero(t, sent)
	for name, call := range map[string]Call{
		"a text that is empty":        {Method: http.MethodPost, Route: "x", Body: map[string]any{"data": map[string]any{"description": "", "id": ""}}},
		"a list of texts":             {Method: http.MethodPost, Route: "x", Body: map[string]any{"data": map[string]any{"labels": []string{""}}}},
		"a filter that was left out":  {Method: http.MethodGet, Route: "agents", Query: Query{}.With("ids")},
		"ids, and another value gone": {Method: http.MethodPost, Route: "x", Body: map[string]any{"filter": map[string]any{"ids": []string{"1"}}, "data": map[string]string{"text": ""}}},
	} {
		call.Operation = "try"
		_, err := client.Do(t.Context(), call)
		require.NoError(t, err, name)
	}
}
