package webapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/webapi"
)

func TestArgumentsAreTheSameFromAFormAndFromJSON(t *testing.T) {
	t.Parallel()
	form := httptest.NewRequest(http.MethodPost, "/api/x", strings.NewReader(`channel=C1&limit=5&users=U1,U2&inclusive=1&blocks=[{"type":"divider"}]`))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body := httptest.NewRequest(http.MethodPost, "/api/x",
		strings.NewReader(`{"token":"xoxb-body","channel":"C1","limit":5,"users":["U1","U2"],"inclusive":true,"blocks":[{"type":"divider"}]}`))
	body.Header.Set("Content-Type", "application/json; charset=utf-8")
	for _, r := range []*http.Request{form, body} {
		r.Header.Set("Authorization", "Bearer xoxb-header")
		a, fromHeader, warning, err := webapi.ReadArgs(r, false)
		require.NoError(t, err)
		require.True(t, fromHeader)
		require.Empty(t, warning)
		require.Equal(t, "xoxb-header", a.Str("token"), "a token in a JSON body is not looked at")
		require.Equal(t, "C1", a.Str("channel"))
		require.Equal(t, []string{"U1", "U2"}, a.List("users"))
		require.True(t, a.Flag("inclusive"))
		require.JSONEq(t, `[{"type":"divider"}]`, string(a.JSON("blocks")))
		require.NotContains(t, a.Texts(), "token", "the record holds no token")
	}
}

func TestJSONIsReadOnlyWhereTheMethodReadsIt(t *testing.T) {
	t.Parallel()
	send := func(body string, formOnly bool) (webapi.Args, string, error) {
		r := httptest.NewRequest(http.MethodPost, "/api/x", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		a, _, warning, err := webapi.ReadArgs(r, formOnly)
		return a, warning, err
	}
	a, warning, err := send(`{"user":"U1"}`, true)
	require.NoError(t, err)
	require.Empty(t, a)
	require.Equal(t, "missing_charset", warning)
	_, _, err = send(`{"user":`, false)
	require.EqualError(t, err, "invalid_json")
}

func TestARefusalHasSlacksWords(t *testing.T) {
	t.Parallel()
	err := webapi.RefuseBlocks("invalid_blocks", []blockkit.Problem{{Pointer: "/blocks/0", Message: "unsupported type: x"}})
	require.Equal(t, webapi.Reply{"ok": false, "error": "invalid_blocks", "errors": []string{"unsupported type: x [json-pointer:/blocks/0]"},
		"response_metadata": webapi.Reply{"messages": []string{"[ERROR] unsupported type: x [json-pointer:/blocks/0]"}}}, webapi.RefusalReply(err))
	require.Equal(t, []string{"[ERROR] unsupported type: x [json-pointer:/blocks/0]"}, webapi.Messages(err))
	require.Equal(t, "fatal_error", webapi.RefusalReply(json.Unmarshal([]byte("{"), new(int)))["error"], "an error of the simulator's own")
}

func TestAWarningStandsInBothPlaces(t *testing.T) {
	t.Parallel()
	out := webapi.Reply{"ok": true}
	webapi.Warn(out, "missing_charset")
	require.Equal(t, webapi.Reply{"ok": true, "warning": "missing_charset", "response_metadata": webapi.Reply{"warnings": []string{"missing_charset"}}}, out)
}

func TestAMinuteHoldsSoManyCallsAndASecondOneMessageOfAChannel(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	rates := webapi.Rates{}
	for range 2 {
		_, limited := rates.TooFast("users.list", "", 2, now)
		require.False(t, limited)
	}
	wait, limited := rates.TooFast("users.list", "", 2, now.Add(20*time.Second))
	require.True(t, limited)
	require.Equal(t, 40, wait)
	_, limited = rates.TooFast("users.list", "", 2, now.Add(time.Minute))
	require.False(t, limited)

	_, limited = rates.TooFast("chat.postMessage", "C1", 0, now)
	require.False(t, limited)
	_, limited = rates.TooFast("chat.postMessage", "C2", 0, now)
	require.False(t, limited, "another channel")
	wait, limited = rates.TooFast("chat.postMessage", "C1", 0, now.Add(time.Millisecond))
	require.True(t, limited)
	require.Equal(t, 1, wait)
}

func TestAListingComesInPages(t *testing.T) {
	t.Parallel()
	items, read := []int{1, 2, 3, 4, 5}, []int{}
	a := webapi.Args{"limit": "100"}
	for {
		page, next, err := webapi.Page(a, 2, items)
		require.NoError(t, err)
		read = append(read, page...)
		if a["cursor"] = next["next_cursor"]; a.Str("cursor") == "" {
			break
		}
	}
	require.Equal(t, items, read)
	_, _, err := webapi.Page(webapi.Args{"cursor": "bogus"}, 2, items)
	require.EqualError(t, err, "invalid_cursor")
	_, _, err = webapi.Page(webapi.Args{"limit": "0"}, 2, items)
	require.EqualError(t, err, "invalid_limit")
}

func TestAFaultIsTakenAsOftenAsItSaysByTheCallsItIsAbout(t *testing.T) {
	t.Parallel()
	var faults webapi.Faults
	faults.Add(webapi.Fault{Method: "users.info", About: "U1", Times: 2})
	require.Nil(t, faults.Take("users.info", map[string]string{"user": "U2"}))
	require.Nil(t, faults.Take("users.list", map[string]string{"user": "U1"}))
	for range 2 {
		require.NotNil(t, faults.Take("users.info", map[string]string{"user": "U1"}))
	}
	require.Nil(t, faults.Take("users.info", map[string]string{"user": "U1"}))
}

func TestAFaultAnswersAsItSays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault  webapi.Fault
		status int
		body   string
		after  string
	}{
		{webapi.Fault{Kind: webapi.FaultError}, 200, `"error":"internal_error"`, ""},
		{webapi.Fault{Kind: webapi.FaultRateLimit}, 429, `"ratelimited"`, "1"},
		{webapi.Fault{Kind: webapi.FaultRateLimit, RetryAfter: -1}, 429, `"ratelimited"`, ""},
		{webapi.Fault{Kind: webapi.FaultStatus}, 503, "Service Unavailable", ""},
		{webapi.Fault{Kind: webapi.FaultHTML}, 200, "<!DOCTYPE html>", ""},
		{webapi.Fault{Kind: webapi.FaultCut}, 200, `{"ok":true,"channel":"C0`, ""},
		{webapi.Fault{Kind: webapi.FaultBlank}, 200, "{}", ""},
	} {
		var faults webapi.Faults
		tc.fault.Method = "*"
		faults.Add(tc.fault)
		w := httptest.NewRecorder()
		status, failure := faults.Take("chat.update", nil).Play(t.Context(), nil, w)
		require.Equal(t, tc.status, status)
		require.Equal(t, tc.status, w.Code)
		require.NotEmpty(t, failure)
		require.Contains(t, w.Body.String(), tc.body)
		require.Equal(t, tc.after, w.Header().Get("Retry-After"))
	}
}
