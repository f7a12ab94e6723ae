package cards

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

// digestRows is how many items of a burst a digest's table names; its file names all.
const digestRows = 10

// A DigestRow is one item of a burst, as far as a digest tells of it.
//
// It is flat and knows nothing of the three kinds of things, so the digest, the thread's summary
// and the shift report count all of them alike.
type DigestRow struct {
	Kind, ID          string // "threat"
	Name              string // of the threat, or of the rule
	Level             string // severity or confidence
	Host, Site, Group string
	Status, Verdict   string
	Storyline         string
	Agent             string // the word by which commands find its endpoint; empty where none can be told something
	Created           time.Time
	URL               string
	Gravity           int         // orders items by how bad they are now
	Tone              render.Tone // of its card
	OwnCard           bool        // it has a card of its own as well
	Console           string      // by name, as buttons carry it
	ConsoleLabel      string      // as people read it; empty where there is no other
}

// A Digest tells of many items in one message: counts, a chart, a table of the first and a file of
// all. Rows are added one by one and none is kept but the first and the file's lines, so that ten
// thousand cost little.
//
// It is filled by one pass over the journal and thrown away. The counts are by name, so their size
// is bounded by how many different names a burst has; the file's lines are the only thing that
// grows with it, some hundred bytes each.
type Digest struct {
	total, own           int
	kinds, levels, hosts map[string]int
	kindsOf              map[string]map[string]bool // by console
	consoles             map[string]int             // by label
	names, sites         map[string]int
	minutes              map[time.Time]int
	earliest, latest     time.Time
	first                []DigestRow
	file                 bytes.Buffer
	csv                  *render.CSVWriter
	actions              Actions
}

// NewDigest returns a digest of nothing yet; the actions are those of all commands.
func NewDigest(actions Actions) *Digest {
	d := &Digest{actions: actions, kinds: map[string]int{}, kindsOf: map[string]map[string]bool{}, consoles: map[string]int{}, levels: map[string]int{}, hosts: map[string]int{}, names: map[string]int{}, sites: map[string]int{}, minutes: map[time.Time]int{}}
	d.csv = render.NewCSVWriter(&d.file)
	_ = d.csv.Write("Kind", "Id", "Level", "Name", "Host", "Site", "Group", "Status", "Verdict", "Storyline", "Created", "Own card", "Link", "Console") // a buffer takes all
	return d
}

// Add counts a row.
//
// An item with a card of its own is counted and is in the file, but not in the table: it has been
// told.
func (d *Digest) Add(r DigestRow) {
	d.total++
	if r.OwnCard {
		d.own++
	} else if len(d.first) < digestRows {
		d.first = append(d.first, r)
	}
	for counts, name := range map[*map[string]int]string{&d.kinds: r.Kind, &d.levels: r.Level, &d.hosts: r.Host, &d.names: r.Name, &d.sites: r.Site} {
		(*counts)[cmp.Or(said(name), unknown)]++
	}
	if d.kindsOf[r.Console] == nil {
		d.kindsOf[r.Console] = map[string]bool{}
	}
	d.kindsOf[r.Console][r.Kind] = true
	if r.ConsoleLabel != "" {
		d.consoles[r.ConsoleLabel]++
	}
	if !r.Created.IsZero() {
		d.minutes[r.Created.UTC().Truncate(time.Minute)]++
		if d.earliest.IsZero() || r.Created.Before(d.earliest) {
			d.earliest = r.Created
		}
		if r.Created.After(d.latest) {
			d.latest = r.Created
		}
	}
	_ = d.csv.Write(r.Kind, r.ID, r.Level, r.Name, r.Host, r.Site, r.Group, r.Status, r.Verdict, r.Storyline, written(r.Created), yes(r.OwnCard), r.URL, r.ConsoleLabel)
}

// Earliest is when the console made the first of the items; the zero time if it did not say.
func (d *Digest) Earliest() time.Time { return d.earliest }

// Total is how many items the digest tells of.
func (d *Digest) Total() int { return d.total }

// Card is the digest as a message; file is the name of the file of all.
//
// The parts that are empty are left out by render, except the table, whose heading would stand
// alone.
func (d *Digest) Card(file string) render.Card {
	title := d.heading()
	card := render.Card{Title: "📊 " + title, Text: title + d.most()}
	if d.own > 0 {
		card.Tone = render.Critical
	}
	card.Parts = []render.Part{
		render.Line{render.Text(tally(d.sites, 5))},
		facts(fact("By severity", tally(d.levels, 6)), fact("Hosts", named(d.hosts, 4)), fact("Names and rules", named(d.names, 4))),
		d.chart(),
		d.table(),
		d.below(file),
	}
	card.Actions = d.lists()
	if len(d.consoles) > 0 {
		card = card.Named(tally(d.consoles, 5))
	}
	if len(d.first) == 0 {
		card.Parts = slices.DeleteFunc(card.Parts, func(p render.Part) bool { _, is := p.(render.Table); return is })
	}
	return card
}

// File is every item as comma separated values.
//
// It may be called more than once, also while rows are still added.
func (d *Digest) File(name string) render.File {
	_ = d.csv.Flush()
	return render.File{Name: name, Title: d.heading(), Body: bytes.Clone(d.file.Bytes())}
}

// heading says how much of what in which time: "412 new threats in 2 minutes".
//
// A span of less than a minute is left out; "in 0 minutes" says nothing.
func (d *Digest) heading() string {
	var things []string
	for _, kind := range slices.Sorted(maps.Keys(d.kinds)) {
		things = append(things, counted(d.kinds[kind], "new "+kind))
	}
	text := cmp.Or(strings.Join(things, " and "), "Nothing new")
	if span := d.latest.Sub(d.earliest); span >= time.Minute {
		text += " in " + spell(span)
	}
	return text
}

// lists are buttons that read the items from the console, for whoever cannot open the file: a list
// with pages, of a thousand at most. As many as there are: others of that time have cards of their
// own.
func (d *Digest) lists() []render.Action {
	if d.earliest.IsZero() {
		return nil
	}
	var actions []render.Action
	for _, console := range slices.Sorted(maps.Keys(d.kindsOf)) {
		for _, kind := range slices.Sorted(maps.Keys(d.kindsOf[console])) {
			for _, a := range d.actions.forBurst(Burst{Kind: kind, From: d.earliest, To: d.latest.Add(time.Second)}) {
				if b, is := a.(render.Button); is {
					b.Label += " " + kind + "s"
					if len(d.kindsOf) > 1 {
						b.Label += " · " + console
					}
					b.Do.Console = console
					actions = append(actions, b)
				}
			}
		}
	}
	return actions
}

// most names the host with the most items, for the notification: a burst on one host is another
// story than one on four hundred.
func (d *Digest) most() string {
	if host := hottest(d.hosts); host != "" && host != unknown {
		return fmt.Sprintf(", most on %s (%d)", host, d.hosts[host])
	}
	return ""
}

// chart shows the burst over time if it lasted, and else by name.
//
// The step is the first of a row of handy ones with which all of it fits twenty bars, the most that
// Slack's charts take.
func (d *Digest) chart() render.Chart {
	if len(d.minutes) < 3 {
		return render.Chart{Title: "By name or rule", Bars: ranked(d.names, 10)}
	}
	step := time.Minute
	for _, wider := range []time.Duration{5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60, 365 * 24 * 60} {
		if d.latest.Sub(d.earliest)/step < render.MaxBars-1 {
			break
		}
		step = wider * time.Minute
	}
	layout := "15:04"
	if d.latest.Sub(d.earliest) > 20*time.Hour {
		layout = "01-02 15:04"
	}
	slots := map[time.Time]int{}
	for minute, n := range d.minutes {
		slots[minute.Truncate(step)] += n
	}
	chart := render.Chart{Title: "New per " + spell(step) + ", times in UTC"}
	end := d.latest.UTC().Truncate(step)
	for at := d.earliest.UTC().Truncate(step); !at.After(end) && len(chart.Bars) < render.MaxBars; at = at.Add(step) {
		chart.Bars = append(chart.Bars, render.Amount{Name: at.Format(layout), Value: slots[at]})
	}
	return chart
}

// table has the first ten items; what is missing is counted below it.
//
// The first ten are the first to be added; whoever fills a digest decides what comes first.
func (d *Digest) table() render.Table {
	t := newTable("Name", "Host", "Level", "Site", "Status", "Created")
	for _, r := range d.first {
		t.add(render.Line{linked(r.Name, r.URL)}, cell(r.Host), cell(r.Level), cell(d.place(r)), cell(r.Status), render.Line{render.At(r.Created)})
	}
	return t.Table
}

// place is where an item of the table lies: the console, too, where there are items of several.
func (d *Digest) place(r DigestRow) string {
	if len(d.consoles) > 1 {
		return joined(" · ", r.ConsoleLabel, r.Site)
	}
	return r.Site
}

// below says where the rest is, and that the table is of this moment: a digest is not edited with
// each of its items.
func (d *Digest) below(file string) render.Note {
	text := fmt.Sprintf("All %d: %s, in the thread · status as of this message", d.total, file)
	switch {
	case d.own == 1:
		text = "1 critical item has its own card · " + text
	case d.own > 1:
		text = fmt.Sprintf("%d critical items have their own cards · ", d.own) + text
	}
	if rest := d.total - d.own - len(d.first); rest > 0 {
		text = fmt.Sprintf("… and %d more · ", rest) + text
	}
	return render.Note{render.Text(text)}
}

// tally names the largest of counts: "Paris 398, Lyon 14".
func tally(counts map[string]int, n int) string {
	var words []string
	for _, a := range ranked(counts, n) {
		words = append(words, fmt.Sprintf("%s %d", render.Cut(a.Name, 40), a.Value))
	}
	text := strings.Join(words, ", ")
	if more := len(counts) - n; more > 0 {
		text += fmt.Sprintf(", … %d more", more)
	}
	return text
}

// named is tally for names that may end in digits: "14: SRV-DC-1 (9), DESKTOP-1 (3), DESKTOP-2".
func named(counts map[string]int, n int) string {
	var words []string
	for _, a := range ranked(counts, n) {
		word := render.Cut(a.Name, 40)
		if a.Value > 1 {
			word += fmt.Sprintf(" (%d)", a.Value)
		}
		words = append(words, word)
	}
	if more := len(counts) - n; more > 0 {
		words = append(words, "…")
	}
	return fmt.Sprintf("%d: ", len(counts)) + strings.Join(words, ", ")
}

// ranked are the n largest of counts, equal ones by name.
//
// The order of equal ones must not depend on a map: a card that is drawn twice has to be the same
// card.
func ranked(counts map[string]int, n int) []render.Amount {
	all := make([]render.Amount, 0, len(counts))
	for name, value := range counts {
		all = append(all, render.Amount{Name: name, Value: value})
	}
	slices.SortFunc(all, func(a, b render.Amount) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), strings.Compare(a.Name, b.Name))
	})
	return all[:min(len(all), n)]
}

// hottest is the name with the highest count.
func hottest(counts map[string]int) string {
	for _, a := range ranked(counts, 1) {
		return a.Name
	}
	return ""
}

// written is a time in the file: UTC, ISO 8601, empty where none is known.
//
// Whatever reads such a file understands this form, and it sorts as text.
func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// spell says a duration in its largest unit that fits.
func spell(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return counted(int(d/(24*time.Hour)), "day")
	case d >= 2*time.Hour:
		return counted(int(d/time.Hour), "hour")
	}
	return counted(max(int(d/time.Minute), 1), "minute")
}

// ThreatRow is a threat as a digest lists it.
func ThreatRow(t s1.Threat, links Links) DigestRow {
	return DigestRow{
		Kind: "threat", ID: string(t.Identity()), Name: cmp.Or(said(t.Name()), "unnamed"), Level: level(t), Host: t.Host(), Site: t.SiteName(), Group: t.GroupName(),
		Status: joined(", ", t.Info.IncidentStatus.Label(), t.Info.MitigationStatus.Label()), Verdict: t.Info.AnalystVerdict.Label(),
		Storyline: t.Info.Storyline, Agent: ThreatEndpoint(t), Created: first(t.Info.CreatedAt, t.Info.IdentifiedAt), URL: links.ThreatURL(t.Identity()), Gravity: threatGravity(t), Tone: threatTone(t),
	}
}

// AlertRow is an alert as a digest lists it.
func AlertRow(a s1.Alert, links Links) DigestRow {
	return DigestRow{
		Kind: "alert", ID: string(a.Identity()), Name: cmp.Or(said(a.Name()), "unnamed rule"), Level: cmp.Or(said(a.Rule.Severity.Label()), "Alert"), Host: a.Host(),
		Site: a.Detection.SiteName, Group: a.Detection.GroupName,
		Status: a.Info.IncidentStatus.Label(), Verdict: a.Info.AnalystVerdict.Label(), Storyline: a.Storyline(), Agent: AlertEndpoint(a),
		Created: first(a.Info.CreatedAt, a.Info.ReportedAt), URL: links.AlertURL(a.Identity()), Gravity: alertGravity(a), Tone: alertTone(a),
	}
}

// threatGravity orders threats by how much they need somebody now; see the weights in thread.go.
func threatGravity(t s1.Threat) int {
	gravity := openness(t.Info.IncidentStatus, t.Info.AnalystVerdict)
	if t.Info.ConfidenceLevel == s1.ConfidenceMalicious {
		gravity += graveLevel
	}
	if !t.Mitigated() {
		gravity += graveAlive
	}
	return gravity
}

// alertGravity is that for alerts, whose severity has five steps.
//
// A severity that is not among them weighs nothing.
func alertGravity(a s1.Alert) int {
	levels := []s1.AlertSeverity{s1.SeverityInfo, s1.SeverityLow, s1.SeverityMedium, s1.SeverityHigh, s1.SeverityCritical}
	return openness(a.Info.IncidentStatus, a.Info.AnalystVerdict) + max(slices.Index(levels, a.Rule.Severity), 0)*graveLevel
}

// openness weighs whether somebody still has to look.
func openness(status s1.IncidentStatus, verdict s1.Verdict) int {
	switch {
	case status == s1.StatusResolved, verdict == s1.VerdictFalsePositive:
		return 0
	case status == s1.StatusInProgress:
		return graveOpen
	}
	return graveOpen + graveFresh
}
