package routing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// prefix is a pattern that fits what begins with it.
type prefix string

func (p prefix) Match(name string) bool { return name != "" && strings.HasPrefix(name, string(p)) }

func fits(prefixes ...string) (all []routing.Pattern) {
	for _, p := range prefixes {
		all = append(all, prefix(p))
	}
	return all
}

var (
	berlin = routing.Facts{Source: journal.Threats, ID: "1", Name: "evil.exe", Rule: "evil.exe", Site: "Berlin", Group: "Kiosks", Account: "Acme", Host: "DESKTOP-1",
		Severity: "high", Confidence: "malicious", Classification: "Ransomware"}
	nowhere = routing.Facts{Source: journal.Alerts, ID: "2", Rule: "encoded powershell"}
)

func TestWhereAnItemGoes(t *testing.T) {
	t.Parallel()
	berlinOnly := routing.Route{Sites: fits("Berlin"), Channel: "CBERLIN"}
	kiosks := routing.Route{Groups: fits("Kiosks"), Channel: "CKIOSKS"}
	for name, c := range map[string]struct {
		routes routing.Routes
		facts  routing.Facts
		want   string // channels, each with whom it mentions
	}{
		"no routes":                             {nil, berlin, "CDEFAULT"},
		"the first that matches":                {routing.Routes{berlinOnly, kiosks}, berlin, "CBERLIN"},
		"each that matches, while they go on":   {routing.Routes{{Sites: fits("Berlin"), Channel: "CBERLIN", Continue: true}, kiosks}, berlin, "CBERLIN CKIOSKS"},
		"the default, after one that goes on":   {routing.Routes{{Sites: fits("Berlin"), Channel: "CBERLIN", Continue: true}}, berlin, "CBERLIN CDEFAULT"},
		"one channel once, with its mention":    {routing.Routes{{Channel: "CBERLIN", Continue: true}, {Channel: "CBERLIN", Mention: "@soc"}}, berlin, "CBERLIN@soc"},
		"the first mention stays":               {routing.Routes{{Channel: "CBERLIN", Mention: "@soc", Continue: true}, {Channel: "CBERLIN", Mention: "@ir"}}, berlin, "CBERLIN@soc"},
		"a route without a channel":             {routing.Routes{{Hosts: fits("DESKTOP"), Mention: "@soc"}}, berlin, "CDEFAULT@soc"},
		"muted":                                 {routing.Routes{{Sites: fits("Berlin"), Mute: true}, kiosks}, berlin, ""},
		"muted, and the routes go on":           {routing.Routes{{Sites: fits("Berlin"), Mute: true, Continue: true}, kiosks}, berlin, "CKIOSKS"},
		"a mute that has ended":                 {routing.Routes{{Sites: fits("Berlin"), Mute: true, MuteUntil: noon}, kiosks}, berlin, "CKIOSKS"},
		"a mute that has not":                   {routing.Routes{{Sites: fits("Berlin"), Mute: true, MuteUntil: noon.Add(1)}, kiosks}, berlin, ""},
		"another source":                        {routing.Routes{{Source: "alert", Channel: "CALERTS"}}, berlin, "CDEFAULT"},
		"its source, in any case":               {routing.Routes{{Source: "Threat", Channel: "CTHREATS"}}, berlin, "CTHREATS"},
		"one of several patterns":               {routing.Routes{{Hosts: fits("SRV", "DESKTOP"), Channel: "CHOSTS"}}, berlin, "CHOSTS"},
		"all conditions must hold":              {routing.Routes{{Hosts: fits("DESKTOP"), Accounts: fits("Other"), Channel: "CHOSTS"}}, berlin, "CDEFAULT"},
		"severity":                              {routing.Routes{{Severities: fits("high"), Channel: "C1"}}, berlin, "C1"},
		"confidence":                            {routing.Routes{{Confidences: fits("malicious"), Channel: "C1"}}, berlin, "C1"},
		"classification":                        {routing.Routes{{Classifications: fits("Ransom"), Channel: "C1"}}, berlin, "C1"},
		"rule":                                  {routing.Routes{{Rules: fits("evil"), Channel: "C1"}}, berlin, "C1"},
		"account":                               {routing.Routes{{Accounts: fits("Acme"), Channel: "C1"}}, berlin, "C1"},
		"an unknown severity fits no pattern":   {routing.Routes{{Severities: fits("high"), Channel: "C1"}}, nowhere, "CDEFAULT"},
		"a site that nobody knows":              {routing.Routes{berlinOnly}, nowhere, "CDEFAULT"},
		"an unknown site, and a rule for sure":  {routing.Routes{berlinOnly, {Rules: fits("encoded"), Channel: "CRULES"}}, nowhere, "CRULES"},
		"not that rule, wherever its site is":   {routing.Routes{{Sites: fits("Berlin"), Rules: fits("other"), Channel: "CBERLIN"}}, nowhere, "CDEFAULT"},
		"an unknown site does not hide another": {routing.Routes{{Sites: fits("Lab"), Mute: true}, berlinOnly}, berlin, "CBERLIN"},
	} {
		require.Equal(t, c.want, spelled(c.routes.Walk(c.facts, "CDEFAULT", noon).Targets("COPS")), name)
	}
}

func spelled(targets []routing.Target) string {
	var all []string
	for _, to := range targets {
		all = append(all, to.Channel+to.Mention)
	}
	return strings.Join(all, " ")
}

// Where no channel is the source's own, what may belong to a channel is not lost.
func TestWhatMayBelongToAChannelIsDeliveredThereOrToTheOperators(t *testing.T) {
	t.Parallel()
	berlinOnly, lab := routing.Route{Sites: fits("Berlin"), Channel: "CBERLIN", Mention: "@soc"}, routing.Route{Sites: fits("Lab"), Channel: "CLAB"}
	for name, c := range map[string]struct {
		routes    routing.Routes
		operators string
		want      string
	}{
		"one channel comes into question":       {routing.Routes{berlinOnly}, "COPS", "CBERLIN@soc"},
		"two, and operators":                    {routing.Routes{berlinOnly, lab}, "COPS", "COPS"},
		"two, and nobody else":                  {routing.Routes{berlinOnly, lab}, "", "CBERLIN@soc"},
		"it may be muted":                       {routing.Routes{{Sites: fits("Lab"), Mute: true}}, "COPS", ""},
		"one that is for sure takes precedence": {routing.Routes{berlinOnly, {Rules: fits("encoded"), Channel: "CRULES"}}, "COPS", "CRULES"},
	} {
		result := c.routes.Walk(nowhere, "", noon)
		require.Equal(t, c.want, spelled(result.Targets(c.operators)), name)
		require.False(t, result.Decided(), name)
	}
	require.True(t, routing.Routes{berlinOnly}.Walk(berlin, "", noon).Decided())
}

func TestWhyARouteDoesNotMatch(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]routing.Route{
		"it is a threat":                         {Source: "alert"},
		"its host is DESKTOP-1":                  {Hosts: fits("SRV")},
		"its mute ended on 2026-11-28 11:59 UTC": {Mute: true, MuteUntil: noon.Add(-time.Minute)},
	} {
		match, why := r.Matches(berlin, noon)
		require.Equal(t, routing.No, match)
		require.Equal(t, want, why)
	}
	match, why := routing.Route{Severities: fits("high")}.Matches(nowhere, noon)
	require.Equal(t, routing.No, match)
	require.Equal(t, "its severity is unknown", why)
	match, why = routing.Route{Sites: fits("Berlin")}.Matches(nowhere, noon)
	require.Equal(t, routing.Unknown, match)
	require.Equal(t, "its site is unknown", why)
}

func TestTheChannelsOfASource(t *testing.T) {
	t.Parallel()
	routes := routing.Routes{{Channel: "C1"}, {Channel: "C5", Consoles: fits("us")}, {Source: "ALERT", Channel: "C2"}, {Source: "threat", Channel: "C3"}, {Channel: "C4", Mute: true}, {Channel: "C1"}, {}}
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
			_, covered := routing.SnoozedBy([]journal.Snooze{s}, f, noon)
			require.Equal(t, want, covered, s)
			_, covered = routing.SnoozedBy([]journal.Snooze{s}, f, s.Until)
			require.False(t, covered, "it has ended")
		}
	}
	other := journal.Snooze{ID: "Z-1", Kind: "host", Value: "SRV", Until: noon.Add(time.Hour)}
	ours := journal.Snooze{ID: "Z-2", Kind: "host", Value: "DESKTOP-1", Until: noon.Add(time.Hour)}
	by, covered := routing.SnoozedBy([]journal.Snooze{other, ours}, f, noon)
	require.True(t, covered)
	require.Equal(t, "Z-2", by.ID)
}
