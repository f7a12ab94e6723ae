package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rows writes a list of agents of about so many MiB, without saying how long it is, and asks nobody how many rows are wanted.
func rows(w http.ResponseWriter, mib int) {
	out := bufio.NewWriter(w)
	defer out.Flush()
	fmt.Fprint(out, `{"data":[`)
	pad := strings.Repeat("x", 10<<10)
	for i := range mib * 102 {
		if i > 0 {
			fmt.Fprint(out, ",")
		}
		fmt.Fprintf(out, `{"id":"18451747604703%05d","computerName":"DESKTOP-%d","domain":"%s"}`, i, i, pad)
	}
	fmt.Fprint(out, `],"pagination":{"totalItems":9,"nextCursor":null}}`)
}

// Two answers of 64 MiB took 665 MB, and 400 of them stayed.
func TestLargeAnswersFitTheMemoryOfTheProcess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mib   int
		hears string
	}{{64, "larger than 8 MiB, so I didn't read it"}, {7, "Agents · 714"}} {
		t.Run(fmt.Sprintf("%d MiB", c.mib), func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			f := &flood{story: simulate(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/v2.1/agents") {
						asked.Add(1)
						rows(w, c.mib)
						return
					}
					next.ServeHTTP(w, r)
				})
			})}
			f.environ["S1BOT_DATABASE_URL"] = ownFile(t)
			process := f.run()
			require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
			require.Less(t, resident(t, process.Process.Pid), 48, "idle")
			before := allocated(t, process.Process.Pid)
			for _, who := range []string{"alice", "bob", "carol"} {
				f.types(who, "#soc", "/s1 agents")
			}
			for _, who := range []string{"alice", "bob", "carol"} {
				f.isTold(who, c.hears)
			}
			require.Less(t, asked.Load(), int32(20))
			require.Less(t, peak(t, process), 128)
			require.Eventually(t, func() bool { return allocated(t, process.Process.Pid) < before+16 }, patience, time.Second, "what it took goes back")
			t.Logf("%d MiB allocated before, %d resident at most, %d allocated afterwards", before, peak(t, process), allocated(t, process.Process.Pid))
			f.slack.ForgetViolations()
		})
	}
}

// A search for a part of a name may find a whole estate, and a console may send pages without end: two hundred pages of endpoints that
// are called otherwise took 480 MB, for they were kept until the last had come.
func TestALookUpKeepsNoneOfWhatItDoesNotMean(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	f := &flood{story: simulate(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/v2.1/agents") || r.URL.Query().Get("computerName__contains") == "" {
				next.ServeHTTP(w, r)
				return
			}
			out, page := bufio.NewWriter(w), asked.Add(1)
			defer out.Flush()
			fmt.Fprint(out, `{"data":[`)
			for i := range 1000 {
				if i > 0 {
					fmt.Fprint(out, ",")
				}
				fmt.Fprintf(out, `{"id":"1845%06d%08d","computerName":"SRV-1-%d-%d","siteName":"Berlin","isActive":true}`, page, i, page, i)
			}
			fmt.Fprintf(out, `],"pagination":{"totalItems":1000000,"nextCursor":"c%d"}}`, page)
		})
	})}
	f.environ["S1BOT_DATABASE_URL"] = ownFile(t)
	process := f.run()
	require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
	f.types("alice", "#soc", "/s1 isolate SRV-1 reason=phishing")
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute) // two hundred pages, at the console's pace
	defer cancel()
	_, err := f.slack.WaitEphemeral(ctx, "alice", having([]string{"never ends"}))
	require.NoError(t, err)
	require.LessOrEqual(t, asked.Load(), int32(200))
	require.Less(t, peak(t, process), 128)
	f.slack.ForgetViolations()
}

// resident is the memory that a process has, in MiB.
func resident(t testing.TB, pid int) int { return status(t, pid, "VmRSS") }

// allocated is what of it is not pages of the program's file, of which more are there with each thing that the program does for the first time.
func allocated(t testing.TB, pid int) int { return status(t, pid, "RssAnon") }

// status is a figure of a process (proc(5)), in MiB.
func status(t testing.TB, pid int, what string) (mib int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, what+": %d kB", &mib)
	}
	return mib >> 10
}
