package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Each file of testdata is the story of one command: what was typed (slash), the same as a form (form), what the console
// answers (answer METHOD path [status], in the order of the requests), and, written by -update, the arguments, the plan, what the
// caller was told alone, the requests that went out and the card. Of what goes on after the card: what was written down (saved)
// and how it ended (end).
func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	require.NoError(t, err)
	told := map[string]telling{}
	for _, file := range files {
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txtar"), "~")
		told[name] = told[name].With(t, file)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			tell(t, file, name)
		})
	}
	for _, cmd := range All().Commands() {
		want := telling{form: len(cmd.Params) > 0, card: true, failure: true}
		require.Equal(t, want, told[cmd.Name], "what the stories of %s tell", cmd.Name)
	}
}

// A telling is what the stories of a command tell together: from its form, to its card, and how it fails at the console.
type telling struct{ form, card, failure bool }

var refusedAnswer = regexp.MustCompile(`^answer [A-Z]+ \S+ [45]\d\d$`)

func (t telling) With(tb testing.TB, file string) telling {
	archive, err := txtar.ParseFile(file)
	require.NoError(tb, err)
	refused := slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return refusedAnswer.MatchString(f.Name) })
	ended := section(archive, "card") + section(archive, "end")
	return telling{
		form:    t.form || section(archive, "form") != "" && section(archive, "form") != "{}\n",
		card:    t.card || ended != "",
		failure: t.failure || refused && section(archive, "error") != "" || strings.Contains(ended, string(render.Failed)+" ·"),
	}
}

// now and zone are the caller's.
var (
	now  = time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	zone = time.FixedZone("CET", 3600)
)

func tell(t *testing.T, file, name string) {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	console := newFakeConsole(t, archive)
	s := story{catalog: All(), call: console.call(t), got: map[string]string{}}
	s.tell(t, name, archive)
	s.got["requests"] = console.requests()
	console.requireUsed(t)
	compare(t, file, archive, s.got)
}

// A story is what comes of the typed text: golden sections by name.
type story struct {
	catalog *catalog.Catalog
	call    *catalog.Call
	got     map[string]string
}

func (s story) tell(t *testing.T, name string, archive *txtar.Archive) {
	inv, extras, err := s.catalog.Parse(strings.TrimSpace(section(archive, "slash")), text.Input{Zone: zone, Now: now})
	if err != nil {
		s.got["error"] = err.Error() + "\n"
		return
	}
	require.Equal(t, name, inv.Command)
	cmd, _ := s.catalog.Find(inv.Command)
	s.got["args"] = string(inv.Args) + "\n"
	if extras != (catalog.Extras{}) {
		s.got["args"] += fmt.Sprintf("reason %q, ticket %q\n", extras.Reason, extras.Ticket)
	}
	if form := section(archive, "form"); form != "" {
		requireSameForm(t, cmd, inv.Args, form, s.call.Caller)
	}
	s.run(t, cmd, inv, how(section(archive, "how")))
}

func (s story) run(t *testing.T, cmd *catalog.Command, inv catalog.Invocation, how render.How) {
	s.call.How = how
	plan, err := cmd.Prepare(t.Context(), s.call, inv.Args)
	if err != nil {
		s.got["error"] = err.Error() + "\n"
		return
	}
	if cmd.Risk != catalog.Read {
		s.got["plan"] = string(indentJSON(t, plan))
	}
	s.confide(plan.Secrets)
	card, err := cmd.Run(t.Context(), s.call, plan.Args)
	if err != nil {
		s.got["error"] = err.Error() + "\n"
		return
	}
	card = plan.Told(card)
	s.got["card"] = card.Plain()
	if cmd.Follows() && s.call.Saved != nil {
		s.got["saved"] = string(s.call.Saved) + "\n"
		card, err = cmd.Follow(t.Context(), s.call, plan.Args)
		require.NoError(t, err)
		s.got["end"] = card.Plain()
	}
	for _, f := range card.Files {
		s.got["file"] = strings.ReplaceAll(string(f.Body), "\r\n", "\n")
	}
}

// confide gives the call what a command needs that has secrets: those that were given, somebody to tell a password that was made,
// and dice that always fall alike. What the command saves first is what it goes on from.
func (s story) confide(secrets catalog.Secrets) {
	s.call.Secrets, s.call.Random = secrets, strings.NewReader(strings.Repeat("s1bot", 100))
	s.call.Tell = func(_ context.Context, card render.Card) error { s.got["told"] = card.Plain(); return nil }
	s.call.OnSave = func(state json.RawMessage) error {
		if s.call.Saved == nil {
			s.call.Saved = state
		}
		return nil
	}
}

func how(text string) render.How { return render.How(strings.TrimSpace(text)) }

// requireSameForm checks that the form asks for what was typed, and that sending it means the same.
func requireSameForm(t *testing.T, cmd *catalog.Command, args json.RawMessage, sent string, caller catalog.Caller) {
	form := cmd.Form(args, caller)
	var values map[string][]string
	require.NoError(t, json.Unmarshal([]byte(sent), &values))
	asked := map[string]bool{}
	for _, f := range form.Fields {
		asked[f.Name] = true
	}
	for name := range values {
		require.True(t, asked[name], "the form has no field %s", name)
	}
	got, _, wrong := cmd.FromForm(values, nil, caller)
	require.Empty(t, wrong)
	require.JSONEq(t, string(args), string(got))
}

func section(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

var golden = []string{"args", "plan", "told", "requests", "card", "saved", "end", "file", "error"}

// compare compares the golden sections, or writes them.
func compare(t *testing.T, file string, archive *txtar.Archive, got map[string]string) {
	if *update {
		kept := archive.Files[:0]
		for _, f := range archive.Files {
			if !contains(golden, f.Name) {
				kept = append(kept, f)
			}
		}
		archive.Files = kept
		for _, name := range golden {
			if got[name] != "" {
				archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
			}
		}
		require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
		return
	}
	for _, name := range golden {
		require.Equal(t, section(archive, name), got[name], "section %s of %s; go test ./commands -update writes it anew", name, file)
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// A fakeConsole gives canned answers in their order, and notes what was asked. A request without an answer fails the test, and
// so does an answer that nobody asked for.
type fakeConsole struct {
	server *httptest.Server

	mu      sync.Mutex
	answers []answer
	log     strings.Builder
}

type answer struct {
	method, path string
	status       int
	body         []byte
}

func newFakeConsole(t *testing.T, archive *txtar.Archive) *fakeConsole {
	c := &fakeConsole{}
	for _, f := range archive.Files {
		words := strings.Fields(f.Name)
		if words[0] != "answer" {
			continue
		}
		a := answer{method: words[1], path: words[2], status: http.StatusOK, body: f.Data}
		if len(words) > 3 {
			status, err := strconv.Atoi(words[3])
			require.NoError(t, err)
			a.status = status
		}
		c.answers = append(c.answers, a)
	}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

const apiRoot = "/web/api/v2.1/"

func (c *fakeConsole) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, apiRoot)
	fmt.Fprintf(&c.log, "%s %s\n", r.Method, path)
	for _, pair := range strings.Split(r.URL.RawQuery, "&") {
		if pair != "" {
			fmt.Fprintf(&c.log, "  %s\n", unescapeQuery(pair))
		}
	}
	if r.Header.Get("Authorization") == "" {
		fmt.Fprintln(&c.log, "  without the token")
	}
	if len(body) > 0 {
		fmt.Fprintf(&c.log, "  %s\n", strings.TrimSpace(string(body)))
	}
	if len(c.answers) == 0 || c.answers[0].method != r.Method || c.answers[0].path != path {
		w.WriteHeader(http.StatusNotImplemented)
		fmt.Fprintf(w, `{"errors":[{"detail":"the story has no answer to %s %s here"}]}`, r.Method, path)
		return
	}
	a := c.answers[0]
	c.answers = c.answers[1:]
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

func (c *fakeConsole) requests() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}

func (c *fakeConsole) requireUsed(t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var unused []string
	for _, a := range c.answers {
		unused = append(unused, a.method+" "+a.path)
	}
	require.Empty(t, unused, "answers that nobody asked for, after:\n%s", c.log.String())
	require.NotContains(t, c.log.String(), "the story has no answer")
}

// call is a caller's, to this console under a name that does not change from test to test.
func (c *fakeConsole) call(t testing.TB) *catalog.Call {
	console, err := s1.New(s1.Config{
		BaseURL: "https://console.test", Token: s1.NewSecret("token"), HTTPClient: &http.Client{Transport: redirected{c.server.URL}},
		RetryPause: time.Nanosecond,
	})
	require.NoError(t, err)
	return &catalog.Call{Console: console, Caller: catalog.Caller{ID: "U1", Name: "alice", Zone: zone, Now: now}, Now: now}
}

// redirected sends everything to one server.
type redirected struct{ to string }

func (r redirected) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.URL.Scheme = "http"
	request.URL.Host = strings.TrimPrefix(r.to, "http://")
	return http.DefaultTransport.RoundTrip(request)
}

func unescapeQuery(pair string) string {
	return strings.NewReplacer("%2C", ",", "%3A", ":", "+", " ", "%22", `"`, "%5C", `\`).Replace(pair)
}
