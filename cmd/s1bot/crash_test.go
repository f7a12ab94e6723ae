package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/cmd/s1bot/memory"
	"s1bot/s1/transport"

	"s1bot/bot/slacksim"
	"s1bot/bot/store/pgtest"
	"s1bot/s1/s1sim"
)

// childVariable makes the test binary be the program, for tests that kill it.
const childVariable = "S1BOT_TEST_CHILD"

// unpacedChild, as its value, makes it the program as it is but for the vendor's rates; else it finds out sooner what a crash left.
const unpacedChild = "unpaced"

// aheadVariable is by how much the clock of such a program is ahead, for what takes hours.
const aheadVariable = "S1BOT_TEST_AHEAD"

// TestAsAProgramToKill is the program where the process was started to be that, and nothing else.
func TestAsAProgramToKill(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		require.NoError(t, runAsChild())
	}
}

// runAsChild is `s1bot run` for tests; see childVariable.
func runAsChild() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if os.Getenv(childVariable) == bareChild {
		return new(bareLoop).run(ctx, os.Getenv("SLACK_API_URL"), os.Getenv("S1BOT_DATABASE_URL"))
	}
	c, err := readConfig(environment())
	if err != nil {
		return err
	}
	if c.unpaced = os.Getenv(childVariable) == unpacedChild; !c.unpaced {
		c.lease, c.tick = 1500*time.Millisecond, 200*time.Millisecond
	}
	if ahead, err := time.ParseDuration(os.Getenv(aheadVariable)); err == nil {
		c.now = func() time.Time { return time.Now().Add(ahead) }
	}
	if err := keepProfiles(ctx); err != nil {
		return err
	}
	c.gate, c.heap = transport.NewGate(memory.Bound(c.Memory<<20)), memory.NewHeap()
	p, err := assemble(ctx, c, newLogger(os.Stderr, c))
	if err != nil {
		return err
	}
	return p.run(ctx)
}

// crashes is how often the tests kill a process: a few times by default, S1BOT_TEST_CRASHES times where it is set (`make crash`).
func crashes(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("S1BOT_TEST_CRASHES")); err == nil {
		return n
	}
	return usual
}

// endurance is how long a request may take to its end after a crash, on a machine that is busy with other things: a request that is
// late is not lost.
const endurance = 3 * time.Minute

// A ruin counts what must not happen.
type ruin struct {
	mu                                               sync.Mutex
	kills, done, open, lost, twice, untrue, reclicks int
	between                                          int // kills after the second look began, before the console was called
}

func (c *ruin) add(change func(*ruin)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

func TestAKilledProcessLosesNothingAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	var counts ruin
	t.Run("rigs", func(t *testing.T) {
		for n := range 2 {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				newRig(t, "sqlite:"+filepath.Join(t.TempDir(), "crash.db"), 1).crash((crashes(10)+1)/2, &counts)
			})
		}
	})
	counts.check(t, "SQLite")
}

func TestKilledProcessesThatShareADatabaseLoseNothing(t *testing.T) {
	t.Parallel()
	server := startPostgres(t)
	var counts ruin
	newRig(t, server.URL, 2).crash((crashes(10)+1)/2, &counts)
	counts.check(t, "PostgreSQL, two processes")
}

func TestFiftyPeopleAndTwoProcessesMakeOneCall(t *testing.T) {
	t.Parallel()
	server := startPostgres(t)
	r := newRig(t, server.URL, 2)
	r.ensure()
	card := r.asks("shutdown", "CROWD-1")
	var clicks sync.WaitGroup
	for n := range 50 {
		clicks.Go(func() { _ = r.slack.User(fmt.Sprintf("lead%02d", n)).Clicks(card, "Approve") })
	}
	clicks.Wait()
	_, err := r.slack.WaitUpdate(r.patient(), card.Channel, card.TS, having([]string{"Successful"}))
	require.NoError(t, err)
	require.NoError(t, r.slack.Settle(r.patient()))
	require.Len(t, r.callsOn("CROWD-1"), 1)
}

// startPostgres starts a server, or says loudly that it could not.
func startPostgres(t testing.TB) *pgtest.Server {
	t.Helper()
	server, err := pgtest.Start(t.Context())
	if err != nil {
		fmt.Fprintf(os.Stderr, "\n*** %s DID NOT RUN: %v ***\n\n", t.Name(), err)
		t.Skip(err)
	}
	t.Cleanup(server.Stop)
	return server
}

func (c *ruin) check(t *testing.T, engine string) {
	t.Logf("%s: %d kills (%d of them between the second look and the call), %d ran, %d left to a person, %d clicks that Slack showed as failed; lost %d, twice %d, untrue %d",
		engine, c.kills, c.between, c.done, c.open, c.reclicks, c.lost, c.twice, c.untrue)
	require.True(t, c.kills < 4 || c.between > 0, "no kill came between the second look and the call")
	require.Zero(t, c.lost, "requests lost")
	require.Zero(t, c.twice, "actions run twice")
	require.Zero(t, c.untrue, "cards that say something untrue")
}

// A rig is a workspace and a console with processes that can be killed.
type rig struct {
	t        *testing.T
	slack    *slacksim.Workspace
	console  *s1sim.Console
	environ  []string
	children []*exec.Cmd
	ids      map[string]string
}

func newRig(t *testing.T, database string, processes int) *rig {
	t.Helper()
	r := &rig{t: t, slack: slacksim.New(slacksim.Options{}), console: s1sim.New(s1sim.Options{Empty: true, Latency: 15 * time.Millisecond}),
		children: make([]*exec.Cmd, processes), ids: map[string]string{}}
	slackServer, consoleServer := httptest.NewServer(r.slack), httptest.NewServer(r.console)
	t.Cleanup(consoleServer.Close)
	t.Cleanup(slackServer.Close)
	t.Cleanup(r.slack.Close)
	settings := populate(r.slack)
	var leads []string
	for n := range 50 {
		name := fmt.Sprintf("lead%02d", n)
		r.slack.AddUser(slacksim.User{Name: name, RealName: name})
		leads = append(leads, name)
	}
	settings["S1BOT_APPROVERS"] = "@soc-leads," + r.slack.AddGroup(slacksim.Group{Handle: "crowd", Members: leads})
	_, budget := withPolicy(t, "approvals: {max_targets_per_hour: 100000}")
	budget(settings)
	delete(settings, "S1BOT_THREATS_CHANNEL")
	delete(settings, "S1BOT_ALERTS_CHANNEL")
	settings["SLACK_APP_TOKEN"], settings["SLACK_BOT_TOKEN"] = slacksim.AppToken, slacksim.BotToken
	settings["SLACK_API_URL"], settings["S1_URL"] = slackServer.URL+"/api/", consoleServer.URL
	settings["S1_API_TOKEN"], settings["S1BOT_HTTP_ADDR"], settings["S1BOT_DATABASE_URL"] = s1sim.Token, "", database
	settings["S1BOT_LOG_LEVEL"], settings[childVariable] = "error", "1"
	for name, value := range settings {
		r.environ = append(r.environ, name+"="+value)
	}
	t.Cleanup(func() {
		for n := range r.children {
			r.kill(n)
		}
	})
	return r
}

func (r *rig) patient() context.Context {
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*patience)
	r.t.Cleanup(cancel)
	return ctx
}

// ensure starts every process that does not run.
func (r *rig) ensure() {
	r.t.Helper()
	for n, child := range r.children {
		if child != nil {
			continue
		}
		child = exec.Command(os.Args[0], "-test.run=^TestAsAProgramToKill$")
		child.Env, child.Stderr = append(os.Environ(), r.environ...), newTestLog(r.t)
		require.NoError(r.t, child.Start())
		r.children[n] = child
	}
	require.NoError(r.t, r.slack.WaitSockets(r.patient(), 2*len(r.children)))
}

// kill ends a process as a power cut does.
func (r *rig) kill(n int) {
	if child := r.children[n]; child != nil {
		_ = child.Process.Kill()
		_ = child.Wait()
		r.children[n] = nil
	}
}

// asks has alice ask for something, and returns the card that waits. Where the machine is so busy that Slack shows her that the app did
// not answer, she types it again, as people do.
func (r *rig) asks(command, host string) slacksim.Message {
	r.t.Helper()
	r.ids[host] = r.console.AddAgent(s1sim.AgentSpec{Name: host})
	for try := 1; ; try++ {
		require.NoError(r.t, r.slack.User("alice").Types("#soc", "/s1 "+command+" "+host+" reason=test"))
		ctx, cancel := context.WithTimeout(r.patient(), patience/2)
		card, err := r.slack.WaitMessage(ctx, "#approvals", having([]string{"Approval needed", host}))
		cancel()
		if err == nil {
			return card
		}
		require.Equal(r.t, 1, try, err.Error())
	}
}

// trail is what the database tells of the last requests, for somebody who has to find out where one got lost.
func (r *rig) trail() string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	audit := exec.CommandContext(ctx, buildProgram(r.t), "audit", "--since", "10m")
	audit.Env = append(os.Environ(), r.environ...)
	out, err := audit.CombinedOutput()
	return fmt.Sprint(string(out), err)
}

// callsOn are the calls that changed a host.
func (r *rig) callsOn(host string) []s1sim.Call {
	return slices.DeleteFunc(r.console.Changes(), func(c s1sim.Call) bool { return !strings.Contains(c.Body, `"`+r.ids[host]+`"`) })
}

// crash kills processes between a click and its outcome, rounds times, and counts what became of it.
func (r *rig) crash(rounds int, counts *ruin) {
	for n := range rounds {
		r.ensure()
		command, once := "shutdown", true // never repeated by itself
		if n%4 == 3 {
			command, once = "isolate", false
		}
		host := fmt.Sprintf("CRASH-%d", n)
		card := r.asks(command, host)
		when := r.anyMoment
		if n%2 == 1 {
			when = r.secondLook()
		}
		acked, between := r.clickAndKill(card, host, when)
		counts.add(func(c *ruin) {
			c.kills++
			if between {
				c.between++
			}
		})
		r.ensure()
		r.settles(card, acked, host, once, counts)
	}
}

// anyMoment is some time between a click and its outcome.
func (r *rig) anyMoment() (looked bool) {
	<-time.After(time.Duration(rand.IntN(130_000)) * time.Microsecond)
	return false
}

// secondLook waits for the look that the program takes at the endpoint once more, just before it acts, and a little longer: what the
// look asks first, or also what it asks then. It is set up before the click.
func (r *rig) secondLook() (when func() (looked bool)) {
	look := s1sim.Match{Method: "GET", PathPrefix: "/agents"}
	asked := 0
	for _, c := range r.console.Calls() {
		if c.Method == "GET" && strings.HasSuffix(c.Path, "/agents") {
			asked++
		}
	}
	asked += 1 + rand.IntN(2)
	return func() bool {
		ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Second)
		defer cancel()
		_, err := r.console.WaitCalls(ctx, asked, look)
		<-time.After(time.Duration(rand.IntN(8_000)) * time.Microsecond)
		return err == nil
	}
}

// clickAndKill has bob approve while a process is killed at some moment, and reports whether Slack got its acknowledgement, and
// whether the kill came when the program had looked and not called yet.
func (r *rig) clickAndKill(card slacksim.Message, host string, when func() bool) (acked, between bool) {
	var kill sync.WaitGroup
	kill.Go(func() {
		looked := when()
		between = looked && len(r.callsOn(host)) == 0
		victim := rand.IntN(len(r.children))
		for n := range r.children {
			if n == victim || rand.IntN(3) == 0 {
				r.kill(n)
			}
		}
	})
	acked = r.click(card)
	kill.Wait()
	return acked, between
}

// waiting are the cards of the approvals channel that ask to approve something on a host.
func (r *rig) waiting(host string) (texts []string) {
	for _, m := range r.slack.User("bob").Sees("#approvals") {
		if text := m.PlainText(); strings.Contains(text, "Approval needed") && strings.Contains(text, host+" ") {
			texts = append(texts, text)
		}
	}
	return texts
}

// click has bob approve, and reports whether Slack got its acknowledgement.
func (r *rig) click(card slacksim.Message) bool {
	before := r.slack.Acks()
	if r.slack.User("bob").Clicks(card, "Approve") != nil {
		return false
	}
	_ = r.slack.Settle(r.patient())
	return slices.ContainsFunc(r.slack.Acks(), func(a slacksim.Ack) bool {
		return a.Kind == "block_actions" && !slices.ContainsFunc(before, func(b slacksim.Ack) bool { return a.EnvelopeID == b.EnvelopeID })
	})
}

// settles waits until the card tells an end, and compares it with what the console knows. A person whose click Slack showed as
// failed clicks again.
func (r *rig) settles(card slacksim.Message, acked bool, host string, once bool, counts *ruin) {
	ended := func(m slacksim.Message) bool {
		text := m.PlainText()
		return strings.Contains(text, "Successful") || strings.Contains(text, "May have run") || strings.Contains(text, "Failed")
	}
	for ; !acked; acked = r.click(card) {
		counts.add(func(c *ruin) { c.reclicks++ })
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), endurance)
	defer cancel()
	last, err := r.slack.WaitUpdate(ctx, card.Channel, card.TS, ended)
	calls := len(r.callsOn(host))
	counts.add(func(c *ruin) {
		switch text := last.PlainText(); {
		case err != nil:
			c.lost++
			r.t.Logf("lost: %s: %v; the card says %q; the trail:\n%s", host, err, last.PlainText(), r.trail())
		case strings.Contains(text, "May have run"):
			c.open++
		default:
			c.done++
			if strings.Contains(text, "Successful") != (calls > 0) {
				c.untrue++
				r.t.Logf("untrue: %s after %d calls: %s", host, calls, text)
			}
		}
		if waiting := r.waiting(host); err == nil && len(waiting) > 0 {
			c.untrue++
			r.t.Logf("untrue: %s ended, and still waits in %v", host, waiting)
		}
		if once && calls > 1 {
			c.twice++
			r.t.Logf("twice: %s: %v", host, r.callsOn(host))
		}
	})
}
