package trail_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/trail"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// entry is a row of request r1 about DESKTOP-1, which Alice asked for.
func entry(action, actor, detail string) approvals.Entry {
	return approvals.Entry{Seq: 7, At: noon, Request: "r1", Ref: "A-7F3A", Actor: actor, Action: action, Command: "isolate", Detail: json.RawMessage(detail)}
}

const asked = `{"requester":"UALICE","name":"Alice","state":"pending","quorum":2,"by":["approvers","leads"],"reason":"it \"beacons\"","ticket":"T-1","for":"4h0m0s","targets":1,
	"plan":{"targets":[{"kind":"agent","id":"1","name":"DESKTOP-1"}]}}`

// told is how a reader that has seen who asked tells of the last of more rows.
func told(more ...approvals.Entry) string {
	reader := trail.New(trail.Config{Title: func(string) string { return "Isolate" }})
	last := reader.Row(context.Background(), entry(approvals.ActionAsked, "UALICE", asked))
	for _, e := range more {
		last = reader.Row(context.Background(), e)
	}
	return last.Sentence
}

func TestEachStepIsASentenceWithNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, `Alice (UALICE) requested Isolate (DESKTOP-1) for 4 hours: “it "beacons"”. Ticket “T-1”. It needs 2 approvals from approvers or leads.`, told())
	for _, c := range []struct{ action, actor, detail, want string }{
		{approvals.ActionApproved, "UBOB", `{"who":"Bob","requester":"UALICE","missing":1}`, "Bob (UBOB) approved Isolate (DESKTOP-1) for Alice. 1 more approval is needed."},
		{approvals.ActionApproved, "UBOB", `{"who":"Bob","requester":"UALICE","missing":0}`, "Bob (UBOB) approved Isolate (DESKTOP-1) for Alice. It may run now."},
		{approvals.ActionDenied, "UBOB", `{"who":"Bob","requester":"UALICE","reason":"no"}`, "Bob (UBOB) denied Isolate (DESKTOP-1) for Alice: “no”."},
		{approvals.ActionDenied, "UBOB", `{"requester":"UALICE","console":"emea"}`, "UBOB denied Isolate (DESKTOP-1) on console emea for Alice."},
		{approvals.ActionDenied, "UBOB", `{"requester":"UALICE","console":"default"}`, "UBOB denied Isolate (DESKTOP-1) for Alice."},
		{approvals.ActionWithdrawn, "UALICE", `{"requester":"UALICE"}`, "Alice (UALICE) withdrew Isolate (DESKTOP-1)."},
		{approvals.ActionWithdrawn, "", `{"requester":"UALICE","why":"reconnected"}`, "s1bot withdrew Isolate (DESKTOP-1) for Alice: “reconnected”."},
		{approvals.ActionExpired, "", `{"was":"pending"}`, "Isolate (DESKTOP-1) for Alice expired: nobody decided in time."},
		{approvals.ActionExpired, "", `{"was":"pending","why":"it was made by a clock that was ahead, so nobody knows how long it has waited"}`,
			"Isolate (DESKTOP-1) for Alice expired: “it was made by a clock that was ahead, so nobody knows how long it has waited”."},
		{approvals.ActionExpired, "", `{"was":"approved"}`, "Isolate (DESKTOP-1) for Alice was approved but didn't run in time, so it expired."},
		{approvals.ActionStarted, "", `{"requester":"UALICE","approvals":[{"user":"UALICE"}]}`, "s1bot started Isolate (DESKTOP-1) for Alice, approved by Alice."},
		{approvals.ActionStarted, "", `{"requester":"UALICE","approvals":[{"user":"UBOB","void":"can no longer approve this"},{"user":"UALICE"}]}`,
			"s1bot started Isolate (DESKTOP-1) for Alice, approved by Alice. Not counted: the approval of UBOB, who can no longer approve this."},
		{approvals.ActionFinished, "", `{"requester":"UALICE","outcome":"Failed","answer":"404","err":"gone"}`, "Isolate (DESKTOP-1) for Alice ended: Failed. Answer: “404”. Error: “gone”."},
		{approvals.ActionInterrupted, "", `{"requester":"UALICE"}`, "Isolate (DESKTOP-1) for Alice was interrupted: it may have run."},
		{approvals.ActionReopened, "", `{}`, "Isolate (DESKTOP-1) for Alice was interrupted and is safe to repeat, so s1bot runs it again."},
		{approvals.ActionReopened, "UBOB", `{}`, "UBOB had Isolate (DESKTOP-1) for Alice run again."},
		{approvals.ActionClosed, "UBOB", `{}`, "UBOB closed Isolate (DESKTOP-1) for Alice."},
		{approvals.ActionRefused, "UBOB", `{"who":"Bob","wanted":"approved","why":"not an approver"}`, "Bob (UBOB) wasn't allowed to take the step “approved” on Isolate (DESKTOP-1) for Alice: “not an approver”."},
		{approvals.ActionObserved, "", `{"effect":{"accepted":1,"watched":true,"applied":1}}`, "The console shows for Isolate (DESKTOP-1) for Alice: 1 accepted · 1 applied."},
		{approvals.ActionHeld, "", `{"why":"Slack doesn't answer"}`, "Isolate (DESKTOP-1) for Alice waits: “Slack doesn't answer”."},
		{approvals.ActionNotRun, "", `{"why":"Slack doesn't answer"}`, "Isolate (DESKTOP-1) for Alice was approved but didn't run: “Slack doesn't answer”."},
		{approvals.ActionWarned, "", `{"ends":"2026-11-20T16:00:00Z"}`, "s1bot warned of the upcoming end of Isolate (DESKTOP-1) for Alice at 2026-11-20 16:00:00Z."},
		{approvals.ActionExtended, "UBOB", `{"by":"2h0m0s","ends":"2026-11-20T16:00:00Z"}`, "UBOB extended Isolate (DESKTOP-1) for Alice by 2 hours, until 2026-11-20 16:00:00Z."},
		{approvals.ActionProposed, "UBOB", `{"by":"2h0m0s","missing":2}`, "UBOB approved extending Isolate (DESKTOP-1) for Alice by 2 hours. 2 more approvals are needed."},
		{approvals.ActionFreezeReason, "UBOB", `{"reason":"ransomware"}`, "UBOB said why changes are frozen: “ransomware”."},
		{approvals.ActionExtensionDenied, "UBOB", `{"by":"2h0m0s","reason":"he is back"}`, "UBOB denied extending Isolate (DESKTOP-1) for Alice by 2 hours: “he is back”."},
		{approvals.ActionExtensionRequested, "UBOB", `{"by":"2h0m0s"}`, "UBOB asked to extend Isolate (DESKTOP-1) for Alice by 2 hours."},
		{approvals.ActionExtended, "UBOB", `{"by":"2h0m0s","ends":"2026-11-20T16:00:00Z","reason":"the user is away"}`, `UBOB extended Isolate (DESKTOP-1) for Alice by 2 hours, until 2026-11-20 16:00:00Z: “the user is away”.`},
		{approvals.ActionUndone, "", `{"note":"DESKTOP-1 was reconnected (A-7F3A)"}`, "What Isolate (DESKTOP-1) for Alice did was undone: “DESKTOP-1 was reconnected (A-7F3A)”."},
		{approvals.ActionEnded, "", `{"note":"reconnect requested"}`, "The time limit of Isolate (DESKTOP-1) for Alice has passed: “reconnect requested”."},
		{"snoozed", "UBOB", `{"who":"Bob","by":"host","value":"DESKTOP-1"}`, "Bob (UBOB): snoozed, Isolate (DESKTOP-1), by host, value DESKTOP-1."},
	} {
		require.Equal(t, c.want, told(entry(c.action, c.actor, c.detail)))
	}
}

func TestWhatLiesBeforeTheFirstRowIsLookedUp(t *testing.T) {
	t.Parallel()
	reader := trail.New(trail.Config{
		Request: func(_ context.Context, id string) (approvals.Request, bool) {
			return approvals.Request{Requester: "UALICE", RequesterName: "Alice", Targets: 7, Plan: json.RawMessage(`{"targets":[{"kind":"threat","id":"9","name":"evil.exe","host":"DC-1"}]}`)}, id == "r1"
		},
		Person: func(_ context.Context, id string) string { return map[string]string{"UBOB": "Bob"}[id] },
	})
	row := reader.Row(t.Context(), entry(approvals.ActionApproved, "UBOB", `{"missing":0}`))
	require.Equal(t, "Bob (UBOB) approved isolate (evil.exe on DC-1, 6 more) for Alice. It may run now.", row.Sentence)
	require.Equal(t, "     7  2026-11-20 12:00:00Z  A-7F3A   approved    "+row.Sentence, row.String())
}

// hostile is what attackers may write: a host name that goes on like a row of ours, and what a terminal obeys.
const hostile = "X\n     8  2026-11-20 12:00:01Z  A-7F3A   approved    Bob approved\r\u2028\u202egnp.exe\x1b[2J”). Bob approved <script>alert(1)</script>"

func TestNothingThatOthersWroteEndsALineOrPosesAsOurs(t *testing.T) {
	t.Parallel()
	name, err := json.Marshal(hostile)
	require.NoError(t, err)
	plan := `{"requester":"UEVE","name":` + string(name) + `,"reason":` + string(name) + `,"plan":{"targets":[{"kind":"agent","id":"1","name":` + string(name) + `}]}}`
	e := entry(approvals.ActionAsked, "UEVE", plan)
	row := trail.New(trail.Config{}).Row(t.Context(), e)
	requireOneLine(t, row.String())
	require.Contains(t, row.Sentence, `(“X 8 2026-11-20`, "it stands in quotation marks")
	require.NotContains(t, row.Sentence, "”). Bob approved", "which it does not close")
	require.Contains(t, row.Sentence, "⟨U+202E⟩gnp.exe⟨U+001B⟩[2J")

	var page strings.Builder
	rows := func(yield func(trail.Row) bool) { yield(row) }
	require.NoError(t, trail.Page{Made: noon, Rows: rows, Checks: []trail.Check{{Words: "row 3 <b>"}}}.Write(&page))
	require.NotContains(t, page.String(), "<script")
	require.NotContains(t, page.String(), "<b>")
	require.NotContains(t, page.String(), "\u202e")
	require.NotContains(t, page.String(), "\x1b")
	require.Contains(t, page.String(), "✗ row 3 &lt;b&gt;")
}

func requireOneLine(t *testing.T, line string) {
	t.Helper()
	require.False(t, strings.ContainsFunc(line, func(r rune) bool {
		return unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), "%q", line)
}

func FuzzRow(f *testing.F) {
	f.Add("asked", "UEVE", "A-1", "isolate", hostile)
	f.Add("snoozed\n", "U\x00", "\u2029", "\u202e", `{"by":"x"}`)
	f.Fuzz(func(t *testing.T, action, actor, ref, command, text string) {
		quoted, err := json.Marshal(map[string]any{"reason": text, "why": text, "by": text, "who": text, text: text})
		require.NoError(t, err)
		for _, detail := range []string{text, string(quoted)} {
			e := approvals.Entry{Seq: 1, At: noon, Ref: ref, Actor: actor, Action: action, Command: command, Detail: json.RawMessage(detail)}
			requireOneLine(t, trail.New(trail.Config{}).Row(t.Context(), e).String())
		}
	})
}
