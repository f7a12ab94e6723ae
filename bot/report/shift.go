package report

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

const (
	// Span is how far back a report looks where nobody says.
	Span = 8 * time.Hour
	// reportMost is how many threats a report reads at most; it says so where there are more.
	reportMost = 5000
	// reportLooked is among how many of the latest open threats, and alerts, it looks for the gravest,
	// and reportRows and reportAlerts how many it names.
	reportLooked = 200
	reportRows   = 10
	reportAlerts = 5
	// reportReviews is how many requests can be opened from a report.
	reportReviews = 25
	// reportPage is how many requests are in memory at once: a month has many, and every verdict is
	// one.
	reportPage = 250
)

// A Console is where threats, alerts and endpoints are listed.
type Console interface {
	Threats(ctx context.Context, q s1.Query) iter.Seq2[s1.Threat, error]
	ThreatsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Threat], error)
	CountThreats(ctx context.Context, q s1.Query) (int, error)
	AlertsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Alert], error)
	AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error)
}

// Requests are those of the ledger.
type Requests interface {
	Find(ctx context.Context, q approvals.Query) ([]approvals.Request, error)
}

// Shifts makes shift reports.
//
// It keeps nothing between two reports, so one value may make several at once.
type Shifts struct {
	Console  Console
	Links    cards.Links
	Requests Requests
	Catalog  *catalog.Catalog
	Now      func() time.Time

	Label string                       // of the console, where there are several
	Stamp string                       // what its buttons carry of the console
	About func(approvals.Request) bool // which requests are about it; nil: all

	Snoozes func(ctx context.Context) ([]Snooze, error) // of the console that have not ended, by their end; nil: nothing is ever snoozed
}

// A shift is what happened in a stretch of time, counted, and what it leaves open.
//
// more are those that were counted and not read. byHour has hours of UTC, which fit into the bars
// of any zone whose offset is whole hours.
type shift struct {
	fresh, more        int
	open               int
	worst              []cards.DigestRow // open threats, the gravest first
	alerts             openAlerts
	acknowledge, solve []time.Duration
	byHour             map[time.Time]int
}

// openAlerts are the alerts that nobody has resolved.
type openAlerts struct {
	n     int
	worst []cards.DigestRow // the gravest first
	why   string            // why nobody knows; empty where they were read
}

// number is how many there are, as far as that is known.
func (o openAlerts) number() string {
	if o.why != "" {
		return "unknown"
	}
	return fmt.Sprint(o.n)
}

// Since tells what happened since then and what is left: open threats and alerts, isolated hosts
// and by whom, requests that wait, what is snoozed, and how long it took to acknowledge and to resolve. The hours of
// the chart are those of zone, UTC when nil, like every other time in it.
//
// Any error ends the report, on purpose: each number on it is one that somebody goes by, and a
// report in which one is missing reads like one in which it is zero.
func (r Shifts) Since(ctx context.Context, since time.Time, zone *time.Location) (render.Card, error) {
	s, err := r.countShift(ctx, since)
	if err != nil {
		return render.Card{}, err
	}
	isolated, err := r.Console.AgentsPage(ctx, s1.Query{}.With("networkStatuses", string(s1.NetworkDisconnected), string(s1.NetworkDisconnecting)).WithLimit(100))
	if err != nil {
		return render.Card{}, fmt.Errorf("list isolated endpoints: %w", err)
	}
	pending, err := r.Requests.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}})
	if err != nil {
		return render.Card{}, fmt.Errorf("list pending requests: %w", err)
	}
	pending = r.ours(pending)
	extensions, err := r.extensions(ctx)
	if err != nil {
		return render.Card{}, err
	}
	waiting := len(pending) + len(extensions)
	by, err := r.isolators(ctx)
	if err != nil {
		return render.Card{}, err
	}
	quiet, err := r.snoozed(ctx)
	if err != nil {
		return render.Card{}, err
	}
	hosts := max(isolated.Total, len(isolated.Items))
	title := "Shift report · last " + lasting(r.Now().Sub(since))
	card := render.Card{Tone: render.Info, Title: title, Text: fmt.Sprintf("%s: %d new, %d open, open alerts: %s, %d isolated, %d waiting for approval", title, s.fresh, s.open, s.alerts.number(), hosts, waiting)}
	card.Parts = append(card.Parts, render.Fields{
		{Label: "New threats", Value: words(fmt.Sprint(s.fresh))}, {Label: "Open threats", Value: words(fmt.Sprint(s.open))},
		{Label: "Open alerts", Value: words(s.alerts.number())}, {Label: "Hosts isolated", Value: words(fmt.Sprint(hosts))}, {Label: "Waiting for approval", Value: words(fmt.Sprint(waiting))},
		{Label: "Mean time to acknowledge", Value: words(mean(s.acknowledge))}, {Label: "Mean time to resolve", Value: words(mean(s.solve))},
	}, s.chart(since, r.Now(), zone))
	card.Parts = append(card.Parts, s.openPart()...)
	card.Parts = append(card.Parts, s.alerts.parts()...)
	card.Parts = append(card.Parts, isolatedPart(isolated.Items, hosts, by)...)
	card.Parts = append(card.Parts, pendingPart(pending)...)
	card.Parts = append(card.Parts, extensions[:min(len(extensions), 10)]...)
	card.Parts = append(card.Parts, snoozedPart(quiet)...)
	if s.more > 0 {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("The chart covers the first %d threats and leaves out %d more.", reportMost, s.more))})
	}
	card.Actions = slices.Concat(reviews(pending), r.lists(s))
	card.Parts = append(card.Parts, render.Note{render.Text("Mean times cover threats that changed in this period and run to each threat's last change in the console, so they are upper bounds.")})
	return card, nil
}

// reviews show the requests that wait: who takes over decides them, or sees to it that somebody does.
func reviews(pending []approvals.Request) []render.Action {
	review := func(req approvals.Request) render.Invocation {
		return requestcards.About(requestcards.ReviewWord, req.ID)
	}
	switch len(pending) {
	case 0:
		return nil
	case 1:
		return []render.Action{render.Button{Label: "Review " + pending[0].Ref, Do: review(pending[0])}}
	}
	menu := render.Menu{Label: "Review"}
	for _, req := range pending[:min(len(pending), reportReviews)] {
		do := review(req)
		menu.Options = append(menu.Options, render.Option{Label: req.Ref + " · " + req.Title, Value: req.Ref, Do: &do})
	}
	return []render.Action{menu}
}

// lists show what is open, as of when somebody clicks.
func (r Shifts) lists(s *shift) (actions []render.Action) {
	for _, list := range []struct {
		line string
		any  bool
	}{{"threats open", s.open > 0}, {"alerts open", s.alerts.n > 0}} {
		do, _, err := slash.Parse(r.Catalog, list.line, text.Input{Now: r.Now()})
		if err != nil || !list.any {
			continue
		}
		do.Console = r.Stamp
		what, _, _ := strings.Cut(list.line, " ")
		actions = append(actions, render.Button{Label: strings.TrimSpace("Show " + what + " " + r.Label), Do: do})
	}
	return actions
}

func words(text string) render.Line { return render.Line{render.Text(text)} }

// countShift reads the threats that were made since, those that were dealt with since, and those
// that are open.
//
// Sorted by creation, the oldest first: a threat that comes in while the pages are read stands at
// the end and shifts nothing. What is beyond reportMost is asked for as a number alone.
func (r Shifts) countShift(ctx context.Context, since time.Time) (*shift, error) {
	s := &shift{byHour: map[time.Time]int{}}
	fresh := s1.Query{}.With("createdAt__gte", s1.FormatTime(since))
	for t, err := range r.Console.Threats(ctx, fresh.SortedBy("createdAt", s1.Ascending).WithLimit(1000)) {
		if err != nil {
			return s, fmt.Errorf("list the threats of the shift: %w", err)
		}
		if s.fresh == reportMost {
			all, err := r.Console.CountThreats(ctx, fresh)
			if err != nil {
				return s, fmt.Errorf("count the threats of the shift: %w", err)
			}
			s.more = max(all-reportMost, 0)
			break
		}
		s.fresh++
		s.byHour[t.Info.CreatedAt.UTC().Truncate(time.Hour)]++
	}
	s.fresh += s.more
	if err := r.countTouched(ctx, s, since); err != nil {
		return s, err
	}
	s.alerts = r.openAlerts(ctx)
	return s, r.countOpen(ctx, s)
}

// openAlerts counts the alerts that are open, and remembers the gravest of the latest. A token that
// may not see them, or a console that has no such list, keeps nobody from the rest of the report.
func (r Shifts) openAlerts(ctx context.Context) (o openAlerts) {
	open := s1.Query{}.With("incidentStatus", "UNRESOLVED", "IN_PROGRESS") // alerts have these words in capitals
	page, err := r.Console.AlertsPage(ctx, open.SortedBy("alertInfoCreatedAt", s1.Descending).WithLimit(reportLooked))
	switch {
	case err != nil && s1.Absent(err):
		return openAlerts{why: "This console lists its alerts as unified alerts only: /s1 unified-alerts open"}
	case err != nil:
		return openAlerts{why: "I couldn't read the open alerts: " + err.Error()}
	}
	for _, a := range page.Items {
		o.worst = append(o.worst, cards.AlertRow(a, r.Links))
	}
	o.n = max(page.Total, len(page.Items))
	slices.SortStableFunc(o.worst, func(a, b cards.DigestRow) int { return b.Gravity - a.Gravity })
	o.worst = o.worst[:min(len(o.worst), reportAlerts)]
	return o
}

// countTouched takes the times of the threats that changed since.
//
// The latest changes come first here, because what is cut off should be the oldest.
func (r Shifts) countTouched(ctx context.Context, s *shift, since time.Time) error {
	seen := 0
	touched := s1.Query{}.With("updatedAt__gte", s1.FormatTime(since)).SortedBy("updatedAt", s1.Descending).WithLimit(1000)
	for t, err := range r.Console.Threats(ctx, touched) {
		if err != nil {
			return fmt.Errorf("list the threats that were dealt with: %w", err)
		}
		if seen++; seen > reportMost {
			break
		}
		s.time(t, since)
	}
	return nil
}

// time takes a threat's times, if somebody dealt with it since.
//
// The console keeps no time of the acknowledgement, only that of the last change, which is the
// upper bound that the card speaks of. What the console resolved by itself is no work of a person's
// and would make the mean look good.
func (s *shift) time(t s1.Threat, since time.Time) {
	took := t.Info.UpdatedAt.Sub(t.Info.CreatedAt.Time)
	looked := t.Info.IncidentStatus != s1.StatusUnresolved && t.Info.IncidentStatus != "" || t.Info.AnalystVerdict != s1.VerdictUndefined && t.Info.AnalystVerdict != ""
	if took < 0 || !looked || t.Info.AutomaticallyResolved || t.Info.UpdatedAt.Before(since) {
		return
	}
	s.acknowledge = append(s.acknowledge, took)
	if t.Info.IncidentStatus == s1.StatusResolved {
		s.solve = append(s.solve, took)
	}
}

// countOpen counts what is open, and remembers the gravest of the latest.
//
// The gravest are looked for among the latest 200 only: the console does not sort by how grave a
// threat is, and reading all that are open may be tens of pages.
func (r Shifts) countOpen(ctx context.Context, s *shift) error {
	open := s1.Query{}.With("incidentStatuses", string(s1.StatusUnresolved), string(s1.StatusInProgress))
	n, err := r.Console.CountThreats(ctx, open)
	if err != nil {
		return fmt.Errorf("count open threats: %w", err)
	}
	page, err := r.Console.ThreatsPage(ctx, open.SortedBy("createdAt", s1.Descending).WithLimit(reportLooked))
	if err != nil {
		return fmt.Errorf("list open threats: %w", err)
	}
	s.open = max(n, len(page.Items))
	for _, t := range page.Items {
		s.worst = append(s.worst, cards.ThreatRow(t, r.Links))
	}
	slices.SortStableFunc(s.worst, func(a, b cards.DigestRow) int { return b.Gravity - a.Gravity })
	s.worst = s.worst[:min(len(s.worst), reportRows)]
	return nil
}

// chart shows new threats over the shift.
//
// So the step doubles until the span fits; all counts are kept by the hour.
func (s *shift) chart(since, until time.Time, zone *time.Location) render.Chart {
	if zone == nil {
		zone = time.UTC
	}
	const bars = 20 // a chart has no more
	first, step := since.UTC().Truncate(time.Hour), time.Hour
	for until.Sub(first) > bars*step {
		step *= 2
	}
	chart := render.Chart{Title: "New threats, times in " + until.In(zone).Format("MST")}
	for at := first; at.Before(until); at = at.Add(step) {
		n := 0
		for hour, count := range s.byHour {
			if !hour.Before(at) && hour.Before(at.Add(step)) {
				n += count
			}
		}
		chart.Bars = append(chart.Bars, render.Amount{Name: at.In(zone).Format("01-02 15:04"), Value: n})
	}
	return chart
}

// isolators tells who isolated an endpoint last, by the endpoint's id.
func (r Shifts) isolators(ctx context.Context) (map[string]approvals.Request, error) {
	by := map[string]approvals.Request{}
	q := approvals.Query{States: []approvals.State{approvals.Done}, Commands: r.Catalog.Isolating(), Since: r.Now().Add(-30 * 24 * time.Hour), Limit: reportPage}
	for {
		done, err := r.Requests.Find(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list who isolated endpoints: %w", err)
		}
		for _, req := range r.ours(done) {
			if cmd, known := r.Catalog.Find(req.Command); known && cmd.Effect != nil && cmd.Effect.Isolates && req.Undone == nil {
				credit(by, req)
			}
		}
		if len(done) < reportPage {
			return by, nil
		}
		q = q.Next(done) // what comes again is credited again, which does no harm
	}
}

// credit notes which endpoints a request isolated.
func credit(by map[string]approvals.Request, req approvals.Request) {
	var plan catalog.Plan
	if json.Unmarshal(req.Plan, &plan) != nil {
		return
	}
	for _, t := range plan.Targets {
		if req.Started.After(by[t.ID].Started) {
			by[t.ID] = req
		}
	}
}

// openPart is the table of what the next shift has to look at.
func (s *shift) openPart() []render.Part {
	if len(s.worst) == 0 {
		return nil
	}
	t := render.Table{Columns: []render.Column{{Title: "Open threat"}, {Title: "Host"}, {Title: "Level"}, {Title: "Site"}, {Title: "Status"}, {Title: "Since"}}}
	for _, r := range s.worst {
		t.Rows = append(t.Rows, []render.Line{{render.Link(r.Name, r.URL)}, words(r.Host), words(r.Level), words(r.Site), words(r.Status), {render.At(r.Created)}})
	}
	parts := []render.Part{t}
	if more := s.open - len(s.worst); more > 0 {
		parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d more open: /s1 threats open", more))})
	}
	return parts
}

// parts are a line for each of the gravest: a message has one table, and the threats are in it.
func (o openAlerts) parts() (parts []render.Part) {
	if o.why != "" {
		return []render.Part{render.Note{render.Text(o.why)}}
	}
	for _, r := range o.worst {
		line := render.Line{render.Text("🔔 " + r.Level + " · "), render.Link(r.Name, r.URL)}
		if r.Host != "" {
			line = append(line, render.Text(" on "), render.Bold(r.Host))
		}
		parts = append(parts, append(line, render.Text(" · "+r.Status+" · "), render.Since(r.Created)))
	}
	if more := o.n - len(o.worst); more > 0 {
		parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d more open alerts: /s1 alerts open", more))})
	}
	return parts
}

// isolatedPart names isolated hosts, and who had that done.
//
// Who is not known was isolated at the console, or more than a month ago.
func isolatedPart(agents []s1.Agent, all int, by map[string]approvals.Request) []render.Part {
	var parts []render.Part
	for _, a := range agents[:min(len(agents), reportRows)] {
		line := render.Line{render.Text("⛔ "), render.Bold(a.ComputerName)}
		if a.SiteName != "" {
			line = append(line, render.Text(" ("+a.SiteName+")"))
		}
		req, known := by[string(a.ID)]
		if !known {
			parts = append(parts, append(line, render.Text(" isolated outside Slack")))
			continue
		}
		line = append(line, render.Text(" isolated by "), render.User(req.Requester))
		for _, d := range req.Counting() {
			line = append(line, render.Text(", approved by "), render.User(d.User))
		}
		line = append(line, render.Text(", "), render.Since(req.Started))
		if req.Term.Running() {
			line = append(line, render.Text(", until "), render.At(req.Term.Ends))
		}
		parts = append(parts, line)
	}
	if more := all - len(parts); more > 0 {
		parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d more isolated", more))})
	}
	return parts
}

func pendingPart(pending []approvals.Request) []render.Part {
	var parts []render.Part
	for _, req := range pending[:min(len(pending), 10)] {
		what := " " + req.Title
		if names := plans.Names(plans.Of(req).Targets, 3); names != "" {
			what += " (" + names + ")"
		}
		parts = append(parts, render.Line{render.Mono(req.Ref), render.Text(what + ", requested by "), render.User(req.Requester), render.Text(", expires "), render.Since(req.Expires)})
	}
	if more := len(pending) - len(parts); more > 0 {
		parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d more that wait: /s1 pending", more))})
	}
	return parts
}

// extensions are those of isolations that wait for an approval, one line each.
func (r Shifts) extensions(ctx context.Context) (lines []render.Part, err error) {
	running, err := r.Requests.Find(ctx, approvals.RunningTerms(r.Now()))
	if err != nil {
		return nil, fmt.Errorf("list the extensions that wait: %w", err)
	}
	for _, req := range r.ours(running) {
		for _, x := range req.Waiting(r.Now()) {
			what := " Extension by " + lasting(x.By) + " of an isolation (" + plans.Names(plans.Of(req).Targets, 3) + "), requested by "
			lines = append(lines, render.Line{render.Mono(req.Ref), render.Text(what), render.User(cmp.Or(x.Asked, req.Requester)), render.Text(", expires "), render.Since(x.Expires)})
		}
	}
	return lines, nil
}

// mean is the mean of times, in words, and of how many threats: "6 h 20 min (7 threats)".
func mean(times []time.Duration) string {
	if len(times) == 0 {
		return "—"
	}
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	of := fmt.Sprintf(" (%d threats)", len(times))
	if len(times) == 1 {
		of = " (1 threat)"
	}
	return lasting(sum/time.Duration(len(times))) + of
}

// lasting says a duration. A day is "24 h": "last 1 d" is no English.
func lasting(d time.Duration) string {
	if d = d.Round(time.Minute); d/time.Hour == 24 && d%time.Hour == 0 {
		return "24 h"
	}
	return render.Lasting(d, time.Minute)
}
