package lookup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/lookup"
	"s1bot/s1/huntapi"
)

// An event is told by what it was about, and by its command line where that says nothing.
func TestAnEventSaysWhatItWasAbout(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]huntapi.ThreatEvent{
		"a.tmp → a.exe": {ObjectType: "file", OldFileName: "a.tmp", FileFullName: "a.exe"},
		"10.0.0.1:49152 → 203.0.113.9:443 outgoing": {ObjectType: "ip", SrcIP: "10.0.0.1", SrcPort: "49152", DstIP: "203.0.113.9", DstPort: "443", Direction: "OUTGOING"},
		"evil.example → 203.0.113.9":                {ObjectType: "dns", DNSRequest: "evil.example", DNSResponse: "203.0.113.9"},
		"GET http://evil.example/":                  {ObjectType: "url", NetworkMethod: "GET", NetworkURL: "http://evil.example/"},
		`HKLM\Run`:                                  {ObjectType: "registry", RegistryPath: `HKLM\Run`, RegistryID: "7"},
		"backup · \\backup":                         {ObjectType: "scheduled_task", TaskName: "backup", TaskPath: "\\backup"},
		"joe · interactive":                         {ObjectType: "logins", LoginsUserName: "joe", LoginsBaseType: "interactive"},
		"Evasion / Packed: it is packed":            {ObjectType: "indicators", IndicatorCategory: "Evasion", IndicatorName: "Packed", IndicatorDescription: "it is packed"},
		"cmd.exe /c whoami":                         {ObjectType: "process", ProcessCmd: "cmd.exe /c whoami"},
	} {
		require.Equal(t, want, lookup.EventWords(e))
	}
	table := lookup.ThreatEventTable([]huntapi.ThreatEvent{{EventType: "Process Creation", ProcessName: "cmd.exe", PID: "42", AgentName: "DESKTOP-1"}, {ObjectType: "dns"}})
	require.Equal(t, "cmd.exe (42)", table.Rows[0][2][0].Text)
	require.Equal(t, "dns", table.Rows[1][1][0].Text, "the kind, where the event has no name")
	for _, row := range table.Rows {
		require.Len(t, row, len(table.Columns))
	}
}
