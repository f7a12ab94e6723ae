package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/unified"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// canned is a console with so many events of a threat, each that wide, and the notes of a unified alert.
type canned struct {
	events, width int
	notes         []unified.Note
	asked         []s1.ThreatID
}

func (c *canned) Threats(context.Context, s1.Query) iter.Seq2[s1.Threat, error] {
	return func(func(s1.Threat, error) bool) {}
}

func (c *canned) ThreatNotes(context.Context, s1.ThreatID, s1.Query) iter.Seq2[s1.Note, error] {
	return func(yield func(s1.Note, error) bool) { yield(s1.Note{}, errors.New("none may read them")) }
}

func (c *canned) Agents(context.Context, s1.Query) iter.Seq2[s1.Agent, error] {
	return func(yield func(s1.Agent, error) bool) {
		yield(s1.Agent{ID: "2000000000000000001", Row: s1.Row{Raw: json.RawMessage(`{}`)}}, nil)
	}
}

func (c *canned) UnifiedNotes(context.Context, unified.ID) ([]unified.Note, error) {
	return c.notes, nil
}

func (c *canned) ThreatEventsPage(_ context.Context, id s1.ThreatID, q s1.Query) (page s1.Page[huntapi.ThreatEvent], err error) {
	c.asked = append(c.asked, id)
	from, _ := strconv.Atoi(q.Get("cursor"))
	for i := from; i < min(from+1000, c.events); i++ {
		e := huntapi.ThreatEvent{EventType: "Process Creation", ProcessName: fmt.Sprintf("p%d.exe", i)}
		e.CreatedAt = s1.Time{Time: noon.Add(time.Duration(c.events-i) * time.Second)} // the newest come first
		e.Raw = json.RawMessage(`{"id":"` + strconv.Itoa(i) + strings.Repeat("x", c.width) + `"}`)
		page.Items = append(page.Items, e)
	}
	if from+1000 < c.events {
		page.Next = strconv.Itoa(from + 1000)
	}
	return page, nil
}

// noRequests is a ledger in which nothing was asked for.
type noRequests struct{}

func (noRequests) Find(context.Context, approvals.Query) ([]approvals.Request, error) {
	return nil, nil
}

func (noRequests) Audit(context.Context, approvals.AuditQuery) (approvals.Trail, error) {
	return approvals.Trail{}, nil
}

// made is the case file of a subject, and what is in it.
func made(t *testing.T, console Console, s Subject) (*Case, map[string]string) {
	t.Helper()
	var file bytes.Buffer
	m := Maker{Console: console, Alerts: desk{}, Ledger: noRequests{}, Space: tempfile.NewSpace(t.TempDir(), 2*MaxBytes), Here: func(approvals.Request) bool { return true }, Title: func(c string) string { return c }, Now: func() time.Time { return noon }}
	c, err := m.Make(t.Context(), s, &file)
	require.NoError(t, err)
	return c, unzipped(t, file.Bytes())
}

func ofThreat() Subject {
	return Subject{Kind: "threat", ID: "3000000000000000001", Threat: "3000000000000000001", Name: "evil.exe", At: noon, Raw: json.RawMessage(`{"id":"3000000000000000001"}`)}
}

// All events are in the file, however many, and the timeline has the first of them in their order.
func TestEventsGoIntoTheCaseAsTheyCome(t *testing.T) {
	t.Parallel()
	c, files := made(t, &canned{events: 12_345}, ofThreat())
	require.Equal(t, 12_345, strings.Count(files["events.jsonl"], "\n"))
	require.Equal(t, 12_346, strings.Count(files["events.csv"], "\r\n"), "a heading and every row")
	require.Contains(t, files["events.csv"], "p12344.exe")
	require.Len(t, c.moments, maxMoments+1, "the finding, and events")
	lines := strings.Split(strings.TrimSpace(files["timeline.csv"]), "\r\n")[1:]
	require.True(t, slices.IsSortedFunc(lines, func(a, b string) int { return strings.Compare(a[:22], b[:22]) }))
	require.Contains(t, files["report.md"], "events after the first 5000 in the timeline")
	require.Contains(t, files["report.md"], "**Missing**: `the notes: I couldn't read it`")
}

// A case that does not fit ends with a whole line, says so, and has its report all the same.
func TestACaseFileHoldsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	_, files := made(t, &canned{events: 5000, width: 20_000}, ofThreat())
	size := 0
	for _, content := range files {
		size += len(content)
	}
	require.LessOrEqual(t, size, MaxBytes)
	require.Greater(t, size, MaxBytes*3/4)
	require.True(t, strings.HasSuffix(files["events.jsonl"], "}\n"))
	require.Equal(t, strings.Count(files["events.jsonl"], "\n")+1, strings.Count(files["events.csv"], "\r\n"))
	require.Contains(t, files["report.md"], "a case file holds at most 64 MiB")
}

// A unified alert has its notes; one that SentinelOne's agent raised has the events of its threat, too.
func TestACaseOfAUnifiedAlertHasWhatTheConsoleKnows(t *testing.T) {
	t.Parallel()
	note := unified.Note{Text: "called the user", Author: &unified.Person{FullName: "Alice"}, CreatedAt: s1.Time{Time: noon.Add(time.Minute)}}
	note.Raw = json.RawMessage(`{"text":"called the user"}`)
	a := unified.Alert{ID: "01911119-abcd-7454-8234-6abcdef67893", Name: "Ransomware", ExternalID: "3000000000000000001", Source: unified.Detector{Product: "EDR", Vendor: "SentinelOne"}}
	a.Raw = json.RawMessage(`{"id":"01911119-abcd-7454-8234-6abcdef67893"}`)
	a.Assets = []unified.Asset{{Name: "DESKTOP-1", AgentUUID: "4c4c4544-0042-3510-8052-b4c04f4a3132"}}
	console := &canned{events: 3, notes: []unified.Note{note}}
	c, files := made(t, console, OfUnified(a))
	require.Empty(t, c.missing)
	require.Contains(t, files["report.md"], "`Alice` · `noted: called the user`")
	require.Equal(t, 3, strings.Count(files["events.jsonl"], "\n"))
	require.Equal(t, []s1.ThreatID{"3000000000000000001"}, console.asked)
	require.Contains(t, files, "endpoint.json")

	a.Source.Product = "Identity"
	_, files = made(t, console, OfUnified(a))
	require.NotContains(t, files, "events.jsonl")
	require.Contains(t, files, "notes.json")
}
