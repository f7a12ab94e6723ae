package main

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/refusal"
	"s1bot/s1"
)

// goneStatuses are what a closed path may answer: which of them is not known before it happens.
var goneStatuses = []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented}

// An otherWay is a route that consoles close, and the one that the command takes then.
type otherWay struct{ closed, next string }

// otherWays are those that there are, by command. Alerts and hunts are told of every age in their areas.
var otherWays = map[string]otherWay{
	"mark-as-threat": {"POST /web/api/v2.0/threats/mark-as-threat", "POST threats/analyst-verdict"}, "get-hash-reputations": {"GET hashes/", "GET hashes/"},
	"get-exclusions": {"GET exclusions", "GET unified-exclusions"}, "create-exclusion": {"POST exclusions", "POST unified-exclusions"},
	"update-exclusion": {"PUT exclusions", "PUT unified-exclusions"}, "delete-exclusions": {"DELETE exclusions", "DELETE unified-exclusions"},
}

// Each route that a command uses is closed, with each status, in JSON and as a page: the command goes the next way where there is one, and
// elsewhere the person reads what is closed and what to do. `s1bot check` tries each of them, and what it says does not work does not.
func TestEveryCommandMeetsClosedRoutes(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	fails := map[string]map[string]bool{} // by method and route, the commands that do not work without it
	for _, cmd := range commands.Known().Commands() {
		t.Run(cmd.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := breed(t, cmd)
				for _, key := range m.routes() {
					route := routeOf(key)
					if fails[route] == nil {
						fails[route] = map[string]bool{}
					}
					statuses := goneStatuses
					if watched {
						statuses = statuses[:2]
					}
					for i, status := range statuses {
						page := (i+len(key))%2 == 0
						fails[route][cmd.Name] = m.meetsClosed(key, status, page) && (i == 0 || fails[route][cmd.Name])
						if way := otherWays[cmd.Name]; way.closed != "" && strings.HasPrefix(key, way.closed) {
							taken[cmd.Name] = true
							m.meetsClosed(key, status, !page)
						}
					}
				}
			})
		})
	}
	require.Len(t, taken, len(otherWays))
	requireCheckTries(t, fails)
}

// routes are those that the command asked for, once each.
func (m *mutant) routes() (keys []string) {
	seen := map[string]bool{}
	for _, s := range m.tape.shots {
		if !seen[s.key] {
			seen[s.key] = true
			keys = append(keys, s.key)
		}
	}
	return keys
}

// meetsClosed runs the command with one route closed, and tells whether it fails for that.
func (m *mutant) meetsClosed(key string, status int, page bool) (fails bool) {
	body := `{"errors":[{"code":` + map[int]string{404: "4040010", 405: "4050010", 410: "4100010", 501: "5010010"}[status] + `,"title":"` + http.StatusText(status) + `","detail":null}]}`
	if page {
		body = "<html><head><title>" + http.StatusText(status) + "</title></head><body>nginx</body></html>"
	}
	m.tape.closed = &shot{key: key, status: status, header: http.Header{}, body: []byte(body)}
	defer func() { m.tape.closed = nil }()
	got := m.run()
	name := strings.Join([]string{key, http.StatusText(status), body[:1]}, " ")
	m.requireSane(name, got)
	if way := otherWays[m.cmd.Name]; way.closed != "" && strings.HasPrefix(key, way.closed) {
		asked := func(other string) bool { return other != key && strings.HasPrefix(other, way.next) }
		assert.True(m.t, slices.ContainsFunc(slices.Collect(maps.Keys(m.tape.heard)), asked), "%s: the next way was not taken: %s", name, got.text())
		return false
	}
	var e *s1.Error
	if errors.As(got.err, &e) && e.Status == status {
		advice := refusal.Advice(e, m.cmd.Needs)
		assert.NotEmpty(m.t, e.Message, name)
		assert.NotEmpty(m.t, advice, name)
		assert.NotContains(m.t, advice, "I don't know what to do", name)
		return true
	}
	return false
}
