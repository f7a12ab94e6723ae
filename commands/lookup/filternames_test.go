package lookup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/s1/s1sim"
)

// Where a filter is wanted, names of what it selects do as well: endpoints, threats, alerts; in quotes, with commas, with blanks.
func TestNamesDoWhereAFilterIsWanted(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2")
	evil := console.AddThreat(s1sim.ThreatSpec{Name: "lockfast.exe", Agent: "DESKTOP-1"})
	worm := console.AddThreat(s1sim.ThreatSpec{Name: "worm of two.dll", Agent: "DESKTOP-2"})
	for text, want := range map[string][]string{
		`run-script DESKTOP-2 script-id="List Open Ports" task-description=ports output-destination=None`:           {"DESKTOP-2"},
		`run-script DESKTOP-1 desktop-2 script-id="List Open Ports" task-description=ports output-destination=None`: {"DESKTOP-1", "DESKTOP-2"},
		`set-external-id filter=DESKTOP-1,DESKTOP-2 external-id=Room 12`:                                            {"DESKTOP-1", "DESKTOP-2"},
		`set-external-id filter={"ids":["DESKTOP-2"]} external-id=x`:                                                {"DESKTOP-2"},
		`mitigate-threats lockfast.exe action=kill`:                                                                 {"lockfast.exe"},
		`mitigate-threats lockfast.exe,"worm of two.dll" action=kill`:                                               {"lockfast.exe", "worm of two.dll"},
		`mitigate-threats filter="worm of two.dll" action=kill`:                                                     {"worm of two.dll"},
		`mitigate-threats ` + string(evil) + ` action=kill`:                                                         {"lockfast.exe"},
	} {
		inv, _, err := slash.Parse(commands.All(), text, commandtest.Input())
		require.NoError(t, err, text)
		cmd, _ := commands.All().Find(inv.Command)
		plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
		require.NoError(t, err, text)
		var names []string
		for _, target := range plan.Targets {
			names = append(names, target.Name)
		}
		require.ElementsMatch(t, want, names, text)
	}
	require.NotEmpty(t, worm)

	_, err := s.Run("mitigate-threats lockfst.exe action=kill")
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.Equal(t, "lockfast.exe", usage.Offers[0].Label)
	require.JSONEq(t, `{"filter":{"ids":["lockfast.exe"]},"mitigate-action":"kill"}`, string(usage.Offers[0].Do.Args))

	console.AddThreat(s1sim.ThreatSpec{Name: "lockfast.exe", Agent: "DESKTOP-2"})
	_, err = s.Run("mitigate-threats lockfast.exe action=kill")
	var ambiguous *catalog.AmbiguousError
	require.ErrorAs(t, err, &ambiguous)
	_, err = s.Invoke(ambiguous.Pick(0))
	require.NoError(t, err)
}

// A name that nothing has offers the nearest as buttons, which ask for the very same of it.
func TestTheNearestNamesAreButtons(t *testing.T) {
	t.Parallel()
	_, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2", "SRV-DC-1")
	for text, args := range map[string]string{
		"agent DESKTP-1":                   `{"agent-ids":["DESKTOP-1"]}`,
		"isolate SRV-DC-1,DESKTP-1":        `{"agent-ids":["SRV-DC-1","DESKTOP-1"]}`,
		"set-external-id DESKTP-1 ext=x y": `{"filter":{"ids":["DESKTOP-1"]},"external-id":"x y"}`,
	} {
		_, err := s.Run(text)
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, text)
		require.NotEmpty(t, usage.Offers, text)
		require.Equal(t, "DESKTOP-1", usage.Offers[0].Label)
		require.JSONEq(t, args, string(usage.Offers[0].Do.Args))
	}
}

// Two things of one name are told apart by what they are, else by when they were there, else by their ids.
func TestThingsOfOneNameHaveDifferentButtons(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All())
	last := func(at string) func(map[string]any) {
		return func(a map[string]any) { a["lastActiveDate"] = at }
	}
	long := "A-VERY-LONG-NAME-OF-A-KIOSK-IN-THE-LOBBY-OF-THE-MAIN-OFFICE-OF-ACME-CORPORATION-EMEA"
	for _, spec := range []s1sim.AgentSpec{
		{Name: "KIOSK", OS: "windows"}, {Name: "KIOSK", OS: "linux"}, {Name: "KIOSK", OS: "windows", Offline: true},
		{Name: "SEEN", Offline: true, Edit: last("2026-11-01T10:00:00.000000Z")}, {Name: "SEEN", Offline: true, Edit: last("2026-11-02T10:00:00.000000Z")},
		{Name: "SAME", Edit: last("2026-11-01T10:00:00.000000Z")}, {Name: "SAME", Edit: last("2026-11-01T10:00:00.000000Z")},
		{Name: long, Edit: last("2026-11-01T10:00:00.000000Z")}, {Name: long, Edit: last("2026-11-01T10:00:00.000000Z")},
	} {
		console.AddAgent(spec)
	}
	for name, tells := range map[string]string{"KIOSK": "offline", "SEEN": "last seen 2026-11-02", "SAME": "id ", long: "id "} {
		_, err := s.Run("agent " + name)
		var ambiguous *catalog.AmbiguousError
		require.ErrorAs(t, err, &ambiguous)
		labels := map[string]bool{}
		all := ""
		for _, l := range ambiguous.Labels() {
			require.LessOrEqual(t, len([]rune(l)), catalog.MaxLabel)
			labels[l] = true
			all += l + "\n"
		}
		require.Len(t, labels, len(ambiguous.Matches), all)
		require.Contains(t, all, tells)
	}
}
