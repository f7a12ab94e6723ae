package plans

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// requested is a request whose row keeps a plan.
func requested(t *testing.T, plan catalog.Plan) approvals.Request {
	t.Helper()
	body, err := json.Marshal(plan)
	require.NoError(t, err)
	return approvals.Request{Ref: "A-7F3A", Plan: body}
}

// many are endpoints of one site, named N0, N1 and so on.
func many(n int) (targets []catalog.Target) {
	for i := range n {
		targets = append(targets, catalog.Target{Kind: "agent", ID: fmt.Sprint(i), Name: fmt.Sprintf("N%d", i), Site: "Paris"})
	}
	return targets
}

func TestARowThatCannotBeReadShowsNothing(t *testing.T) {
	t.Parallel()
	require.Equal(t, catalog.Plan{}, Of(approvals.Request{Plan: json.RawMessage(`{"targets":"all"}`)}))
	require.Len(t, Of(requested(t, catalog.Plan{Targets: many(2)})).Targets, 2)
}

func TestTargetsAreCountedInPeoplesWords(t *testing.T) {
	t.Parallel()
	for want, targets := range map[string][]catalog.Target{
		"1 endpoint":   many(1),
		"12 endpoints": many(12),
		"2 threats":    {{Kind: "threat"}, {Kind: "threat"}},
		"1 policy":     {{Kind: "policy"}},
		"2 policies":   {{Kind: "policy"}, {Kind: "policy"}},
		"1 exclusion":  {{Kind: "exclusion"}},
		"2 exclusions": {{Kind: "exclusion"}, {Kind: "exclusion"}},
	} {
		require.Equal(t, want, Count(targets))
	}
}

func TestWhereIsSaidOnlyWhereAllAreThere(t *testing.T) {
	t.Parallel()
	at := func(places ...string) (targets []catalog.Target) {
		for _, p := range places {
			site, group, _ := strings.Cut(p, "/")
			targets = append(targets, catalog.Target{Kind: "agent", Name: "N", Site: site, Group: group})
		}
		return targets
	}
	for name, c := range map[string]struct {
		plan catalog.Plan
		want string
	}{
		"one":                  {catalog.Plan{Targets: at("Paris/Servers")}, " in Paris / Servers:"},
		"one without a group":  {catalog.Plan{Targets: at("Paris/")}, " in Paris:"},
		"all in one group":     {catalog.Plan{Targets: at("Paris/Servers", "Paris/Servers")}, ", all in Paris / Servers:"},
		"all in one site":      {catalog.Plan{Targets: at("Paris/Servers", "Paris/Laptops")}, ", all in Paris:"},
		"in several":           {catalog.Plan{Targets: at("Paris/Servers", "Lyon/Servers")}, ":"},
		"a thing with changes": {catalog.Plan{Targets: at("Paris/"), Changes: []catalog.Diff{{Field: "mode"}}}, ", N:"},
	} {
		require.Equal(t, c.want, Where(c.plan), name)
	}
}

func TestNamesCountsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "N0, N1", Names(many(2), 3))
	require.Equal(t, "N0, N1, N2 and 4 more", Names(many(7), 3))
}

func TestOneTargetIsShownByItsFacts(t *testing.T) {
	t.Parallel()
	part := TargetParts([]catalog.Target{{Kind: "agent", Name: "SRV-1", URL: "https://console/1", State: "offline", Server: true, Threats: 2, Protected: "dc", Site: "Paris", Group: "Servers"}})
	fields := map[string]string{}
	for _, f := range part.(render.Fields) {
		fields[f.Label] = f.Value[0].Text
	}
	require.Equal(t, map[string]string{
		"Name": "SRV-1", "State": "⚪ offline", "Note": "⚠ server, 2 active threats, ⚠ protected by “dc”", "Site / group": "Paris / Servers",
	}, fields)
}

// The table names the first ten; a column that no row says anything about is left out, and a hole in one that stays is a dash.
func TestSeveralTargetsAreShownAsATable(t *testing.T) {
	t.Parallel()
	targets := many(Shown + 3)
	targets[1].State = "online"
	table := TargetParts(targets).(render.Table)
	require.Len(t, table.Rows, Shown)
	var titles []string
	for _, c := range table.Columns {
		titles = append(titles, c.Title)
	}
	require.Equal(t, []string{"Name", "State", "Site / group"}, titles)
	require.Equal(t, "—", table.Rows[0][1][0].Text)
	require.Equal(t, "🟢 online", table.Rows[1][1][0].Text)
}

func TestAWarningIsSaidOnce(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"⚠ server", "already isolated"}, remarks(catalog.Target{Server: true, Warnings: []string{"server", "already isolated"}}))
	require.Equal(t, []string{"on HOST", "server"}, remarks(catalog.Target{Host: "HOST", Warnings: []string{"server"}}))
	require.Empty(t, remarks(catalog.Target{}))
}

func TestTheBlastRadiusCountsAllTargets(t *testing.T) {
	t.Parallel()
	targets := many(Shown + 2)
	targets[0].Server, targets[Shown+1].Server = true, true // one of them in no row of the table
	targets[Shown].Protected, targets[Shown].State, targets[Shown].Threats = "dc", "offline", 1
	targets[2].State = "online"
	require.Equal(t, render.Note{render.Text("Among them: ⚠ 2 servers · ⚠ 1 protected · 1 offline · 1 active threat")}, BlastRadius(requested(t, catalog.Plan{Targets: targets})))
	require.Nil(t, BlastRadius(requested(t, catalog.Plan{Targets: many(3)})))
}

// A file has all of what the card names only in part; names that attackers choose start no formula in it.
func TestAFileListsAllTargets(t *testing.T) {
	t.Parallel()
	require.Empty(t, File(requested(t, catalog.Plan{Targets: many(Shown)})), "the card names all of them")
	targets := many(Shown + 1)
	targets[Shown].Name = "=cmd|' /C calc'!A0"
	files := File(requested(t, catalog.Plan{Targets: targets}))
	require.Len(t, files, 1)
	require.Equal(t, "targets-A-7F3A.csv", files[0].Name)
	require.Equal(t, "All 11 endpoints of A-7F3A", files[0].Title)
	lines := strings.Split(strings.TrimSpace(string(files[0].Body)), "\n")
	require.Len(t, lines, Shown+2)
	require.Contains(t, lines[0], "Kind")
	require.NotContains(t, lines[Shown+1], ",=cmd")
	require.Contains(t, lines[Shown+1], "cmd|")
}

func TestAChangeThatWeakensIsMarked(t *testing.T) {
	t.Parallel()
	table := ChangeTable([]catalog.Diff{{Field: "mode", Old: "protect", New: "detect", Weakens: true}, {Field: "scan", Old: "off", New: "on"}}).(render.Table)
	require.Equal(t, []render.Line{{render.Mono("mode")}, {render.Text("protect")}, {render.Text("detect")}, {render.Bold("⚠ weakens protection")}}, table.Rows[0])
	require.Equal(t, render.Line{render.Text("—")}, table.Rows[1][3])
}

// Whoever names a machine may choose a name that reads like another one's: an approver is told before they approve.
func TestNamesThatAreNotWhatTheySeemAreTold(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		names []string
		want  []string
	}{
		{[]string{"SRV-DC-01", "desktop_2"}, nil},
		{[]string{"SRV-DС-01"}, []string{"“SRV-DС-01” isn't plain ASCII: С (U+0421). It reads like “srv-dc-01”."}},
		{[]string{"Zürich-1"}, []string{"“Zürich-1” isn't plain ASCII: ü (U+00FC)."}},
		{[]string{"ＳＲＶ‑1"}, []string{"“ＳＲＶ‑1” isn't plain ASCII: Ｓ (U+FF33), Ｒ (U+FF32), Ｖ (U+FF36) and others. It reads like “srv-1”."}},
		{[]string{"SRV-1", "SRV\u200b-1"}, []string{"“SRV\u200b-1” isn't plain ASCII: U+200B, which can't be seen. It reads like “srv-1”.",
			"“SRV-1” and “SRV\u200b-1” are different endpoints whose names read the same."}},
		{[]string{"srv-1", "SRV-1"}, []string{"“srv-1” and “SRV-1” are different endpoints whose names read the same."}},
	} {
		var targets []catalog.Target
		for _, name := range row.names {
			targets = append(targets, catalog.Target{Kind: "agent", ID: name, Name: name})
		}
		require.Equal(t, row.want, Lookalikes(targets))
	}
	require.Empty(t, Lookalikes([]catalog.Target{{Kind: "threat", Name: "café.exe"}}))
}
