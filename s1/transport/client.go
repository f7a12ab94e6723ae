package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"s1bot/s1/wire"
)

// Config says which console to talk to, and how.
type Config struct {
	BaseURL string // https://tenant.sentinelone.net; plain http for a loopback address only
	Token   wire.Secret
	Rotated func() wire.Secret // the token as it is now; nil: Token for good
	Version string             // of the API's paths; "" means v2.1

	HTTPClient *http.Client                               // nil: one with time-outs; its redirect policy is replaced
	Timeout    time.Duration                              // for an answer, its body included; a read has as long for all its tries together; 0 means 30 s
	RetryPause time.Duration                              // about how long after the first failure a read is tried again, then twice as long each time; 0 means 375 ms
	Gate       *Gate                                      // for large answers, shared by all clients of a process; nil: the client's own
	Rates      Rates                                      // shares slow limits with other processes and keeps them over a restart; nil: the client's own
	Logger     *slog.Logger                               // nil: no log
	Observe    func(Observation)                          // called after each try, if set
	Sleep      func(context.Context, time.Duration) error // makes a pause; nil: it really waits
	Unpaced    bool                                       // leave the vendor's rates out of account: for a console that is simulated
}

// An Observation tells of one try of one call; Route has placeholders instead of ids, so that it
// can label a metric.
type Observation struct {
	Method, Route string
	Status        int // 0: no answer
	Duration      time.Duration
	Attempt       int           // from 1
	Waited        time.Duration // for the rate limit, before this try
}

// A Client sends calls to one console. Its methods may be called from several goroutines.
type Client struct {
	base    *url.URL           // without the API's path
	api     string             // base with the API's path
	token   func() wire.Secret // as it is now
	http    *http.Client
	timeout time.Duration
	maxBody int64
	gate    *Gate
	logger  *slog.Logger
	observe func(Observation)
	sleep   func(context.Context, time.Duration) error // for a rate limit
	buckets buckets
	texts   *documentTexts // of GraphQL, as this console understands them

	firstRetry time.Duration
	breakers   *breakers
	lines      *lines
	troubles   *troubles

	rehearsal func(Request) error // nil unless the client rehearses
}

// New checks c and returns a client; it sends nothing yet. The error lists everything that is wrong
// with c.
func New(c Config) (*Client, error) {
	base, addressErr := parseBase(c.BaseURL)
	version, versionErr := parseVersion(c.Version)
	if err := errors.Join(addressErr, checkToken(c.Token), versionErr); err != nil {
		return nil, err
	}
	client := &Client{
		base: base, api: base.String() + "/web/api/" + version, token: c.Rotated,
		http: safeHTTP(c.HTTPClient), timeout: c.Timeout, maxBody: maxBody, gate: c.Gate, logger: c.Logger,
		observe: c.Observe, firstRetry: cmp.Or(c.RetryPause, firstRetry), sleep: c.Sleep, buckets: newBuckets(), texts: &documentTexts{},
	}
	if client.token == nil {
		client.token = func() wire.Secret { return c.Token }
	}
	client.fillIn()
	client.breakers, client.lines, client.troubles = newBreakers(client.logger), newLines(), newTroubles()
	if c.Unpaced {
		client.buckets.lift()
		return client, nil
	}
	if c.Rates != nil {
		client.buckets = client.buckets.share(c.Rates, client.base.String(), c.Token, client.logger)
	}
	return client, nil
}

// fillIn sets what a caller left out, so that no use has to ask whether it is there. The time-out
// is that of one try: http.Client has none of its own, and a console that accepts a connection and
// says nothing would hold a slot for good.
func (c *Client) fillIn() {
	if c.timeout <= 0 {
		c.timeout = 30 * time.Second
	}
	if c.gate == nil {
		c.gate = NewGate(DefaultMemory)
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.sleep == nil {
		c.sleep = sleep
	}
	if c.observe == nil {
		c.observe = func(Observation) {}
	}
}

var apiPath = regexp.MustCompile(`/web/api(/v[0-9.]+)?$`)

// parseBase accepts the console's address as people paste it: with a slash at the end, or with the
// API's path.
func parseBase(address string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSpace(address))
	if err != nil || base.Hostname() == "" || base.Opaque != "" {
		return nil, fmt.Errorf("console address %q: expected https://<tenant>.sentinelone.net", address)
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("console address: must have no user, query or fragment")
	}
	if base.Scheme != "https" && (base.Scheme != "http" || !isLoopback(base.Hostname())) {
		return nil, fmt.Errorf("console address %q: expected https (plain http is for loopback addresses only)", address)
	}
	base.Path = apiPath.ReplaceAllString(strings.TrimRight(base.Path, "/"), "")
	base.RawPath = ""
	return base, nil
}

// isLoopback tells whether an address leads no further than this machine, where nobody can listen
// in on a token in plain text.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)

// parseVersion is the version of the API's paths. It becomes part of every address, so it must be
// nothing but a version.
func parseVersion(version string) (string, error) {
	if version == "" {
		return "v2.1", nil
	}
	if !versionForm.MatchString(version) {
		return "", fmt.Errorf("API version %q: expected a form like v2.1", version)
	}
	return version, nil
}

// checkToken finds what copying does to a token: a line break at its end, a blank, a typographic
// dash. Named at the start it is mended at once; later every call would fail, and point elsewhere.
// The error says nothing of the token itself.
func checkToken(token wire.Secret) error {
	switch s := token.Reveal(); {
	case s == "":
		return errors.New("API token: is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("API token: contains a space, a line break or a character that tokens never contain")
	}
	return nil
}

// safeHTTP returns a client that never takes the token to another host.
func safeHTTP(given *http.Client) *http.Client {
	client := http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 8,
		ForceAttemptHTTP2:   true,
		// A connection that died unnoticed is found out in time for another try within the time-out of a
		// read.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 10 * time.Second, PingTimeout: 5 * time.Second},
	}}
	if given != nil {
		client = *given
	}
	client.CheckRedirect = checkRedirect
	return &client
}

// checkRedirect follows a read to the same host, five times at most. A redirected POST would become
// a GET and its 200 would look like a success, so changes are never redirected.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > 5 || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// Address is the console's, without a slash at the end.
func (c *Client) Address() string { return c.base.String() }

// Host is the console's host name, with a port if it has one.
func (c *Client) Host() string { return c.base.Host }

// Token is the one that is sent, as it is now.
func (c *Client) Token() wire.Secret { return c.token() }
