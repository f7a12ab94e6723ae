package cards_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// A verdict closes nothing: what nobody resolved has no green tick, and its title says so.
func TestAFalsePositiveIsNotDoneWithUntilItIsResolved(t *testing.T) {
	t.Parallel()
	h, a := threat(), alert()
	h.Info.AnalystVerdict, a.Info.AnalystVerdict = s1.VerdictFalsePositive, s1.VerdictFalsePositive
	h.Info.IncidentStatus = s1.StatusUnresolved
	u := unified.Alert{Name: "Odd logon", Verdict: "FALSE_POSITIVE_BENIGN", Status: unified.StatusInProgress}
	require.True(t, u.Verdict.False())
	for _, card := range []render.Card{cards.Threat(h, pages{}, deck, cards.Thread{}), cards.Alert(a, pages{}, deck, cards.Thread{}), cards.Unified(u, pages{}, deck, cards.Thread{})} {
		require.Equal(t, render.Info, card.Tone)
		require.Regexp(t, "^False positive, not closed yet · ", card.Title)
	}
	h.Info.IncidentStatus, a.Info.IncidentStatus, u.Status = s1.StatusResolved, s1.StatusResolved, unified.StatusResolved
	for _, card := range []render.Card{cards.Threat(h, pages{}, deck, cards.Thread{}), cards.Alert(a, pages{}, deck, cards.Thread{}), cards.Unified(u, pages{}, deck, cards.Thread{})} {
		require.Equal(t, render.Good, card.Tone)
		require.Regexp(t, " · resolved$", card.Title)
	}
}

// A card says what the event was about, whatever kind it is of.
func TestAnAlertSaysWhatItsEventWasAbout(t *testing.T) {
	t.Parallel()
	for want, info := range map[string]s1.AlertInfo{
		"203.0.113.66:443 outgoing":            {DstIP: "203.0.113.66", DstPort: "443", NetEventDirection: "OUTGOING"},
		"c2.bad.example → 203.0.113.66":        {DNSRequest: "c2.bad.example", DNSResponse: "203.0.113.66"},
		`MACHINE\SOFTWARE\Run\Updater = a.exe`: {RegistryPath: `MACHINE\SOFTWARE\Run\Updater`, RegistryValue: "a.exe"},
		`CORP\jdoe`:                            {LoginAccountDomain: "CORP", LoginsUserName: "jdoe"},
	} {
		require.Contains(t, cards.Alert(s1.Alert{Info: info}, pages{}, deck, cards.Thread{}).Plain(), want)
	}
	u := unified.Alert{Name: "Beacon", Observables: []unified.Observable{{Type: "IP", Value: "203.0.113.66"}}}
	require.Contains(t, cards.Unified(u, pages{}, deck, cards.Thread{}).Plain(), "Observables: ip 203.0.113.66")
}

// A phone shows a table's first two columns: four threats of one name are told apart by their hosts.
func TestTheHostIsTheSecondColumn(t *testing.T) {
	t.Parallel()
	for _, table := range []render.Table{cards.ThreatTable(nil, pages{}), cards.AlertTable(nil, pages{})} {
		require.Equal(t, "Host", table.Columns[1].Title)
	}
	require.Equal(t, "About", cards.UnifiedTable(nil, pages{}).Columns[1].Title)
}

// An id of MITRE's alone says nothing to whom has not learned them: its name or its tactic stands
// beside it, where the console says one.
func TestTechniquesHaveNamesWhereTheConsoleSaysThem(t *testing.T) {
	t.Parallel()
	h := threat()
	h.Indicators = append(h.Indicators, s1.Indicator{Tactics: []s1.Tactic{{Techniques: []s1.Technique{{Name: "T1036.007"}}}}})
	require.Contains(t, cards.Threat(h, pages{}, deck, cards.Thread{}).Plain(), "Impact T1486, T1490 · T1036.007 · Detected")

	var u unified.Alert
	require.NoError(t, json.Unmarshal([]byte(`{"name":"Odd logon","indicators":[{"title":"setgid","attacks":[{"technique":{"name":"Setuid and Setgid","uid":"T1548.001"}},{"technique":{"uid":"T1059"}},
		{"tactic":{"name":"Execution","uid":"TA0002"}}]}]}`), &u))
	require.Contains(t, cards.UnifiedDetails(u, nil, pages{}, deck).Plain(), "setgid (T1548.001 Setuid and Setgid, T1059, TA0002 Execution)")
}
