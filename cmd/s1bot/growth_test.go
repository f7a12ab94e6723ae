package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A process that has served for months must be as small as after its first day. A thousand commands stand for
// months, or as many as S1BOT_TEST_COMMANDS says; a hundred thousand take a quarter of an hour.
func TestManyCommandsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	n, err := strconv.Atoi(os.Getenv("S1BOT_TEST_COMMANDS"))
	if err != nil {
		n = 1000
	}
	f := pour(t, ownFile(t))
	f.environ["S1BOT_THREATS_CHANNEL"], f.environ["S1BOT_ALERTS_CHANNEL"], f.environ["S1BOT_LOG_LEVEL"] = "", "", "error"
	f.environ["S1BOT_HTTP_ADDR"] = freeAddr(t)
	process := f.runUnpaced().Process
	require.NoError(t, f.slack.WaitSockets(f.patient(), 2))
	lines := []string{"help isolate", "agents DESKTOP-1", "threats", "history", "whoami", "can isolate DESKTOP-2", "agents nobody-%d", "isolat"}
	var early grown
	for done := 0; done < n; {
		for range 30 { // a person has at most fifty waiting
			line := strings.ReplaceAll(lines[done%len(lines)], "%d", fmt.Sprint(done))
			f.types([]string{"alice", "bob", "carol"}[done%3], "#soc", "/s1 "+line)
			done++
		}
		require.Eventually(t, func() bool { return f.grown().commands >= done }, 2*patience, 20*time.Millisecond, "commands that ended")
		if early == (grown{}) && done >= n/5 {
			early = f.grown()
			profile(process, 1)
		}
	}
	profile(process, 2)
	var late grown
	calm := func() bool { // what the last commands began has ended
		late = f.grown()
		return late.goroutines <= early.goroutines+16
	}
	require.Eventually(t, calm, patience, 100*time.Millisecond, "goroutines")
	t.Logf("after a fifth: %+v; at the end: %+v", early, late)
	require.LessOrEqual(t, late.live, early.live*1.2+4, "MiB on the heap after a collection")
	f.slack.ForgetViolations()
}

// A grown process tells at /metrics how many commands ended and what it holds.
type grown struct {
	commands         int
	live, goroutines float64
}

// grown reads the figures.
func (f *flood) grown() (g grown) {
	answer, err := http.Get("http://" + f.environ["S1BOT_HTTP_ADDR"] + "/metrics")
	require.NoError(f.t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(f.t, err)
	require.NoError(f.t, answer.Body.Close())
	for line := range strings.Lines(string(body)) {
		var count, next float64
		if labels, value, ok := strings.Cut(line, "} "); ok && strings.HasPrefix(labels, "s1bot_commands_total{") {
			count, _ = strconv.ParseFloat(strings.TrimSpace(value), 64)
			g.commands += int(count)
		}
		if _, err := fmt.Sscanf(line, "go_memstats_next_gc_bytes %g", &next); err == nil {
			g.live = next / 2 / (1 << 20) // with GOGC at 100 the next collection comes at twice what lived through the last
		}
		_, _ = fmt.Sscanf(line, "go_goroutines %g", &g.goroutines)
	}
	return g
}
