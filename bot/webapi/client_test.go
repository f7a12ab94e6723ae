package webapi_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/webapi"
	"s1bot/s1"
)

// A yes, a no and no answer are three things, and each is counted as what it is.
func TestAnAnswerIsAYesANoOrNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status       int
		body, counts string
		fails        bool
	}{
		{200, `{"ok":true,"users":["U1"]}`, "ok", false},
		{200, `{"ok":false,"error":"missing_scope"}`, "refused", true},
		{200, `{"ok":false,"error":"ratelimited"}`, "rate_limited", true},
		{429, ``, "rate_limited", true},
		{200, `{}`, "failed", true}, {200, `{"ok":false}`, "failed", true}, {200, `{"ok":false,"error":" "}`, "failed", true},
		{200, `<html>`, "failed", true}, {500, ``, "failed", true},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		var counted []string
		_, api := webapi.New(webapi.Config{Tokens: webapi.Tokens{Bot: s1.NewSecret("xoxb-1")}.Now, Address: server.URL, Timeout: time.Minute,
			Count: func(method, result string) { counted = append(counted, method+" "+result) }})
		members, err := api.GetUserGroupMembersContext(t.Context(), "S1")
		require.Equal(t, c.fails, err != nil, "%d %s", c.status, c.body)
		require.Equal(t, []string{"usergroups.users.list " + c.counts}, counted, c.body)
		require.Equal(t, c.fails, len(members) == 0)
		server.Close()
	}
}

// Most answers go by response URL and files by upload address: an outage of these is an outage of Slack's, too.
func TestWhatGoesToSlacksOtherAddressesIsCountedToo(t *testing.T) {
	t.Parallel()
	for status, result := range map[int]string{200: "ok", 404: "refused", 429: "rate_limited", 503: "failed"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		var counted []string
		client, _ := webapi.New(webapi.Config{Tokens: webapi.Tokens{Bot: s1.NewSecret("xoxb-1")}.Now, Address: "https://slack.example/api/", Timeout: time.Minute,
			Count: func(method, result string) { counted = append(counted, method+" "+result) }})
		for _, kind := range []string{"application/json", "application/octet-stream"} {
			answer, err := client.Post(server.URL+"/commands/T1/secret", kind, strings.NewReader("{}"))
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
		}
		server.Close()
		_, err := client.Get(server.URL)
		require.Error(t, err)
		require.Equal(t, []string{"response_url " + result, "upload " + result, "download failed"}, counted)
	}
}

// Slack sends a message back as it drew it. Blocks of kinds that slack-go does not know are no failure.
func TestWhatSlackSendsBackOfAMessageIsNotRead(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1","ts":"1.2","message":{"blocks":"of a kind that is new"}}`)
	}))
	t.Cleanup(server.Close)
	_, api := webapi.New(webapi.Config{Tokens: webapi.Tokens{Bot: s1.NewSecret("xoxb-1")}.Now, Address: server.URL, Timeout: time.Minute})
	channel, ts, err := api.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("hello", false))
	require.NoError(t, err)
	require.Equal(t, []string{"C1", "1.2"}, []string{channel, ts})
	_, ts, _, err = api.UpdateMessageContext(t.Context(), "C1", "1.2", slack.MsgOptionText("hello", false))
	require.NoError(t, err)
	require.Equal(t, "1.2", ts)
}

func TestANewTokenIsShownFromThenOn(t *testing.T) {
	t.Parallel()
	var shown atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown.Store(fmt.Sprintf("%s %s %s", r.Header.Get("Authorization"), r.FormValue("token"), r.FormValue("text")))
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(server.Close)
	now := webapi.Tokens{Bot: s1.NewSecret("xoxb-old")}
	_, api := webapi.New(webapi.Config{Tokens: func() webapi.Tokens { return now }, Address: server.URL, Timeout: time.Minute})
	say := func() string {
		_, _, err := api.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("my token is xoxb-old", false))
		require.NoError(t, err)
		return shown.Load().(string)
	}
	require.Contains(t, say(), "xoxb-old my token is xoxb-old")
	now = webapi.Tokens{Bot: s1.NewSecret("xoxb-new")}
	require.False(t, now.Equal(webapi.Tokens{}))
	require.Contains(t, say(), "xoxb-new my token is xoxb-old", "what people wrote stays as it is")
}

func TestAProbeSaysWhatToDo(t *testing.T) {
	t.Parallel()
	refused, limited := slack.SlackErrorResponse{Err: "missing_scope"}, &slack.RateLimitedError{RetryAfter: time.Second}
	require.ErrorContains(t, webapi.Advise(refused, "add the scope"), "missing_scope: add the scope")
	require.ErrorContains(t, webapi.Advise(limited, "add the scope"), "rate-limiting the bot")
	require.ErrorContains(t, webapi.Advise(errors.New("dial tcp"), "add the scope"), "check the network")
	require.NoError(t, webapi.Probe(t.Context(), func() error { return nil }))
	require.ErrorContains(t, webapi.Probe(t.Context(), func() error { return refused }), "missing_scope")
	require.Equal(t, "missing_scope", webapi.Reason(refused))
	require.Equal(t, "Slack asks the bot to wait", webapi.Reason(limited))
	require.Equal(t, "HTTP 503 Service Unavailable", webapi.Reason(slack.StatusCodeError{Code: 503}))
	require.Equal(t, "Slack isn't responding", webapi.Reason(errors.New("token xoxb-1 is bad")))
}
