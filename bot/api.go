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
func newAPI(app, bot s1.Secret, address string, limit time.Duration, more ...slack.Option) (*http.Client, *slack.Client) {
	address = strings.TrimSuffix(cmp.Or(address, slack.APIURL), "/") + "/"
	client := &http.Client{Timeout: limit, Transport: answering{http.DefaultTransport, address}}
	opts := append([]slack.Option{slack.OptionHTTPClient(client), slack.OptionAppLevelToken(app.Reveal()), slack.OptionAPIURL(address)}, more...)
	return client, slack.New(bot.Reveal(), opts...)
}

// errNoAnswer is an answer of the Web API that says neither that a call succeeded nor what was wrong with it. slack-go takes it for a
// success with nothing in it: nobody in a user group, no message posted.
var errNoAnswer = errors.New("an answer that is neither a yes nor a no")

// An answering transport refuses such answers. What goes to other addresses than the API's, which are those of answers by response URL and
// of uploads, says "ok" in other ways.
type answering struct {
	next http.RoundTripper
	api  string // base address of the Web API
}

func (t answering) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(r.URL.String(), t.api) {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // it was read to its end, or will be no further
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var said struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil && !said.OK && strings.TrimSpace(said.Error) == "" {
		return nil, errNoAnswer
	}
	return resp, nil
}
