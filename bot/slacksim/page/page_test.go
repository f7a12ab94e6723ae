package page_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/page"
)

func TestThePageAndItsFilesAreServedAndKeptNowhere(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	page.Assets(mux)
	for path, kind := range map[string]string{"/": "text/html", "/page/app.js": "javascript", "/page/style.css": "text/css", "/page/icon.svg": "image/svg"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusOK, w.Code, path)
		require.Contains(t, w.Header().Get("Content-Type"), kind, path)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"), path)
	}
}

func TestAPageHearsWhatConcernsItsPerson(t *testing.T) {
	t.Parallel()
	streams := page.Streams{}
	alice, other := streams.Open("U1"), streams.Open("U2")
	require.Equal(t, []string{"U1", "U2"}, streams.Users(nil))
	streams.Notify("U1", map[string]any{"type": "notice"})
	quit := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { alice.Serve(w, r, quit) }))
	defer server.Close()
	r, err := http.Get(server.URL)
	require.NoError(t, err)
	defer func() { _ = r.Body.Close() }()
	want := ": hello\n\ndata: {\"type\":\"notice\"}\n\n"
	got := make([]byte, len(want))
	for n := 0; n < len(want); {
		more, err := r.Body.Read(got[n:])
		require.NoError(t, err)
		n += more
	}
	require.Equal(t, want, string(got))
	close(quit)
	streams.Close(other)
	require.Equal(t, []string{"U1"}, streams.Users(nil))
}

// A browser with many tabs has one stream, which says whom an event is for.
func TestAStreamForEverybodySaysWhomAnEventIsFor(t *testing.T) {
	t.Parallel()
	streams := page.Streams{}
	all := streams.Open(page.Everybody)
	require.Equal(t, []string{"U1", "U2"}, streams.Users([]string{"U1", "U2"}))
	streams.Notify("U2", map[string]any{"type": "notice"})
	quit, w := make(chan struct{}), httptest.NewRecorder()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		all.Serve(&stopping{w, cancel}, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx), quit)
	}()
	<-done
	require.Contains(t, w.Body.String(), `{"event":{"type":"notice"},"user":"U2"}`)
}

// stopping ends a stream once it has written an event.
type stopping struct {
	*httptest.ResponseRecorder
	stop func()
}

func (s *stopping) Write(b []byte) (int, error) {
	if strings.HasPrefix(string(b), "data:") {
		defer s.stop()
	}
	return s.ResponseRecorder.Write(b)
}

func TestAPageThatIsFarBehindIsGivenUp(t *testing.T) {
	t.Parallel()
	streams := page.Streams{}
	slow := streams.Open("U1")
	for range 1025 {
		streams.Notify("U1", map[string]any{"type": "unread"})
	}
	streams.Notify("U1", map[string]any{"type": "unread"}) // and is not given up twice
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		slow.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), nil)
	}()
	<-returned
}

func TestOnlyThePageItselfMayAsk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		site, origin string
		want         bool
	}{
		"the page":               {"same-origin", "http://127.0.0.1:8080", true},
		"no browser":             {"", "", true},
		"typed into the address": {"none", "", true},
		"another site":           {"cross-site", "https://evil.example", false},
		"another port":           {"same-site", "http://127.0.0.1:9999", false},
		"an older browser":       {"", "https://evil.example", false},
		"a file":                 {"", "null", false},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080/demo/action", nil)
		for header, value := range map[string]string{"Sec-Fetch-Site": c.site, "Origin": c.origin} {
			if value != "" {
				r.Header.Set(header, value)
			}
		}
		require.Equal(t, c.want, page.SameOrigin(r), name)
	}
}
