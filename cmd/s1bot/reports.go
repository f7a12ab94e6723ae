package main

import (
	"cmp"
	"context"
	"time"

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
