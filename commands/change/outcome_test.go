package change

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// call is a run of an isolation that notes what it is told was accepted.
func call(heard *catalog.Acceptance) *catalog.Call {
	return &catalog.Call{Command: &catalog.Command{Name: "isolate", Title: "Isolate"}, OnAccept: func(a catalog.Acceptance) { *heard = a }}
}

func two() []catalog.Target {
	return []catalog.Target{{Kind: "agent", ID: "1", Name: "A", Site: "Paris"}, {Kind: "agent", ID: "2", Name: "B", Host: "H"}}
}

// cells are a card's table: of each row the name and the result.
func cells(t *testing.T, card render.Card) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, p := range card.Parts {
		if table, ok := p.(render.Table); ok {
			for _, row := range table.Rows {
				found[row[0][0].Text] = row[1][0].Text
			}
		}
	}
	require.NotEmpty(t, found)
	return found
}

// The console's yes is a success only as far as it counts: none is a failure, fewer are a partial success, more are a warning.
func TestAnOutcomeIsWhatTheConsoleCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		result  s1.ActionResult
		outcome render.Outcome
		count   int
		words   string
	}{
		"all":         {s1.ActionResult{Affected: 2}, render.Successful, 2, "2 of 2 endpoints: accepted"},
		"one":         {s1.ActionResult{Affected: 1}, render.Partial, 1, "1 of 2 endpoints: accepted"},
		"none":        {s1.ActionResult{}, render.Failed, 0, "The console changed nothing (affected: 0)."},
		"refused all": {s1.ActionResult{Affected: 2, Details: []s1.IDResult{{ID: "1", Result: "missing_permissions"}, {ID: "2", Result: "missing_permissions"}}}, render.Failed, 0, "refused it for every endpoint"},
		"refused one": {s1.ActionResult{Affected: 2, Details: []s1.IDResult{{ID: "1", Result: "updated"}, {ID: "2", Result: "conditions_not_met"}}}, render.Partial, 1, "1 of 2 endpoints"},
		"too many":    {s1.ActionResult{Affected: 5}, render.Successful, 2, "The console reports 5 affected, but you requested 2"},
	} {
		var heard catalog.Acceptance
		card := Outcome{Noun: "endpoint", Done: "accepted", Targets: two(), Result: c.result}.Card(call(&heard))
		require.Equal(t, c.outcome, card.Outcome, name)
		require.Equal(t, c.count, heard.Count, name)
		require.Contains(t, words(card), c.words, name)
	}
}

func words(card render.Card) string {
	all := []string{card.Title, card.Text, card.Lead, card.Message(render.Options{}).Text}
	for _, p := range card.Parts {
		if line, ok := p.(render.Line); ok {
			for _, span := range line {
				all = append(all, span.Text)
			}
		}
	}
	return strings.Join(all, " ")
}

// Where each thing has a call of its own, one call that counts too much is told though the sum would not show it.
func TestACallThatCountsTooMuchIsToldWhateverTheSum(t *testing.T) {
	t.Parallel()
	var heard catalog.Acceptance
	c := Outcome{Noun: "threat", Done: "accepted", Targets: two(), Result: s1.ActionResult{Affected: 1}, More: catalog.Excess(2, 1)}
	card := c.Card(call(&heard))
	require.Equal(t, "The console reports 2 affected, but you requested 1", card.Lead)
	require.Equal(t, card.Lead, heard.Excess)
	require.Equal(t, render.Partial, card.Outcome)
	require.Empty(t, catalog.Excess(2, 2))
}

func TestEachTargetHasItsResult(t *testing.T) {
	t.Parallel()
	var heard catalog.Acceptance
	c := Outcome{Noun: "threat", Done: "mitigated", Step: "rollback-remediation", Targets: append(two(), catalog.Target{ID: "3", Name: "C"}, catalog.Target{ID: "4", Name: "D"}),
		Result: s1.ActionResult{Affected: 4, Details: []s1.IDResult{{ID: "1", Result: "already_set", Verdict: "updated"}, {ID: "3", Reports: []s1.MitigationReport{{}}}},
			Skipped: []s1.Skip{{ID: "2", Action: "rollback", Reason: "not_supported"}, {ID: "3", Action: "kill", Reason: "precondition", Description: "not running"}, {ID: "4", Action: "rollback", Reason: "triggered"}}}}
	card := c.Card(call(&heard))
	require.Equal(t, map[string]string{
		"A": "status already set, verdict updated", "B": "rollback not done, the operating system doesn't support it",
		"C": "kill not done, its preconditions are not met: not running", "D": "rollback not done, it is under way already",
	}, cells(t, card))
	require.Equal(t, map[string]string{"2": "rollback not done, the operating system doesn't support it"}, heard.Refused, "a step beside the one that was asked for, and one under way, are no refusals")
	require.Equal(t, 3, heard.Count)
	require.Equal(t, render.Partial, card.Outcome)
}

func TestAWordOfTheConsolesThatNobodyKnowsIsShown(t *testing.T) {
	t.Parallel()
	require.Equal(t, "not done, the console token's role lacks the permission", ResultWord("missing_permissions"))
	require.Equal(t, "some new word", ResultWord("some_new_word"))
	require.Equal(t, "some new reason", skipWord("some_new_reason"))
	require.Equal(t, "no reason was given", skipWord(""))
}

// What nobody could look at waits, and what the console refused does not.
func TestWhatIsNotSoYetStandsFirst(t *testing.T) {
	t.Parallel()
	var heard catalog.Acceptance
	targets := append(two(), catalog.Target{ID: "3", Name: "C"}, catalog.Target{ID: "4", Name: "D"})
	c := Outcome{Noun: "endpoint", Done: "isolation accepted", Targets: targets, Result: s1.ActionResult{Affected: 4, Details: []s1.IDResult{{ID: "3", Result: "conditions_not_met"}}}}
	c = c.Await("isolated", func(t catalog.Target) (catalog.Progress, string) {
		switch t.ID {
		case "1":
			return catalog.Applied, ""
		case "2":
			return catalog.Waiting, "is offline"
		}
		return catalog.Unseen, ""
	})
	card := c.Card(call(&heard))
	require.Equal(t, "1 of 3 isolated, not yet: B on H is offline, D", card.Lead)
	require.Equal(t, render.Waiting, card.Tone)
}

func TestAThingThatWasNotFoundIsKnownByItsID(t *testing.T) {
	t.Parallel()
	found := Known(nil, "agent", []s1.AgentID{"1", "2"}, []string{"1"}, func(_ *catalog.Call, id string) catalog.Target {
		return catalog.Target{Kind: "agent", ID: id, Name: "A"}
	})
	require.Equal(t, []catalog.Target{{Kind: "agent", ID: "1", Name: "A"}, {Kind: "agent", ID: "2", Name: "2"}}, found)
	require.Empty(t, Opens(found))
	require.Equal(t, []render.Action{render.Button{Label: "Open in console", URL: "u"}}, Opens([]catalog.Target{{URL: "u"}}))
}

func TestAStateIsToldAsItIs(t *testing.T) {
	t.Parallel()
	require.Equal(t, Reached{"status Resolved", true}, ReachedBy("status", s1.StatusResolved, s1.StatusResolved))
	require.Equal(t, Reached{"status still In Progress", false}, ReachedBy("status", s1.StatusInProgress, s1.StatusResolved))
	require.Equal(t, Reached{}, ReachedBy("status", "", s1.StatusResolved), "nothing is said of what the console does not tell")
	state := func(s s1.IncidentStatus) Reached { return ReachedBy("status", s, s1.StatusResolved) }
	identity := func(s s1.IncidentStatus) string { return string(s) }
	things := []s1.IncidentStatus{s1.StatusResolved, s1.StatusInProgress}
	require.Equal(t, "accepted, not visible yet: status still In Progress", States(things, true, identity, state)["in_progress"])
	require.Equal(t, "status still In Progress", States(things, false, identity, state)["in_progress"])
}

// The console counts what it deleted and does not say which: names are read before, and what is left only where something is.
func TestADeletionTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	for affected, want := range map[int]map[string]string{
		2: {"1": "deleted", "2": "deleted"},
		1: {"1": "deleted", "2": "not deleted: the console token's role might not cover its scope"},
	} {
		var reads int
		var heard catalog.Acceptance
		c, before, err := Deletion[string, string]{
			Noun: "exclusion", Target: func(_ *catalog.Call, id string) catalog.Target { return catalog.Target{ID: id, Name: "name of " + id} },
			Read: func(_ context.Context, ids []string) ([]string, error) {
				if reads++; reads == 1 {
					return ids, nil
				}
				return []string{"2"}, nil
			},
			Send: func(context.Context, []string) (s1.ActionResult, error) {
				return s1.ActionResult{Affected: affected}, nil
			},
			There: func(id string) (string, bool) { return id, true },
		}.Run(t.Context(), call(&heard), []string{"1", "2"})
		require.NoError(t, err)
		require.Equal(t, []string{"1", "2"}, before)
		require.Equal(t, "name of 2", c.Targets[1].Name)
		require.Equal(t, want, c.States)
		require.Equal(t, 3-affected, reads, "nothing is read again where all went")
	}
	_, _, err := Deletion[string, string]{
		Noun: "blocklist item", Short: "item", Try: "unblock",
		Read: func(context.Context, []string) ([]string, error) { return nil, nil },
		Send: func(context.Context, []string) (s1.ActionResult, error) { return s1.ActionResult{}, errors.New("403") },
	}.Run(t.Context(), nil, []string{"1", "2"})
	require.EqualError(t, err, "unblock 2 items: 403")
}

func TestWhatIsStillThereWasNotDeleted(t *testing.T) {
	t.Parallel()
	states := remains([]string{"1", "2", "3"}, []string{"2", "3"}, func(id string) (string, bool) { return id, id == "2" })
	require.Equal(t, "deleted", states["1"])
	require.Contains(t, states["2"], "not deleted")
	require.Equal(t, "deleted", states["3"])
}

// Things that go one by one: what failed says why; where all fail, or the console wants other rights before anything was done, the error is
// the console's own; where nobody knows, that is said.
func TestOneByOneTellsWhichFailed(t *testing.T) {
	t.Parallel()
	refused := func(status int, message string, unclear bool) error {
		return &s1.Error{Status: status, Message: message, Unclear: unclear}
	}
	run := func(errs ...error) (render.Card, error) {
		var heard catalog.Acceptance
		i := 0
		return OneByOne(call(&heard), "rule", "deleted", errs, func(err error) (catalog.Target, string, error) {
			i++
			return catalog.Target{ID: string(rune('0' + i)), Name: string(rune('A' + i - 1))}, "", err
		})
	}
	card, err := run(nil, refused(404, "no such rule", false), refused(504, "no answer", true))
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Equal(t, map[string]string{"A": "", "B": "not deleted: no such rule", "C": "unknown: no answer"}, cells(t, card))
	_, err = run(refused(404, "no such rule", false), refused(409, "in use", false), refused(404, "no such rule", false))
	var all *s1.Error
	require.ErrorAs(t, err, &all)
	require.Equal(t, "no such rule; in use", all.Message)
	for _, first := range []error{refused(http.StatusForbidden, "no", false), refused(504, "no answer", true), errors.New("ours")} {
		_, err = run(first, nil)
		require.ErrorIs(t, err, first, "nothing more is tried")
	}
	_, err = run(nil, errors.New("ours"))
	require.ErrorContains(t, err, "ours")
}

func TestFieldsThatChangeAreCompared(t *testing.T) {
	t.Parallel()
	was := []Field{{"mode", "protect"}, {"scan", "on"}, {"name", "x"}}
	wanted := []Field{{"mode", "detect"}, {"scan", "on"}, {"name", "y"}}
	changes := Diffs(was, wanted, func(field, _, _ string) bool { return field == "mode" })
	require.Equal(t, []catalog.Diff{{Field: "mode", Old: "protect", New: "detect", Weakens: true}, {Field: "name", Old: "x", New: "y"}}, changes)
	require.Equal(t, []string{"⚠ 1 change will weaken protection."}, WeakenNote(changes))
	require.Empty(t, WeakenNote(changes[1:]))
	require.Equal(t, FingerprintOf(was), FingerprintOf(was))
	require.NotEqual(t, FingerprintOf(was), FingerprintOf(wanted))
	require.NotEqual(t, FingerprintOf([]Field{{"a", "b"}, {"c", "d"}}), FingerprintOf([]Field{{"a", "b\nc=d"}}), "no value stands for two fields")
}

func TestAFieldThatWasNotSetIsSaid(t *testing.T) {
	t.Parallel()
	changes := []catalog.Diff{{Field: "mode", Old: "protect", New: "detect"}, {Field: "name", Old: "x", New: "y"}}
	outcome := func(left []catalog.Diff) render.Card {
		var heard catalog.Acceptance
		return ChangeOutcome(call(&heard), "policy", catalog.Target{Name: "Paris", URL: "u"}, changes, left, []byte(`{"mode":"protect"}`))
	}
	whole := outcome(nil)
	require.Equal(t, render.Successful, whole.Outcome)
	require.Contains(t, whole.Text, "2 of 2 fields set")
	require.Equal(t, "Restore the old values", whole.Actions[0].(render.Button).Label)
	part := outcome(changes[:1])
	require.Equal(t, render.Partial, part.Outcome)
	require.Contains(t, part.Text, "1 of 2 fields set")
	none := outcome(changes)
	require.Equal(t, render.Failed, none.Outcome)
	require.Contains(t, words(none), "The console changed nothing.")
	require.Len(t, none.Actions, 1, "there is nothing to restore")
	require.Empty(t, OldValuesButton(nil, nil))
}

// A value that the console took and does not show yet is no success of its own; one that it does not tell of is taken as it said.
func TestASettingIsLookedAtAfterwards(t *testing.T) {
	t.Parallel()
	type thing struct {
		id     string
		status s1.IncidentStatus
	}
	setting := func(result s1.ActionResult, err error, after ...thing) Setting[thing, string] {
		return Setting[thing, string]{
			Same: "this status", Try: "set the status of", Done: "status set", State: func(x thing) Reached { return ReachedBy("status", x.status, s1.StatusResolved) },
			Send: func(context.Context, *s1.Client, []string) (s1.ActionResult, error) { return result, err },
			Things: Things[thing, string]{Noun: "threat", Identity: func(x thing) string { return x.id },
				Target: func(_ *catalog.Call, x thing) catalog.Target {
					return catalog.Target{Kind: "threat", ID: x.id, Name: x.id}
				},
				After: func(_ context.Context, call *catalog.Call, ids []string, result s1.ActionResult, done string) (Outcome, []thing) {
					return Outcome{Noun: "threat", Done: done, Result: result, Targets: Known(call, "threat", ids, nil, func(*catalog.Call, thing) catalog.Target { return catalog.Target{} })}, after
				}},
		}
	}
	var heard catalog.Acceptance
	run := func(s Setting[thing, string]) render.Card {
		card, err := s.Run(t.Context(), call(&heard), []string{"1", "2"})
		require.NoError(t, err)
		return card
	}
	done := run(setting(s1.ActionResult{Affected: 2}, nil, thing{"1", s1.StatusResolved}, thing{"2", ""}))
	require.Empty(t, done.Lead)
	require.Equal(t, render.Successful, done.Outcome)
	late := run(setting(s1.ActionResult{Affected: 2}, nil, thing{"1", s1.StatusResolved}, thing{"2", s1.StatusInProgress}))
	require.Equal(t, "1 of 2 visible, not yet: 2", late.Lead)
	less := run(setting(s1.ActionResult{Affected: 1}, nil, thing{"1", s1.StatusResolved}, thing{"2", s1.StatusInProgress}))
	require.Equal(t, render.Partial, less.Outcome)
	require.Equal(t, "status still In Progress", cells(t, less)["2"])
	_, err := setting(s1.ActionResult{}, errors.New("403")).Run(t.Context(), call(&heard), []string{"1", "2"})
	require.ErrorContains(t, err, "set the status of 2 threats: 403")
	plan := setting(s1.ActionResult{}, nil).Plan(call(&heard), []thing{{"1", s1.StatusResolved}, {"2", ""}})
	require.Len(t, plan.Targets, 2)
	require.Contains(t, strings.Join(plan.Notes, " "), "this status")
}
