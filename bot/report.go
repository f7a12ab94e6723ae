package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/render"
	"s1bot/s1"
)

const (
	// reportSpan is how far back a report looks where nobody says.
	reportSpan = 8 * time.Hour
	// reportMost is how many threats a report reads at most; it says so where there are more.
	reportMost = 5000
)

// report answers "report [-24h]": what a shift leaves to the next one.
func (b *Bot) report(ctx context.Context, a ask, rest string) error {
	span := reportSpan
	if rest = strings.TrimSpace(rest); rest != "" {
		var err error
		if span, err = spoken(rest); err != nil {
			return err
		}
	}
	card, err := b.ShiftReport(ctx, span)
	if err != nil {
		return err
	}
	b.reply(ctx, a, card)
	return nil
}

// A shift is what happened in a stretch of time, counted.
type shift struct {
	fresh, more        int
	open               int
	acknowledge, solve []time.Duration
	byHour             map[time.Time]int
}

// ShiftReport tells what happened lately and what is left: open threats, isolated hosts and by whom, requests that wait, and how
// long it took to acknowledge and to resolve.
func (b *Bot) ShiftReport(ctx context.Context, span time.Duration) (render.Card, error) {
	since := b.Now().Add(-span)
	s, err := b.countShift(ctx, since)
	if err != nil {
		return render.Card{}, err
	}
	isolated, err := b.Console.AgentsPage(ctx, s1.Query{}.With("networkStatuses", string(s1.NetworkDisconnected), string(s1.NetworkDisconnecting)).WithLimit(100))
	if err != nil {
		return render.Card{}, fmt.Errorf("list isolated endpoints: %w", err)
	}
	pending, err := b.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}, Limit: 100})
	if err != nil {
		return render.Card{}, fmt.Errorf("list pending requests: %w", err)
	}
	by, err := b.isolators(ctx)
	if err != nil {
		return render.Card{}, err
	}
	hosts := max(isolated.Total, len(isolated.Items))
	title := fmt.Sprintf("Shift report · last %s", lasting(span))
	card := render.Card{Tone: render.Info, Title: title, Text: fmt.Sprintf("%s: %d new, %d open, %d isolated, %d waiting for approval", title, s.fresh, s.open, hosts, len(pending))}
	card.Parts = append(card.Parts, render.Fields{
		{Label: "New threats", Value: words(fmt.Sprint(s.fresh))}, {Label: "Open threats", Value: words(fmt.Sprint(s.open))},
		{Label: "Hosts isolated", Value: words(fmt.Sprint(hosts))}, {Label: "Waiting for approval", Value: words(fmt.Sprint(len(pending)))},
		{Label: "Mean time to acknowledge", Value: words(mean(s.acknowledge))}, {Label: "Mean time to resolve", Value: words(mean(s.solve))},
	}, s.chart(since, b.Now()))
	card.Parts = append(card.Parts, isolatedPart(isolated.Items, by)...)
	card.Parts = append(card.Parts, pendingPart(pending)...)
	if s.more > 0 {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("Times and chart are of the first %d threats; there are %d more.", reportMost, s.more))})
	}
	card.Parts = append(card.Parts, render.Note{render.Text("Times end when the console last changed a threat, so they are upper bounds. Times are UTC.")})
	return card, nil
}

func words(text string) render.Line { return render.Line{render.Text(text)} }

// countShift reads the threats that were made since.
func (b *Bot) countShift(ctx context.Context, since time.Time) (shift, error) {
	s := shift{byHour: map[time.Time]int{}}
	for t, err := range b.Console.Threats(ctx, s1.Query{}.With("createdAt__gte", s1.FormatTime(since)).SortedBy("createdAt", s1.Ascending).WithLimit(1000)) {
		if err != nil {
			return s, fmt.Errorf("list the threats of the shift: %w", err)
		}
		if s.fresh == reportMost {
			all, err := b.Console.CountThreats(ctx, s1.Query{}.With("createdAt__gte", s1.FormatTime(since)))
			if err != nil {
				return s, fmt.Errorf("count the threats of the shift: %w", err)
			}
			s.more = max(all-reportMost, 0)
			break
		}
		s.add(t)
	}
	open, err := b.Console.CountThreats(ctx, s1.Query{}.With("incidentStatuses", string(s1.StatusUnresolved), string(s1.StatusInProgress)))
	if err != nil {
		return s, fmt.Errorf("count open threats: %w", err)
	}
	s.open = open
	s.fresh += s.more
	return s, nil
}

func (s *shift) add(t s1.Threat) {
	s.fresh++
	s.byHour[t.Info.CreatedAt.UTC().Truncate(time.Hour)]++
	took := t.Info.UpdatedAt.Sub(t.Info.CreatedAt.Time)
	looked := t.Info.IncidentStatus != s1.StatusUnresolved && t.Info.IncidentStatus != "" || t.Info.AnalystVerdict != s1.VerdictUndefined && t.Info.AnalystVerdict != ""
	if took < 0 || !looked || t.Info.AutomaticallyResolved {
		return
	}
	s.acknowledge = append(s.acknowledge, took)
	if t.Info.IncidentStatus == s1.StatusResolved {
		s.solve = append(s.solve, took)
	}
}

// chart shows new threats over the shift.
func (s *shift) chart(since, until time.Time) render.Chart {
	step := time.Hour
	for until.Sub(since)/step >= 20 {
		step *= 2
	}
	chart := render.Chart{Title: "New threats (UTC)"}
	for at := since.UTC().Truncate(time.Hour); at.Before(until); at = at.Add(step) {
		n := 0
		for hour, count := range s.byHour {
			if !hour.Before(at) && hour.Before(at.Add(step)) {
				n += count
			}
		}
		chart.Bars = append(chart.Bars, render.Amount{Name: at.Format("01-02 15:04"), Value: n})
	}
	return chart
}

// isolators tells who isolated an endpoint last, by the endpoint's id.
func (b *Bot) isolators(ctx context.Context) (map[string]string, error) {
	done, err := b.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Done}, Since: b.Now().Add(-30 * 24 * time.Hour)})
	if err != nil {
		return nil, fmt.Errorf("list who isolated endpoints: %w", err)
	}
	by := map[string]string{}
	for _, req := range done {
		var plan commands.Plan
		if req.Command != "disconnect-agent-from-network" || json.Unmarshal(req.Plan, &plan) != nil {
			continue
		}
		for _, t := range plan.Targets {
			by[t.ID] = req.Requester
		}
	}
	return by, nil
}

func isolatedPart(agents []s1.Agent, by map[string]string) []render.Part {
	if len(agents) == 0 {
		return nil
	}
	t := render.Table{Columns: []render.Column{{Title: "Isolated"}, {Title: "Site"}, {Title: "By"}}}
	for _, a := range agents[:min(len(agents), 20)] {
		who := words("in the console")
		if user := by[string(a.ID)]; user != "" {
			who = render.Line{render.User(user)}
		}
		t.Rows = append(t.Rows, []render.Line{words(a.ComputerName), words(a.SiteName), who})
	}
	return []render.Part{t}
}

func pendingPart(pending []approvals.Request) []render.Part {
	var parts []render.Part
	for _, req := range pending[:min(len(pending), 10)] {
		parts = append(parts, render.Line{render.Mono(req.Ref), render.Text(" " + req.Title + ", asked by "), render.User(req.Requester), render.Text(", expires "), render.Since(req.Expires)})
	}
	return parts
}

// mean is the mean of times, in words.
func mean(times []time.Duration) string {
	if len(times) == 0 {
		return "—"
	}
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	return lasting(sum/time.Duration(len(times))) + fmt.Sprintf(" (%d)", len(times))
}

// lasting says a length of time in two units at most.
func lasting(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := d/(24*time.Hour), d%(24*time.Hour)/time.Hour, d%time.Hour/time.Minute
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", minutes)
}

// A Schedule is when reports are posted by themselves, and where.
type Schedule struct {
	Channel string
	Times   []string // "07:00", in Zone
	Zone    *time.Location
}

// Next is the first of the schedule's times after now; the zero time if it has none that can be read.
func (s Schedule) Next(now time.Time) time.Time {
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	var next []time.Time
	for _, text := range s.Times {
		at, err := time.Parse("15:04", text)
		if err != nil {
			continue
		}
		local := now.In(zone)
		for day := range 2 {
			when := time.Date(local.Year(), local.Month(), local.Day()+day, at.Hour(), at.Minute(), 0, 0, zone)
			if when.After(now) {
				next = append(next, when)
			}
		}
	}
	if len(next) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(next, time.Time.Compare)
}

// ReportOn posts shift reports by a schedule until ctx ends.
func (b *Bot) ReportOn(ctx context.Context, s Schedule) error {
	last := b.Now()
	for {
		next := s.Next(last)
		if next.IsZero() || s.Channel == "" {
			return errors.New("no time or no channel for reports")
		}
		if !sleep(ctx, next.Sub(b.Now())) {
			return nil
		}
		card, err := b.ShiftReport(ctx, min(max(next.Sub(last), time.Hour), 24*time.Hour))
		if err == nil {
			_, _, err = b.post.post(ctx, s.Channel, "", "report-"+next.UTC().Format(time.RFC3339), card)
		}
		if err != nil {
			b.Log.Error("the shift report could not be posted", "channel", s.Channel, "err", err)
		}
		last = next
	}
}
