package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

var (
	noRetryAfter = slack.StatusCodeError{Code: http.StatusTooManyRequests}
	retryOnDate  = &strconv.NumError{Func: "ParseInt", Num: "Sat, 28 Nov 2026 03:00:00 GMT", Err: strconv.ErrSyntax}
	limited      = func(seconds int) error {
		return &slack.RateLimitedError{RetryAfter: time.Duration(seconds) * time.Second}
	}
	badGateway = slack.StatusCodeError{Code: http.StatusBadGateway}
	torn       = &url.Error{Op: "Post", Err: errors.New("connection reset by peer")}
	dialing    = &url.Error{Op: "Post", Err: &net.OpError{Op: "dial", Err: errors.New("connection refused")}}
	htmlPage   = &json.SyntaxError{}
	refusal    = func(word string) error { return slack.SlackErrorResponse{Err: word} }
)

// A 429 is waited out whatever it looks like and whatever was called; what Slack may have done is repeated only where that does no harm.
func TestCallsAreRepeatedAsFarAsThatIsSafe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		errs     []error
		again    repeating
		calls    int
		waited   time.Duration
		succeeds bool
	}{
		{"no trouble", nil, ifRefused, 1, 0, true},
		{"a 429 with Retry-After", []error{limited(25)}, ifRefused, 2, 25 * time.Second, true},
		{"a 429 with Retry-After: 0", []error{limited(0)}, ifRefused, 2, time.Second, true},
		{"a 429 without Retry-After", []error{noRetryAfter}, ifRefused, 2, time.Second, true},
		{"a 429 with a date", []error{retryOnDate}, ifRefused, 2, time.Second, true},
		{"200 with ratelimited", []error{refusal("ratelimited")}, ifRefused, 2, time.Second, true},
		{"several in a row", []error{noRetryAfter, limited(3), noRetryAfter, refusal("rate_limited")}, ifRefused, 5, (1 + 3 + 4 + 8) * time.Second, true},
		{"more than anybody waits for", []error{limited(100), limited(100), limited(100), limited(100)}, IfLost, 3, 200 * time.Second, false},
		{"slowed down again and again", slices.Repeat([]error{limited(1)}, 12), IfLost, 10, 9 * time.Second, false},
		{"slowed down and then refused", []error{limited(2), refusal("is_archived")}, IfLost, 2, 2 * time.Second, false},
		{"a 502 that may have done it", []error{badGateway}, ifRefused, 1, 0, false},
		{"a 502, and no harm in twice", []error{badGateway, badGateway}, IfLost, 3, 3 * time.Second, true},
		{"internal_error may have done it", []error{refusal("internal_error")}, ifRefused, 1, 0, false},
		{"service_unavailable did not", []error{refusal("service_unavailable")}, ifRefused, 2, time.Second, true},
		{"torn, and it may have done it", []error{torn}, ifRefused, 1, 0, false},
		{"torn, and no harm in twice", []error{torn, htmlPage}, IfLost, 3, 3 * time.Second, true},
		{"torn for good", []error{torn, torn, torn, torn}, IfLost, 3, 3 * time.Second, false},
		{"it never left", []error{dialing}, ifRefused, 2, time.Second, true},
		{"refused", []error{refusal("invalid_blocks")}, IfLost, 1, 0, false},
		{"a proxy refuses", []error{slack.StatusCodeError{Code: 403}}, IfLost, 1, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began, calls := time.Now(), 0
				err := Retry(t.Context(), c.again, func() error {
					calls++
					if calls <= len(c.errs) {
						return fmt.Errorf("call: %w", c.errs[calls-1])
					}
					return nil
				})
				require.Equal(t, c.succeeds, err == nil, "%v", err)
				require.Equal(t, c.calls, calls)
				require.Equal(t, c.waited, time.Since(began))
			})
		})
	}
}

// A wait that would outlast the time there is leaves that time to say so.
func TestAWaitThatOutlastsTheWorkIsNotBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		err := Retry(ctx, IfLost, func() error { return limited(25) })
		_, slow := Slowdown(err)
		require.True(t, slow)
		require.NoError(t, ctx.Err())
		require.Zero(t, time.Since(began))
	})
}

// Whoever stops in a pause hears what the pause was for.
func TestAPauseThatIsCutShortSaysWhatItWasFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		err := Retry(ctx, IfLost, func() error { return limited(25) })
		_, slow := Slowdown(err)
		require.True(t, slow)
		require.ErrorIs(t, err, context.Canceled)
	})
}

// What the library makes of a 429 on the wire: with and without Retry-After, as a web page, and of a response URL.
func TestA429OfTheWireIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"seconds": func(w http.ResponseWriter) { w.Header().Set("Retry-After", "1") },
		"nothing": func(http.ResponseWriter) {},
		"a date":  func(w http.ResponseWriter) { w.Header().Set("Retry-After", "Sat, 28 Nov 2026 03:00:00 GMT") },
		"a page":  func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/html") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if calls++; calls == 1 {
					answer(w)
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				_, _ = w.Write([]byte(`{"ok":true}`))
			}))
			t.Cleanup(server.Close)
			require.NoError(t, Retry(t.Context(), ifRefused, func() error {
				return slack.PostWebhookCustomHTTPContext(t.Context(), server.URL, server.Client(), &slack.WebhookMessage{Text: "hello"})
			}))
			require.Equal(t, 2, calls)
		})
	}
}
