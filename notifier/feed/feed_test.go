package feed_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/notifiertest"
	"s1bot/s1"
)

func TestFirstStartTellsOfWhatHappensFromThenOn(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Console.AddThreat(notifiertest.NewThreat{Name: "yesterday", Age: 20 * time.Hour})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "a moment ago", Age: time.Second})
		w.Console.AddAlert("old rule", time.Minute, 0)
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "new"})
		w.Console.AddAlert("new rule", 0, 0)
		w.Pass(time.Minute)
		require.Equal(t, []string{"new"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, []string{"new rule"}, notifiertest.Titles(w, "CALERTS"))
	})
}

func TestWhatComesWhileTheProgramIsStillStartingIsNoHistory(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		n, err := notifier.New(w.Config)
		require.NoError(t, err)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "before", Age: time.Second})
		w.Pass(time.Second)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "while Slack is greeted"})
		w.Pass(3 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- n.Run(ctx) }()
		w.Pass(time.Minute)
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, []string{"while Slack is greeted"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestBackfillTellsAsMuchOfThePastAsAskedFor(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Backfill = 24 * time.Hour
		w.Console.AddThreat(notifiertest.NewThreat{Name: "last week", Age: 7 * 24 * time.Hour})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "two days ago", Age: 47 * time.Hour})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "an hour ago", Age: time.Hour})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "this morning", Age: 23 * time.Hour})
		w.Start()
		w.Pass(time.Hour)
		require.Equal(t, []string{"this morning", "an hour ago"}, notifiertest.Titles(w, "CTHREATS"), "oldest first")
	})
}

func TestALaterStartGoesOnWhereTheLastOneWas(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "before"})
		w.Pass(time.Minute)
		w.Stop()
		for i := range 5 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprintf("meanwhile %d", i)})
			w.Pass(60 * time.Hour)
		}
		w.Config.Backfill = time.Hour // of the first start only
		w.Start()
		w.Pass(time.Minute)
		require.Equal(t, []string{"before", "meanwhile 0", "meanwhile 1", "meanwhile 2", "meanwhile 3", "meanwhile 4"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAConsoleThatIsDownAtTheFirstStartLosesNothing(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Console.AddThreat(notifiertest.NewThreat{Name: "history", Age: time.Minute})
		w.Console.Set(func(s *notifiertest.Console) { s.Fault = func(string) (error, error) { return errors.New("503"), nil } })
		w.Start()
		w.Pass(10 * time.Minute)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "while it was down", Age: 5 * time.Minute})
		w.Console.Set(func(s *notifiertest.Console) { s.Fault = nil })
		w.Pass(5 * time.Minute)
		require.Equal(t, []string{"while it was down"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, 1, w.Log.Count(`level=WARN msg="feed stopped: it can't be read. Nothing is lost, retrying" feed=threat`), "said once")
		require.Equal(t, 1, w.Log.Count(`level=INFO msg="feed is back" feed=threat`))
	})
}

func TestLateAndEqualTimeStampsAreTold(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Interval = time.Minute
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "one"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "same moment"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "same moment, indexed two minutes later", Late: 2 * time.Minute})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "indexed five hours later", Late: 5 * time.Hour})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "made before the first start, indexed after", Age: 3 * time.Hour, Late: time.Hour})
		w.Console.AddAlert("late", 0, 20*time.Hour)
		w.Pass(90 * time.Second)
		require.Equal(t, []string{"one", "same moment"}, notifiertest.Titles(w, "CTHREATS"))
		w.Pass(24 * time.Hour)
		require.Equal(t, []string{"one", "same moment", "same moment, indexed two minutes later",
			"made before the first start, indexed after", "indexed five hours later"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, []string{"late"}, notifiertest.Titles(w, "CALERTS"))
	})
}

// A console whose clock is behind, or that indexes hours later, is told of with the next poll all the same; one that has too much
// for that, with the tenth.
func TestWhatIsHoursLateIsToldWithTheNextPoll(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Pass(10 * time.Minute)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "of three hours ago", Age: 3 * time.Hour})
		w.Console.AddAlert("an alert of yesterday", 20*time.Hour, 0)
		w.Pass(31*time.Second + 500*time.Millisecond)
		require.Equal(t, []string{"of three hours ago"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, []string{"an alert of yesterday"}, notifiertest.Titles(w, "CALERTS"))
		for i := range 251 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("many ", i)})
		}
		w.Pass(time.Hour)
		before := len(w.Slack.In("CTHREATS"))
		w.Console.AddThreat(notifiertest.NewThreat{Name: "late", Age: 5 * time.Hour})
		w.Pass(10*30*time.Second + 2*time.Second)
		require.Len(t, w.Slack.In("CTHREATS"), before+1)
	})
}

func TestAStampFromTheFutureDoesNotCarryTheCursorAway(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "from 2090", Age: -64 * 365 * 24 * time.Hour})
		w.Pass(time.Minute)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "now"})
		w.Pass(time.Minute)
		require.ElementsMatch(t, []string{"from 2090", "now"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAPageThatFailsIsReadAgainAndTheOtherFeedGoesOn(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.Set(func(s *notifiertest.Console) { s.PerPage = 3 })
		calls := 0
		w.Console.Set(func(s *notifiertest.Console) {
			s.Fault = func(op string) (error, error) {
				if calls++; op == "threats" && calls%3 != 0 {
					return errors.New("502"), nil
				}
				return nil, nil
			}
		})
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprintf("threat %02d", i))
			w.Console.AddThreat(notifiertest.NewThreat{Name: want[i]})
			w.Pass(time.Millisecond)
		}
		w.Console.AddAlert("an alert", 0, 0)
		w.Pass(time.Minute)
		require.Equal(t, []string{"an alert"}, notifiertest.Titles(w, "CALERTS"))
		w.Pass(time.Hour)
		require.Equal(t, want, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestACursorThatRepeatsIsAnErrorAndNoEndlessLoop(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Console = looping{w.Console}
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "told all the same"})
		w.Pass(time.Hour)
		require.Equal(t, []string{"told all the same"}, notifiertest.Titles(w, "CTHREATS"))
		require.Positive(t, w.Log.Count("list has no end"))
	})
}

// looping gives every page of threats the same cursor, except to the first look.
type looping struct{ *notifiertest.Console }

func (l looping) ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error) {
	p, err := l.Console.ThreatsPage(ctx, q.With("cursor"))
	if len(p.Items) > 0 {
		p.Next = "again"
	}
	return p, err
}

func TestRowsWithNothingInThemAreToldWithWhatThereIs(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		now := time.Now()
		w.Console.Set(func(s *notifiertest.Console) {
			s.Threats = append(s.Threats,
				&notifiertest.ThreatRow{Threat: s1.Threat{ID: "1"}, Indexed: now},
				&notifiertest.ThreatRow{Threat: s1.Threat{Info: s1.ThreatInfo{ThreatName: "no id"}}, Indexed: now},
			)
		})
		w.Config.Console = unfiltered{w.Console}
		w.Stop()
		w.Start()
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("CTHREATS"), 2)
		require.Contains(t, notifiertest.Titles(w, "CTHREATS"), "no id")
	})
}

// unfiltered is a console that shows rows without times whatever the filter.
type unfiltered struct{ *notifiertest.Console }

func (u unfiltered) ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error) {
	return u.Console.ThreatsPage(ctx, q.With("createdAt__gte").With("updatedAt__gte"))
}

func TestOldNoticesAreForgottenAndNotToldAgain(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Interval = 3 * time.Hour
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "old"})
		for day := range 60 {
			w.Pass(time.Hour)
			w.Stop() // simulated days are cheaper without anybody awake
			w.Pass(23 * time.Hour)
			w.Start()
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprintf("day %d", day)})
		}
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(6 * time.Hour)
		require.Len(t, w.Slack.In("CTHREATS"), 61)
		require.Less(t, len(w.Journal.Rows), 40)
	})
}
