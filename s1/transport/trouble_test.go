package transport_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A reader asks a console that answers with status, and keeps its log.
type reader struct {
	client *s1.Client
	status int
	log    bytes.Buffer
}

func newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{status: 200}
	answer := func(*http.Request) (*http.Response, error) {
		return consoletest.Response(r.status, map[bool]string{true: consoletest.OneAgent}[r.status == 200]), nil
	}
	var err error
	r.client, err = s1.New(s1.Config{BaseURL: "https://console.test", Token: wire.NewSecret(consoletest.TestToken), Unpaced: true,
		HTTPClient: &http.Client{Transport: consoletest.RoundTripper(answer)}, Logger: slog.New(slog.NewTextHandler(&r.log, nil))})
	require.NoError(t, err)
	return r
}

// reads asks n times, a second apart, and returns how many lines of the log say so.
func (r *reader) reads(ctx context.Context, status, n int) (warnings, others int) {
	r.log.Reset()
	r.status = status
	for range n {
		_, _ = r.client.AgentsPage(ctx, nil)
		time.Sleep(time.Second)
	}
	lines := strings.Count(r.log.String(), "\n")
	warnings = strings.Count(r.log.String(), `level=WARN msg="console call failed"`)
	return warnings, lines - warnings
}

// A poll every few seconds met a console that refuses the token: each round wrote a line for each of its calls, all night long.
func TestAPathThatFailsAgainAndAgainIsToldOnceAndAtItsEndWithACount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		warnings, others := r.reads(t.Context(), 401, 20)
		require.Equal(t, []int{1, 0}, []int{warnings, others})
		warnings, others = r.reads(t.Context(), 403, 10)
		require.Equal(t, []int{1, 0}, []int{warnings, others}, "another answer is news")
		_, _ = r.reads(t.Context(), 200, 5)
		require.Regexp(t, `^time=\S+ level=INFO msg="console calls work again" method=GET route=agents failures=30 for=30s\n$`, r.log.String())
		warnings, others = r.reads(t.Context(), 401, 1)
		require.Equal(t, []int{1, 0}, []int{warnings, others}, "it begins anew")
		warnings, others = r.reads(t.Context(), 200, 1)
		require.Equal(t, []int{0, 0}, []int{warnings, others}, "one failure is over with the next answer, and nothing to tell")
	})
}

func TestWhatAPersonWaitsForIsToldEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReader(t)
		warnings, _ := r.reads(transport.WithWaitNotice(t.Context(), func(transport.Wait) {}), 401, 5)
		require.Equal(t, 5, warnings, "each has the reference of its delivery")
	})
}
