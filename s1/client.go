package s1

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"s1bot/s1/huntapi"
	"s1bot/s1/transport"
)

// Config says which console to talk to, how, and what of it to use.
type Config struct {
	BaseURL string             // https://tenant.sentinelone.net; plain http for a loopback address only
	Token   Secret             // of the API
	Rotated func() Secret      // the token as it is now; nil: Token for good
	Version string             // of the API's paths; "" means v2.1
	Engine  huntapi.HuntEngine // for new hunts; "" means DeepVisibility
	Unified UnifiedMode        // whether unified alerts are used; "" means UnifiedOff

	// How calls are made; see transport.Config.
	HTTPClient *http.Client
	Timeout    time.Duration
	RetryPause time.Duration
	Gate       *transport.Gate
	Rates      Rates
	Logger     *slog.Logger
	Observe    func(Observation)
	Sleep      func(context.Context, time.Duration) error
	Unpaced    bool
}

// A Client talks to one console: a typed method for each call that the bot makes. Its methods may be called from several goroutines.
//
// They are many, and stay on one type, because they are thin and depend on no other: each names its route and its permission and hands a
// transport.Call over; what the calls have in common is package transport. By things (client.Agents().Disconnect) there would be a dozen
// types without a state of their own. Whoever needs a few of the methods says so in an interface.
type Client struct {
	t *transport.Client
	*huntapi.Engines
	unified *unifiedChoice
}

// New checks c and returns a client; it sends nothing yet. The error lists everything that is wrong with c.
func New(c Config) (*Client, error) {
	t, err := transport.New(transport.Config{
		BaseURL: c.BaseURL, Token: c.Token, Rotated: c.Rotated, Version: c.Version, HTTPClient: c.HTTPClient, Timeout: c.Timeout,
		RetryPause: c.RetryPause, Gate: c.Gate, Rates: c.Rates, Logger: c.Logger, Observe: c.Observe, Sleep: c.Sleep, Unpaced: c.Unpaced,
	})
	if err != nil {
		return nil, err
	}
	return &Client{t, huntapi.NewEngines(t, c.Engine), &unifiedChoice{setting: cmp.Or(c.Unified, UnifiedOff)}}, nil
}

// Rehearse returns a client that works as c does, but shows every request to note first. What note
// returns an error for is not sent and fails with that error. What would change something is never
// sent, whatever note says: it gets an answer as if the console had done it once. It is what `can`
// shows: which requests would go out, in order, with their bodies.
func (c *Client) Rehearse(note func(Request) error) *Client {
	t := c.t.Rehearsing(note)
	return &Client{t, c.Engines.Over(t), c.unified}
}

// Token asks when the client's token ends and whose it is; what the console does not tell is unknown, without an error.
func (c *Client) Token(ctx context.Context) (Token, error) { return c.t.AskToken(ctx) }
