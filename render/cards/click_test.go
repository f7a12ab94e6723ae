package cards_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/rendertest"
	"s1bot/s1"
)

// clicks are what Slack would send for each thing to click in m, by label.
func clicks(t testing.TB, m render.Message) map[string]*slack.BlockAction {
	out := map[string]*slack.BlockAction{}
	for _, b := range rendertest.Maps(t, m.Blocks) {
		if b["type"] != "actions" {
			continue
		}
		for _, e := range rendertest.List(b["elements"]) {
			e := rendertest.Dict(e)
			label := rendertest.Str(rendertest.Dict(e["text"])["text"])
			if label != "" {
				out[label] = &slack.BlockAction{ActionID: rendertest.Str(e["action_id"]), Type: "button", Value: rendertest.Str(e["value"])}
			}
			for _, o := range rendertest.List(e["options"]) {
				o := rendertest.Dict(o)
				name := strings.TrimPrefix(rendertest.Str(rendertest.Dict(e["placeholder"])["text"])+": "+rendertest.Str(rendertest.Dict(o["text"])["text"]), ": ")
				out[name] = &slack.BlockAction{ActionID: rendertest.Str(e["action_id"]), SelectedOption: slack.OptionBlockObject{Value: rendertest.Str(o["value"])}}
			}
		}
	}
	return out
}

func readClick(t testing.TB, m render.Message, label string) render.Invocation {
	t.Helper()
	all := clicks(t, m)
	require.Contains(t, all, label)
	in, err := render.ReadAction(all[label], nil)
	require.NoError(t, err)
	return in
}

// elementKinds are the types of what can be clicked on a card, in order.
func elementKinds(t *testing.T, card render.Card) []string {
	t.Helper()
	var kinds []string
	for _, b := range rendertest.Maps(t, card.Message(render.Options{ConsoleURL: rendertest.Console}).Blocks) {
		if b["type"] != "actions" {
			continue
		}
		for _, e := range rendertest.List(b["elements"]) {
			kinds = append(kinds, rendertest.Str(rendertest.Dict(e)["type"]))
		}
	}
	return kinds
}

func TestEveryClickComesBackAsItsInvocation(t *testing.T) {
	t.Parallel()
	m := cards.Threat(threat(), pages{}, deck, cards.Thread{}).Message(render.Options{ConsoleURL: rendertest.Console})
	for label, want := range map[string]string{
		"Verdict: True Positive": `{"c":"update-threat-analyst-verdict","a":{"analyst-verdict":"true_positive","threat-ids":["1845174760470303882"]}}`,
		"Mitigate: Rollback":     `{"c":"mitigate-threats","a":{"filter":{"ids":["1845174760470303882"]},"mitigate-action":"rollback-remediation"}}`,
		"Disconnect host":        `{"c":"disconnect-agent-from-network","a":{"agent-ids":["1400000000000000001"]}}`,
		"Status: Resolved":       `{"c":"update-incident-status","a":{"threat-ids":["1845174760470303882"],"status":"resolved"}}`,
		"Add note":               `{"c":"add-notes-to-threats","a":{"filter":{"ids":["1845174760470303882"]}},"h":"form"}`,
		"Details":                `{"c":"get-threat-analysis","a":{"threat-id":"1845174760470303882"},"h":"view"}`,
		"Open in console":        `{"c":""}`,
	} {
		got, err := json.Marshal(readClick(t, m, label))
		require.NoError(t, err)
		require.JSONEq(t, want, string(got), label)
	}
}

func TestAThreatHasOneMoreMenuWhateverItIs(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*s1.Threat){
		"as it comes": func(*s1.Threat) {},
		"suspicious":  func(t *s1.Threat) { t.Info.ConfidenceLevel = s1.ConfidenceSuspicious },
		"to blocklist": func(t *s1.Threat) {
			t.Info.CollectionID, t.Realtime.SiteID = "1400000000000000007", "1400000000000000008"
		},
		"resolved": func(t *s1.Threat) { t.Info.IncidentStatus = s1.StatusResolved },
	} {
		threat := threat()
		change(&threat)
		answer := cards.ThreatDetails(threat, pages{}, deck)
		answer.Actions = append(answer.Actions, render.Button{Label: "Share in channel", Do: render.Invocation{Command: "get-threat", How: render.Share}})
		for _, card := range []render.Card{cards.Threat(threat, pages{}, deck, cards.Thread{}), answer} {
			kinds := strings.Join(elementKinds(t, card), " ")
			require.Equal(t, 1, strings.Count(kinds, "overflow"), "%s: %s", name, kinds)
			require.LessOrEqual(t, strings.Count(kinds, " "), 4, "%s: %s", name, kinds)
		}
	}
}
