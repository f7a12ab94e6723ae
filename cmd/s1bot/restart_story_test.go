package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A rollout restarts two processes on one database, one after the other, while people approve and wait.
type rollout struct {
	*flood
	approvals map[string]*approval // by host
	typed     int                  // commands of alice's that wait for the console
	slowest   time.Duration        // stop
}

// An approval is one card and who clicked on it.
type approval struct {
	id      string
	card    slacksim.Message
	by      string
	clicked time.Time
}

func TestARollingRestartLosesNoClickAndTellsWhoWaits(t *testing.T) {
	t.Parallel()
	r := &rollout{flood: pour(t, startPostgres(t).URL), approvals: map[string]*approval{}}
	_, budget := withPolicy(t, "approvals: {max_targets_per_hour: 100000}\n")
	budget(r.environ)
	r.environ["S1BOT_THREATS_CHANNEL"], r.environ["S1BOT_ALERTS_CHANNEL"], r.environ["S1BOT_LOG_LEVEL"] = "", "", "warn"
	processes := []*exec.Cmd{r.run(), r.run()}
	require.NoError(t, r.slack.WaitSockets(r.patient(), 4))
	for i := range 20 {
		r.asks(fmt.Sprintf("ROLL-%d", i), []string{"bob", "carol"}[i%2])
	}
	over := make(chan struct{})
	var people sync.WaitGroup
	people.Go(func() { r.approve(over) })
	for _, p := range processes {
		r.restart(p)
	}
	close(over)
	people.Wait()
	r.judge()
}

func (r *rollout) asks(host, approver string) {
	a := &approval{id: r.console.AddAgent(s1sim.AgentSpec{Name: host}), by: approver}
	r.types("alice", "#soc", "/s1 shutdown "+host+" reason=test")
	a.card = r.sees("#approvals", "Approval needed", host)
	r.approvals[host] = a
}

// approve has people click from before the first restart until after the last.
func (r *rollout) approve(over <-chan struct{}) {
	for _, a := range r.approvals {
		a.clicked = time.Now()
		_ = r.slack.User(a.by).Clicks(a.card, "Approve") // what became of it is seen on the card
		select {
		case <-over:
		case <-time.After(150 * time.Millisecond):
		}
	}
}

// restart stops a process while commands of one person hang in both, as its service manager does, and starts it again.
func (r *rollout) restart(p *exec.Cmd) {
	const perProcess, many = 4, 40
	r.hang("/system/info")
	before := r.calls("/system/info")
	for range many {
		r.types("alice", "#soc", "/s1 get-system-info")
	}
	r.typed += many
	_, err := r.console.WaitCalls(r.patient(), before+2*perProcess, s1sim.Match{PathPrefix: "/system/info"})
	require.NoError(r.t, err)
	told := r.toldAlice("I'm restarting")
	began := time.Now()
	require.NoError(r.t, p.Process.Signal(syscall.SIGTERM))
	require.Eventually(r.t, func() bool { return r.toldAlice("I'm restarting") > told }, patience, 10*time.Millisecond, "who waits is told")
	require.NoError(r.t, p.Process.Signal(syscall.SIGTERM)) // some service managers repeat it
	r.console.Heal()
	require.NoError(r.t, p.Wait(), "a stop is no failure")
	r.slowest = max(r.slowest, time.Since(began))
	r.run()
	require.NoError(r.t, r.slack.WaitSockets(r.patient(), 4))
}

// toldAlice counts what she alone was told.
func (r *rollout) toldAlice(words string) (n int) {
	for _, m := range r.slack.User("alice").Sees("#soc") {
		if m.EphemeralTo != "" && strings.Contains(m.PlainText(), words) {
			n++
		}
	}
	return n
}

// judge looks what became of every click and every command. What Slack showed as failed, because a socket closed on it, people do again.
func (r *rollout) judge() {
	again := 0
	for host, a := range r.approvals {
		require.Eventually(r.t, func() bool {
			if r.missed(a) { // which Slack may show after everything else
				again, a.clicked = again+1, time.Now()
				_ = r.slack.User(a.by).Clicks(a.card, "Approve")
			}
			return strings.Contains(r.now(a.card), "Successful")
		}, 2*patience, 10*time.Millisecond, host)
		require.Equal(r.t, 1, r.callsOn(a.id), host)
	}
	failed := r.toldAlice("failed with the error")
	require.Eventually(r.t, func() bool { return r.toldAlice("Get System Info")+failed >= r.typed }, patience, 10*time.Millisecond, "each command is answered")
	require.Equal(r.t, r.typed, r.toldAlice("Get System Info")+failed)
	r.t.Logf("%d approvals and %d commands; Slack showed %d and %d as failed; the slowest stop took %v", len(r.approvals), r.typed, again, failed, r.slowest)
	require.Less(r.t, r.slowest, drainLimit)
	r.slack.ForgetViolations() // they are counted
}

// missed tells whether Slack showed a click as failed.
func (r *rollout) missed(a *approval) bool {
	return slices.ContainsFunc(r.slack.User(a.by).Sees("#approvals"), func(m slacksim.Message) bool {
		return m.EphemeralTo != "" && m.Time.After(a.clicked) && strings.Contains(m.Text, "Operation timed out") && strings.Contains(r.now(a.card), "Approval needed")
	})
}
