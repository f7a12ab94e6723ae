package casefile

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/unified"
)

var found = time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)

func after(d time.Duration) s1.Time { return s1.Time{Time: found.Add(d)} }

// A desk is a console and a ledger that have what a test says, or an error in the place of it.
type desk struct {
	related  []s1.Threat
	alerts   []s1.Alert
	notes    []s1.Note
	events   []huntapi.ThreatEvent
	agents   []s1.Agent
	requests []approvals.Request
	entries  []approvals.Entry
	unified  []unified.Alert
	fails    map[string]error
}

func each[T any](items []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func (d desk) Threats(context.Context, s1.Query) iter.Seq2[s1.Threat, error] {
	return each(d.related, d.fails["threats"])
}

func (d desk) Alerts(context.Context, s1.Query) iter.Seq2[s1.Alert, error] {
	return each(d.alerts, d.fails["alerts"])
}

func (d desk) UnifiedAlerts(context.Context, s1.Query) iter.Seq2[unified.Alert, error] {
	return each(d.unified, d.fails["unified"])
}

func (d desk) ThreatNotes(context.Context, s1.ThreatID, s1.Query) iter.Seq2[s1.Note, error] {
	return each(d.notes, d.fails["notes"])
}

// ThreatEventsPage has two pages.
func (d desk) ThreatEventsPage(_ context.Context, _ s1.ThreatID, q s1.Query) (s1.Page[huntapi.ThreatEvent], error) {
	half := len(d.events) / 2
	if q.Get("cursor") == "" && half > 0 {
		return s1.Page[huntapi.ThreatEvent]{Items: d.events[:half], Next: "more"}, d.fails["events"]
	}
	return s1.Page[huntapi.ThreatEvent]{Items: d.events[half:]}, d.fails["events"]
}

func (d desk) Agents(context.Context, s1.Query) iter.Seq2[s1.Agent, error] {
	if err := d.fails["agents"]; err != nil {
		return each[s1.Agent](nil, err)
	}
	return each(d.agents, nil)
}

func (d desk) UnifiedNotes(context.Context, unified.ID) ([]unified.Note, error) { return nil, nil }

func (d desk) Find(context.Context, approvals.Query) ([]approvals.Request, error) {
	return d.requests, d.fails["requests"]
}

func (d desk) Audit(_ context.Context, q approvals.AuditQuery) (approvals.Trail, error) {
	own := slices.DeleteFunc(slices.Clone(d.entries), func(e approvals.Entry) bool { return e.Request != q.Request })
	return approvals.Trail{Entries: each(own, d.fails["audit"])}, nil
}

func evil() Subject {
	return Subject{Kind: "threat", ID: "7", Threat: "7", Name: "evil.exe", Host: "DESKTOP-1", Storyline: "S1", Agent: "9", At: found, Raw: json.RawMessage(`{"id":"7"}`),
		Facts: catalog.FactsOf("Path", "`rm -rf`|<https://evil.example>")}
}

// full is a desk that has one of each.
func full(t *testing.T) desk {
	t.Helper()
	plan := func(target catalog.Target) []byte {
		body, err := json.Marshal(catalog.Plan{Targets: []catalog.Target{target}})
		require.NoError(t, err)
		return body
	}
	note := s1.Note{Text: "=HYPERLINK(1)", Creator: "ann", CreatedAt: after(3 * time.Minute)}
	note.Raw = json.RawMessage(`{"text":"=HYPERLINK(1)"}`)
	event := huntapi.ThreatEvent{EventType: "Process Creation", ProcessName: "cmd.exe", CreatedAt: after(time.Minute)}
	event.Raw = json.RawMessage(`{"eventType":"Process Creation"}`)
	agent := s1.Agent{ID: "9"}
	agent.Raw = json.RawMessage(`{"id":"9"}`)
	twin := s1.Threat{ID: "8"}
	twin.Info.ThreatName, twin.Info.CreatedAt = "twin.exe", after(2*time.Minute)
	own, other := s1.Alert{TopIdentifier: "5", TopStoryline: "S1"}, s1.Alert{TopIdentifier: "6", TopStoryline: "S11"}
	own.Rule.Name, other.Rule.Name, own.Info.CreatedAt = "Encoded PowerShell", "Another story", after(2*time.Minute)
	return desk{
		related: []s1.Threat{{ID: "7"}, twin}, alerts: []s1.Alert{own, other}, notes: []s1.Note{note}, events: []huntapi.ThreatEvent{event, event}, agents: []s1.Agent{agent},
		requests: []approvals.Request{
			{ID: "R1", Ref: "A-1", Title: "Kill", RequesterName: "Alice", Reason: "ransom", State: approvals.Done, Plan: plan(catalog.Target{Kind: "threat", ID: "7"}), Approvals: []approvals.Vote{{User: "U0BOB"}}},
			{ID: "R2", Ref: "A-2", Plan: plan(catalog.Target{Kind: "agent", ID: "9"}), State: approvals.Denied},
			{ID: "R3", Ref: "A-3", Plan: plan(catalog.Target{Kind: "agent", ID: "1000"})},
			{ID: "R4", Ref: "A-4", Plan: []byte(`{`)},
		},
		entries: []approvals.Entry{{Seq: 4, Request: "R2", Action: "requested", At: found.Add(4 * time.Minute)}, {Seq: 5, Request: "R1", Action: "denied", At: found.Add(5 * time.Minute)}, {Seq: 6, Request: "R3"}},
		fails:   map[string]error{},
	}
}

// collected is a case file, by the names of its files.
func collected(t *testing.T, d desk, s Subject) (*Case, map[string]string) {
	t.Helper()
	var body bytes.Buffer
	c, err := Maker{Console: d, Alerts: d, Ledger: d, Space: tempfile.NewSpace(t.TempDir(), 2*MaxBytes), Here: func(approvals.Request) bool { return true }, Isolating: []string{"disconnect"}, Title: func(command string) string { return command }, Now: func() time.Time { return found.Add(time.Hour) }}.Make(t.Context(), s, &body)
	require.NoError(t, err)
	return c, unzipped(t, body.Bytes())
}

func unzipped(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(content)
	}
	return files
}

func TestACaseHasAllThatIsKnown(t *testing.T) {
	t.Parallel()
	c, files := collected(t, full(t), evil())
	require.Empty(t, c.missing)
	for _, name := range []string{"threat.json", "endpoint.json", "notes.json", "events.jsonl", "events.csv", "related-threats.csv", "related-alerts.csv", "requests.json", "audit.jsonl", "timeline.csv", "report.md"} {
		require.NotEmpty(t, files[name], name)
	}
	require.Equal(t, 2, strings.Count(files["events.jsonl"], "\n"), "both pages")
	require.Contains(t, files["related-threats.csv"], "twin.exe")
	require.Equal(t, 2, strings.Count(files["related-threats.csv"], "\n"), "not the threat itself")
	require.Contains(t, files["related-alerts.csv"], "Encoded PowerShell")
	require.NotContains(t, files["related-alerts.csv"], "Another story", "the console's key compares parts")
	require.Contains(t, files["timeline.csv"], "raised alert Encoded PowerShell of the same storyline")
	require.Equal(t, 2, strings.Count(files["audit.jsonl"], "\n"), "of the requests that concern it alone")
	require.Less(t, strings.Index(files["audit.jsonl"], `"requested"`), strings.Index(files["audit.jsonl"], `"denied"`), "in the order of the trail")
	require.Contains(t, files["report.md"], "`A-1`")
	require.Contains(t, files["report.md"], "`A-2`")
	require.NotContains(t, files["report.md"], "`A-3`")
	require.Contains(t, files["report.md"], "approved by `U0BOB`")
	lines := strings.Split(strings.TrimSpace(files["timeline.csv"]), "\n")
	require.True(t, slices.IsSorted(lines[1:]), "the timeline is in its order")
	require.Len(t, lines, 9)
}

// What attackers named is code in the report, and starts no formula in a table.
func TestACaseHoldsNoLiveText(t *testing.T) {
	t.Parallel()
	_, files := collected(t, full(t), evil())
	require.Contains(t, files["report.md"], "- Path: `ˋrm -rfˋ¦<https://evil.example>`")
	require.NotContains(t, files["timeline.csv"], ",=HYPERLINK")
	require.Equal(t, "`—`", inert(" "))
	require.Equal(t, 1002, len([]rune(inert(strings.Repeat("x", 5000)))))
}

// A part that cannot be read is said to be missing, on the card and in the report, and the others are there.
func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	for part, c := range map[string]struct {
		err  error
		want string
	}{
		"threats":  {&s1.Error{Status: 403, Message: "no"}, "the storyline's threats: the console answered 403 no"},
		"notes":    {context.DeadlineExceeded, "the notes: there was no answer in time"},
		"events":   {errors.New("dial tcp 10.0.0.1: secret"), "the events: I couldn't read it"},
		"agents":   {&s1.Error{Status: 500, Message: "boom"}, "the endpoint: the console answered 500 boom"},
		"requests": {errors.New("disk full"), "requests and audit trail: I couldn't read it"},
		"audit":    {errors.New("disk full"), "requests and audit trail: I couldn't read it"},
	} {
		d := full(t)
		d.fails[part] = c.err
		made, files := collected(t, d, evil())
		require.Len(t, made.missing, 1, part)
		require.Contains(t, made.missing[0], c.want, part)
		require.Contains(t, files["report.md"], "**Missing**: `"+made.missing[0]+"`", part)
		require.NotEmpty(t, files["timeline.csv"], part)
		require.Contains(t, made.Card().Parts, render.Line{render.Bold("Missing: "), render.Text(made.missing[0])}, part)
	}
}

// Who may not list alerts, or whose console has retired the list, reads that, and no "0": nobody counted.
func TestWhatWasNotReadIsNotCounted(t *testing.T) {
	t.Parallel()
	retired := &s1.Error{Status: 410, Reason: s1.Retired}
	for err, why := range map[error]string{ErrNotAllowed: ErrNotAllowed.Error(), retired: "this console no longer has that list"} {
		d := full(t)
		d.alerts, d.fails["alerts"], d.fails["unified"] = nil, err, retired
		made, _ := collected(t, d, evil())
		require.Len(t, made.missing, 1)
		require.Contains(t, made.missing[0], why)
		require.False(t, slices.ContainsFunc(made.counts, func(f catalog.Fact) bool { return strings.Contains(f.Label, "Alerts") }))
		require.True(t, slices.ContainsFunc(made.counts, func(f catalog.Fact) bool { return strings.Contains(f.Label, "Other threats") }))
	}
}

// A console that has unified alerts alone tells of those with a storyline; threats of the case are among them, and the file says which it
// cannot find.
func TestOnAConsoleWithUnifiedAlertsAloneTheStorylinesAlertsAreUnified(t *testing.T) {
	t.Parallel()
	d := full(t)
	alert := func(id, external, name, storyline string) unified.Alert {
		return unified.Alert{ID: unified.ID(id), ExternalID: external, Name: name, Storyline: storyline, Source: unified.Detector{Vendor: "SentinelOne"}}
	}
	subject := evil()
	subject.ID, subject.Threat = "3000000000000000007", "3000000000000000007"
	d.related = append(d.related, s1.Threat{ID: "3000000000000000008"})
	d.alerts, d.fails["alerts"] = nil, &s1.Error{Status: 410, Reason: s1.Retired}
	d.unified = []unified.Alert{
		alert("u1", "3000000000000000007", "the subject itself", "S1"), alert("u2", "3000000000000000008", "another threat of the case", "S1"),
		alert("u3", "3000000000000000009", "Odd logon", "S1"), alert("u4", "3000000000000000010", "of another storyline", "S11"),
	}
	made, files := collected(t, d, subject)
	require.Contains(t, files["related-alerts.csv"], `"u3","Odd logon"`)
	require.Equal(t, 2, strings.Count(files["related-alerts.csv"], "\n"), files["related-alerts.csv"])
	require.Contains(t, made.missing, "the storyline's alerts: "+errUnlinked.Error())
	require.Contains(t, made.counts, catalog.Fact{Label: "Alerts of the storyline", Value: "1"})
}

func TestWhatIsLongIsCutAndSaidToBe(t *testing.T) {
	t.Parallel()
	d := full(t)
	d.notes, d.events, d.related, d.alerts = nil, nil, nil, nil
	for range maxNotes + 1 {
		n := s1.Note{CreatedAt: after(0)}
		n.Raw = json.RawMessage(`{}`)
		d.notes = append(d.notes, n)
	}
	for i := range maxRelated + 1 {
		d.related = append(d.related, s1.Threat{ID: s1.ThreatID(fmt.Sprint(1000 + i))})
		d.alerts = append(d.alerts, s1.Alert{TopIdentifier: s1.AlertID(fmt.Sprint(1000 + i)), TopStoryline: "S1"})
	}
	c, files := collected(t, d, evil())
	require.ElementsMatch(t, []string{"notes after the first 1000", "threats of the storyline after the first 500", "alerts of the storyline after the first 500"}, c.missing)
	require.Equal(t, maxRelated+1, strings.Count(files["related-threats.csv"], "\n"))
	require.Len(t, c.Card().Parts, 2+3+8+2, "the last eight moments")
}

// A crowd is a ledger of many requests, two made at a time.
type crowd struct {
	noRequests
	all  []approvals.Request
	most int // at once
}

func (c *crowd) Find(_ context.Context, q approvals.Query) ([]approvals.Request, error) {
	first, _ := slices.BinarySearchFunc(c.all, q.Since, func(r approvals.Request, since time.Time) int { return r.Created.Compare(since) })
	rest := c.all[first:]
	rest = rest[:min(len(rest), q.Limit)]
	c.most = max(c.most, len(rest))
	return rest, nil
}

func TestRequestsAreLookedAtPageByPage(t *testing.T) {
	t.Parallel()
	s, ledger := evil(), &crowd{}
	for i := range maxRequests + 10 {
		r := approvals.Request{ID: fmt.Sprint("R", i), Created: found.Add(time.Duration(i/2) * time.Second), Plan: []byte(`{}`)}
		if i%100 == 99 {
			r.Plan = []byte(`{"targets":[{"kind":"threat","id":"7"}]}`)
		}
		ledger.all = append(ledger.all, r)
	}
	c := &Case{Subject: s}
	require.NoError(t, Maker{Ledger: ledger, Here: func(approvals.Request) bool { return true }}.find(t.Context(), c))
	ids := map[string]bool{}
	for _, r := range c.requests {
		ids[r.ID] = true
	}
	require.Equal(t, len(ids), len(c.requests), "each once")
	require.InDelta(t, maxRequests/100, len(ids), 5, "what came again was looked at as well")
	require.Equal(t, []string{"requests after the first 20000"}, c.missing)
	require.Less(t, ledger.most, 1000)
}

// An alert has no notes and events of its own at the console, so that nobody is told that there are none.
func TestAnAlertHasNoNotesOfItsOwn(t *testing.T) {
	t.Parallel()
	s := evil()
	s.Kind, s.Threat, s.Storyline, s.Agent = "alert", "", "", ""
	_, files := collected(t, full(t), s)
	require.Contains(t, files, "alert.json")
	for _, name := range []string{"notes.json", "events.jsonl", "endpoint.json", "related-threats.csv"} {
		require.NotContains(t, files, name)
	}
}

// A zip has a bound for what it unpacks to; the report fits in any case.
func TestACaseFileHasABound(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	z := &archive{zip: zip.NewWriter(&body), left: 4}
	require.ErrorIs(t, z.file("a", func(w io.Writer) error { _, err := w.Write([]byte("12345")); return err }), errFull)
	require.NoError(t, z.file("b", func(w io.Writer) error { _, err := w.Write([]byte("1234")); return err }))
	require.ErrorIs(t, z.json("c", json.RawMessage(`{}`)), errFull)
	require.Equal(t, "cut off: a case file holds at most 64 MiB", reasonOf(errFull))
	require.NoError(t, z.err, "that is no fault of the disk's")
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// An error of the file itself is no part that is missing: there is no case file.
func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	d := full(t)
	_, err := Maker{Console: d, Alerts: d, Ledger: d, Space: tempfile.NewSpace(t.TempDir(), 2*MaxBytes), Here: func(approvals.Request) bool { return true }, Title: func(c string) string { return c }, Now: time.Now}.Make(t.Context(), evil(), fullDisk{})
	require.ErrorContains(t, err, "no space left")
}

// The first lines are what whoever takes over asks first; how many rows the file has comes last.
func TestACardBeginsWithWhatItIsWhatIsOpenAndWhatWasDone(t *testing.T) {
	t.Parallel()
	threat := s1.Threat{ID: "7"}
	threat.Info.ThreatName, threat.Info.Classification, threat.Info.ConfidenceLevel = "evil.exe", "Ransomware", s1.ConfidenceMalicious
	threat.Info.MitigationStatus, threat.Info.IncidentStatus, threat.Info.AnalystVerdict = s1.NotMitigated, s1.StatusResolved, s1.VerdictUndefined
	threat.Realtime.ComputerName, threat.Realtime.SiteName = "DESKTOP-1", "Paris"
	waits, _ := json.Marshal(effect.Effect{Watched: true, Accepted: 1, Waiting: []string{"DESKTOP-1 is offline"}, Done: "isolated"})
	c := Case{Subject: OfThreat(threat), counts: catalog.FactsOf("Notes", "3"), requests: []approvals.Request{
		{Ref: "A-1", Title: "Disconnect Agent From Network", State: approvals.Done, Outcome: "Successful", Effect: waits, Requester: "UALICE", Approvals: []approvals.Vote{{User: "UBOB"}}, Finished: found},
		{Ref: "A-2", Title: "Mitigate Threats", State: approvals.Pending, Requester: "UALICE"},
		{Ref: "A-3", Title: "Shutdown Endpoints", State: approvals.Denied, Requester: "UALICE"},
	}}
	card := c.Card()
	lines := strings.Split(card.Plain(), "\n")
	require.Contains(t, lines[0], "Case file · evil.exe on DESKTOP-1")
	require.Equal(t, "Malicious · Ransomware · evil.exe on DESKTOP-1 · Paris", lines[1])
	require.Equal(t, "Still open: not mitigated · verdict undefined · A-1 Accepted, not isolated yet: DESKTOP-1 is offline · A-2 Mitigate Threats waits for approval. Settled: resolved.", lines[2])
	require.Equal(t, "Id: 7", lines[3], "what happened comes before what was decided")
	require.Contains(t, lines[4], "Done: Disconnect Agent From Network · Accepted, not isolated yet: DESKTOP-1 is offline · ")
	require.Contains(t, lines[4], "UBOB")
	require.NotContains(t, card.Plain(), "Shutdown", "nothing came of it")
	require.Contains(t, lines[len(lines)-2], "In the file: Notes 3")
	require.Contains(t, card.Text, "still open: not mitigated", "a phone reads it, too")

	threat.Info.MitigationStatus, threat.Info.AnalystVerdict = s1.Mitigated, s1.VerdictTruePositive
	c = Case{Subject: OfThreat(threat)}
	require.Contains(t, c.Card().Plain(), "Nothing is still open. Settled: mitigated · resolved · true positive.")
}

// A request for another threat of the same endpoint is of another case; one for the endpoint or for a threat of the storyline says so.
func TestACaseTellsOfItsOwnRequestsAlone(t *testing.T) {
	t.Parallel()
	d := full(t)
	ran := func(ref, title string, target catalog.Target) approvals.Request {
		return approvals.Request{ID: ref, Ref: ref, Title: title, RequesterName: "Alice", State: approvals.Done, Outcome: "Successful", Plan: catalog.Marshal(catalog.Plan{Targets: []catalog.Target{target}})}
	}
	d.requests = []approvals.Request{
		ran("A-1", "Update Threat Analyst Verdict", catalog.Target{Kind: "threat", ID: "7000", Name: "other.exe", Host: "DESKTOP-1", Agent: "9"}),
		ran("A-2", "Update Threat Incident", catalog.Target{Kind: "threat", ID: "8", Name: "twin.exe", Agent: "9"}),
		ran("A-3", "Initiate Scan", catalog.Target{Kind: "agent", ID: "9", Name: "DESKTOP-1"}),
		ran("A-4", "Mitigate Threats", catalog.Target{Kind: "threat", ID: "7", Name: "evil.exe", Agent: "9"}),
	}
	d.entries = []approvals.Entry{{Seq: 1, Request: "A-4", Action: "requested", Actor: "U0ALICE", At: found.Add(time.Minute)}}
	c, files := collected(t, d, evil())
	for _, text := range []string{c.Card().Plain(), files["report.md"]} {
		require.NotContains(t, text, "Verdict, ")
		require.NotContains(t, text, "A-1")
		require.Contains(t, text, "Update Threat Incident, threat twin.exe · Successful")
		require.Contains(t, text, "Initiate Scan, endpoint DESKTOP-1 · Successful")
		require.Contains(t, text, "Mitigate Threats · Successful")
	}
	require.NotContains(t, files["requests.json"], "A-1")
	require.NotContains(t, c.Card().Plain(), "U0ALICE", "a decision has its line, and no second one in the timeline")
	require.Equal(t, 1, strings.Count(files["report.md"], "U0ALICE"), "nobody stands twice in a line")
}

// Who isolated the endpoint is told although it was asked for before the threat was found.
func TestACaseTellsWhoIsolatedTheEndpoint(t *testing.T) {
	t.Parallel()
	d := full(t)
	d.agents[0].NetworkStatus = s1.NetworkDisconnected
	c, files := collected(t, d, evil())
	require.Contains(t, c.Card().Plain(), "is isolated, and I know of no request that did it")
	require.Contains(t, files["report.md"], "no request through the bot is known")

	d.requests = []approvals.Request{{
		ID: "R9", Ref: "A-9", Command: "disconnect", State: approvals.Done, Requester: "UALICE", RequesterName: "Alice", Created: found.Add(-time.Hour), Approvals: []approvals.Vote{{User: "UBOB"}},
		Plan: catalog.Marshal(catalog.Plan{Targets: []catalog.Target{{Kind: "agent", ID: "9"}}}),
		Term: &approvals.Term{For: 4 * time.Hour, Began: found.Add(-time.Hour), Ends: found.Add(3 * time.Hour)},
	}}
	c, files = collected(t, d, evil())
	require.Contains(t, c.Card().Plain(), "is isolated (A-9): requested by ")
	require.Contains(t, c.Card().Plain(), "UBOB, until ")
	require.Contains(t, files["report.md"], "isolated by A-9, requested by Alice, approved by UBOB, until "+when(found.Add(3*time.Hour)))
	d.requests[0].Term = nil
	c, _ = collected(t, d, evil())
	require.Contains(t, c.Card().Plain(), "No end set.")

	running := d.requests[0]
	running.ID, running.Ref, running.State, running.Started = "R10", "A-10", approvals.Running, found.Add(time.Minute)
	d.requests = append(d.requests, running)
	c, _ = collected(t, d, evil())
	require.Contains(t, c.Card().Plain(), "is isolated (A-9): requested by ", "it was before")
	d.requests = d.requests[1:]
	c, files = collected(t, d, evil())
	require.Contains(t, c.Card().Plain(), "is isolated (A-10, still under way): requested by ")
	require.NotContains(t, c.Card().Plain(), "No end set.")
	require.Contains(t, files["report.md"], "isolated by A-10, still under way, requested by Alice")
	require.NotContains(t, files["report.md"], "no end set")
}

// The events tell of the threat's own process and whom it contacted; each once.
func TestACaseTellsWhatHappened(t *testing.T) {
	t.Parallel()
	d := full(t)
	d.events = []huntapi.ThreatEvent{
		{ObjectType: "process", ProcessName: "evil.exe", PID: "42", ParentProcessName: "winword.exe", ProcessCmd: "evil.exe -q", CreatedAt: after(0)},
		{ObjectType: "ip", DstIP: "203.0.113.9", DstPort: "443", CreatedAt: after(0)}, {ObjectType: "ip", DstIP: "203.0.113.9", DstPort: "443", CreatedAt: after(0)},
		{ObjectType: "dns", DNSRequest: "evil.example", CreatedAt: after(0)},
	}
	c, files := collected(t, d, evil())
	for _, line := range []string{"Process: evil.exe · pid 42", "Parent: winword.exe", "Command line: evil.exe -q", "Contacted: 203.0.113.9:443 · evil.example"} {
		require.Contains(t, c.Card().Plain(), line)
	}
	require.Contains(t, files["report.md"], "- Contacted: `203.0.113.9:443 · evil.example`")
}

func TestASubjectHasTheFactsOfItsThreatOrAlert(t *testing.T) {
	t.Parallel()
	threat := s1.Threat{ID: "7"}
	threat.Info.ThreatName, threat.Info.Storyline, threat.Info.CreatedAt, threat.Realtime.ComputerName = "evil.exe", "S1", after(0), "DESKTOP-1"
	s := OfThreat(threat)
	require.Equal(t, "threat 7 evil.exe DESKTOP-1 S1", strings.Join([]string{s.Kind, s.ID, s.Name, s.Host, s.Storyline}, " "))
	require.Equal(t, found, s.At)
	require.Contains(t, s.Facts, catalog.Fact{Label: "Storyline", Value: "S1"})
	alert := s1.Alert{}
	require.Equal(t, "alert", OfAlert(alert).Kind)
}

// An isolation that a request undid, or whose time is over, is not why the endpoint is isolated now.
func TestAnIsolationThatIsOverIsNoReason(t *testing.T) {
	t.Parallel()
	plan, err := json.Marshal(catalog.Plan{Targets: []catalog.Target{{Kind: "agent", ID: "9"}}})
	require.NoError(t, err)
	m, stands := Maker{Isolating: []string{"disconnect"}}, approvals.Request{Command: "disconnect", Plan: plan}
	require.True(t, m.isolates(stands, "9"))
	undone, over := stands, stands
	undone.Undone, over.Term = &approvals.Undone{}, &approvals.Term{Over: found}
	require.False(t, m.isolates(undone, "9"))
	require.False(t, m.isolates(over, "9"))
	require.False(t, m.isolates(stands, "10"))
}
