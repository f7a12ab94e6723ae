// Package casefile collects what the console and the bot know of one threat or alert: for who takes
// the case over, for the ticket, for auditors.
//
//	console ──threat, notes, events, endpoint, storyline──┐
//	ledger  ──requests, rows of the audit trail───────────┼──▶ a zip, written as it is read ──▶ report.md last
//	                                                      └──▶ a card
//
// The zip grows in a file on disk; it is 64 MiB at most, for its contents before compression are.
// Events go into it page by page as the console hands them out. A part that cannot be read does not
// keep the others from being there.
//
// The rule that must not break: what is missing is said, on the card and in the report. And
// whatever the console tells was named by attackers: in the report it stands in code, where nothing
// is a link or formatting, in CSV it starts no formula.
//
// A case is made in one pass over its parts, in the order in which they depend on each other: the
// endpoint's id, which an alert may know only as a UUID, is needed to find the requests that
// touched it, and every part leaves moments for the timeline, which is written when all have. The
// report is last because it says what is missing.
//
// The room is divided beforehand, since a zip cannot be rewritten: the report keeps its two
// megabytes whatever comes before it, and the events, the only part without a natural end, leave
// something for the parts that follow.
package casefile

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/trail"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/unified"
)

// Bounds of a case file.
//
// All bytes are counted before compression: what somebody unpacks must be bounded, not only what
// Slack carries.
const (
	MaxBytes    = 64 << 20  // of all contents, before compression
	reportBytes = 2 << 20   // of them kept for the report
	partBytes   = 256 << 10 // of them kept by the events for the parts after them
	maxNotes    = 1000
	maxMoments  = 5000 // of the events; the timeline is sorted in memory
	maxRelated  = 500
	maxRequests = 20_000 // that are looked at
	requestPage = 250    // of them in memory at once
)

// A Console is what a case is read from.
//
// Every method is a read; a case changes nothing at the console.
type Console interface {
	Threats(ctx context.Context, q s1.Query) iter.Seq2[s1.Threat, error]
	ThreatNotes(ctx context.Context, id s1.ThreatID, q s1.Query) iter.Seq2[s1.Note, error]
	ThreatEventsPage(ctx context.Context, id s1.ThreatID, q s1.Query) (s1.Page[huntapi.ThreatEvent], error)
	Agents(ctx context.Context, q s1.Query) iter.Seq2[s1.Agent, error]
	UnifiedNotes(ctx context.Context, id unified.ID) ([]unified.Note, error)
}

// Alerts has the alerts of a storyline. It is apart from the Console because not everybody who may see a threat may list alerts: its error then
// says so, and the rest of the case is there.
type Alerts interface {
	Alerts(ctx context.Context, q s1.Query) iter.Seq2[s1.Alert, error]             // of rules
	UnifiedAlerts(ctx context.Context, q s1.Query) iter.Seq2[unified.Alert, error] // where the console keeps no others
}

// ErrNotAllowed is what the policy keeps from the person who asked.
var ErrNotAllowed = errors.New("the policy doesn't let you list them")

// errUnlinked is what unified alerts cannot tell: the storyline is the only thing that ties them to a
// case, and the console leaves it out of many.
var errUnlinked = errors.New("this console keeps unified alerts only, and I can't find those that it gives no storyline")

// A Ledger has what was asked for, decided and run.
type Ledger interface {
	Find(ctx context.Context, q approvals.Query) ([]approvals.Request, error)
	Audit(ctx context.Context, q approvals.AuditQuery) (approvals.Trail, error)
}

// A Subject is the threat or alert that a case is about.
//
// The fields that may be empty decide which parts a case has: without Threat there are no events,
// without an endpoint no endpoint.json, without Storyline no related threats. An empty part is left
// out and is not reported as missing.
type Subject struct {
	Kind, ID, Name, Host, Storyline string
	Threat                          s1.ThreatID // whose events the console has; empty where there is none
	Agent                           s1.AgentID
	AgentUUID                       string     // in place of Agent
	Unified                         unified.ID // of a unified alert
	At                              time.Time  // when it was found
	Raw                             json.RawMessage
	Facts                           []catalog.Fact
	summary                         summary
}

// OfThreat is a threat as the subject of a case.
func OfThreat(t s1.Threat) Subject {
	_, hash := t.Hash()
	return Subject{
		summary: threatSummary(t),
		Kind:    "threat", ID: string(t.Identity()), Threat: t.Identity(), Name: t.Name(), Host: t.Host(), Storyline: t.Info.Storyline, Agent: t.AgentID(), At: t.Info.CreatedAt.Time, Raw: t.Raw,
		Facts: catalog.FactsOf("Classification", t.Info.Classification, "Confidence", t.Info.ConfidenceLevel.Label(), "Verdict", t.Info.AnalystVerdict.Label(),
			"Status", t.Info.IncidentStatus.Label(), "Mitigation", t.Info.MitigationStatus.Label(), "Endpoint", t.Host(), "User", t.User(), "Site", t.SiteName(),
			"Originating process", t.Info.OriginatorProcess, "Command line", t.Info.MaliciousProcessArguments, "Path", t.Info.FilePath, "Hash", hash,
			"Indicators", indicatorsOf(t), "Techniques", techniquesOf(t), "Storyline", t.Info.Storyline, "Id", string(t.Identity())),
	}
}

// OfAlert is an alert as the subject of a case.
func OfAlert(a s1.Alert) Subject {
	return Subject{
		summary: alertSummary(a),
		Kind:    "alert", ID: string(a.Identity()), Name: a.Name(), Host: a.Host(), Storyline: a.Storyline(), Agent: a.AgentID(), At: a.Info.CreatedAt.Time, Raw: a.Raw,
		Facts: catalog.FactsOf("Rule", a.Name(), "Verdict", a.Info.AnalystVerdict.Label(), "Status", a.Info.IncidentStatus.Label(), "Endpoint", a.Host(), "User", a.User(),
			"Process", a.Source.Name, "Parent", a.Parent.Name, "Command line", a.Source.CommandLine, "Path", a.Source.FilePath, "Hash", cmp.Or(a.Source.FileHashSHA1, a.Source.FileHashSHA256),
			"Event", a.Info.EventType, "Contacted", text.JoinNonEmpty(" · ", text.JoinNonEmpty(":", a.Info.DstIP, a.Info.DstPort), a.Info.DNSRequest), "Registry key", cmp.Or(a.Info.RegistryPath, a.Info.RegistryKeyPath),
			"Target", cmp.Or(a.Target.FilePath, a.Target.ProcessImagePath), "Indicators", text.JoinNonEmpty(": ", a.Info.IndicatorName, a.Info.IndicatorDescription),
			"Storyline", a.Storyline(), "Id", string(a.Identity())),
	}
}

// OfUnified is a unified alert as the subject of a case. One that SentinelOne's own agent raised
// has the threat's id as its external one.
//
// Only then can its events be read: the console lists events by threat.
func OfUnified(a unified.Alert) Subject {
	s := Subject{
		summary: unifiedSummary(a),
		Kind:    "alert", ID: string(a.ID), Unified: a.ID, Name: a.Name, Host: a.Host(), Storyline: a.Storyline, AgentUUID: a.Asset().AgentUUID, At: cmp.Or(a.DetectedAt, a.CreatedAt).Time, Raw: a.Raw,
		Facts: catalog.FactsOf("Severity", a.Severity.Label(), "Product", a.Product(), "Verdict", a.Verdict.Label(), "Status", a.Status.Label(), "Assignee", a.Assignee.Label(),
			"Endpoint", a.Host(), "User", a.User(), "Process", a.Process.File.Name, "Parent", a.Process.ParentName, "Command line", a.Process.CommandLine, "Path", a.Process.File.Path, "Hash", cmp.Or(a.Process.File.SHA1, a.Process.File.SHA256), "Indicators", alertIndicators(a), "Storyline", a.Storyline, "Id", string(a.ID)),
	}
	if threat := s1.ThreatID(a.ExternalID); threat.Valid() && a.Source.Product == "EDR" {
		s.Threat = threat
	}
	return s
}

// A Maker makes case files.
//
// One Maker serves one case of one console. Here matters because the ledger holds the requests of
// all consoles, and an id means something on its own console only.
type Maker struct {
	Console Console
	Alerts  Alerts
	Ledger  Ledger
	// Isolating are the names of the commands that isolate endpoints: who isolated the host is told
	// although it was asked for before the subject was found.
	Isolating []string
	Space     *tempfile.Space              // for what cannot be written into the zip at once
	Here      func(approvals.Request) bool // whether a request is for this console: ids of another may be equal
	Title     func(command string) string
	Now       func() time.Time
}

// A moment is one line of the timeline.
//
// Who is a person, a process of the endpoint or "console"; both texts are foreign and made inert
// where they are written.
type moment struct {
	at        time.Time
	who, what string
	decision  bool // of people about a request: a row of the audit trail
}

// words are who did what, each made inert; the trail's sentences begin with who it was.
func (m moment) words(inert func(string) string, sep string) string {
	if strings.HasPrefix(m.what, m.who) {
		return inert(m.what)
	}
	return inert(m.who) + sep + inert(m.what)
}

// A Case is what was collected.
type Case struct {
	Subject
	Made     time.Time
	moments  []moment
	requests []approvals.Request
	counts   []catalog.Fact
	missing  []string
	related  map[string]string // the storyline's threats: what each is called, by id

	isolated  s1.NetworkStatus   // of the endpoint; empty where the console did not tell
	isolation *approvals.Request // because of which it is isolated, where that is known
}

// A part reads one part of a case and writes its files.
type part struct {
	name string
	read func(context.Context, *Case, *archive) error
}

// Make writes the case file of a subject. An error is about the file itself; what cannot be read is
// missing from the case, which says so.
//
// So the error joins only what makes the zip unreadable: writing to w, and closing the archive,
// without which no program opens it. A part that failed half-way leaves the file that it had begun,
// which is why the note in the report names the part.
func (m Maker) Make(ctx context.Context, s Subject, w io.Writer) (*Case, error) {
	c := &Case{Subject: s, Made: m.Now(), related: map[string]string{}}
	c.add(s.At, "console", "found "+s.Kind+" "+s.Name)
	zipped := &archive{zip: zip.NewWriter(w), left: MaxBytes - reportBytes, made: c.Made}
	for _, p := range []part{
		{"the " + s.Kind, m.subject}, {"the endpoint", m.endpoint}, {"the notes", m.notes}, {"the events", m.events}, {"the storyline's threats", m.related}, {"the storyline's alerts", m.relatedAlerts},
		{"requests and audit trail", m.decisions},
	} {
		if err := p.read(ctx, c, zipped); err != nil {
			c.missing = append(c.missing, p.name+": "+reasonOf(err))
		}
	}
	slices.SortStableFunc(c.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	zipped.left += reportBytes
	err := errors.Join(c.timeline(zipped), zipped.file("report.md", c.report), zipped.err)
	return c, errors.Join(err, zipped.zip.Close())
}

// reasonOf says why a part is missing, without what is nobody's business.
//
// The console's own words are passed on, on one line; errors of the network may hold addresses and
// names of the inside and are told in general words.
func reasonOf(err error) string {
	var console *s1.Error
	switch {
	case s1.IsRetired(err):
		return "this console no longer has that list" // which the API of its successor may have
	case errors.As(err, &console):
		return fmt.Sprintf("the console answered %d %s", console.Status, trail.Line(console.Message))
	case errors.Is(err, errFull):
		return "cut off: a case file holds at most 64 MiB"
	case errors.Is(err, ErrNotAllowed):
		return ErrNotAllowed.Error()
	case errors.Is(err, errUnlinked):
		return errUnlinked.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "there was no answer in time"
	}
	return "I couldn't read it"
}

func (c *Case) add(at time.Time, who, what string) {
	if !at.IsZero() {
		c.moments = append(c.moments, moment{at: at, who: who, what: what})
	}
}

func (c *Case) count(label string, n int) {
	c.counts = append(c.counts, catalog.Fact{Label: label, Value: fmt.Sprint(n)})
}

func (m Maker) subject(_ context.Context, c *Case, z *archive) error {
	return z.json(c.Kind+".json", c.Raw)
}

// It fills in c.Agent where only the UUID was known, for what comes after it.
func (m Maker) endpoint(ctx context.Context, c *Case, z *archive) error {
	q := s1.Query{}.With("ids", string(c.Agent))
	switch {
	case c.Agent == "" && c.AgentUUID == "":
		return nil
	case c.Agent == "":
		q = s1.Query{}.With("uuids", c.AgentUUID)
	}
	for agent, err := range m.Console.Agents(ctx, q.WithLimit(1)) {
		if err != nil {
			return err
		}
		c.Agent, c.isolated = agent.ID, agent.NetworkStatus
		return z.json("endpoint.json", agent.Raw)
	}
	return nil
}

// notes are what analysts wrote, into the timeline and, as the console sent them, into notes.json.
// Alerts of rules have none in the console. What lies beyond maxNotes is named among what is
// missing: a case that looks whole and is not would be quoted as evidence.
func (m Maker) notes(ctx context.Context, c *Case, z *archive) error {
	if c.Unified != "" {
		return m.unifiedNotes(ctx, c, z)
	}
	if c.Threat == "" {
		return nil
	}
	var notes []json.RawMessage
	for n, err := range m.Console.ThreatNotes(ctx, c.Threat, nil) {
		if err != nil {
			return err
		}
		if len(notes) == maxNotes {
			c.missing = append(c.missing, fmt.Sprintf("notes after the first %d", maxNotes))
			break
		}
		notes = append(notes, n.Raw)
		c.add(n.CreatedAt.Time, n.Creator, "noted: "+n.Text)
	}
	c.count("Notes", len(notes))
	return z.json("notes.json", catalog.Marshal(notes))
}

// unifiedNotes are all on one page.
func (m Maker) unifiedNotes(ctx context.Context, c *Case, z *archive) error {
	found, err := m.Console.UnifiedNotes(ctx, c.Unified)
	if err != nil {
		return err
	}
	var notes []json.RawMessage
	if len(found) > maxNotes {
		c.missing = append(c.missing, fmt.Sprintf("notes after the first %d", maxNotes))
	}
	for _, n := range found[:min(len(found), maxNotes)] {
		notes = append(notes, n.Raw)
		c.add(n.CreatedAt.Time, n.Author.Label(), "noted: "+n.Text)
	}
	c.count("Notes", len(notes))
	return z.json("notes.json", catalog.Marshal(notes))
}

// related lists the threats of the storyline.
func (m Maker) related(ctx context.Context, c *Case, z *archive) error {
	found := m.Console.Threats(ctx, s1.Query{}.With("storylines", c.Storyline).WithLimit(maxRelated))
	return storyline(c, z, "threats", "Other threats of the storyline", []string{"Id", "Name", "Endpoint", "Found", "Status", "Mitigation"}, found, func(t s1.Threat) (line, bool) {
		c.related[string(t.Identity())] = text.JoinNonEmpty(" on ", t.Name(), t.Host())
		return line{t.Info.CreatedAt.Time, "found threat " + t.Name(), t.Host(), []string{string(t.Identity()), t.Name(), t.Host(), t.Info.CreatedAt.UTC().Format(time.RFC3339), t.Info.IncidentStatus.Label(), t.Info.MitigationStatus.Label()}}, t.Identity() != c.Threat
	})
}

// relatedAlerts lists the alerts of the storyline: those of rules or, where the console has no list of
// these any more, unified ones.
func (m Maker) relatedAlerts(ctx context.Context, c *Case, z *archive) error {
	found := func(yield func(line, error) bool) {
		for l, err := range m.ruleAlerts(ctx, c) {
			if s1.IsRetired(err) {
				m.unifiedAlerts(ctx, c)(yield)
				return
			}
			if !yield(l, err) {
				return
			}
		}
	}
	return storyline(c, z, "alerts", "Alerts of the storyline", []string{"Id", "Rule", "Endpoint", "Raised", "Status", "Verdict"}, found, func(l line) (line, bool) { return l, true })
}

// ruleAlerts are the storyline's alerts of rules. The console's key compares parts of storylines, so
// each row is looked at again.
func (m Maker) ruleAlerts(ctx context.Context, c *Case) iter.Seq2[line, error] {
	found := m.Alerts.Alerts(ctx, s1.Query{}.With("sourceProcessStoryline__contains", c.Storyline).WithLimit(maxRelated))
	return func(yield func(line, error) bool) {
		for a, err := range found {
			belongs := err != nil || a.Storyline() == c.Storyline
			if belongs && !yield(alertLine(a.Info.CreatedAt.Time, string(a.Identity()), a.Name(), a.Host(), a.Info.IncidentStatus.Label(), a.Info.AnalystVerdict.Label()), err) {
				return
			}
		}
	}
}

// unifiedAlerts are the storyline's unified alerts. Those that the case has as threats are left out; at
// the end stands what such a list cannot tell.
func (m Maker) unifiedAlerts(ctx context.Context, c *Case) iter.Seq2[line, error] {
	found := m.Alerts.UnifiedAlerts(ctx, s1.Query{}.With("storylineId", c.Storyline).WithLimit(maxRelated))
	return func(yield func(line, error) bool) {
		for a, err := range found {
			known, may := a.Counterpart()
			_, related := c.related[known]
			if twin := may && (related || known == c.ID || known == string(c.Threat)); twin || err == nil && a.Storyline != c.Storyline {
				continue
			}
			if !yield(alertLine(cmp.Or(a.DetectedAt, a.CreatedAt).Time, string(a.ID), a.Name, a.Host(), a.Status.Label(), a.Verdict.Label()), err) || err != nil {
				return
			}
		}
		yield(line{}, errUnlinked)
	}
}

func alertLine(at time.Time, id, name, host, status, verdict string) line {
	return line{at, "raised alert " + name, host, []string{id, name, host, at.UTC().Format(time.RFC3339), status, verdict}}
}

// A line is one thing of a storyline: a moment of the timeline and a row of the list, whose first cell
// is its id.
type line struct {
	at         time.Time
	what, host string
	cells      []string
}

// storyline writes what else belongs to the subject's storyline. The subject itself is in it too and is
// left out. One more is read than is written, so that the case knows whether there are more. A count
// stands in the case only where the list was read: "0" beside "not read" would be a finding that nobody
// made.
func storyline[T any](c *Case, z *archive, plural, label string, head []string, found iter.Seq2[T, error], row func(T) (line, bool)) error {
	if c.Storyline == "" {
		return nil
	}
	n := 0
	err := z.file("related-"+plural+".csv", func(w io.Writer) error {
		out := render.NewCSVWriter(w)
		if err := out.Write(head...); err != nil {
			return err
		}
		for thing, err := range found {
			if err != nil {
				return errors.Join(err, out.Flush())
			}
			l, belongs := row(thing)
			if !belongs || l.cells[0] == c.ID {
				continue
			}
			if n++; n > maxRelated {
				c.missing = append(c.missing, fmt.Sprintf("%s of the storyline after the first %d", plural, maxRelated))
				break
			}
			c.add(l.at, "console", l.what+" of the same storyline on "+l.host)
			if err := out.Write(l.cells...); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	if err == nil || n > 0 {
		c.count(label, min(n, maxRelated))
	}
	return err
}
