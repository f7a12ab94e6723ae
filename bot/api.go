package bot

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

	"s1bot/s1"
)

// newAPI is a client of the Web API, and the HTTP client that it uses. Without an address it speaks to Slack itself.
func newAPI(app, bot s1.Secret, address string, limit time.Duration, meter Meter, more ...slack.Option) (*http.Client, *slack.Client) {
	address = strings.TrimSuffix(cmp.Or(address, slack.APIURL), "/") + "/"
	client := &http.Client{Timeout: limit, Transport: apiTransport{http.DefaultTransport, address, meter}}
	opts := append([]slack.Option{slack.OptionHTTPClient(client), slack.OptionAppLevelToken(app.Reveal()), slack.OptionAPIURL(address)}, more...)
	return client, slack.New(bot.Reveal(), opts...)
}

// errNoAnswer is an answer of the Web API that says neither that a call succeeded nor what was wrong with it. slack-go takes it for a
// success with nothing in it: nobody in a user group, no message posted.
var errNoAnswer = errors.New("an answer that is neither a yes nor a no")

// An apiTransport refuses such answers. What goes to other addresses than the API's, which are those of answers by response URL and
// of uploads, says "ok" in other ways.
type apiTransport struct {
	next  http.RoundTripper
	api   string // base address of the Web API
	meter Meter
}

func (t apiTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	method, known := strings.CutPrefix(r.URL.String(), t.api)
	if !known {
		return t.next.RoundTrip(r)
	}
	method, _, _ = strings.Cut(method, "?")
	resp, result, err := t.call(r)
	t.meter.SlackRequest(method, result)
	return resp, err
}

// call asks the Web API, and says how it went: ok, refused, rate_limited or failed.
func (t apiTransport) call(r *http.Request) (*http.Response, string, error) {
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
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var said struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	switch readable := json.Unmarshal(body, &said) == nil; {
	case readable && said.OK:
		return resp, "ok", nil
	case readable && said.Error == "ratelimited":
		return resp, "rate_limited", nil
	case readable && strings.TrimSpace(said.Error) == "":
		return nil, "failed", errNoAnswer
	case readable:
		return resp, "refused", nil
	}
	return resp, "failed", nil
}
