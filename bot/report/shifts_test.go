package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

var shiftEnd = time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)

// A watch is a console and a ledger as a shift leaves them.
type watch struct {
	fresh, touched, open []s1.Threat
	alerts               []s1.Alert
	all                  int // of fresh, as the console counts
	isolated             []s1.Agent
	pending, done        []approvals.Request
	ending               []approvals.Request // isolations for a time
	fails                string              // what is refused
}

func (w watch) refusal(what string) error {
	if w.fails == what {
		return errors.New("the console answered 403")
	}
	return nil
}

func (w watch) Threats(_ context.Context, q s1.Query) iter.Seq2[s1.Threat, error] {
	list, what := w.fresh, "fresh"
	if q.Get("updatedAt__gte") != "" {
		list, what = w.touched, "touched"
	}
	return func(yield func(s1.Threat, error) bool) {
		if err := w.refusal(what); err != nil {
			yield(s1.Threat{}, err)
			return
		}
		for _, t := range list {
			if !yield(t, nil) {
				return
			}
		}
	}
}

func (w watch) ThreatsPage(context.Context, s1.Query) (s1.Page[s1.Threat], error) {
	return s1.Page[s1.Threat]{Items: w.open}, w.refusal("page")
}

func (w watch) AlertsPage(context.Context, s1.Query) (s1.Page[s1.Alert], error) {
	return s1.Page[s1.Alert]{Items: w.alerts, Total: len(w.alerts)}, w.refusal("alerts")
}

func (w watch) CountThreats(_ context.Context, q s1.Query) (int, error) {
	if q.Get("incidentStatuses") != "" {
		return len(w.open), w.refusal("open")
	}
	return w.all, w.refusal("all")
}

func (w watch) AgentsPage(context.Context, s1.Query) (s1.Page[s1.Agent], error) {
	return s1.Page[s1.Agent]{Items: w.isolated, Total: len(w.isolated)}, w.refusal("agents")
}

func (w watch) Find(_ context.Context, q approvals.Query) ([]approvals.Request, error) {
	if !q.Due.IsZero() {
		return w.ending, w.refusal("ending")
	}
	if q.States[0] == approvals.Pending {
		if q.Limit > 0 {
			return w.pending[:min(len(w.pending), q.Limit)], w.refusal("pending")
		}
		return w.pending, w.refusal("pending")
	}
	return w.done, w.refusal("done")
}

// unlinked links to nothing.
type unlinked struct{}

func (unlinked) ThreatURL(s1.ThreatID) string { return "" }
func (unlinked) AlertURL(s1.AlertID) string   { return "" }
func (unlinked) AgentURL(s1.AgentID) string   { return "" }
func (unlinked) UnifiedURL(string) string     { return "" }

func shiftsOf(w watch) Shifts {
	return Shifts{Console: w, Links: unlinked{}, Requests: w, Catalog: commands.All(), Now: func() time.Time { return shiftEnd }}
}

func threat(name string, confidence s1.Confidence, made, changed time.Duration, status s1.IncidentStatus) s1.Threat {
	t := s1.Threat{ID: s1.ThreatID(name)}
	t.Info.ThreatName, t.Info.ConfidenceLevel, t.Info.IncidentStatus = name, confidence, status
	t.Info.CreatedAt, t.Info.UpdatedAt = s1.Time{Time: shiftEnd.Add(-made)}, s1.Time{Time: shiftEnd.Add(-changed)}
	return t
}

func alert(rule string, severity s1.AlertSeverity) s1.Alert {
	var a s1.Alert
	a.Rule.Name, a.Rule.Severity, a.Info.IncidentStatus = rule, severity, s1.StatusUnresolved
	return a
}

// A token that may not see alerts still gets a report, which says so.
func TestAlertsThatCannotBeReadAreSaidToBeMissing(t *testing.T) {
	t.Parallel()
	card, err := shiftsOf(watch{fails: "alerts"}).Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.NoError(t, err)
	require.Contains(t, card.Text, "open alerts: unknown")
	require.Contains(t, written(card), "I couldn't read the open alerts: the console answered 403")
}

// All that wait are counted, those of another console that are older notwithstanding, and what is not named is said to be there.
func TestAllRequestsThatWaitAreCounted(t *testing.T) {
	t.Parallel()
	var pending []approvals.Request
	for i := range 120 {
		pending = append(pending, approvals.Request{Ref: fmt.Sprint("A-", i), State: approvals.Pending, Console: map[bool]string{true: "other", false: "ours"}[i < 105]})
	}
	shifts := shiftsOf(watch{pending: pending})
	shifts.About = func(req approvals.Request) bool { return req.Console == "ours" }
	card, err := shifts.Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.NoError(t, err)
	require.Contains(t, card.Text, "15 waiting for approval")
	require.Contains(t, written(card), "and 5 more that wait")
}

// What is quiet the next shift must know: who silenced it, until when and why; what is not named is said to be there.
func TestWhatIsSnoozedIsInTheReport(t *testing.T) {
	t.Parallel()
	quiet := []Snooze{{What: "file evil.exe", By: "U0CAROL", Reason: "a pentest", Until: shiftEnd.Add(time.Hour)}, {What: "host DESKTOP-1", By: "U0BOB", Until: shiftEnd.Add(2 * time.Hour)}}
	for i := range reportSnoozes {
		quiet = append(quiet, Snooze{What: fmt.Sprint("host H", i), By: "U0BOB", Until: shiftEnd.Add(3 * time.Hour)})
	}
	shifts := shiftsOf(watch{})
	shifts.Snoozes = func(context.Context) ([]Snooze, error) { return quiet, nil }
	card, err := shifts.Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.NoError(t, err)
	said := card.Plain()
	for _, want := range []string{"file evil.exe snoozed by", "U0CAROL", ": a pentest", "host DESKTOP-1 snoozed by", "host H7", "… and 2 more snoozed: /s1 snoozes"} {
		require.Contains(t, said, want)
	}
	require.NotContains(t, said, "host H8")
	shifts.Snoozes = func(context.Context) ([]Snooze, error) { return nil, errors.New("disk full") }
	_, err = shifts.Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.ErrorContains(t, err, "list snoozes: disk full")
}

// text is what can be read of a card, in one line.
func written(card render.Card) string {
	body, _ := json.Marshal(card)
	return card.Text + " " + string(body)
}

func isolation(t *testing.T, id string) approvals.Request {
	t.Helper()
	plan, err := json.Marshal(catalog.Plan{Targets: []catalog.Target{{Kind: "agent", ID: id}}})
	require.NoError(t, err)
	return approvals.Request{Command: "disconnect-agent-from-network", Requester: "U0ALICE", Approvals: []approvals.Vote{{User: "U0BOB"}}, Plan: plan, Started: shiftEnd.Add(-time.Hour), Created: shiftEnd.Add(-time.Hour)}
}

// extended is an isolation with an end, of which an extension waits.
func extended(t *testing.T, id string) approvals.Request {
	t.Helper()
	r := isolation(t, id)
	r.State = approvals.Done
	r.Term = &approvals.Term{For: 2 * time.Hour, Began: r.Started, Ends: shiftEnd.Add(time.Hour), Proposed: []approvals.Proposal{{Asked: "U0DAVE", By: 4 * time.Hour, Expires: shiftEnd.Add(time.Hour)}}}
	return r
}

func TestAShiftLeavesWhatIsOpenTheGravestFirst(t *testing.T) {
	t.Parallel()
	w := watch{
		fresh:    []s1.Threat{threat("a", s1.ConfidenceMalicious, time.Hour, 0, s1.StatusUnresolved), threat("b", s1.ConfidenceSuspicious, 2*time.Hour, 0, s1.StatusUnresolved)},
		touched:  []s1.Threat{threat("c", s1.ConfidenceMalicious, 3*time.Hour, time.Hour, s1.StatusResolved), threat("d", s1.ConfidenceMalicious, 2*time.Hour, time.Hour, s1.StatusInProgress)},
		open:     []s1.Threat{threat("odd.exe", s1.ConfidenceSuspicious, time.Hour, 0, s1.StatusUnresolved), threat("evil.exe", s1.ConfidenceMalicious, time.Hour, 0, s1.StatusUnresolved)},
		alerts:   []s1.Alert{alert("Odd login", s1.SeverityLow), alert("Mimikatz", s1.SeverityCritical)},
		isolated: []s1.Agent{{ID: "1", ComputerName: "DESKTOP-1", SiteName: "Paris"}, {ID: "2", ComputerName: "DESKTOP-2"}},
		pending:  []approvals.Request{{Ref: "A-7F3A", Title: "Isolate", Requester: "U0CAROL"}},
		done:     []approvals.Request{isolation(t, "1")},
		ending:   []approvals.Request{extended(t, "1")},
	}
	card, err := shiftsOf(w).Since(t.Context(), shiftEnd.Add(-Span), time.UTC)
	require.NoError(t, err)
	require.Equal(t, "Shift report · last 8 h: 2 new, 2 open, open alerts: 2, 2 isolated, 2 waiting for approval", card.Text)
	all := written(card)
	require.Less(t, strings.Index(all, "evil.exe"), strings.Index(all, "odd.exe"))
	require.Less(t, strings.Index(all, "Mimikatz"), strings.Index(all, "Odd login"))
	for _, want := range []string{"1 h 30 min (2 threats)", "2 h (1 threat)", "DESKTOP-1", "U0ALICE", "U0BOB", "isolated outside Slack", "A-7F3A", "U0CAROL", "Extension by 4 h", "U0DAVE"} {
		require.Contains(t, all, want)
	}
}

// Only what a person dealt with in this shift counts for how long things take.
func TestMeanTimesAreOfWhatPeopleDealtWith(t *testing.T) {
	t.Parallel()
	s := &shift{}
	since := shiftEnd.Add(-Span)
	automatic := threat("a", s1.ConfidenceMalicious, 3*time.Hour, time.Hour, s1.StatusResolved)
	automatic.Info.AutomaticallyResolved = true
	verdict := threat("v", s1.ConfidenceMalicious, 2*time.Hour, time.Hour, s1.StatusUnresolved)
	verdict.Info.AnalystVerdict = s1.VerdictTruePositive
	for _, one := range []s1.Threat{
		automatic, threat("untouched", s1.ConfidenceMalicious, 3*time.Hour, time.Hour, s1.StatusUnresolved), threat("old", s1.ConfidenceMalicious, 30*time.Hour, 20*time.Hour, s1.StatusResolved),
		threat("clock", s1.ConfidenceMalicious, time.Hour, 3*time.Hour, s1.StatusResolved), verdict,
	} {
		s.time(one, since)
	}
	require.Equal(t, []time.Duration{time.Hour}, s.acknowledge)
	require.Empty(t, s.solve)
	require.Equal(t, "—", mean(nil))
}

// A report that stops somewhere says where.
func TestWhatAReportLeavesOutIsCounted(t *testing.T) {
	t.Parallel()
	w := watch{all: reportMost + 7}
	for range reportMost + 1 {
		w.fresh = append(w.fresh, threat("a", s1.ConfidenceMalicious, time.Hour, 0, s1.StatusUnresolved))
	}
	for i := range reportRows + 3 {
		w.open = append(w.open, threat(fmt.Sprint("t", i), s1.ConfidenceMalicious, time.Hour, 0, s1.StatusUnresolved))
		w.isolated = append(w.isolated, s1.Agent{ID: s1.AgentID(fmt.Sprint(i)), ComputerName: "N"})
	}
	card, err := shiftsOf(w).Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.NoError(t, err)
	require.Contains(t, card.Text, "5007 new, 13 open, open alerts: 0, 13 isolated")
	all := written(card)
	require.Contains(t, all, "The chart covers the first 5000 threats and leaves out 7 more.")
	require.Contains(t, all, "and 3 more open")
	require.Contains(t, all, "and 3 more isolated")
}

// A number that is not known is an error, and no zero.
func TestAReportThatCannotBeCountedIsNone(t *testing.T) {
	t.Parallel()
	many := watch{all: reportMost + 1}
	for range reportMost + 1 {
		many.fresh = append(many.fresh, s1.Threat{})
	}
	for _, what := range []string{"fresh", "touched", "page", "open", "agents", "pending", "ending", "done", "all"} {
		w := watch{fails: what}
		if what == "all" {
			w = many
			w.fails = what
		}
		_, err := shiftsOf(w).Since(t.Context(), shiftEnd.Add(-Span), nil)
		require.ErrorContains(t, err, "403", what)
	}
}

// Each console has a report of its own with its own requests; one that does not answer keeps nobody from the others.
func TestSeveralConsolesStandBelowEachOther(t *testing.T) {
	t.Parallel()
	one := shiftsOf(watch{pending: []approvals.Request{{Ref: "A-EMEA", Console: "emea"}, {Ref: "A-APAC", Console: "apac"}}})
	one.Label, one.About = "emea", func(r approvals.Request) bool { return r.Console == "emea" }
	two := shiftsOf(watch{fails: "fresh"})
	two.Label = "apac"
	card, err := All{one, two}.Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.NoError(t, err)
	require.Contains(t, card.Text, "emea: 0 new, 0 open, open alerts: 0, 0 isolated, 1 waiting for approval")
	require.Contains(t, written(card), "A-EMEA")
	require.NotContains(t, written(card), "A-APAC")
	require.Contains(t, written(card), "I couldn't read this console, so it's missing here")
	_, err = All{two, two}.Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.ErrorContains(t, err, "403", "nothing at all is no report")
	single, err := All{one}.Since(t.Context(), shiftEnd.Add(-Span), nil)
	require.NoError(t, err)
	require.NotContains(t, written(single), "Console emea")
}

func TestADurationIsSaidInTwoUnits(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"0 min": 20 * time.Second, "45 min": 45 * time.Minute, "8 h": 8 * time.Hour, "8 h 5 min": 8*time.Hour + 5*time.Minute, "24 h": 24 * time.Hour,
		"1 d 2 h": 26*time.Hour + 10*time.Minute, "3 d": 72 * time.Hour,
	} {
		require.Equal(t, want, lasting(d))
	}
}
