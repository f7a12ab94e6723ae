// Package notifiertest is a console, a Slack and a journal for tests of the notifier, with faults
// to order. Time in it is simulated.
//
// Its one idea: a story has two edges that fail and a memory in between that must not lie. Each of
// the three has a Fault, which is asked before every operation, so a test can count operations, let
// the n-th one fail or lose its answer, stop the notifier there, start it again and look at what
// the channel shows. Nothing is a mock of the notifier's own parts: the real feeds and the real
// dispatcher run.
//
//	Console ──▶ Notifier (real) ──▶ Slack
//	               │  ▲
//	               ▼  │
//	             Memory (survives Stop and Start)
//
// The rule one must not break: time moves in Pass alone (testing/synctest). A test that waits for
// real time, or starts a goroutine outside the story's bubble, would see states that never settle.
package notifiertest

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"s1bot/commands"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// SetFaults gives console, journal and Slack one fault, such as a bomb that counts the operations
// of all three.
func SetFaults(w *World, f Fault) {
	w.Console.Set(func(s *Console) { s.Fault = f })
	w.Journal.Set(func(s *Memory) { s.Fault = f })
	w.Slack.Set(func(s *Slack) { s.Fault = f })
}

// Listed are the ids in the files of a channel's threads, without those that have a card of their
// own.
func Listed(w *World, channel string) (ids []string) {
	w.Slack.Set(func(s *Slack) {
		for _, f := range s.Files {
			rows, err := csv.NewReader(strings.NewReader(string(f.File.Body))).ReadAll()
			require.NoError(w.T, err)
			for _, row := range rows[1:] {
				if f.Channel == channel && row[11] == "no" {
					ids = append(ids, row[1])
				}
			}
		}
	})
	return ids
}

// Malicious makes a threat urgent: nobody has stopped it.
func Malicious(t *s1.Threat) {
	t.Info.ConfidenceLevel, t.Info.MitigationStatus = s1.ConfidenceMalicious, s1.NotMitigated
}

// Refuse has one feed answered with an error until healed.
func Refuse(w *World, feed string, err error) (heal func()) {
	w.Console.Set(func(c *Console) {
		c.Fault = func(op string) (error, error) {
			if op == feed {
				return err, nil
			}
			return nil, nil
		}
	})
	return func() { w.Console.Set(func(c *Console) { c.Fault = nil }) }
}

// A World is a console, a Slack and a journal, with a notifier between them that can be stopped and
// started. Time in it is simulated.
//
// Config may be changed between Stop and Start, as a person changes settings between two runs;
// Console, Slack and Journal go on.
type World struct {
	T       *testing.T
	Console *Console
	Slack   *Slack
	Journal *Memory
	Config  notifier.Config
	Log     *logBook
	Running *notifier.Notifier
	Stop    func()
}

// Story runs a test in a world of its own.
//
// Everything that tell starts has to end within it, which the bubble enforces.
func Story(t *testing.T, tell func(*testing.T, *World)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := NewWorld(t)
		defer func() { w.Stop() }()
		tell(t, w)
	})
}

// NewWorld is a world in which nothing has happened, for tests that need more than a Story. Bursts
// are cards unless Config.Burst says less.
func NewWorld(t *testing.T) *World {
	w := &World{T: t, Console: &Console{}, Slack: &Slack{Closed: map[string]bool{}}, Journal: NewMemory(), Log: &logBook{}, Stop: func() {}}
	w.Config = notifier.Config{Feeds: notifier.Feeds{Name: "default", Console: w.Console, ThreatsChannel: "CTHREATS", AlertsChannel: "CALERTS"}, Journal: w.Journal, Leases: w.Journal, Messages: w.Slack, Files: w.Slack, Burst: 5000,
		Actions: commands.Known().CardActions(),
		Logger:  slog.New(slog.NewTextHandler(w.Log, nil))}
	return w
}

// Start starts the notifier as Config says now; Stop stops it and waits for it.
//
// It returns when the first poll is done and all have gone to rest.
func (w *World) Start() {
	n, err := notifier.New(w.Config)
	require.NoError(w.T, err)
	ctx, cancel := context.WithCancel(w.T.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	w.Running = n
	w.Stop = func() {
		cancel()
		require.NoError(w.T, <-done)
		w.Stop = func() {}
	}
	synctest.Wait()
}

// Pass lets time go by.
func (w *World) Pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// A logBook is a log to read in.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write takes lines of a log.
func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// Count is how often the log has a text.
func (l *logBook) Count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

// Titles are the names of the cards in a channel, in order.
func Titles(w *World, channel string) []string { return w.Slack.Titles(channel) }

// Resolve is what an analyst does who is done with a threat.
func Resolve(t *s1.Threat) {
	t.Info.IncidentStatus, t.Info.AnalystVerdict = s1.StatusResolved, s1.VerdictTruePositive
}

// Globs are matchers as the policy file makes them.
func Globs(patterns ...string) (all []routing.Pattern) {
	for _, p := range patterns {
		all = append(all, policy.Pattern(p))
	}
	return all
}

// Shows tells whether a message's card has a text anywhere.
func Shows(t *testing.T, m Message, text string) bool {
	t.Helper()
	data, err := json.Marshal(m.Card)
	require.NoError(t, err)
	return strings.Contains(string(data), text)
}

// Pending are the notices that still wait for something.
func Pending(w *World) (waiting []journal.Notice) {
	for _, want := range []journal.Want{journal.ToPost, journal.ToEdit} {
		found, err := w.Journal.Notices(w.T.Context(), journal.Query{Want: want})
		require.NoError(w.T, err)
		waiting = append(waiting, found...)
	}
	return waiting
}

// Once makes one operation fail, the first of its name.
func Once(name string, before, after error) Fault {
	done := false
	return func(op string) (error, error) {
		if op != name || done {
			return nil, nil
		}
		done = true
		return before, after
	}
}

// inProcess answers requests with a handler, without a network, so that simulated time goes on.
//
// A real connection would block outside the bubble, and its clock would stand still.
type inProcess struct{ http.Handler }

// RoundTrip serves a request at once.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// Client is a real client of a console that a handler plays.
func Client(t testing.TB, h http.Handler) *s1.Client {
	var token s1.Secret
	require.NoError(t, token.UnmarshalText([]byte(s1sim.Token)))
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: token, HTTPClient: &http.Client{Transport: inProcess{h}}})
	require.NoError(t, err)
	return client
}
