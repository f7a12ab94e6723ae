package notifier

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/render"
)

// shifts are Reports of a test; the clock of a bubble starts at midnight UTC.
type shifts struct {
	schedule Schedule
	broken   atomic.Bool
	panics   atomic.Bool
}

func (s *shifts) Schedule() Schedule { return s.schedule }

func (s *shifts) Report(_ context.Context, since time.Time) (render.Card, error) {
	if s.panics.Load() {
		panic("a report that nobody expected")
	}
	if s.broken.Load() {
		return render.Card{}, errors.New("the console is away")
	}
	return render.Card{Title: "report · since " + since.UTC().Format("02 15:04")}, nil
}

func daily(times ...TimeOfDay) Schedule { return Schedule{Channel: "CSOC", Times: times} }

func TestAReportIsPostedAtEachMomentOfTheScheduleAndTellsOfItsShift(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Reports = &shifts{schedule: daily(TimeOfDay{20, 0}, TimeOfDay{8, 0})}
		w.start()
		w.pass(7 * time.Hour)
		require.Empty(t, w.slack.In("CSOC"), "what was before the first start is nobody's shift")
		w.pass(29 * time.Hour)
		told := w.slack.In("CSOC")
		require.Equal(t, []string{"since 31 20:00", "since 01 08:00", "since 01 20:00"}, titles(w, "CSOC"))
		require.Less(t, told[0].At.Sub(time.Date(2000, 1, 1, 8, 0, 0, 0, time.UTC)), time.Minute)
	})
}

func TestAReportFollowsTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	s := Schedule{Times: []TimeOfDay{{6, 0}}, Zone: berlin}
	require.Equal(t, "2026-03-28T05:00:00Z", s.last(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)).UTC().Format(time.RFC3339))
	require.Equal(t, "2026-03-29T04:00:00Z", s.last(time.Date(2026, 3, 29, 4, 0, 0, 0, time.UTC)).UTC().Format(time.RFC3339), "summer time has begun")
	require.True(t, Schedule{}.last(time.Now()).IsZero())
}

func TestAReportIsToldOnceAcrossRestartsAndMadeUpForWithinTheHour(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Reports = &shifts{schedule: daily(TimeOfDay{8, 0})}
		w.start()
		w.pass(8*time.Hour + time.Minute)
		require.Len(t, w.slack.In("CSOC"), 1)
		w.stop()
		w.start()
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CSOC"), 1)
		w.stop()
		w.pass(24 * time.Hour) // 08:02, it was down at eight
		w.start()
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CSOC"), 2)
		w.stop()
		w.pass(26 * time.Hour) // past ten
		w.start()
		w.pass(time.Hour)
		require.Len(t, w.slack.In("CSOC"), 2, "too late for that shift")
	})
}

func TestAReportThatSlackDidNotTakeIsToldAfterARestart(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Reports = &shifts{schedule: daily(TimeOfDay{8, 0})}
		w.start()
		w.pass(7 * time.Hour)
		w.slack.set(func(s *slack) { s.fault = func(string) (error, error) { return errLost, nil } })
		w.pass(time.Hour + time.Minute)
		w.stop()
		w.slack.set(func(s *slack) { s.fault = nil })
		w.start()
		w.pass(15 * time.Minute)
		require.Len(t, w.slack.In("CSOC"), 1)
	})
}

func TestAReportThatCannotBeMadeIsMadeLater(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		reports := &shifts{schedule: daily(TimeOfDay{8, 0})}
		w.config.Reports = reports
		w.start()
		w.pass(7*time.Hour + 59*time.Minute)
		reports.broken.Store(true)
		w.pass(10 * time.Minute)
		reports.panics.Store(true)
		w.pass(10 * time.Minute)
		reports.panics.Store(false)
		require.Empty(t, w.slack.In("CSOC"))
		require.Equal(t, 1, w.log.Count("shift report cannot be made"))
		reports.broken.Store(false)
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CSOC"), 1)
	})
}
