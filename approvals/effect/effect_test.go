package effect

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/consoletest"
)

var asked = time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)

// endpoints are five targets, each of which has come to another point of its isolation.
func endpoints() ([]catalog.Target, Snapshot) {
	agents := map[string]s1.Agent{
		"1": {ID: "1", IsActive: true, NetworkStatus: s1.NetworkDisconnected},
		"2": {ID: "2", IsActive: false, NetworkStatus: s1.NetworkDisconnecting},
		"3": {ID: "3", IsActive: true, NetworkStatus: s1.NetworkDisconnecting},
		"4": {ID: "4", IsDecommissioned: true, NetworkStatus: s1.NetworkConnected},
	}
	var targets []catalog.Target
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		targets = append(targets, catalog.Target{Kind: "agent", ID: id, Name: "DESKTOP-" + id, Site: "Paris"})
	}
	return targets, Snapshot{Agents: agents}
}

func TestEachEndpointIsAsFarAsItSaysItself(t *testing.T) {
	t.Parallel()
	targets, seen := endpoints()
	e := Effect{Accepted: 5, Changed: []string{"DESKTOP-1 moved"}}
	e.Measure(*change.Isolation(), seen, targets, "", asked)
	require.Equal(t, 1, e.Applied)
	require.Equal(t, []string{"DESKTOP-2 is offline", "DESKTOP-3"}, e.Waiting)
	require.Equal(t, []string{"DESKTOP-4: decommissioned", "DESKTOP-5: gone"}, e.Failed)
	require.Empty(t, e.Unseen)
	require.Zero(t, e.Untaken)
	require.Equal(t, []string{"DESKTOP-1 moved"}, e.Changed, "what was known before stays")
	require.Equal(t, map[string]string{
		"1": "⛔ isolated", "2": "⏳ waiting, offline", "3": "⏳ waiting", "4": "❌ decommissioned", "5": "❌ gone",
	}, e.States)
	require.Equal(t, "5 accepted · 1 applied · 2 waiting (DESKTOP-2 is offline, DESKTOP-3) · 2 failed (DESKTOP-4: decommissioned, DESKTOP-5: gone)", e.Words())
	require.Equal(t, "1 of 5 isolated, not yet: DESKTOP-2 is offline, DESKTOP-3", e.Lead())
}

// What the console refused has failed, whatever the endpoint looks like; what it took fewer of than was asked is said to be missing.
func TestWhatTheConsoleRefusedIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	targets, seen := endpoints()
	e := Effect{Accepted: 1, Refused: map[string]string{"2": "not supported"}}
	e.Measure(*change.Isolation(), seen, targets[:3], "", asked)
	require.Equal(t, []string{"DESKTOP-2: not supported"}, e.Failed)
	require.Equal(t, 1, e.Untaken)
	require.Contains(t, e.Words(), "1 not accepted (the console doesn't say which)")
}

// Measuring again counts from the start: a target never stands in two states.
func TestASecondLookReplacesTheFirst(t *testing.T) {
	t.Parallel()
	targets, seen := endpoints()
	e := Effect{Accepted: 3}
	e.Measure(*change.Isolation(), seen, targets[:3], "", asked)
	for id, a := range seen.Agents {
		a.NetworkStatus, a.IsActive = s1.NetworkDisconnected, true
		seen.Agents[id] = a
	}
	e.Measure(*change.Isolation(), seen, targets[:3], "", asked)
	require.Equal(t, 3, e.Applied)
	require.Empty(t, e.Waiting)
	require.Empty(t, e.Lead(), "a tick needs no reservation")
	require.Equal(t, "3 accepted · 3 applied", e.Words())
}

func TestAnEffectThatNobodyCanSeeIsNeitherAppliedNorFailed(t *testing.T) {
	t.Parallel()
	seen := Snapshot{Agents: map[string]s1.Agent{"1": {ID: "1", IsActive: true}}}
	e := Effect{Accepted: 1}
	e.Measure(*change.Reboot(), seen, []catalog.Target{{Kind: "agent", ID: "1", Name: "DESKTOP-1"}}, "", asked)
	require.Zero(t, e.Applied)
	require.Empty(t, e.Failed)
	require.Equal(t, []string{"DESKTOP-1"}, e.Unseen)
	require.Equal(t, "Accepted; the console doesn't say whether DESKTOP-1 is restarted", e.Lead())
	require.Equal(t, "1 accepted · 0 applied · 1 with no status from the console (DESKTOP-1)", e.Words())
	require.Equal(t, render.Successful, e.Outcome(render.Successful))
}

// A target that the effect says nothing about is not taken for done.
func TestATargetOfAnotherKindIsUnseen(t *testing.T) {
	t.Parallel()
	e := Effect{Accepted: 1}
	e.Measure(*change.Isolation(), Snapshot{}, []catalog.Target{{Kind: "site", ID: "11", Name: "Paris"}}, "", asked)
	require.Equal(t, []string{"Paris"}, e.Unseen)
	require.Zero(t, e.Applied)
}

func TestAThreatIsCalledByItsHost(t *testing.T) {
	t.Parallel()
	threat := func(id string, online, gone bool, status s1.MitigationStatus) s1.Threat {
		found := s1.Threat{ID: s1.ThreatID(id)}
		found.Realtime.IsActive, found.Realtime.IsDecommissioned, found.Info.MitigationStatus = online, gone, status
		return found
	}
	seen := Snapshot{threats: map[string]s1.Threat{
		"1": threat("1", true, false, s1.Mitigated), "2": threat("2", false, false, s1.NotMitigated), "3": threat("3", false, true, s1.NotMitigated),
	}}
	var targets []catalog.Target
	for _, id := range []string{"1", "2", "3"} {
		targets = append(targets, catalog.Target{Kind: "threat", ID: id, Name: "evil.exe", Host: "HOST-" + id})
	}
	e := Effect{Accepted: 3}
	e.Measure(*change.Mitigation(""), seen, targets, "quarantine", asked)
	require.Equal(t, 1, e.Applied)
	require.Equal(t, []string{"evil.exe on HOST-2 is offline"}, e.Waiting)
	require.Equal(t, []string{"evil.exe on HOST-3: its endpoint is decommissioned"}, e.Failed)
	require.Equal(t, "quarantined", e.Done)
}

// Once there are as many tasks as the console accepted, an endpoint without one will not get one.
func TestAScriptThatAnEndpointHasNoTaskForWasNotAccepted(t *testing.T) {
	t.Parallel()
	targets, seen := endpoints()
	targets = targets[:3]
	seen.Tasks = map[string]s1.ScriptTask{"1": {Status: s1.TaskCompleted}}
	e := Effect{Accepted: 2}
	e.Measure(*change.ScriptEnd(), seen, targets, "", asked)
	require.Equal(t, 1, e.Applied)
	require.Len(t, e.Waiting, 2, "a task may still come")
	seen.Tasks["2"] = s1.ScriptTask{Status: s1.TaskPartly, DetailedStatus: "2 of 3 files"}
	e.Measure(*change.ScriptEnd(), seen, targets, "", asked)
	require.Equal(t, []string{"DESKTOP-2: 2 of 3 files"}, e.Partly)
	require.Equal(t, []string{"DESKTOP-3: not accepted by the console"}, e.Failed)
	require.Equal(t, "⚠ partly applied", e.States["2"])
	require.Equal(t, render.Partial, e.Outcome(render.Successful))
}

func TestAScriptOnAnEndpointThatIsGoneHasFailed(t *testing.T) {
	t.Parallel()
	seen := Snapshot{Agents: map[string]s1.Agent{"1": {ID: "1", IsUninstalled: true}}, Tasks: map[string]s1.ScriptTask{"1": {Status: s1.TaskStatus("pending")}}}
	e := Effect{Accepted: 1}
	e.Measure(*change.ScriptEnd(), seen, []catalog.Target{{Kind: "agent", ID: "1", Name: "DESKTOP-1"}}, "", asked)
	require.Equal(t, []string{"DESKTOP-1: uninstalled"}, e.Failed)
	require.Equal(t, render.Failed, e.Outcome(render.Successful))
}

func TestTheOutcomeIsNeverBetterThanTheConsolesAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		effect Effect
		answer render.Outcome
		want   render.Outcome
	}{
		"nothing seen yet":         {Effect{Waiting: []string{"A"}}, render.Successful, render.Successful},
		"all done":                 {Effect{Applied: 2}, render.Successful, render.Successful},
		"one failed, one done":     {Effect{Applied: 1, Failed: []string{"A"}}, render.Successful, render.Partial},
		"one failed, one waits":    {Effect{Waiting: []string{"B"}, Failed: []string{"A"}}, render.Successful, render.Partial},
		"done in part":             {Effect{Partly: []string{"A"}}, render.Successful, render.Partial},
		"all failed":               {Effect{Failed: []string{"A", "B"}}, render.Successful, render.Failed},
		"all failed, partial said": {Effect{Failed: []string{"A", "B"}}, render.Partial, render.Failed},
		"the console said no":      {Effect{Applied: 2, Failed: []string{"A"}}, render.Failed, render.Failed},
	} {
		require.Equal(t, c.want, c.effect.Outcome(c.answer), name)
	}
}

func TestAWarningSaysWhatALongWaitIsFor(t *testing.T) {
	t.Parallel()
	restart := "A " + catalog.NeedsRestart
	for name, c := range map[string]struct {
		effect Effect
		want   string
	}{
		"in time":                 {Effect{Waiting: []string{"A"}}, ""},
		"nothing waits":           {Effect{Overdue: true, Stopped: true}, ""},
		"all are off":             {Effect{Overdue: true, Waiting: []string{"A is offline", "B is offline"}}, "Offline endpoints will catch up"},
		"one is on":               {Effect{Overdue: true, Waiting: []string{"A is offline", "B"}}, "check the endpoint"},
		"for a restart":           {Effect{Overdue: true, Waiting: []string{restart}}, "Use restart-endpoints"},
		"for a restart and a day": {Effect{Stopped: true, Waiting: []string{restart}}, "Use restart-endpoints"},
		"a day is over":           {Effect{Overdue: true, Stopped: true, Waiting: []string{"A is offline"}}, "I've stopped watching"},
	} {
		if c.want == "" {
			require.Empty(t, c.effect.warning(), name)
			continue
		}
		require.Contains(t, c.effect.warning(), c.want, name)
	}
}

func TestACardTellsTheStatesTheWarningAndWhatChanged(t *testing.T) {
	t.Parallel()
	require.Empty(t, Effect{}.Parts())
	require.Empty(t, Effect{Accepted: 1}.Parts(), "the console's answer says it")
	require.Empty(t, Effect{Accepted: 1, Watched: true, Waiting: []string{"A"}}.Parts(), "the first line says it")
	e := Effect{Accepted: 2, Watched: true, Applied: 1, Waiting: []string{"A"}, Overdue: true, Changed: []string{"A is offline now"}}
	parts := e.Parts()
	require.Len(t, parts, 3)
	require.Equal(t, render.Line{render.Text("2 accepted · 1 applied · 1 waiting (A)")}, parts[0])
	require.Equal(t, render.Note{render.Text("Changed since the request: A is offline now")}, parts[2])
}

// The table names the first targets; who is not among them is in the counts alone.
func TestATableHasTheFirstTargetsOnly(t *testing.T) {
	t.Parallel()
	var targets []catalog.Target
	seen := Snapshot{Agents: map[string]s1.Agent{}}
	for i := range MostStates + 2 {
		id := string(rune('a' + i))
		targets = append(targets, catalog.Target{Kind: "agent", ID: id, Name: "N" + id})
		seen.Agents[id] = s1.Agent{ID: s1.AgentID(id), IsActive: true, NetworkStatus: s1.NetworkDisconnected}
	}
	e := Effect{Accepted: len(targets)}
	e.Measure(*change.Isolation(), seen, targets, "", asked)
	require.Equal(t, MostStates+2, e.Applied)
	rows := e.Table(targets).Rows
	require.Len(t, rows, MostStates)
	require.Equal(t, []render.Line{{render.Link("Na", "")}, {render.Text("⛔ isolated")}, {render.Text("—")}}, rows[0])
}

func TestSomeNamesFiveAndCountsTheRest(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a, b, c, d, e", Some(strings.Split("abcde", "")))
	require.Equal(t, "a, b, c, d, e and 2 more", Some(strings.Split("abcdefg", "")))
}

// A row of an older version, or a broken one, tells nothing rather than something wrong.
func TestAnEffectIsReadBackFromItsRow(t *testing.T) {
	t.Parallel()
	body, err := json.Marshal(Effect{Accepted: 2, Watched: true, Applied: 1, Waiting: []string{"B is offline"}})
	require.NoError(t, err)
	require.Equal(t, "2 accepted · 1 applied · 1 waiting (B is offline)", Words(body))
	require.Empty(t, Words(json.RawMessage(`{"accepted":"two"}`)))
	require.Equal(t, Effect{}, Of(approvals.Request{}))
}

func TestASnapshotSaysHowEndpointsAndThreatsAre(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/agents"):
			consoletest.OK(`{"data":[{"id":"1","computerName":"DESKTOP-1","isActive":true,"networkStatus":"disconnected"},{"id":"2","isDecommissioned":true}],"pagination":{"totalItems":2}}`)(w, r)
		case strings.HasSuffix(r.URL.Path, "/threats"):
			consoletest.OK(`{"data":[{"id":"7","threatInfo":{"threatId":"7","mitigationStatus":"not_mitigated"}}],"pagination":{"totalItems":1}}`)(w, r)
		default:
			consoletest.Status(http.StatusNotFound, `{"errors":[]}`)(w, r)
		}
	})
	one, two := catalog.Target{Kind: "agent", ID: "1", Name: "DESKTOP-1"}, catalog.Target{Kind: "agent", ID: "2", Name: "DESKTOP-2"}
	found, lost := catalog.Target{Kind: "threat", ID: "7", Name: "evil.exe", Host: "DESKTOP-1"}, catalog.Target{Kind: "threat", ID: "8"}
	other := catalog.Target{Kind: "site", ID: "1"}
	seen, err := FetchState(t.Context(), console.Client, []catalog.Target{one, two, found, lost, other})
	require.NoError(t, err)
	require.Equal(t, "DESKTOP-1 is online, network Disconnected", seen.Says(one))
	require.Equal(t, "evil.exe on DESKTOP-1 is not mitigated", seen.Says(found))
	require.Empty(t, seen.Says(lost))
	require.True(t, seen.Has(one))
	require.False(t, seen.Has(two), "decommissioned")
	require.True(t, seen.Has(found))
	require.False(t, seen.Has(lost))
	require.True(t, seen.Has(other), "nobody looked")
}

// Nothing is read from half of an answer: an error of the console's is the whole snapshot's.
func TestASnapshotFailsWhereTheConsoleDoesNotAnswer(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Status(http.StatusForbidden, `{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}`))
	for _, kind := range []string{"agent", "threat"} {
		_, err := FetchState(t.Context(), console.Client, []catalog.Target{{Kind: kind, ID: "1"}})
		var refused *s1.Error
		require.True(t, errors.As(err, &refused), kind)
		require.Equal(t, http.StatusForbidden, refused.Status)
	}
	_, err := TasksOf(t.Context(), console.Client, "5")
	require.Error(t, err)
	seen, err := FetchState(t.Context(), console.Client, []catalog.Target{{Kind: "site", ID: "1"}})
	require.NoError(t, err, "nothing has to be asked")
	require.Empty(t, seen.Agents)
}

func TestTasksAreFoundByTheirEndpoint(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"51","parentTaskId":"5","agentId":"1","status":"completed"},{"id":"52","parentTaskId":"5","agentId":"2","status":"pending"}],"pagination":{"totalItems":2}}`))
	tasks, err := TasksOf(t.Context(), console.Client, "5")
	require.NoError(t, err)
	require.Len(t, tasks, 2)
	require.Equal(t, s1.TaskCompleted, tasks["1"].Status)
	require.Equal(t, s1.TaskStatus("pending"), tasks["2"].Status)
}
