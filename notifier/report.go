package notifier

import (
	"context"
	"fmt"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
	"s1bot/render/streak"
)

// A Schedule is when shift reports are posted by themselves, and where. The zero Schedule posts none.
type Schedule struct {
	Channel string
	Times   []TimeOfDay
	Zone    *time.Location // UTC when nil
}

// A TimeOfDay is an hour and a minute on a clock.
type TimeOfDay struct{ Hour, Minute int }

// ParseTimeOfDay reads "07:00".
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	at, err := time.Parse("15:04", text)
	if err != nil {
		return TimeOfDay{}, fmt.Errorf("%q isn't a time of day such as 07:00", text)
	}
	return TimeOfDay{at.Hour(), at.Minute()}, nil
}

// last is the latest of the schedule's moments that is not after now; the zero time if it has none.
//
// Each moment is looked for today and yesterday on the schedule's clock, so that just after
// midnight the evening's is still found. Where daylight saving skips the hour, time.Date takes the
// one beside it, and the report comes all the same.
func (s Schedule) last(now time.Time) (last time.Time) {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := now.In(zone).Date()
	for _, at := range s.Times {
		for back := range 2 {
			if when := time.Date(year, month, day-back, at.Hour, at.Minute, 0, 0, zone); !when.After(now) {
				last = pacing.Later(last, when)
			}
		}
	}
	return last
}

// Reports make the shift report.
type Reports interface {
	// Schedule is the one of now.
	Schedule() Schedule
	// Report is the report on the time since.
	Report(ctx context.Context, since time.Time) (render.Card, error)
}

const (
	// reportTick is how often the clock is looked at.
	reportTick = 15 * time.Second
	// reportGrace is how long a report that could not be made is still made later: after that the next shift has begun for good.
	reportGrace = time.Hour
	// longestShift bounds the time that one report covers.
	longestShift = 24 * time.Hour
)

// A shiftReports writes the reports of shifts down as notes.
type shiftReports struct {
	noteWriter
	reports Reports
}

// run writes a report down at each moment of the schedule until ctx ends: a note, which is delivered once like any other. What
// the hour of a restart or of an outage fell into is made up for.
func (s shiftReports) run(ctx context.Context) {
	s.wake(s.reports.Schedule().Channel) // one from before a restart may wait there
	var making streak.Streak
	for ; ctx.Err() == nil; pacing.Rest(ctx, reportTick, nil) {
		var err error
		if caught := panics.Try(func() { err = s.report(ctx) }); caught != nil {
			err = caught.AsError()
		}
		if err != nil && ctx.Err() == nil {
			making.Failed(s.logger, s.now(), "can't make the shift report, retrying", err)
			continue
		}
		making.Over(s.logger, s.now(), "the shift report is made")
	}
}

// report reports the shift that has ended, unless that was done. A schedule's first moment is the
// first after it was set up.
//
// The cursor is how it is made once: it moves in the transaction that holds the note. A report that
// would be more than an hour late is skipped, and the cursor moves on: whoever it was for is at work by
// then.
func (s shiftReports) report(ctx context.Context) error {
	schedule, now := s.reports.Schedule(), s.now()
	due := schedule.last(now)
	if due.IsZero() || schedule.Channel == "" {
		return nil
	}
	cursor, err := s.journal.Cursor(ctx, journal.ShiftReports)
	if err != nil || !cursor.Since.IsZero() && !due.After(cursor.Since) {
		return err
	}
	batch := journal.Batch{Source: journal.ShiftReports, Cursor: journal.Cursor{Since: due}}
	if !cursor.Since.IsZero() && now.Sub(due) < reportGrace {
		note, err := reportNote(ctx, s.reports, schedule.Channel, pacing.Later(cursor.Since, due.Add(-longestShift)), due, now)
		if err != nil {
			return err
		}
		batch.Fresh = []journal.Notice{note}
	}
	if err := s.journal.Record(ctx, batch); err != nil {
		return fmt.Errorf("write a shift report down: %w", err)
	}
	s.wake(schedule.Channel)
	return nil
}

// reportNote makes the report on the time since and writes it as a note. It is not urgent: it must not overtake what is.
func reportNote(ctx context.Context, r Reports, channel string, since, due, now time.Time) (journal.Notice, error) {
	card, err := r.Report(ctx, since)
	if err != nil {
		return journal.Notice{}, err
	}
	note, err := journal.NewNote(fmt.Sprintf("report-%d", due.UnixMilli()), channel, card, now)
	note.Urgent = false
	return note, err
}
