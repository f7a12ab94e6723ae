package page_test

import (
	"net/http"
	"net/http/httptest"
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
	require.Equal(t, []string{"U1", "U2"}, streams.Users())
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
	require.Equal(t, []string{"U1"}, streams.Users())
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
