package main

import (
	"cmp"
	"context"
	"time"

	"s1bot/bot"
	"s1bot/cmd/s1bot/policyfile"
	"s1bot/notifier"
	"s1bot/render"
)

// scheduleOf is when reports are posted, as a policy file says; the approval cards' channel gets them where the file names none.
func (c *config) scheduleOf(f policyfile.File) notifier.Schedule {
	s := f.Reports
	s.Channel = cmp.Or(s.Channel, f.Settings.Channel, c.ApprovalsChannel)
	return s
}

// shifts makes the reports of a program for its notifier.
type shifts struct{ p *program }

// Schedule is the policy file's as it was last read.
func (s shifts) Schedule() notifier.Schedule { return *s.p.schedule.Load() }

// Report is the bot's.
func (s shifts) Report(ctx context.Context, since time.Time) (render.Card, error) {
	return s.p.bot.Shifts.Since(ctx, since, s.Schedule().Zone)
}

// snoozes are those of a console that have not ended by now, as reports have them.
func (p *program) snoozes(ctx context.Context, mark string, now time.Time) (quiet []bot.ReportedSnooze, err error) {
	all, err := p.db.Journal().Snoozes(ctx, now)
	for _, s := range all {
		if s.Console == mark {
			quiet = append(quiet, bot.ReportedSnooze{What: s.What(), By: s.Owner, Reason: s.Reason, Until: s.Until})
		}
	}
	return quiet, err
}
