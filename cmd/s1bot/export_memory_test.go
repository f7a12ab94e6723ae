package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// An estate is a console's list of so many endpoints, or of what happened on them, each of about so many bytes; it is never in memory.
type estate struct{ endpoints, width int }

func (e estate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("cursor"), "c"))
	to := min(from+max(limit, 1), e.endpoints)
	out := bufio.NewWriter(w)
	defer out.Flush()
	fmt.Fprint(out, `{"data":[`)
	pad := strings.Repeat("x", e.width)
	for i := from; i < to; i++ {
		if i > from {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, `{"id":"18451747604%08d","computerName":"DESKTOP-%d","siteName":"Berlin","isActive":true,"osName":"Windows 11 Pro","lastLoggedInUserName":"%s"}`, i, i, pad)
	}
	next := "null"
	if to < e.endpoints {
		next = fmt.Sprintf(`"c%d"`, to)
	}
	fmt.Fprintf(out, `],"pagination":{"totalItems":%d,"nextCursor":%s}}`, e.endpoints, next)
}

// Fifty thousand endpoints as a CSV file took 82 MiB above idle. Rows go from the console's pages to disk and from there to Slack, so that
// what is in memory is a page, however long and wide the list is, whatever the file and the database.
func TestAWholeListIsNeverInMemory(t *testing.T) {
	for _, c := range []struct {
		name, ending string
		postgres     bool
		path         string // of the list
		shown        func(*flood) (asks func(), place string)
		estate
	}{
		{"CSV", ".csv", false, "/v2.1/agents", wholeList("CSV file"), estate{100_000, 300}},
		{"JSON on PostgreSQL", ".json", true, "/v2.1/agents", wholeList("JSON file"), estate{100_000, 300}},
		{"wide rows", ".csv", false, "/v2.1/agents", wholeList("CSV file"), estate{40_000, 9000}},
		{"a case file's zip", ".zip", false, "/explore/events", filed, estate{100_000, 30}},
	} {
		if watched {
			c.endpoints /= 10
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &flood{story: simulate(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, c.path) {
						c.ServeHTTP(w, r)
						return
					}
					next.ServeHTTP(w, r)
				})
			})}
			f.environ["S1BOT_DATABASE_URL"], f.environ["TMPDIR"] = ownFile(t), t.TempDir()
			if c.postgres {
				f.environ["S1BOT_DATABASE_URL"] = startPostgres(t).URL
			}
			process := f.run()
			require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
			f.types("alice", "#soc", "/s1 agents limit=10")
			f.isTold("alice", "Agents")
			asks, place := c.shown(f)
			idle := resident(t, process.Process.Pid)
			began := time.Now()
			asks()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			m, err := f.slack.WaitMessage(ctx, place, func(m slacksim.Message) bool { return len(m.Files) > 0 && strings.HasSuffix(m.Files[0].Name, c.ending) })
			require.NoError(t, err)
			took, content := time.Since(began), string(m.Files[0].Content)
			if c.ending == ".zip" {
				content = unzipped(t, []byte(content))["events.jsonl"]
			}
			require.Equal(t, c.endpoints, strings.Count(content, "DESKTOP-"))
			most := peak(t, process)
			t.Logf("%d rows, %d MiB: %d MiB before, %d at most, %s", c.endpoints, len(content)>>20, idle, most, took.Round(time.Second))
			require.Less(t, most, idle+32)
			entries, err := os.ReadDir(f.environ["TMPDIR"])
			require.NoError(t, err)
			require.Empty(t, entries, "no name on disk, at no time")
			f.slack.ForgetViolations()
		})
	}
}

// wholeList is a list with a button for all of it as a file.
func wholeList(label string) func(*flood) (func(), string) {
	return func(f *flood) (func(), string) {
		f.types("alice", "#soc", "/s1 agents")
		list := f.isTold("alice", "page 1 of")
		return func() { f.clicks("alice", list, label) }, "@alice"
	}
}

// filed is a threat of which a case file can be asked for.
func filed(f *flood) (func(), string) {
	id := f.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	return func() { f.types("alice", "#soc", "/s1 case "+id) }, "#soc"
}
