package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

func TestACallCarriesTheTokenInItsHeaderAlone(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(consoletest.OneAgent))
	page, err := console.AgentsPage(t.Context(), transport.Query{}.With("computerName__contains", "DESK", "SRV").WithLimit(10))
	require.NoError(t, err)
	require.Equal(t, consoletest.AgentA, page.Items[0].ID)

	call := console.Asked()[0]
	require.Equal(t, "/web/api/v2.1/agents", call.Path)
	require.Equal(t, url.Values{"computerName__contains": {"DESK,SRV"}, "limit": {"10"}}.Encode(), call.Query)
	require.Equal(t, "ApiToken "+consoletest.TestToken, call.Header.Get("Authorization"))
	require.Equal(t, "s1bot", call.Header.Get("User-Agent"))
	require.NotContains(t, call.Path+call.Query, consoletest.TestToken)
}

func TestReadsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]http.HandlerFunc{
		"429 as a proxy says it": consoletest.Status(429, consoletest.Nginx429),
		"500":                    consoletest.Status(500, `{"errors":[{"code":5000010,"title":"Internal server error"}]}`),
		"502":                    consoletest.Status(502, "<html><title>502 Bad Gateway</title></html>"),
		"connection breaks":      consoletest.NoAnswer,
		"answer breaks off":      consoletest.BrokenOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console := consoletest.Start(t, consoletest.Answering(trouble, trouble, trouble, consoletest.OK(consoletest.OneAgent)))
			page, err := console.AgentsPage(t.Context(), nil)
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Len(t, console.Asked(), 4)
		})
	}
}

func TestReadsAreGivenUpAfterFourTries(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Status(429, consoletest.Nginx429))
	_, err := console.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, transport.ErrRateLimited)
	e := consoletest.AsError(t, err)
	require.Equal(t, "429 Too Many Requests", e.Message)
	require.Equal(t, 5*time.Second, e.RetryAfter)
	require.False(t, e.Unknown())
	require.Len(t, console.Asked(), 4)
}

func TestReadsAreNotTriedAgainWhereThatCannotHelp(t *testing.T) {
	t.Parallel()
	for _, code := range []int{400, 401, 403, 404, 405, 409, 501} {
		console := consoletest.Start(t, consoletest.Status(code, `{"errors":[{"title":"No"}]}`))
		_, err := console.AgentsPage(t.Context(), nil)
		require.Equal(t, code, consoletest.AsError(t, err).Status)
		require.Len(t, console.Asked(), 1, code)
	}
}

// Changes are sent once, whatever comes back; and the error tells whether the change may have happened.
func TestChangesAreNeverTriedAgain(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*consoletest.Console) error{
		"disconnect": func(c *consoletest.Console) error {
			_, err := c.DisconnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
			return err
		},
		"verdict": func(c *consoletest.Console) error {
			_, err := c.SetAlertVerdict(t.Context(), []wire.AlertID{consoletest.AlertA}, s1.VerdictSuspicious)
			return err
		},
		"policy": func(c *consoletest.Console) error {
			_, err := c.UpdateGlobalPolicy(t.Context(), []byte(`{"mitigationMode":"protect"}`))
			return err
		},
	}
	troubles := map[string]struct {
		handle  http.HandlerFunc
		unclear bool
	}{
		"429":                     {consoletest.Status(429, consoletest.Nginx429, "Retry-After", "7"), false},
		"403":                     {consoletest.Status(403, `{"errors":[{"title":"Insufficient permissions"}]}`), false},
		"501":                     {consoletest.Status(501, ""), false},
		"408":                     {consoletest.Status(408, ""), true},
		"500":                     {consoletest.Status(500, "oops"), true},
		"504":                     {consoletest.Status(504, "<title>504 Gateway Time-out</title>"), true},
		"connection breaks":       {consoletest.NoAnswer, true},
		"answer breaks off":       {consoletest.BrokenOff, true},
		"answer is a page":        {consoletest.OK("<html><title>Log in</title></html>"), true},
		"answer says nothing":     {consoletest.OK(`{}`), true},
		"redirect":                {consoletest.Status(302, "", "Location", "/web/api/v2.1/agents"), false},
		"redirect elsewhere, 307": {consoletest.Status(307, "", "Location", "https://example.com/"), false},
	}
	for changeName, change := range changes {
		for name, trouble := range troubles {
			t.Run(changeName+", "+name, func(t *testing.T) {
				t.Parallel()
				console := consoletest.Start(t, trouble.handle)
				e := consoletest.AsError(t, change(console))
				require.Len(t, console.Asked(), 1)
				require.Equal(t, trouble.unclear, e.Unknown(), e.Error())
				if e.Status == 429 {
					require.Equal(t, 7*time.Second, e.RetryAfter)
				}
				if name == "answer breaks off" {
					require.Equal(t, "The console's answer was cut off.", e.Message)
				}
			})
		}
	}
}

func TestAChangeThatNeverLeftIsKnownNotToHaveHappened(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	client, err := s1.New(s1.Config{BaseURL: server.URL, Token: wire.NewSecret(consoletest.TestToken)})
	require.NoError(t, err)
	server.Close()
	_, err = client.ShutdownAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
	e := consoletest.AsError(t, err)
	require.False(t, e.Unknown())
	require.Zero(t, e.Status)
	require.Contains(t, e.Message, "refuses the connection")
}

func TestAChangeThatHangsIsUnknown(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	enough := func(c *s1.Config) { c.Timeout = 2 * time.Second } // to connect, on a busy machine too
	console := consoletest.Start(t, func(http.ResponseWriter, *http.Request) { <-release }, enough)
	defer close(release)
	_, err := console.ConnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
	e := consoletest.AsError(t, err)
	require.True(t, e.Unknown())
	require.Equal(t, "The console didn't answer in time.", e.Message)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// A person waits for the sum of all tries, so that is what has a bound.
func TestAReadThatHangsIsGivenUpWithinItsTimeout(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]int{"at once": 0, "after two answers that were errors": 2} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			client := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
				if tries++; tries <= before {
					return consoletest.Response(502, ""), nil
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			}, nil)
			_, err := client.AgentsPage(t.Context(), nil)
			e := consoletest.AsError(t, err)
			require.False(t, e.Unknown())
			require.Equal(t, "The console didn't answer in time.", e.Message)
			require.Equal(t, before+1, tries, name)
			require.Equal(t, 30*time.Second, time.Since(began), name)
		})
	}
}

// What one try used up is not there for the next one, which is not begun where too little is left.
func TestTriesShareTheTimeOfARead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, tries := time.Now(), 0
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			tries++
			time.Sleep(14 * time.Second)
			return nil, syscall.ECONNRESET
		}, nil)
		_, err := client.AgentsPage(t.Context(), nil)
		require.Equal(t, "The connection to the console broke.", consoletest.AsError(t, err).Message)
		require.Equal(t, 2, tries)
		require.Less(t, time.Since(began), 30*time.Second)
	})
}

// A pause that the console asks for is no hang: it answered.
func TestPausesThatTheConsoleAsksForAreNotPartOfTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			if tries++; tries < 4 {
				return consoletest.Response(429, "", "Retry-After", "50"), nil
			}
			return consoletest.Response(200, consoletest.OneAgent), nil
		}, nil)
		_, err := client.AgentsPage(t.Context(), nil)
		require.NoError(t, err)
	})
}

func TestTLSTroubleIsSaidInASentence(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	client, err := s1.New(s1.Config{BaseURL: server.URL, Token: wire.NewSecret(consoletest.TestToken)})
	require.NoError(t, err)
	_, err = client.SystemInfo(t.Context())
	e := consoletest.AsError(t, err)
	require.Contains(t, e.Message, "isn't trusted")
	require.Zero(t, e.Status)
}

func TestWhyNoAnswerCameIsSaidInASentence(t *testing.T) {
	t.Parallel()
	for message, cause := range map[string]error{
		"The console's host name console.test can't be found.": &net.DNSError{Err: "no such host", Name: "console.test", IsNotFound: true},
		"The console didn't answer in time.":                   &net.DNSError{Err: "i/o timeout", IsTimeout: true},
		"console.test refuses the connection.":                 &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"The certificate of console.test isn't trusted.":       x509.UnknownAuthorityError{},
		"The connection to the console broke.":                 syscall.ECONNRESET,
	} {
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) { return nil, cause }, nil)
		_, err := client.DisconnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
		e := consoletest.AsError(t, err)
		require.Equal(t, message, e.Message)
		require.Zero(t, e.Status)
		require.True(t, e.Unknown(), "a transport that does not tell is taken at its worst")
	}
}

func TestACancelledCallSaysSo(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(consoletest.OneAgent))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 { // the second would have to wait for the rate limit
		_, err := console.AgentsPage(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "The call was cancelled.", consoletest.AsError(t, err).Message)
	}
	require.Empty(t, console.Asked())
}

func TestAReadFollowsTheSameHostOnly(t *testing.T) {
	t.Parallel()
	elsewhere := consoletest.Start(t, consoletest.OK(consoletest.OneAgent))
	console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.ConsoleURL()+"web/api/v2.1/agents", http.StatusFound)
	})
	_, err := console.AgentsPage(t.Context(), nil)
	require.Contains(t, consoletest.AsError(t, err).Message, "redirects")
	require.Empty(t, elsewhere.Asked(), "the token must not travel")

	moved := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/agents") {
			http.Redirect(w, r, "/moved", http.StatusFound)
			return
		}
		consoletest.OK(consoletest.OneAgent)(w, r)
	})
	_, err = moved.AgentsPage(t.Context(), nil)
	require.NoError(t, err)
}

func TestAnAnswerAbove8MiBIsRefused(t *testing.T) {
	t.Parallel()
	announced := consoletest.Start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8388609")
		w.WriteHeader(http.StatusOK)
	})
	_, err := announced.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, transport.ErrTooLarge)
	require.Len(t, announced.Asked(), 1, "asking again would bring the same")

	packed := func(text string) string {
		var b bytes.Buffer
		packer := gzip.NewWriter(&b)
		_, err := packer.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, packer.Close())
		return b.String()
	}
	bomb := packed(`{"data":"`) + strings.Repeat(packed(strings.Repeat("x", 1<<20)), 9) // a text, for json reads blanks again with each piece
	squeezed := consoletest.Start(t, consoletest.Status(200, bomb, "Content-Encoding", "gzip"))
	_, err = squeezed.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, transport.ErrTooLarge, "what counts is the size after unpacking")
	require.Equal(t, "The console's answer is larger than 8 MiB, so I didn't read it. Request less at a time.", consoletest.AsError(t, err).Message)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]func() string{
		"seconds": func() string { return "9" },
		"a date":  func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
				if tries++; tries == 1 {
					return consoletest.Response(429, consoletest.Nginx429, "Retry-After", header()), nil
				}
				return consoletest.Response(200, consoletest.OneAgent), nil
			}, nil)
			var told time.Duration
			ctx := transport.WithWaitNotice(t.Context(), func(w transport.Wait) { told = w.For })
			_, err := client.AgentsPage(ctx, nil)
			require.NoError(t, err, name)
			require.Equal(t, 9*time.Second, time.Since(began).Round(time.Second), name)
			require.Equal(t, 9*time.Second, told.Round(time.Second), name)
		})
	}
}

func TestALongRetryAfterIsToldInsteadOfWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			return consoletest.Response(503, "", "Retry-After", "3600"), nil
		}, nil)
		_, err := client.AgentsPage(t.Context(), nil)
		require.Equal(t, time.Hour, consoletest.AsError(t, err).RetryAfter)
		require.Zero(t, time.Since(began))
	})
}

func TestAReadDoesNotOutliveItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := client.AgentsPage(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 20*time.Second, time.Since(began))
	})
}

func TestAPauseThatOutlastsTheCallIsNotBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			return consoletest.Response(429, "", "Retry-After", "30"), nil
		}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := client.AgentsPage(ctx, nil)
		require.Equal(t, 30*time.Second, consoletest.AsError(t, err).RetryAfter)
		require.Zero(t, time.Since(began))
	})
}

// Where ctx ends in a pause, the answer that was the reason for it says more than that time is over.
func TestAReadThatIsCancelledInAPauseSaysWhyThereWasOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			return consoletest.Response(429, "", "Retry-After", "30"), nil
		}, nil)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		_, err := client.AgentsPage(ctx, nil)
		require.ErrorIs(t, err, transport.ErrRateLimited)
	})
}

func TestEachTryIsObserved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []transport.Observation
		tries := 0
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			if tries++; tries == 1 {
				return consoletest.Response(502, ""), nil
			}
			return consoletest.Response(200, `{"data":[]}`), nil
		}, func(o transport.Observation) { seen = append(seen, o) })
		for range client.ThreatNotes(t.Context(), consoletest.ThreatA, nil) {
			t.Fatal("no notes expected")
		}
		require.Equal(t, []transport.Observation{
			{Method: "GET", Route: "threats/{id}/notes", Status: 502, Attempt: 1},
			{Method: "GET", Route: "threats/{id}/notes", Status: 200, Attempt: 2},
		}, seen)
	})
}

func TestPausesGrowAndVary(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pauses []time.Duration
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) { return consoletest.Response(502, ""), nil }, nil)
		ctx := transport.WithWaitNotice(t.Context(), func(w transport.Wait) { pauses = append(pauses, w.For) })
		for range 20 {
			pauses = nil
			_, err := client.AgentsPage(ctx, nil)
			require.Equal(t, 502, consoletest.AsError(t, err).Status)
			require.Len(t, pauses, 3)
			for i, full := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second} {
				require.Greater(t, pauses[i], full/2)
				require.LessOrEqual(t, pauses[i], full)
			}
		}
	})
}

func TestTheTokenIsNeverLoggedOrTold(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logged := func(c *s1.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	console := consoletest.Start(t, consoletest.Status(401, `{"errors":[{"title":"Token `+consoletest.TestToken+` is not valid"}]}`), logged)
	_, err := console.SystemInfo(t.Context())
	require.EqualError(t, err, "get system info: status 401: Token ••• is not valid")
	require.NotEmpty(t, log.String())
	require.NotContains(t, log.String(), consoletest.TestToken)
}

// A read that the bot breaks off itself is no warning; a change is, for it may have happened.
func TestWhatIsBrokenOffIsNotTheConsolesFailure(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	client, err := s1.New(s1.Config{
		BaseURL: "https://console.test", Token: s1.NewSecret(consoletest.TestToken), Logger: slog.New(slog.NewTextHandler(&log, nil)),
		HTTPClient: &http.Client{Transport: consoletest.RoundTripper(func(r *http.Request) (*http.Response, error) {
			stop()
			return nil, r.Context().Err()
		})},
	})
	require.NoError(t, err)
	_, err = client.SystemInfo(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, log.String())
	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	_, err = client.DisconnectAgents(ctx, []wire.AgentID{consoletest.AgentA})
	require.ErrorIs(t, err, context.Canceled)
	require.Contains(t, log.String(), "console call failed")
}
