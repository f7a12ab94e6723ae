package notifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

// A world is a console, a Slack and a journal, with a notifier between them that can be stopped and started. Time in it is
// simulated.
type world struct {
	t       *testing.T
	console *console
	slack   *slack
	journal *memory
	config  Config
	log     *logBook
	running *Notifier
	stop    func()
}

// story runs a test in a world of its own.
func story(t *testing.T, tell func(*testing.T, *world)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer func() { w.stop() }()
		tell(t, w)
	})
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, console: &console{}, slack: &slack{closed: map[string]bool{}}, journal: newMemory(), log: &logBook{}, stop: func() {}}
	w.config = Config{Console: w.console, Journal: w.journal, Leases: w.journal, Messages: w.slack, Files: w.slack, ThreatsChannel: "CTHREATS", AlertsChannel: "CALERTS", Burst: 5000,
		Logger: slog.New(slog.NewTextHandler(w.log, nil))}
	return w
}

func (w *world) start() {
	n, err := New(w.config)
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	w.running = n
	w.stop = func() {
		cancel()
		require.NoError(w.t, <-done)
		w.stop = func() {}
	}
	synctest.Wait()
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// A logBook is a log to read in.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) Count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

func TestFirstStartTellsOfWhatHappensFromThenOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.console.AddThreat(threat{Name: "yesterday", Age: 20 * time.Hour})
		w.console.AddThreat(threat{Name: "a moment ago", Age: time.Second})
		w.console.AddAlert("old rule", time.Minute, 0)
		w.start()
		w.console.AddThreat(threat{Name: "new"})
		w.console.AddAlert("new rule", 0, 0)
		w.pass(time.Minute)
		require.Equal(t, []string{"new"}, titles(w, "CTHREATS"))
		require.Equal(t, []string{"new rule"}, titles(w, "CALERTS"))
	})
}

func TestWhatComesWhileTheProgramIsStillStartingIsNoHistory(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		n, err := New(w.config)
		require.NoError(t, err)
		w.console.AddThreat(threat{Name: "before", Age: time.Second})
		w.pass(time.Second)
		w.console.AddThreat(threat{Name: "while Slack is greeted"})
		w.pass(3 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- n.Run(ctx) }()
		w.pass(time.Minute)
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, []string{"while Slack is greeted"}, titles(w, "CTHREATS"))
	})
}

func TestBackfillTellsAsMuchOfThePastAsAskedFor(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Backfill = 24 * time.Hour
		w.console.AddThreat(threat{Name: "last week", Age: 7 * 24 * time.Hour})
		w.console.AddThreat(threat{Name: "two days ago", Age: 47 * time.Hour})
		w.console.AddThreat(threat{Name: "an hour ago", Age: time.Hour})
		w.console.AddThreat(threat{Name: "this morning", Age: 23 * time.Hour})
		w.start()
		w.pass(time.Hour)
		require.Equal(t, []string{"this morning", "an hour ago"}, titles(w, "CTHREATS"), "oldest first")
	})
}

func TestALaterStartGoesOnWhereTheLastOneWas(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.AddThreat(threat{Name: "before"})
		w.pass(time.Minute)
		w.stop()
		for i := range 5 {
			w.console.AddThreat(threat{Name: fmt.Sprintf("meanwhile %d", i)})
			w.pass(60 * time.Hour)
		}
		w.config.Backfill = time.Hour // of the first start only
		w.start()
		w.pass(time.Minute)
		require.Equal(t, []string{"before", "meanwhile 0", "meanwhile 1", "meanwhile 2", "meanwhile 3", "meanwhile 4"}, titles(w, "CTHREATS"))
	})
}

func TestAConsoleThatIsDownAtTheFirstStartLosesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.console.AddThreat(threat{Name: "history", Age: time.Minute})
		w.console.set(func(s *console) { s.fault = func(string) (error, error) { return errors.New("503"), nil } })
		w.start()
		w.pass(10 * time.Minute)
		w.console.AddThreat(threat{Name: "while it was down", Age: 5 * time.Minute})
		w.console.set(func(s *console) { s.fault = nil })
		w.pass(5 * time.Minute)
		require.Equal(t, []string{"while it was down"}, titles(w, "CTHREATS"))
		require.Equal(t, 1, w.log.Count(`level=WARN msg="feed cannot be read; nothing is lost, it is tried again" feed=threat`), "said once")
		require.Equal(t, 1, w.log.Count(`level=INFO msg="feed is read again" feed=threat`))
	})
}

func TestLateAndEqualTimeStampsAreTold(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Interval = time.Minute
		w.start()
		w.console.AddThreat(threat{Name: "one"})
		w.console.AddThreat(threat{Name: "same moment"})
		w.console.AddThreat(threat{Name: "same moment, indexed two minutes later", Late: 2 * time.Minute})
		w.console.AddThreat(threat{Name: "indexed five hours later", Late: 5 * time.Hour})
		w.console.AddThreat(threat{Name: "made before the first start, indexed after", Age: 3 * time.Hour, Late: time.Hour})
		w.console.AddAlert("late", 0, 20*time.Hour)
		w.pass(90 * time.Second)
		require.Equal(t, []string{"one", "same moment"}, titles(w, "CTHREATS"))
		w.pass(24 * time.Hour)
		require.Equal(t, []string{"one", "same moment", "same moment, indexed two minutes later",
			"made before the first start, indexed after", "indexed five hours later"}, titles(w, "CTHREATS"))
		require.Equal(t, []string{"late"}, titles(w, "CALERTS"))
	})
}

// A console whose clock is behind, or that indexes hours later, is told of with the next poll all the same; one that has too much
// for that, with the tenth.
func TestWhatIsHoursLateIsToldWithTheNextPoll(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.pass(10 * time.Minute)
		w.console.AddThreat(threat{Name: "of three hours ago", Age: 3 * time.Hour})
		w.console.AddAlert("an alert of yesterday", 20*time.Hour, 0)
		w.pass(31*time.Second + 500*time.Millisecond)
		require.Equal(t, []string{"of three hours ago"}, titles(w, "CTHREATS"))
		require.Equal(t, []string{"an alert of yesterday"}, titles(w, "CALERTS"))
		for i := range cheapSweep + 1 {
			w.console.AddThreat(threat{Name: fmt.Sprint("many ", i)})
		}
		w.pass(time.Hour)
		before := len(w.slack.In("CTHREATS"))
		w.console.AddThreat(threat{Name: "late", Age: 5 * time.Hour})
		w.pass(sweepEvery*30*time.Second + 2*time.Second)
		require.Len(t, w.slack.In("CTHREATS"), before+1)
	})
}

func TestAStampFromTheFutureDoesNotCarryTheCursorAway(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.AddThreat(threat{Name: "from 2090", Age: -64 * 365 * 24 * time.Hour})
		w.pass(time.Minute)
		w.console.AddThreat(threat{Name: "now"})
		w.pass(time.Minute)
		require.ElementsMatch(t, []string{"from 2090", "now"}, titles(w, "CTHREATS"))
	})
}

func TestAPageThatFailsIsReadAgainAndTheOtherFeedGoesOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.set(func(s *console) { s.perPage = 3 })
		calls := 0
		w.console.set(func(s *console) {
			s.fault = func(op string) (error, error) {
				if calls++; op == "threats" && calls%3 != 0 {
					return errors.New("502"), nil
				}
				return nil, nil
			}
		})
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprintf("threat %02d", i))
			w.console.AddThreat(threat{Name: want[i]})
			w.pass(time.Millisecond)
		}
		w.console.AddAlert("an alert", 0, 0)
		w.pass(time.Minute)
		require.Equal(t, []string{"an alert"}, titles(w, "CALERTS"))
		w.pass(time.Hour)
		require.Equal(t, want, titles(w, "CTHREATS"))
	})
}

func TestACursorThatRepeatsIsAnErrorAndNoEndlessLoop(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Console = looping{w.console}
		w.start()
		w.console.AddThreat(threat{Name: "told all the same"})
		w.pass(time.Hour)
		require.Equal(t, []string{"told all the same"}, titles(w, "CTHREATS"))
		require.Positive(t, w.log.Count("list has no end"))
	})
}

// looping gives every page of threats the same cursor, except to the first look.
type looping struct{ *console }

func (l looping) ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error) {
	p, err := l.console.ThreatsPage(ctx, q.With("cursor"))
	if len(p.Items) > 0 {
		p.Next = "again"
	}
	return p, err
}

func TestRowsWithNothingInThemAreToldWithWhatThereIs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		now := time.Now()
		w.console.set(func(s *console) {
			s.threats = append(s.threats,
				&threatRow{Threat: s1.Threat{ID: "1"}, indexed: now},
				&threatRow{Threat: s1.Threat{Info: s1.ThreatInfo{ThreatName: "no id"}}, indexed: now},
			)
		})
		w.config.Console = unfiltered{w.console}
		w.stop()
		w.start()
		w.pass(time.Hour)
		require.Len(t, w.slack.In("CTHREATS"), 2)
		require.Contains(t, titles(w, "CTHREATS"), "no id")
	})
}

// unfiltered is a console that shows rows without times whatever the filter.
type unfiltered struct{ *console }

func (u unfiltered) ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error) {
	return u.console.ThreatsPage(ctx, q.With("createdAt__gte").With("updatedAt__gte"))
}

func TestOneChannelMayHaveBothFeedsAndAnUnsetOneIsOff(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.AlertsChannel = "CTHREATS"
		w.start()
		w.console.AddThreat(threat{Name: "threat"})
		w.console.AddAlert("alert", 0, 0)
		w.pass(time.Minute)
		require.ElementsMatch(t, []string{"threat", "alert"}, titles(w, "CTHREATS"))
		w.stop()

		w.config.AlertsChannel = ""
		w.start()
		w.console.AddAlert("nobody asked", 0, 0)
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CTHREATS"), 2)
	})
}

func TestCardsOfAChannelThatIsNoLongerSetStillFollow(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		id := w.console.AddThreat(threat{Name: "first channel"})
		w.pass(time.Minute)
		w.stop()
		w.config.ThreatsChannel = "COTHER"
		w.start()
		w.console.AddThreat(threat{Name: "second channel"})
		w.console.Change(id, resolve)
		w.pass(time.Minute)
		require.Equal(t, []string{"second channel"}, titles(w, "COTHER"))
		require.Equal(t, []string{"first channel"}, titles(w, "CTHREATS"))
		require.Len(t, w.slack.In("CTHREATS")[0].Edits, 1)
	})
}

func TestOldNoticesAreForgottenAndNotToldAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Interval = 3 * time.Hour
		w.start()
		id := w.console.AddThreat(threat{Name: "old"})
		for day := range 60 {
			w.pass(24 * time.Hour)
			w.console.AddThreat(threat{Name: fmt.Sprintf("day %d", day)})
		}
		w.console.Change(id, resolve)
		w.pass(6 * time.Hour)
		require.Len(t, w.slack.In("CTHREATS"), 61)
		require.Less(t, len(w.journal.rows), 40)
	})
}

func TestNewRefusesAnIncompleteConfig(t *testing.T) {
	t.Parallel()
	_, err := New(Config{})
	require.ErrorContains(t, err, "needs a console, a journal, leases, messages and files")
}

func titles(w *world, channel string) []string { return w.slack.Titles(channel) }

func resolve(t *s1.Threat) {
	t.Info.IncidentStatus, t.Info.AnalystVerdict = s1.StatusResolved, s1.VerdictTruePositive
}
