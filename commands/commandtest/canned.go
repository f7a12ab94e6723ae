package commandtest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"s1bot/commands/catalog"
	"s1bot/s1"
	"s1bot/s1/huntapi"
)

// A cannedConsole gives the answers of a story in their order, and notes what was asked. A request
// without an answer fails the test, and so does an answer that nobody asked for.
type cannedConsole struct {
	engine  huntapi.HuntEngine // what hunts run on; "" is Deep Visibility
	unified s1.UnifiedMode     // whether unified alerts are used; "" is off

	mu      sync.Mutex
	answers []answer
	log     strings.Builder
}

type answer struct {
	method, path string
	status       int
	body         []byte
}

// newCannedConsole reads the answers of a story: "answer METHOD path [status]", in the order in
// which they must be asked for. The status is 200 unless the line has one.
func newCannedConsole(t *testing.T, archive *txtar.Archive) *cannedConsole {
	c := &cannedConsole{engine: huntapi.HuntEngine(strings.TrimSpace(section(archive, "engine"))), unified: s1.UnifiedMode(strings.TrimSpace(section(archive, "unified")))}
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
	return c
}

// APIRoot is where the console's API begins; stories and made-up consoles name paths behind it.
const APIRoot = "/web/api/v2.1/"

// ServeHTTP gives the next answer, to the very request that it is for. Anything else is 501 with a
// text that names the request: one that a story does not know must fail the story.
func (c *cannedConsole) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, APIRoot)
	body, _ := io.ReadAll(r.Body)
	note(&c.log, r, path, body)
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

// note writes a request down as stories have it: a line for the path, one for each pair of the
// query, one for the body.
func note(log *strings.Builder, r *http.Request, path string, body []byte) {
	fmt.Fprintf(log, "%s %s\n", r.Method, path)
	for _, pair := range strings.Split(r.URL.RawQuery, "&") {
		if pair != "" {
			fmt.Fprintf(log, "  %s\n", readable(pair))
		}
	}
	if r.Header.Get("Authorization") == "" {
		fmt.Fprintln(log, "  without the token")
	}
	if len(body) > 0 {
		fmt.Fprintf(log, "  %s\n", strings.TrimSpace(string(body)))
	}
}

func readable(pair string) string {
	return strings.NewReplacer("%2C", ",", "%3A", ":", "+", " ", "%22", `"`, "%5C", `\`).Replace(pair)
}

func (c *cannedConsole) requests() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}

func (c *cannedConsole) requireUsed(t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var unused []string
	for _, a := range c.answers {
		unused = append(unused, a.method+" "+a.path)
	}
	require.Empty(t, unused, "answers that nobody asked for, after:\n%s", c.log.String())
	require.NotContains(t, c.log.String(), "the story has no answer")
}

// call is a caller's, to this console under a name that does not change from test to test: cards
// link to it.
func (c *cannedConsole) call(t testing.TB) *catalog.Call {
	return callAs(t, c, s1.Config{BaseURL: "https://console.test", Token: s1.NewSecret("token"), Engine: c.engine, Unified: c.unified})
}
