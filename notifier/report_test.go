package notifier_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/notifiertest"
	"s1bot/render"
)

// shifts are Reports of a test; the clock of a bubble starts at midnight UTC.
type shifts struct {
	schedule notifier.Schedule
	broken   atomic.Bool
	panics   atomic.Bool
}

func (s *shifts) Schedule() notifier.Schedule { return s.schedule }

func (s *shifts) Report(_ context.Context, since time.Time) (render.Card, error) {
	if s.panics.Load() {
		panic("a report that nobody expected")
	}
	if s.broken.Load() {
		return render.Card{}, errors.New("the console is away")
	}
	return render.Card{Title: "report · since " + since.UTC().Format("02 15:04")}, nil
}

func daily(times ...notifier.TimeOfDay) notifier.Schedule {
	return notifier.Schedule{Channel: "CSOC", Times: times}
}

func TestAReportIsPostedAtEachMomentOfTheScheduleAndTellsOfItsShift(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Reports = &shifts{schedule: daily(notifier.TimeOfDay{Hour: 20, Minute: 0}, notifier.TimeOfDay{Hour: 8, Minute: 0})}
		w.Start()
		w.Pass(7 * time.Hour)
		require.Empty(t, w.Slack.In("CSOC"), "what was before the first start is nobody's shift")
		w.Pass(29 * time.Hour)
		told := w.Slack.In("CSOC")
		require.Equal(t, []string{"since 31 20:00", "since 01 08:00", "since 01 20:00"}, notifiertest.Titles(w, "CSOC"))
		require.Less(t, told[0].At.Sub(time.Date(2000, 1, 1, 8, 0, 0, 0, time.UTC)), time.Minute)
	})
}

func TestAReportIsToldOnceAcrossRestartsAndMadeUpForWithinTheHour(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Reports = &shifts{schedule: daily(notifier.TimeOfDay{Hour: 8, Minute: 0})}
		w.Start()
		w.Pass(8*time.Hour + time.Minute)
		require.Len(t, w.Slack.In("CSOC"), 1)
		w.Stop()
		w.Start()
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CSOC"), 1)
		w.Stop()
		w.Pass(24 * time.Hour) // 08:02, it was down at eight
		w.Start()
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CSOC"), 2)
		w.Stop()
		w.Pass(26 * time.Hour) // past ten
		w.Start()
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("CSOC"), 2, "too late for that shift")
	})
}

func TestAReportThatSlackDidNotTakeIsToldAfterARestart(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Reports = &shifts{schedule: daily(notifier.TimeOfDay{Hour: 8, Minute: 0})}
		w.Start()
		w.Pass(7 * time.Hour)
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(string) (error, error) { return notifiertest.ErrLost, nil }
		})
		w.Pass(time.Hour + time.Minute)
		w.Stop()
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = nil })
		w.Start()
		w.Pass(15 * time.Minute)
		require.Len(t, w.Slack.In("CSOC"), 1)
	})
}

func TestAReportThatCannotBeMadeIsMadeLater(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		reports := &shifts{schedule: daily(notifier.TimeOfDay{Hour: 8, Minute: 0})}
		w.Config.Reports = reports
		w.Start()
		w.Pass(7*time.Hour + 59*time.Minute)
		reports.broken.Store(true)
		w.Pass(10 * time.Minute)
		reports.panics.Store(true)
		w.Pass(10 * time.Minute)
		reports.panics.Store(false)
		require.Empty(t, w.Slack.In("CSOC"))
		require.Equal(t, 1, w.Log.Count("can't make the shift report"))
		reports.broken.Store(false)
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CSOC"), 1)
	})
}
