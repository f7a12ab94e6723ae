package main

import (
	"cmp"
	"context"
	"time"

	"s1bot/approvals/policy"
	"s1bot/notifier"
	"s1bot/render"
)

// A reportsEntry says when shift reports are posted by themselves.
type reportsEntry struct {
	At      words  `yaml:"at"`
	Zone    string `yaml:"zone"`
	Channel string `yaml:"channel"`
}

// reports checks when and where reports are posted.
func (r *policyReader) reports(f policyFile) {
	e := f.Reports
	for _, text := range e.At {
		if _, err := notifier.ParseTimeOfDay(text); err != nil {
			r.bad("$.reports.at", "at: %w", err)
		}
	}
	if _, err := time.LoadLocation(e.Zone); err != nil {
		r.bad("$.reports.zone", "zone: %q is no time zone such as Europe/Berlin%s", e.Zone, zoneMeant(e.Zone))
	}
	switch {
	case e.Channel != "" && !channelID.MatchString(e.Channel):
		r.bad("$.reports.channel", "channel: %q is no channel id (C…)", e.Channel)
	case len(e.At) == 0 && (e.Channel != "" || e.Zone != ""):
		r.bad("$.reports", "reports: say when, such as at: [\"07:00\", \"19:00\"]")
	}
}

// scheduleOf is when reports are posted, as a policy file says; the approval cards' channel gets them where the file names none.
func (c *config) scheduleOf(f policyFile, settings policy.Settings) (s notifier.Schedule, err error) {
	s.Channel = cmp.Or(f.Reports.Channel, settings.Channel, c.ApprovalsChannel)
	if s.Zone, err = time.LoadLocation(f.Reports.Zone); err != nil {
		return s, err
	}
	for _, text := range f.Reports.At {
		at, err := notifier.ParseTimeOfDay(text)
		if err != nil {
			return s, err
		}
		s.Times = append(s.Times, at)
	}
	return s, nil
}

// shifts makes the reports of a program for its notifier.
type shifts struct{ p *program }

// Schedule is the policy file's as it was last read.
func (s shifts) Schedule() notifier.Schedule { return *s.p.schedule.Load() }

// Report is the bot's.
func (s shifts) Report(ctx context.Context, since time.Time) (render.Card, error) {
	return s.p.bot.ShiftReport(ctx, since, s.Schedule().Zone)
}
