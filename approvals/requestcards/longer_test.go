package requestcards

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// Two isolations may run on one endpoint: each has a button of its own, and what ended or never had an end has none.
func TestAnExtensionByNameIsOfEachIsolationThatRuns(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)
	isolation := func(ref string, over time.Time, hosts ...string) approvals.Request {
		var plan catalog.Plan
		for _, h := range hosts {
			plan.Targets = append(plan.Targets, catalog.Target{Kind: "agent", ID: "id of " + h, Name: h})
		}
		return approvals.Request{ID: "id-" + ref, Ref: ref, Plan: catalog.Marshal(plan), Term: &approvals.Term{Began: now, Ends: now.Add(time.Hour), Over: over}}
	}
	running := []approvals.Request{
		isolation("A-AAAA", time.Time{}, "LAB-7"), isolation("A-BBBB", time.Time{}, "LAB-8", "lab-7"), isolation("A-CCCC", now, "LAB-7"), isolation("A-DDDD", time.Time{}, "LAB-9"),
	}
	extends := func(host, by string) (refs []string, card render.Card) {
		card = Longer(running, host, Extension{For: by})
		for _, p := range card.Parts {
			if row, ok := p.(render.Row); ok {
				for _, a := range row.Actions {
					var x Extension
					require.NoError(t, json.Unmarshal(a.(render.Button).Do.Args, &x))
					require.Zero(t, *x.After)
					refs = append(refs, x.Request+" "+x.For+" "+a.(render.Button).Label)
				}
			}
		}
		return refs, card
	}
	both, card := extends("LAB-7", "4h")
	require.Equal(t, []string{"id-A-AAAA 4h Extend by 4 hours", "id-A-BBBB 4h Extend by 4 hours"}, both)
	require.Contains(t, card.Plain(), "Which one?")
	one, _ := extends("lab-9", "soon")
	require.Equal(t, []string{"id-A-DDDD  Extend…"}, one, "without a length a form asks for it")
	none, card := extends("LAB-1", "4h")
	require.Empty(t, none)
	require.Contains(t, card.Plain(), "No isolation with an end time is running on LAB-1")
	require.Contains(t, card.Plain(), "A-DDDD")
}
