package webapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// Config is what a client of the Web API needs.
//
// Tokens is a function because tokens change while the client lives; whoever has fixed ones passes
// Tokens.Now.
type Config struct {
	Tokens  func() Tokens               // as they are now
	Address string                      // of the Web API; Slack's own when empty
	Timeout time.Duration               // of one call
	Count   func(method, result string) // hears of each call how it went: ok, refused, rate_limited or failed; may be nil
}

// New is a client of the Web API, and the HTTP client that it uses. It calls nobody.
//
// The order of the transports matters: the token is put in first, from the outside, and what is
// counted is what went to Slack.
func New(c Config, more ...slack.Option) (*http.Client, *slack.Client) {
	if c.Count == nil {
		c.Count = func(string, string) {}
	}
	address, first := strings.TrimSuffix(cmp.Or(c.Address, slack.APIURL), "/")+"/", c.Tokens()
	client := &http.Client{Timeout: c.Timeout, Transport: rotating{transport{pooled(), address, c.Count}, first, c.Tokens}}
	opts := append([]slack.Option{slack.OptionHTTPClient(client), slack.OptionAppLevelToken(first.App.Reveal()), slack.OptionAPIURL(address)}, more...)
	return client, slack.New(first.Bot.Reveal(), opts...)
}

// connectionsKept is how many connections to Slack stay open between calls. http.DefaultTransport
// keeps two: with more calls at once the rest were closed after each and made anew, over TLS at
// Slack's.
const connectionsKept = 32

// pooled is http.DefaultTransport with more connections that are kept.
func pooled() http.RoundTripper {
	usual, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // somebody who embeds this put another in its place
		return http.DefaultTransport
	}
	own := usual.Clone()
	own.MaxIdleConnsPerHost = connectionsKept
	return own
}

// errNoAnswer is an answer of the Web API that says neither that a call succeeded nor what was
// wrong with it. slack-go takes it for a success with nothing in it: nobody in a user group, no
// message posted.
var errNoAnswer = errors.New("an answer that is neither a yes nor a no")

// A transport refuses such answers. What goes to other addresses than the API's, which are those of
// answers by response URL and of uploads, says "ok" in other ways.
type transport struct {
	next  http.RoundTripper
	api   string // base address of the Web API
	count func(method, result string)
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	method, known := strings.CutPrefix(r.URL.String(), t.api)
	if !known {
		return t.elsewhere(r)
	}
	method, _, _ = strings.Cut(method, "?")
	resp, result, err := t.call(r, method)
	t.count(method, result)
	return resp, err
}

// elsewhere sends what goes to other addresses of Slack's and counts it by what it is, for the
// addresses themselves are secrets: an answer by response URL is JSON, a file is anything.
func (t transport) elsewhere(r *http.Request) (*http.Response, error) {
	what := "upload"
	switch {
	case r.Method == http.MethodGet:
		what = "download"
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		what = "response_url"
	}
	resp, err := t.next.RoundTrip(r)
	result := "ok"
	switch {
	case err != nil || resp.StatusCode >= http.StatusInternalServerError:
		result = "failed"
	case resp.StatusCode == http.StatusTooManyRequests:
		result = "rate_limited"
	case resp.StatusCode >= http.StatusBadRequest:
		result = "refused"
	}
	t.count(what, result)
	return resp, err
}

// withoutEcho is an answer without the message that was sent, which Slack sends back as it drew it.
// Nobody reads that; taking its blocks apart was an eighth of the work of an approval, and kinds of
// blocks that slack-go does not know yet would make a failure of a success.
func withoutEcho(method string, body []byte) []byte {
	if method != "chat.postMessage" && method != "chat.update" {
		return body
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	delete(fields, "message")
	short, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return short
}

// call asks the Web API, and says how it went: ok, refused, rate_limited or failed.
//
// A body that is no JSON is left to slack-go, which makes an error of it. The whole body is read
// here, for a yes that is cut off in the middle is none.
func (t transport) call(r *http.Request, method string) (*http.Response, string, error) {
	resp, err := t.next.RoundTrip(r)
	switch {
	case err != nil:
		return resp, "failed", err
	case resp.StatusCode == http.StatusTooManyRequests:
		return resp, "rate_limited", nil
	case resp.StatusCode != http.StatusOK:
		return resp, "failed", nil
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // it was read to its end, or will be no further
	if err != nil {
		return nil, "failed", err
	}
	resp.Body = io.NopCloser(bytes.NewReader(withoutEcho(method, body)))
	var answer struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	switch readable := json.Unmarshal(body, &answer) == nil; {
	case readable && answer.OK:
		return resp, "ok", nil
	case readable && answer.Error == "ratelimited":
		return resp, "rate_limited", nil
	case readable && strings.TrimSpace(answer.Error) == "":
		return nil, "failed", errNoAnswer
	case readable:
		return resp, "refused", nil
	}
	return resp, "failed", nil
}
