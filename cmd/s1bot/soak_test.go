package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
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

// A soak is a working day in short: twenty people who read, ask, approve and deny, threats that come meanwhile, two processes on one
// database of which one is restarted now and then, and one call in a hundred of either service that fails. What people asked for must
// happen once, and a process that has served it all must not have grown.
type soak struct {
	*flood
	stays, goes soaked // two processes: one is restarted
	began       time.Time
	takes       time.Duration
	mu          sync.Mutex
	count       tally
	threats     []string
}

// A tally counts what people did and what became of it.
type tally struct {
	reads, requests, denied, ran, failed, open int
	again                                      int // what Slack or the bot showed as not done, and people did again
	restarts                                   int
	slowest                                    time.Duration // stop
	lost, doubled                              []string
}

// A soaked process is one of the two.
type soaked struct {
	*exec.Cmd
	address string
	samples []footprint
}

// A footprint is what a process tells of itself at /metrics.
type footprint struct{ goroutines, mib, files float64 }

func (f footprint) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f MiB, %.0f files", f.goroutines, f.mib, f.files)
}

// soakTime is a minute, or what S1BOT_TEST_SOAK says (`make soak`).
func soakTime() (takes, restartEvery time.Duration) {
	if long, err := time.ParseDuration(os.Getenv("S1BOT_TEST_SOAK")); err == nil {
		return long, time.Minute
	}
	return time.Minute, 20 * time.Second
}

const soakers = 20

// pause is the least that a person does nothing between two of their commands.
func pause() time.Duration {
	if watched {
		return 2 * time.Second
	}
	return time.Second
}

func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT CHECKED: -short leaves out the minute under load that make test and CI run")
	}
	t.Parallel()
	s := newSoak(t)
	takes, every := soakTime()
	s.began, s.takes = time.Now(), takes
	var busy, people sync.WaitGroup
	for n := range soakers {
		people.Go(func() { s.works(n) })
	}
	over := make(chan struct{})
	busy.Go(func() { s.strikes(over) })
	busy.Go(func() { s.samples(over) })
	busy.Go(func() { s.restarts(over, every) })
	people.Wait()
	close(over)
	busy.Wait()
	s.settles(s.threats, 3*time.Minute)
	s.slack.ForgetViolations() // of a busy machine: what Slack showed as failed is counted
	s.judge()
}

func newSoak(t *testing.T) *soak {
	s := &soak{flood: pour(t, startPostgres(t).URL)}
	var members []string
	for n := range soakers {
		s.slack.AddUser(slacksim.User{Name: soaker(n), RealName: soaker(n)})
		members = append(members, soaker(n))
	}
	s.slack.AddChannel(slacksim.Channel{ID: "C0FLOOR", Name: "floor", Members: members})
	shift := s.slack.AddGroup(slacksim.Group{Handle: "shift", Members: members})
	s.environ["S1BOT_OPERATORS"], s.environ["S1BOT_APPROVERS"] = shift, shift
	_, budget := withPolicy(t, "approvals: {max_targets_per_hour: 100000}")
	budget(s.environ)
	s.environ["S1BOT_LOG_LEVEL"] = "error"
	s.stays.address, s.goes.address = freeAddr(t), freeAddr(t)
	s.boot(&s.goes)
	s.boot(&s.stays)
	require.NoError(t, s.slack.WaitSockets(s.patient(), 4))
	s.polls(3)
	s.faults.Store(true)
	return s
}

func soaker(n int) string { return fmt.Sprintf("analyst%02d", n%soakers) }

func (s *soak) boot(p *soaked) {
	s.environ["S1BOT_HTTP_ADDR"] = p.address
	p.Cmd = s.run()
}

func (s *soak) add(change func(*tally)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.count)
}

// works is the day of one person: they look at an endpoint, ask for something, and somebody decides on it.
func (s *soak) works(n int) {
	for round := 0; time.Since(s.began) < s.takes; round++ {
		host := fmt.Sprintf("SOAK-%02d-%d", n, round)
		id := s.console.AddAgent(s1sim.AgentSpec{Name: host})
		if s.does(n, "/s1 agents "+host, host, s.hears(n, host)) {
			s.add(func(c *tally) { c.reads++ })
		}
		command := []string{"shutdown", "isolate"}[round%2]
		var card slacksim.Message
		if s.does(n, "/s1 "+command+" "+host+" reason=soak", host, s.finds(host, &card)) {
			s.decides(n, round, host, id, card)
		}
		<-time.After(pause() + rand.N(2*pause()))
	}
}

// does has a person type a line until what they wait for is there: again only where Slack shows them that the app did not answer, or
// the bot that it did nothing (a gate that can't ask Slack who is who refuses, and says so).
func (s *soak) does(n int, line, about string, there func(since time.Time) bool) bool {
	began := time.Now()
	var typed time.Time
	for ; time.Since(began) < endurance; <-time.After(200 * time.Millisecond) {
		if typed.IsZero() || s.failed(n, typed) {
			if !typed.IsZero() {
				s.add(func(c *tally) { c.again++ })
			}
			typed = time.Now()
			if err := s.slack.User(soaker(n)).Types("#floor", line); err != nil {
				s.t.Errorf("%s: %v", line, err)
				return false
			}
		}
		if there(began) {
			return true
		}
	}
	s.add(func(c *tally) { c.lost = append(c.lost, line+" ("+about+"); since then they saw: "+s.saw(n, began)) })
	return false
}

// saw is all that a person was shown since then in their channel and beside the bot: what is lost is to say how.
func (s *soak) saw(n int, since time.Time) string {
	var texts []string
	for _, place := range []string{"#floor", "@s1bot"} {
		for _, m := range s.slack.User(soaker(n)).Sees(place) {
			if m.Time.After(since) && (m.EphemeralTo != "" || place == "@s1bot") {
				texts = append(texts, fmt.Sprintf("%s %s %q", m.Time.Format(time.TimeOnly), place, m.PlainText()))
			}
		}
	}
	return strings.Join(texts, "\n")
}

// failed tells whether a person was shown since then that nothing came of their line.
func (s *soak) failed(n int, since time.Time) bool {
	return s.sawThere(n, since, func(text string) bool {
		return strings.Contains(text, "failed with the error") || strings.Contains(text, "Operation timed out") || strings.Contains(text, "Nothing was done. Try again")
	})
}

func (s *soak) hears(n int, host string) func(time.Time) bool {
	return func(since time.Time) bool {
		return s.sawThere(n, since, func(text string) bool { return strings.Contains(text, host) && !strings.Contains(text, "failed with") })
	}
}

// sawThere looks at what a person was shown in their channel since then.
func (s *soak) sawThere(n int, since time.Time, is func(text string) bool) bool {
	return slices.ContainsFunc(s.slack.User(soaker(n)).Sees("#floor"), func(m slacksim.Message) bool {
		return m.EphemeralTo != "" && m.Time.After(since) && is(m.PlainText())
	})
}

// finds looks for the card that asks about a host.
func (s *soak) finds(host string, card *slacksim.Message) func(time.Time) bool {
	return func(since time.Time) bool {
		for _, m := range slices.Backward(s.slack.User("bob").Sees("#approvals")) {
			if m.Time.Before(since) {
				return false
			}
			if text := m.PlainText(); strings.Contains(text, "Approval needed") && strings.Contains(text, host) {
				*card = m
				return true
			}
		}
		return false
	}
}

// decides has somebody else approve, or deny every seventh, and looks what became of it at the console.
func (s *soak) decides(n, round int, host, id string, card slacksim.Message) {
	s.add(func(c *tally) { c.requests++ })
	decider := n + 1 + rand.IntN(soakers-1)
	if round%7 == 6 {
		s.denies(decider, host, id, card)
		return
	}
	var text string
	ended := func(time.Time) bool {
		text = s.now(card)
		return strings.Contains(text, "Successful") || strings.Contains(text, "May have run") || strings.Contains(text, "Failed")
	}
	if !s.clicksUntil(decider, card, ended) {
		s.add(func(c *tally) { c.lost = append(c.lost, host+": "+s.now(card)) })
		return
	}
	calls := s.callsOn(id)
	s.add(func(c *tally) {
		switch {
		case strings.Contains(text, "Successful"):
			c.ran++
			if calls == 0 {
				c.lost = append(c.lost, host+": said to have run")
			}
		case strings.Contains(text, "May have run"):
			c.open++
		default:
			c.failed++
		}
		if calls > 1 {
			c.doubled = append(c.doubled, fmt.Sprintf("%s: %d calls", host, calls))
		}
	})
}

func (s *soak) denies(decider int, host, id string, card slacksim.Message) {
	denied := s.does(decider, "/s1 deny "+refPattern.FindString(card.PlainText())+" not today", host, func(time.Time) bool { return strings.Contains(s.now(card), "Denied") })
	s.add(func(c *tally) {
		c.denied++
		if denied && s.callsOn(id) > 0 {
			c.doubled = append(c.doubled, host+": denied, and run")
		}
	})
}

// clicksUntil has somebody approve until the card tells an end: again only where Slack got no acknowledgement, as far as the card
// still asks.
func (s *soak) clicksUntil(n int, card slacksim.Message, there func(time.Time) bool) bool {
	began := time.Now()
	var clicked time.Time
	for ; time.Since(began) < endurance; <-time.After(200 * time.Millisecond) {
		if there(began) {
			return true
		}
		if clicked.IsZero() || s.unheard(n, clicked) && strings.Contains(s.now(card), "Approval needed") {
			if !clicked.IsZero() {
				s.add(func(c *tally) { c.again++ })
			}
			clicked = time.Now()
			_ = s.slack.User(soaker(n)).Clicks(card, "Approve") // somebody may have been faster: then the card says so
		}
	}
	return false
}

// unheard tells whether Slack showed a person beside the button that the app did not answer.
func (s *soak) unheard(n int, since time.Time) bool {
	return slices.ContainsFunc(s.slack.User(soaker(n)).Sees("#approvals"), func(m slacksim.Message) bool {
		return m.EphemeralTo != "" && m.Time.After(since) && strings.Contains(m.Text, "Operation timed out")
	})
}

// now is what a card says now.
func (s *flood) now(card slacksim.Message) string {
	for _, m := range slices.Backward(s.slack.User("bob").Sees("#approvals")) {
		if m.TS == card.TS {
			return m.PlainText()
		}
	}
	return ""
}

// callsOn counts the calls that changed an endpoint.
func (s *flood) callsOn(id string) (n int) {
	for _, c := range s.console.Changes() {
		if strings.Contains(c.Body, `"`+id+`"`) {
			n++
		}
	}
	return n
}

// strikes has the console find threats, every few seconds one.
func (s *soak) strikes(over <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-over:
			return
		case <-time.After(3 * time.Second):
			s.threats = append(s.threats, s.console.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("soak%d.exe", n), Agent: "DESKTOP-1", Confidence: "malicious"}))
		}
	}
}

// restarts stops a process as its service manager does, and starts it again.
func (s *soak) restarts(over <-chan struct{}, every time.Duration) {
	for {
		select {
		case <-over:
			return
		case <-time.After(every):
		}
		began := time.Now()
		if err := s.goes.Process.Signal(syscall.SIGTERM); err != nil {
			s.t.Errorf("stop: %v", err)
		}
		if err := s.goes.Wait(); err != nil {
			s.t.Errorf("a process that was stopped: %v", err)
		}
		took := time.Since(began)
		s.boot(&s.goes)
		s.add(func(c *tally) { c.restarts++; c.slowest = max(c.slowest, took) })
	}
}

// samples reads what the process that stays tells of itself, forty times in all.
func (s *soak) samples(over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case <-time.After(s.takes / 40):
			if f, err := scrape(s.stays.address); err == nil {
				s.stays.samples = append(s.stays.samples, f)
			}
		}
	}
}

// scrape reads the figures of a process.
func scrape(address string) (f footprint, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return f, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return f, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	for line := range strings.Lines(string(body)) {
		_, _ = fmt.Sscanf(line, "go_goroutines %g", &f.goroutines)
		_, _ = fmt.Sscanf(line, "process_resident_memory_bytes %g", &f.mib)
		_, _ = fmt.Sscanf(line, "process_open_fds %g", &f.files)
	}
	f.mib /= 1 << 20
	return f, err
}

// judge prints the figures and compares the second quarter of the time with the last.
func (s *soak) judge() {
	c, all := s.count, s.stays.samples
	require.GreaterOrEqual(s.t, len(all), 8, "samples")
	early, late := middle(all[len(all)/4:len(all)/2]), middle(all[len(all)*3/4:])
	s.t.Logf("%v, %d people: %d reads, %d requests (%d ran, %d denied, %d failed, %d left to a person), %d threats told; %d clicks or lines that were shown as not done, and done again; %d restarts, the slowest stop %v; lost %d, doubled %d",
		s.takes, soakers, c.reads, c.requests, c.ran, c.denied, c.failed, c.open, len(s.threats), c.again, c.restarts, c.slowest.Round(time.Millisecond), len(c.lost), len(c.doubled))
	s.t.Logf("the process that stayed: %v in the second quarter, %v in the last", early, late)
	require.Empty(s.t, c.lost, "lost")
	require.Empty(s.t, c.doubled, "run twice, or though denied")
	require.Positive(s.t, c.ran)
	require.Positive(s.t, c.restarts)
	require.Less(s.t, c.slowest, drainLimit+5*time.Second, "a stop")
	require.LessOrEqual(s.t, late.goroutines, early.goroutines*1.25+32, "goroutines")
	require.LessOrEqual(s.t, late.mib, early.mib*1.25+16, "memory")
	require.LessOrEqual(s.t, late.files, early.files*1.25+16, "file handles")
}

// middle is the median of each figure.
func middle(all []footprint) footprint {
	median := func(of func(footprint) float64) float64 {
		var values []float64
		for _, f := range all {
			values = append(values, of(f))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return footprint{median(func(f footprint) float64 { return f.goroutines }), median(func(f footprint) float64 { return f.mib }), median(func(f footprint) float64 { return f.files })}
}
