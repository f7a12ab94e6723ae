package routing

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// prefix is a pattern that fits what begins with it.
type prefix string

func (p prefix) Match(name string) bool { return name != "" && strings.HasPrefix(name, string(p)) }

func fits(prefixes ...string) (all []Pattern) {
	for _, p := range prefixes {
		all = append(all, prefix(p))
	}
	return all
}

var (
	berlin = Facts{Source: journal.Threats, ID: "1", Name: "evil.exe", Rule: "evil.exe", Site: "Berlin", Group: "Kiosks", Account: "Acme", Host: "DESKTOP-1",
		Severity: "high", Confidence: "malicious", Classification: "Ransomware"}
	nowhere = Facts{Source: journal.Alerts, ID: "2", Rule: "encoded powershell"}
)

func TestWhereAnItemGoes(t *testing.T) {
	t.Parallel()
	berlinOnly := Route{Sites: fits("Berlin"), Channel: "CBERLIN"}
	kiosks := Route{Groups: fits("Kiosks"), Channel: "CKIOSKS"}
	for name, c := range map[string]struct {
		routes Routes
		facts  Facts
		want   string // channels, each with whom it mentions
	}{
		"no routes":                             {nil, berlin, "CDEFAULT"},
		"the first that matches":                {Routes{berlinOnly, kiosks}, berlin, "CBERLIN"},
		"each that matches, while they go on":   {Routes{{Sites: fits("Berlin"), Channel: "CBERLIN", Continue: true}, kiosks}, berlin, "CBERLIN CKIOSKS"},
		"the default, after one that goes on":   {Routes{{Sites: fits("Berlin"), Channel: "CBERLIN", Continue: true}}, berlin, "CBERLIN CDEFAULT"},
		"one channel once, with its mention":    {Routes{{Channel: "CBERLIN", Continue: true}, {Channel: "CBERLIN", Mention: "@soc"}}, berlin, "CBERLIN@soc"},
		"the first mention stays":               {Routes{{Channel: "CBERLIN", Mention: "@soc", Continue: true}, {Channel: "CBERLIN", Mention: "@ir"}}, berlin, "CBERLIN@soc"},
		"a route without a channel":             {Routes{{Hosts: fits("DESKTOP"), Mention: "@soc"}}, berlin, "CDEFAULT@soc"},
		"muted":                                 {Routes{{Sites: fits("Berlin"), Mute: true}, kiosks}, berlin, ""},
		"muted, and the routes go on":           {Routes{{Sites: fits("Berlin"), Mute: true, Continue: true}, kiosks}, berlin, "CKIOSKS"},
		"a mute that has ended":                 {Routes{{Sites: fits("Berlin"), Mute: true, MuteUntil: noon}, kiosks}, berlin, "CKIOSKS"},
		"a mute that has not":                   {Routes{{Sites: fits("Berlin"), Mute: true, MuteUntil: noon.Add(1)}, kiosks}, berlin, ""},
		"another source":                        {Routes{{Source: "alert", Channel: "CALERTS"}}, berlin, "CDEFAULT"},
		"its source, in any case":               {Routes{{Source: "Threat", Channel: "CTHREATS"}}, berlin, "CTHREATS"},
		"one of several patterns":               {Routes{{Hosts: fits("SRV", "DESKTOP"), Channel: "CHOSTS"}}, berlin, "CHOSTS"},
		"all conditions must hold":              {Routes{{Hosts: fits("DESKTOP"), Accounts: fits("Other"), Channel: "CHOSTS"}}, berlin, "CDEFAULT"},
		"severity":                              {Routes{{Severities: fits("high"), Channel: "C1"}}, berlin, "C1"},
		"confidence":                            {Routes{{Confidences: fits("malicious"), Channel: "C1"}}, berlin, "C1"},
		"classification":                        {Routes{{Classifications: fits("Ransom"), Channel: "C1"}}, berlin, "C1"},
		"rule":                                  {Routes{{Rules: fits("evil"), Channel: "C1"}}, berlin, "C1"},
		"account":                               {Routes{{Accounts: fits("Acme"), Channel: "C1"}}, berlin, "C1"},
		"an unknown severity fits no pattern":   {Routes{{Severities: fits("high"), Channel: "C1"}}, nowhere, "CDEFAULT"},
		"a site that nobody knows":              {Routes{berlinOnly}, nowhere, "CDEFAULT"},
		"an unknown site, and a rule for sure":  {Routes{berlinOnly, {Rules: fits("encoded"), Channel: "CRULES"}}, nowhere, "CRULES"},
		"not that rule, wherever its site is":   {Routes{{Sites: fits("Berlin"), Rules: fits("other"), Channel: "CBERLIN"}}, nowhere, "CDEFAULT"},
		"an unknown site does not hide another": {Routes{{Sites: fits("Lab"), Mute: true}, berlinOnly}, berlin, "CBERLIN"},
	} {
		require.Equal(t, c.want, spelled(c.routes.Walk(c.facts, "CDEFAULT", noon).Targets("COPS")), name)
	}
}

func spelled(targets []Target) string {
	var all []string
	for _, to := range targets {
		all = append(all, to.Channel+to.Mention)
	}
	return strings.Join(all, " ")
}

// Where no channel is the source's own, what may belong to a channel is not lost.
func TestWhatMayBelongToAChannelIsDeliveredThereOrToTheOperators(t *testing.T) {
	t.Parallel()
	berlinOnly, lab := Route{Sites: fits("Berlin"), Channel: "CBERLIN", Mention: "@soc"}, Route{Sites: fits("Lab"), Channel: "CLAB"}
	for name, c := range map[string]struct {
		routes    Routes
		operators string
		want      string
	}{
		"one channel comes into question":       {Routes{berlinOnly}, "COPS", "CBERLIN@soc"},
		"two, and operators":                    {Routes{berlinOnly, lab}, "COPS", "COPS"},
		"two, and nobody else":                  {Routes{berlinOnly, lab}, "", "CBERLIN@soc"},
		"it may be muted":                       {Routes{{Sites: fits("Lab"), Mute: true}}, "COPS", ""},
		"one that is for sure takes precedence": {Routes{berlinOnly, {Rules: fits("encoded"), Channel: "CRULES"}}, "COPS", "CRULES"},
	} {
		result := c.routes.Walk(nowhere, "", noon)
		require.Equal(t, c.want, spelled(result.Targets(c.operators)), name)
		require.False(t, result.Decided(), name)
	}
	require.True(t, Routes{berlinOnly}.Walk(berlin, "", noon).Decided())
}

func TestWhyARouteDoesNotMatch(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Route{
		"it is a threat":                         {Source: "alert"},
		"its host is DESKTOP-1":                  {Hosts: fits("SRV")},
		"its mute ended on 2026-11-28 11:59 UTC": {Mute: true, MuteUntil: noon.Add(-time.Minute)},
	} {
		match, why := r.Matches(berlin, noon)
		require.Equal(t, No, match)
		require.Equal(t, want, why)
	}
	match, why := Route{Severities: fits("high")}.Matches(nowhere, noon)
	require.Equal(t, No, match)
	require.Equal(t, "its severity is unknown", why)
	match, why = Route{Sites: fits("Berlin")}.Matches(nowhere, noon)
	require.Equal(t, Unknown, match)
	require.Equal(t, "its site is unknown", why)
}

func TestTheChannelsOfASource(t *testing.T) {
	t.Parallel()
	routes := Routes{{Channel: "C1"}, {Channel: "C5", Consoles: fits("us")}, {Source: "ALERT", Channel: "C2"}, {Source: "threat", Channel: "C3"}, {Channel: "C4", Mute: true}, {Channel: "C1"}, {}}
	require.Equal(t, []string{"C1", "C3"}, routes.Channels(journal.Threats, "emea"))
	require.Equal(t, []string{"C1", "C2"}, routes.Channels(journal.Alerts, "emea"))
	require.Equal(t, []string{"C1", "C5", "C2"}, routes.Channels(journal.Alerts, "us"))
}

func TestWhatASnoozeCovers(t *testing.T) {
	t.Parallel()
	f := berlin
	f.Hashes, f.Storyline, f.Rule = []string{"", "AB12"}, "7F3A", "a rule"
	for want, snoozes := range map[bool][]journal.Snooze{
		true: {{Kind: "host", Value: "desktop-1"}, {Kind: "hash", Value: "ab12"}, {Kind: "rule", Value: "A RULE"}, {Kind: "rule", Value: "evil.exe"},
			{Kind: "storyline", Value: "7f3a"}},
		false: {{Kind: "host", Value: "DESKTOP"}, {Kind: "hash", Value: ""}, {Kind: "rule", Value: "7F3A"}, {Kind: "storyline", Value: ""}, {Kind: "site", Value: "Berlin"}},
	} {
		for _, s := range snoozes {
			s.Until = noon.Add(time.Hour)
			_, covered := SnoozedBy([]journal.Snooze{s}, f, noon)
			require.Equal(t, want, covered, s)
			_, covered = SnoozedBy([]journal.Snooze{s}, f, s.Until)
			require.False(t, covered, "it has ended")
		}
	}
	other := journal.Snooze{ID: "Z-1", Kind: "host", Value: "SRV", Until: noon.Add(time.Hour)}
	ours := journal.Snooze{ID: "Z-2", Kind: "host", Value: "DESKTOP-1", Until: noon.Add(time.Hour)}
	by, covered := SnoozedBy([]journal.Snooze{other, ours}, f, noon)
	require.True(t, covered)
	require.Equal(t, "Z-2", by.ID)
}
