package s1

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
)

func TestACallCarriesTheTokenInItsHeaderAlone(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(oneAgent))
	page, err := console.AgentsPage(t.Context(), Query{}.With("computerName__contains", "DESK", "SRV").WithLimit(10))
	require.NoError(t, err)
	require.Equal(t, agentA, page.Items[0].ID)

	call := console.asked()[0]
	require.Equal(t, "/web/api/v2.1/agents", call.path)
	require.Equal(t, url.Values{"computerName__contains": {"DESK,SRV"}, "limit": {"10"}}.Encode(), call.query)
	require.Equal(t, "ApiToken "+testToken, call.header.Get("Authorization"))
	require.Equal(t, "s1bot", call.header.Get("User-Agent"))
	require.NotContains(t, call.path+call.query, testToken)
}

func TestReadsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]http.HandlerFunc{
		"429 as a proxy says it": status(429, nginx429),
		"500":                    status(500, `{"errors":[{"code":5000010,"title":"Internal server error"}]}`),
		"502":                    status(502, "<html><title>502 Bad Gateway</title></html>"),
		"connection breaks":      noAnswer,
		"answer breaks off":      brokenOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console := startConsole(t, answering(trouble, trouble, trouble, ok(oneAgent)))
			page, err := console.AgentsPage(t.Context(), nil)
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Len(t, console.asked(), 4)
		})
	}
}

func TestReadsAreGivenUpAfterFourTries(t *testing.T) {
	t.Parallel()
	console := startConsole(t, status(429, nginx429))
	_, err := console.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, ErrRateLimited)
	e := asError(t, err)
	require.Equal(t, "429 Too Many Requests", e.Message)
	require.Equal(t, 5*time.Second, e.RetryAfter)
	require.False(t, e.Unknown())
	require.Len(t, console.asked(), 4)
}

func TestReadsAreNotTriedAgainWhereThatCannotHelp(t *testing.T) {
	t.Parallel()
	for _, code := range []int{400, 401, 403, 404, 405, 409, 501} {
		console := startConsole(t, status(code, `{"errors":[{"title":"No"}]}`))
		_, err := console.AgentsPage(t.Context(), nil)
		require.Equal(t, code, asError(t, err).Status)
		require.Len(t, console.asked(), 1, code)
	}
}

// Changes are sent once, whatever comes back; and the error tells whether the change may have happened.
func TestChangesAreNeverTriedAgain(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*fakeConsole) error{
		"disconnect": func(c *fakeConsole) error { _, err := c.DisconnectAgents(t.Context(), []AgentID{agentA}); return err },
		"verdict": func(c *fakeConsole) error {
			_, err := c.SetAlertVerdict(t.Context(), []AlertID{alertA}, VerdictSuspicious)
			return err
		},
		"policy": func(c *fakeConsole) error {
			_, err := c.UpdateGlobalPolicy(t.Context(), []byte(`{"mitigationMode":"protect"}`))
			return err
		},
	}
	troubles := map[string]struct {
		handle  http.HandlerFunc
		unknown bool
	}{
		"429":                     {status(429, nginx429, "Retry-After", "7"), false},
		"403":                     {status(403, `{"errors":[{"title":"Insufficient permissions"}]}`), false},
		"501":                     {status(501, ""), false},
		"408":                     {status(408, ""), true},
		"500":                     {status(500, "oops"), true},
		"504":                     {status(504, "<title>504 Gateway Time-out</title>"), true},
		"connection breaks":       {noAnswer, true},
		"answer breaks off":       {brokenOff, true},
		"answer is a page":        {ok("<html><title>Log in</title></html>"), true},
		"answer says nothing":     {ok(`{}`), true},
		"redirect":                {status(302, "", "Location", "/web/api/v2.1/agents"), false},
		"redirect elsewhere, 307": {status(307, "", "Location", "https://example.com/"), false},
	}
	for changeName, change := range changes {
		for name, trouble := range troubles {
			t.Run(changeName+", "+name, func(t *testing.T) {
				t.Parallel()
				console := startConsole(t, trouble.handle)
				e := asError(t, change(console))
				require.Len(t, console.asked(), 1)
				require.Equal(t, trouble.unknown, e.Unknown(), e.Error())
				if e.Status == 429 {
					require.Equal(t, 7*time.Second, e.RetryAfter)
				}
				if name == "answer breaks off" {
					require.Equal(t, "The console's answer broke off.", e.Message)
				}
			})
		}
	}
}

func TestAChangeThatNeverLeftIsKnownNotToHaveHappened(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	client, err := New(Config{BaseURL: server.URL, Token: NewSecret(testToken)})
	require.NoError(t, err)
	server.Close()
	_, err = client.ShutdownAgents(t.Context(), []AgentID{agentA})
	e := asError(t, err)
	require.False(t, e.Unknown())
	require.Zero(t, e.Status)
	require.Contains(t, e.Message, "refuses the connection")
}

func TestAChangeThatHangsIsUnknown(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	console := startConsole(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	console.timeout = 2 * time.Second // enough to connect, on a busy machine too
	_, err := console.ConnectAgents(t.Context(), []AgentID{agentA})
	e := asError(t, err)
	require.True(t, e.Unknown())
	require.Equal(t, "The console did not answer in time.", e.Message)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// A person waits for the sum of all tries, so that is what has a bound.
func TestAReadThatHangsIsGivenUpWithinItsTimeout(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]int{"at once": 0, "after two answers that were errors": 2} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			client := clientOver(t, func(r *http.Request) (*http.Response, error) {
				if tries++; tries <= before {
					return response(502, ""), nil
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			}, nil)
			_, err := client.AgentsPage(t.Context(), nil)
			e := asError(t, err)
			require.False(t, e.Unknown())
			require.Equal(t, "The console did not answer in time.", e.Message)
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
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			tries++
			time.Sleep(14 * time.Second)
			return nil, syscall.ECONNRESET
		}, nil)
		_, err := client.AgentsPage(t.Context(), nil)
		require.Equal(t, "The connection to the console broke.", asError(t, err).Message)
		require.Equal(t, 2, tries)
		require.Less(t, time.Since(began), 30*time.Second)
	})
}

// A pause that the console asks for is no hang: it answered.
func TestPausesThatTheConsoleAsksForAreNotPartOfTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			if tries++; tries < 4 {
				return response(429, "", "Retry-After", "50"), nil
			}
			return response(200, oneAgent), nil
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
	client, err := New(Config{BaseURL: server.URL, Token: NewSecret(testToken)})
	require.NoError(t, err)
	_, err = client.SystemInfo(t.Context())
	e := asError(t, err)
	require.Contains(t, e.Message, "is not trusted")
	require.Zero(t, e.Status)
}

func TestWhyNoAnswerCameIsSaidInASentence(t *testing.T) {
	t.Parallel()
	for message, cause := range map[string]error{
		"The console's host name console.test cannot be found.": &net.DNSError{Err: "no such host", Name: "console.test", IsNotFound: true},
		"The console did not answer in time.":                   &net.DNSError{Err: "i/o timeout", IsTimeout: true},
		"console.test refuses the connection.":                  &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"The certificate of console.test is not trusted.":       x509.UnknownAuthorityError{},
		"The connection to the console broke.":                  syscall.ECONNRESET,
	} {
		client := clientOver(t, func(*http.Request) (*http.Response, error) { return nil, cause }, nil)
		_, err := client.DisconnectAgents(t.Context(), []AgentID{agentA})
		e := asError(t, err)
		require.Equal(t, message, e.Message)
		require.Zero(t, e.Status)
		require.True(t, e.Unknown(), "a transport that does not tell is taken at its worst")
	}
}

func TestACancelledCallSaysSo(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(oneAgent))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 { // the second would have to wait for the rate limit
		_, err := console.AgentsPage(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "The call was cancelled.", asError(t, err).Message)
	}
	require.Empty(t, console.asked())
}

func TestAReadFollowsTheSameHostOnly(t *testing.T) {
	t.Parallel()
	elsewhere := startConsole(t, ok(oneAgent))
	console := startConsole(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.api+"/agents", http.StatusFound)
	})
	_, err := console.AgentsPage(t.Context(), nil)
	require.Contains(t, asError(t, err).Message, "redirects")
	require.Empty(t, elsewhere.asked(), "the token must not travel")

	moved := startConsole(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/agents") {
			http.Redirect(w, r, "/moved", http.StatusFound)
			return
		}
		ok(oneAgent)(w, r)
	})
	_, err = moved.AgentsPage(t.Context(), nil)
	require.NoError(t, err)
}

func TestAnAnswerAbove8MiBIsRefused(t *testing.T) {
	t.Parallel()
	announced := startConsole(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8388609")
		w.WriteHeader(http.StatusOK)
	})
	_, err := announced.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, ErrTooLarge)
	require.Len(t, announced.asked(), 1, "asking again would bring the same")

	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	_, err = packer.Write(make([]byte, 1<<20))
	require.NoError(t, err)
	require.NoError(t, packer.Close())
	squeezed := startConsole(t, status(200, strings.Repeat(bomb.String(), 3), "Content-Encoding", "gzip"))
	require.EqualValues(t, 8<<20, squeezed.maxBody)
	squeezed.maxBody = 2 << 20
	_, err = squeezed.AgentsPage(t.Context(), nil)
	require.ErrorIs(t, err, ErrTooLarge, "what counts is the size after unpacking")
	require.Equal(t, "The console's answer is larger than 2 MiB and was not read; ask for less.", asError(t, err).Message)
}

// transport answers without a network, so that time can be simulated.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func clientOver(t *testing.T, answer transport, observe func(Observation)) *Client {
	t.Helper()
	client, err := New(Config{BaseURL: "https://console.test", Token: NewSecret(testToken), HTTPClient: &http.Client{Transport: answer}, Observe: observe})
	require.NoError(t, err)
	return client
}

func response(code int, body string, headers ...string) *http.Response {
	recorder := httptest.NewRecorder()
	status(code, body, headers...)(recorder, nil)
	return recorder.Result()
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]func() string{
		"seconds": func() string { return "9" },
		"a date":  func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			client := clientOver(t, func(*http.Request) (*http.Response, error) {
				if tries++; tries == 1 {
					return response(429, nginx429, "Retry-After", header()), nil
				}
				return response(200, oneAgent), nil
			}, nil)
			var told time.Duration
			ctx := WithWaitNotice(t.Context(), func(w Wait) { told = w.For })
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
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			return response(503, "", "Retry-After", "3600"), nil
		}, nil)
		_, err := client.AgentsPage(t.Context(), nil)
		require.Equal(t, time.Hour, asError(t, err).RetryAfter)
		require.Zero(t, time.Since(began))
	})
}

func TestAReadDoesNotOutliveItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := clientOver(t, func(r *http.Request) (*http.Response, error) {
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
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			return response(429, "", "Retry-After", "30"), nil
		}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := client.AgentsPage(ctx, nil)
		require.Equal(t, 30*time.Second, asError(t, err).RetryAfter)
		require.Zero(t, time.Since(began))
	})
}

// Where ctx ends in a pause, the answer that was the reason for it says more than that time is over.
func TestAReadThatIsCancelledInAPauseSaysWhyThereWasOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			return response(429, "", "Retry-After", "30"), nil
		}, nil)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		_, err := client.AgentsPage(ctx, nil)
		require.ErrorIs(t, err, ErrRateLimited)
	})
}

func TestEachTryIsObserved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []Observation
		tries := 0
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			if tries++; tries == 1 {
				return response(502, ""), nil
			}
			return response(200, `{"data":[]}`), nil
		}, func(o Observation) { seen = append(seen, o) })
		for range client.ThreatNotes(t.Context(), threatA, nil) {
			t.Fatal("no notes expected")
		}
		require.Equal(t, []Observation{
			{Method: "GET", Route: "threats/{id}/notes", Status: 502, Attempt: 1},
			{Method: "GET", Route: "threats/{id}/notes", Status: 200, Attempt: 2},
		}, seen)
	})
}

func TestPausesGrowAndVary(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pauses []time.Duration
		client := clientOver(t, func(*http.Request) (*http.Response, error) { return response(502, ""), nil }, nil)
		ctx := WithWaitNotice(t.Context(), func(w Wait) { pauses = append(pauses, w.For) })
		for range 20 {
			pauses = nil
			_, err := client.AgentsPage(ctx, nil)
			require.Equal(t, 502, asError(t, err).Status)
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
	console := startConsole(t, status(401, `{"errors":[{"title":"Token `+testToken+` is not valid"}]}`))
	console.logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	_, err := console.SystemInfo(t.Context())
	require.EqualError(t, err, "get system info: status 401: Token ••• is not valid")
	require.NotEmpty(t, log.String())
	require.NotContains(t, log.String(), testToken)
}
