package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A flood is the program in a process of its own, with both services simulated by the test.
type flood struct {
	*story
	faults atomic.Bool // one call in a hundred of either side fails
}

// pour starts the services; the program is started with run.
func pour(t *testing.T, settings ...string) *flood {
	f := &flood{}
	f.story = simulate(t, f.shaky)
	for i := 0; i+1 < len(settings); i += 2 {
		f.environ[settings[i]] = settings[i+1]
	}
	f.environ["S1BOT_DATABASE_URL"] = "sqlite:" + filepath.Join(t.TempDir(), "flood.db")
	return f
}

// shaky makes a hundredth of all calls fail while faults is set.
func (f *flood) shaky(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.faults.Load() && r.Header.Get("Upgrade") == "" {
			switch rand.IntN(200) {
			case 0:
				w.Header().Set("Retry-After", "1")
				http.Error(w, `{"ok":false,"error":"ratelimited"}`, http.StatusTooManyRequests)
				return
			case 1:
				http.Error(w, "bad gateway", http.StatusBadGateway)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// run starts the program as people do.
func (f *flood) run() *exec.Cmd {
	c := exec.Command(buildProgram(f.t), "run")
	c.Env = os.Environ()
	for name, value := range f.environ {
		c.Env = append(c.Env, name+"="+value)
	}
	c.Stderr = f.logs()
	require.NoError(f.t, c.Start())
	f.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return c
}

// peak is the most memory that a process had, in MiB.
func peak(t *testing.T, c *exec.Cmd) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	require.NoError(t, err)
	var kb int
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &kb)
	}
	return kb >> 10
}

// told counts how often each threat was told: by a card, or by a row of a digest's file that has none.
func (f *flood) told() (times map[string]int, messages []slacksim.Message) {
	times = map[string]int{}
	for _, m := range f.slack.User("carol").Sees("#threats") {
		var meta struct {
			Payload struct{ Key string } `json:"event_payload"`
		}
		_ = json.Unmarshal(m.Metadata, &meta)
		if id, ok := strings.CutPrefix(meta.Payload.Key, "threat:"); ok {
			times[id]++
		}
		messages = append(messages, m)
		for _, file := range m.Files {
			rows, err := csv.NewReader(strings.NewReader(string(file.Content))).ReadAll()
			require.NoError(f.t, err)
			for _, row := range rows[1:] {
				if row[11] == "no" {
					times[row[1]]++
				}
			}
		}
	}
	return times, messages
}

// flows adds threats of which every hundredth is critical and waits until all are told.
func (f *flood) flows(n int) (ids []string, began time.Time) {
	f.polled()
	before := time.Now()
	for i := range n {
		spec := s1sim.ThreatSpec{Name: fmt.Sprintf("worm%d.exe", i%300), Agent: fmt.Sprintf("DESKTOP-%d", i%9+1), Confidence: "suspicious", Mitigation: "not_mitigated"}
		if i%400 == 7 {
			spec.Confidence = "malicious"
		}
		ids = append(ids, f.console.AddThreat(spec))
	}
	f.t.Logf("%d threats made in %v", n, time.Since(before))
	return ids, time.Now()
}

func (f *flood) settles(ids []string, within time.Duration) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		times, _ := f.told()
		return len(times) >= len(ids)
	}, within, 500*time.Millisecond)
	times, messages := f.told()
	for _, id := range ids {
		require.Equal(f.t, 1, times[id], "threat %s", id)
	}
	for i := range messages {
		if i > 0 {
			gap := messages[i].Time.Sub(messages[i-1].Time).Abs()
			require.GreaterOrEqual(f.t, gap, 900*time.Millisecond, "the channel's pace")
		}
	}
}

func TestTenThousandThreatsInOnePoll(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	both := []bool{false, true}
	if os.Getenv("S1BOT_TEST_FLOOD") == "" {
		t.Log("with faults only where S1BOT_TEST_FLOOD is set")
		both = both[:1]
	}
	for _, faulty := range both {
		t.Run(fmt.Sprintf("faults %v", faulty), func(t *testing.T) {
			f := pour(t, "S1BOT_POLL_INTERVAL", "20s")
			c := f.run()
			f.faults.Store(faulty)
			ids, began := f.flows(10_000)
			first := f.sees("#threats", "Malicious")
			f.settles(ids, 8*time.Minute) // a busy machine under the race detector needs two
			_, messages := f.told()
			t.Logf("first critical card %v after the last threat was made; %d messages; all told after %v; %d MiB at most",
				first.Time.Sub(began).Round(time.Millisecond), len(messages), time.Since(began).Round(time.Second), peak(t, c))
			require.Less(t, peak(t, c), 128)
			f.slack.ForgetViolations()
		})
	}
}

func TestKilledAtRandomMomentsNothingIsLostOrToldTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	f := pour(t, "S1BOT_POLL_INTERVAL", "1s")
	runs := 5
	if os.Getenv("S1BOT_TEST_FLOOD") != "" {
		runs = 100
	}
	c := f.run()
	ids, _ := f.flows(1)
	for i := range runs {
		for range 1 + rand.IntN(30) {
			ids = append(ids, f.console.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("evil%d.exe", i), Agent: "DESKTOP-1", Confidence: []string{"suspicious", "malicious"}[rand.IntN(2)]}))
		}
		<-time.After(time.Duration(rand.IntN(4000)) * time.Millisecond)
		require.NoError(t, c.Process.Signal(syscall.SIGKILL))
		_ = c.Wait()
		c = f.run()
	}
	f.settles(ids, 8*time.Minute)
	f.slack.ForgetViolations()
}
