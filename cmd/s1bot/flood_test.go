package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
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

// A flood is the program in processes of its own, with both services simulated by the test.
type flood struct {
	*story
	faults atomic.Bool // one call in a hundred of either side fails
	listed map[string][]string
}

// pour starts the services; the program is started with run.
func pour(t *testing.T, database string) *flood {
	f := &flood{listed: map[string][]string{}}
	f.story = simulate(t, f.shaky)
	f.environ["S1BOT_DATABASE_URL"] = database
	return f
}

func ownFile(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "flood.db") }

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

// run starts the program as people do. What it logs is shown, and told to hears.
func (f *flood) run(hears ...io.Writer) *exec.Cmd {
	c := exec.Command(buildProgram(f.t), "run")
	c.Env = os.Environ()
	for name, value := range f.environ {
		c.Env = append(c.Env, name+"="+value)
	}
	c.Stderr = io.MultiWriter(append(hears, f.log)...)
	require.NoError(f.t, c.Start())
	f.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return c
}

// peak is the most memory that a process had, in MiB.
func peak(t testing.TB, c *exec.Cmd) int {
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
			for _, id := range f.inFile(file) {
				times[id]++
			}
		}
	}
	return times, messages
}

// inFile are the threats that only the file tells of. A file is read once.
func (f *flood) inFile(file slacksim.File) []string {
	if ids, known := f.listed[file.ID]; known {
		return ids
	}
	ids := []string{}
	rows, err := csv.NewReader(strings.NewReader(string(file.Content))).ReadAll()
	require.NoError(f.t, err)
	for _, row := range rows[1:] {
		if row[11] == "no" {
			ids = append(ids, row[1])
		}
	}
	f.listed[file.ID] = ids
	return ids
}

// rises adds threats of which every hundredth is critical, or every four hundredth where time is short, all between two polls, and returns their ids and the time of the poll that
// found them.
func (f *flood) rises(n int) (ids []string, poll time.Time) {
	f.polls(3) // what there was, what is new, what changed
	critical := 400
	if everything() {
		critical = 100
	}
	for i := range n {
		spec := s1sim.ThreatSpec{Name: fmt.Sprintf("worm%d.exe", i%300), Agent: fmt.Sprintf("DESKTOP-%d", i%9+1), Confidence: "suspicious", Mitigation: "not_mitigated"}
		if i%critical == 7 {
			spec.Confidence = "malicious"
		}
		ids = append(ids, f.console.AddThreat(spec))
	}
	before := len(f.polls(0))
	return ids, f.polls(before + 1)[before].Time
}

// polls waits until the console was asked for threats n times.
func (f *flood) polls(n int) []s1sim.Call {
	calls, err := f.console.WaitCalls(f.patient(), n, s1sim.Match{Method: "GET", PathPrefix: "/threats"})
	require.NoError(f.t, err)
	return calls
}

func (f *flood) settles(ids []string, within time.Duration) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		times, _ := f.told()
		return len(times) >= len(ids)
	}, within, time.Second)
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

// everything reports whether the long forms of these tests are wanted (`make flood`).
func everything() bool { return os.Getenv("S1BOT_TEST_FLOOD") != "" }

func TestAFloodOfThreatsInOnePoll(t *testing.T) {
	threats := 3_000
	switch {
	case everything():
		threats = 10_000
	case watched:
		threats = 1_000
	}
	f := pour(t, ownFile(t))
	f.environ["S1BOT_POLL_INTERVAL"] = "10s"
	f.measure(f.run(), threats)
}

func TestAFloodWhileOneCallInAHundredFails(t *testing.T) {
	t.Parallel()
	threats := 500
	if everything() {
		threats = 10_000
	}
	f := pour(t, ownFile(t))
	f.environ["S1BOT_POLL_INTERVAL"] = "5s"
	f.faults.Store(true)
	f.measure(f.run(), threats)
}

// measure has a flood told by a process, and looks at pace and size.
func (f *flood) measure(c *exec.Cmd, threats int) {
	ids, poll := f.rises(threats)
	first := f.sees("#threats", "Malicious")
	f.settles(ids, 15*time.Minute) // a busy machine under the race detector needs two
	_, messages := f.told()
	f.t.Logf("first critical card %v after the poll; %d messages; all told after %v; %d MiB at most",
		first.Time.Sub(poll).Round(time.Millisecond), len(messages), time.Since(poll).Round(time.Second), peak(f.t, c))
	require.Less(f.t, peak(f.t, c), 128)
	f.slack.ForgetViolations()
}

func TestKilledAtRandomMomentsNothingIsLostOrToldTwice(t *testing.T) {
	t.Parallel()
	f := pour(t, ownFile(t))
	runs := 5
	if everything() {
		runs = 100
	}
	c := f.run()
	f.polls(3)
	var ids []string
	for i := range runs {
		for range 1 + rand.IntN(30) {
			ids = append(ids, f.console.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("evil%d.exe", i), Agent: "DESKTOP-1", Confidence: []string{"suspicious", "malicious"}[rand.IntN(2)]}))
		}
		<-time.After(time.Duration(rand.IntN(4000)) * time.Millisecond)
		require.NoError(t, c.Process.Signal(syscall.SIGKILL))
		_ = c.Wait()
		c = f.run()
	}
	f.settles(ids, 15*time.Minute)
	f.slack.ForgetViolations()
}

// A crown is the process of several that reads the console and tells Slack, by what they log.
type crown struct{ holder atomic.Int32 }

// of hears one process.
func (c *crown) of(n int) io.Writer {
	return hears(func(line string) {
		if strings.Contains(line, "this process posts notifications") {
			c.holder.Store(int32(n))
		}
	})
}

type hears func(string)

func (h hears) Write(b []byte) (int, error) {
	h(string(b))
	return len(b), nil
}

func TestOfTwoProcessesOneTellsAndTheOtherTakesOverWithoutGapOrRepeat(t *testing.T) {
	t.Parallel()
	f := pour(t, startPostgres(t).URL)
	var reading crown
	processes := []*exec.Cmd{f.run(reading.of(0)), f.run(reading.of(1))}
	f.polls(3)
	kills := 2
	if everything() {
		kills = 20
	}
	var ids []string
	for i := range kills {
		add := func() {
			ids = append(ids, f.console.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("evil%d.exe", i), Agent: "DESKTOP-1", Confidence: "malicious"}))
		}
		add()
		<-time.After(time.Duration(rand.IntN(2000)) * time.Millisecond)
		victim := reading.holder.Load()
		require.NoError(t, processes[victim].Process.Signal(syscall.SIGKILL))
		killed := time.Now()
		_ = processes[victim].Wait()
		add()
		asked := len(f.polls(0))
		t.Logf("taken over %v after the kill", f.polls(asked + 1)[asked].Time.Sub(killed).Round(time.Millisecond))
		// what a process writes arrives by a pipe, a little after what it does
		require.Eventually(t, func() bool { return reading.holder.Load() != victim }, patience, 10*time.Millisecond)
		processes[victim] = f.run(reading.of(int(victim)))
	}
	f.settles(ids, 15*time.Minute)
	f.slack.ForgetViolations()
}
