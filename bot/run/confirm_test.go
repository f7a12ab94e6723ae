package run

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// A resolved threat leaves the lists that people work from: who chooses that for one that nothing was done about says so twice.
func TestResolvingWhatIsNotMitigatedIsConfirmedFirst(t *testing.T) {
	t.Parallel()
	resolves := func(id string) []render.Invocation {
		ids := []string{id}
		return []render.Invocation{
			{Command: "update-incident-status", Args: catalog.Marshal(map[string]any{"threat-ids": ids, "status": "resolved"})},
			{Command: "resolve-threat", Args: catalog.Marshal(map[string]any{"threat-ids": ids, "agent-id": "DESKTOP-1"})},
			{Command: "update-threat-incident", Args: catalog.Marshal(map[string]any{"filter": map[string]any{"ids": ids}, "incident-status": "resolved", "analyst-verdict": "true_positive"})},
		}
	}
	for i := range resolves("") {
		k := newKit(t)
		open := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe", Mitigation: "not_mitigated"})
		said, err := k.does(alice, resolves(open)[i])
		require.NoError(t, err)
		require.Contains(t, said, "views.open")
		require.Contains(t, said, "evil.exe on DESKTOP-1 isn't mitigated.")
		require.Contains(t, said, "Resolve anyway")
		require.Empty(t, k.console.Changes())

		form := k.sent(alice, nil)
		require.Empty(t, k.checks(form))
		a := k.by(alice)
		a.Do, a.Extras, a.Drawn = form.Form.Do, exchange.ExtrasOf(form.Form.Do), true
		require.NoError(t, k.runner.Invoke(t.Context(), a))
		require.Len(t, k.console.Changes(), 1, "the form was the confirmation")
	}
}

// Without a trigger no form opens: the answer has the button.
func TestWhatIsConfirmedInAnAnswerRunsFromItsButton(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	open := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe", Mitigation: "not_mitigated"})
	a := k.by(alice)
	a.Do = render.Invocation{Command: "update-incident-status", Args: catalog.Marshal(map[string]any{"threat-ids": []string{open}, "status": "resolved"})}
	a.Trigger, a.Drawn = "", true
	require.NoError(t, k.runner.Invoke(t.Context(), a))
	require.Contains(t, k.said(), "Not done yet")
	require.Contains(t, k.said(), "Resolve anyway")
	require.Empty(t, k.console.Changes())
}

func TestNothingIsConfirmedWhereItIsFineOrWasTyped(t *testing.T) {
	t.Parallel()
	for _, mitigation := range []string{"mitigated", "marked_as_benign"} {
		k := newKit(t)
		id := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Mitigation: mitigation})
		_, err := k.does(alice, render.Invocation{Command: "update-incident-status", Args: catalog.Marshal(map[string]any{"threat-ids": []string{id}, "status": "resolved"})})
		require.NoError(t, err)
		require.Len(t, k.console.Changes(), 1, mitigation)
	}
	k := newKit(t)
	open := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Mitigation: "not_mitigated"})
	_, err := k.does(alice, render.Invocation{Command: "update-incident-status", Args: catalog.Marshal(map[string]any{"threat-ids": []string{open}, "status": "in_progress"})})
	require.NoError(t, err)
	require.Len(t, k.console.Changes(), 1, "nothing is closed by it")
	_, err = k.types(alice, "resolve-threat "+open+" agent-id=DESKTOP-1")
	require.NoError(t, err)
	require.Len(t, k.console.Changes(), 2, "a command is obeyed as it was typed")
}
