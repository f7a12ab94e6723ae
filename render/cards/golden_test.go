package cards_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/rendertest"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// deck are the actions of the real commands, which cards does not know.
var deck = commands.All().CardActions()

// pages is a rendertest.Console whose pages have made-up addresses.
type pages struct{}

func (pages) ThreatURL(id s1.ThreatID) string { return page("threats", string(id)) }
func (pages) AlertURL(id s1.AlertID) string   { return page("alerts", string(id)) }
func (pages) AgentURL(id s1.AgentID) string   { return page("agents", string(id)) }
func (pages) UnifiedURL(id string) string     { return page("unified-alerts", id) }

func page(kind, id string) string {
	if id == "" {
		return ""
	}
	return rendertest.Console + "/" + kind + "/" + id
}

var night = s1.Time{Time: time.Date(2026, 11, 22, 3, 2, 0, 0, time.UTC)}

func threat() s1.Threat {
	return s1.Threat{
		ID: "1845174760470303882",
		Info: s1.ThreatInfo{
			ThreatName: "evil.exe", ConfidenceLevel: s1.ConfidenceMalicious, Classification: "Ransomware",
			IncidentStatus: s1.StatusUnresolved, AnalystVerdict: s1.VerdictUndefined, MitigationStatus: s1.NotMitigated,
			FilePath: `C:\Users\jdoe\Downloads\evil.exe`, OriginatorProcess: "explorer.exe", ProcessUser: `CORP\jdoe`,
			SHA1: "3395856ce81f2b7382dee72602f798b642f14140", Storyline: "9E6D373B0A5C4D2E", IdentifiedAt: night, CreatedAt: night,
			DetectionEngines: []s1.Engine{{Key: "executables", Title: "Behavioral AI"}},
		},
		Realtime: s1.ThreatAgentNow{AgentID: "1400000000000000001", ComputerName: "DESKTOP-1", OSName: "Windows 11 Pro", OSType: "windows",
			IsActive: true, NetworkStatus: s1.NetworkConnected, SiteName: "Paris", GroupName: "Workstations"},
		MitigationStatus: []s1.MitigationReport{{Action: "kill", Status: "success"}, {Action: "quarantine", Status: "failed"}},
		Indicators: []s1.Indicator{{Category: "Ransomware", Description: "Deleted shadow copies",
			Tactics: []s1.Tactic{{Name: "Impact", Techniques: []s1.Technique{{Name: "T1486"}, {Name: "T1490"}}}}}},
	}
}

func isolatedThreat() s1.Threat {
	t := threat()
	t.Info.IncidentStatus, t.Info.AnalystVerdict, t.Info.MitigationStatus = s1.StatusResolved, s1.VerdictTruePositive, s1.Mitigated
	t.Realtime.NetworkStatus, t.Realtime.IsActive = s1.NetworkDisconnected, false
	t.Realtime.OSName, t.Realtime.OSType = "Ubuntu 24.04", "linux"
	return t
}

func hostileThreat() s1.Threat {
	t := threat()
	t.Info.ThreatName = "<!channel> *urgent* http://evil.example/\u202Egpj.exe"
	t.Info.FilePath = "C:\\<https://evil.example|click>\\`x`\\_y_.exe"
	t.Info.OriginatorProcess, t.Info.ProcessUser = ":skull:", "@here"
	t.Realtime.ComputerName = "DESKTOP\n✅ Successful"
	t.Indicators[0].Description = "see www.evil.example & <@U012ABC>"
	return t
}

func alert() s1.Alert {
	return s1.Alert{
		Info: s1.AlertInfo{AlertID: "1985998272619999973", IncidentStatus: s1.StatusUnresolved, AnalystVerdict: s1.VerdictSuspicious,
			EventType: "PROCESSCREATION", CreatedAt: night, DstIP: "203.0.113.9", DstPort: "443", SrcIP: "192.0.2.7", NetEventDirection: "OUTGOING"},
		Rule: s1.AlertRule{Name: "Encoded PowerShell", Severity: s1.SeverityHigh, TreatAsThreat: "Suspicious", S1QL: `SrcProcName = "powershell.exe"`},
		Source: s1.Process{Name: "powershell.exe", PID: "1252", User: `NT AUTHORITY\SYSTEM`, CommandLine: "powershell.exe -enc SQBFAFgA",
			FilePath: `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, FileHashSHA1: "a2d8d23854e33984c08dcf8b03edc619c9c5ec69", Storyline: "CE8DD1F60F2447E2"},
		Parent:    s1.Process{Name: "winword.exe", PID: "4884"},
		Target:    s1.TargetProcess{ProcessName: "conhost.exe", ProcessPID: "6472", ProcessImagePath: `C:\Windows\System32\conhost.exe`},
		Detection: s1.AlertAgentThen{Name: "srv-win1", OSName: "Windows Server 2022", MachineType: "server"},
		Realtime:  s1.AlertAgentNow{ID: "1834780238610855645", IsActive: true},
	}
}

func agent() s1.Agent {
	return s1.Agent{
		ID: "1400000000000000001", UUID: "b7b2d39171be4ae1af90f93d7ed20f07", ComputerName: "DESKTOP-1", Domain: "CORP", OSName: "Windows 11 Pro", MachineType: "desktop",
		AgentVersion: "24.2.3.471", IsActive: true, IsUpToDate: true, Infected: true, ActiveThreats: 1, NetworkStatus: s1.NetworkDisconnecting,
		MitigationMode: "protect", MitigationModeSuspicious: "detect", ScanStatus: "finished", ExternalIP: "203.0.113.20", LastIPToMgmt: "192.0.2.7",
		LastLoggedInUserName: "jdoe", OSUsername: "None", AccountName: "Example", SiteName: "Paris", GroupName: "Workstations", LastActiveDate: night,
		Tags: s1.AgentTags{SentinelOne: []s1.AgentTag{{Key: "tier", Value: "1"}}},
	}
}

func agentList() render.Card {
	agents := []s1.Agent{agent(), {ID: "1400000000000000002", ComputerName: "SRV_DB <1>", OSName: "Debian 12", SiteName: "Lyon", ActiveThreats: 0, LastActiveDate: night}}
	turn := render.Invocation{Command: "list-agents", Args: json.RawMessage(`{"computer-name":"DESKTOP"}`), How: render.Turn, Page: 2}
	csv, raw, share := turn, turn, turn
	csv.How, raw.How, share.How = render.CSV, render.Raw, render.Share
	return render.Card{Title: `Agents · 137 match computer name "DESKTOP" · page 1 of 14`, Parts: []render.Part{cards.AgentTable(agents, pages{})}, Actions: []render.Action{
		render.Button{Label: "Next", Do: turn}, render.Button{Label: "Share in channel", Do: share}, render.Button{Label: "Previous", Do: turn},
		render.Button{Label: "Open in console", URL: rendertest.Console + "/agents"}, render.Button{Label: "CSV", Do: csv}, render.Button{Label: "Raw", Do: raw},
	}}
}

func goldenCards() map[string]render.Card {
	return map[string]render.Card{
		"threat":          cards.Threat(threat(), pages{}, deck, cards.Thread{More: 3}),
		"threat-resolved": cards.Threat(isolatedThreat(), pages{}, deck, cards.Thread{}),
		"threat-hostile":  cards.Threat(hostileThreat(), pages{}, deck, cards.Thread{}),
		"threat-empty":    cards.Threat(s1.Threat{}, pages{}, deck, cards.Thread{}),
		"alert":           cards.Alert(alert(), pages{}, deck, cards.Thread{}),
		"alert-details":   cards.AlertDetails(alert(), pages{}, deck),
		"alert-empty":     cards.Alert(s1.Alert{}, pages{}, deck, cards.Thread{}),
		"agent":           cards.Agent(agent(), pages{}, deck),
		"agent-empty":     cards.Agent(s1.Agent{}, pages{}, deck),
		"list":            agentList(),
	}
}

// TestGoldenCards shows what people are told of a thing as Slack gets it.
func TestGoldenCards(t *testing.T) {
	t.Parallel()
	for name, card := range goldenCards() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := card.Message(render.Options{ConsoleURL: rendertest.Console})
			rendertest.Golden(t, name, m.Text, m.Blocks)

			raw, err := json.Marshal(card)
			require.NoError(t, err)
			var back render.Card
			require.NoError(t, json.Unmarshal(raw, &back))
			require.Equal(t, m, back.Message(render.Options{ConsoleURL: rendertest.Console}), "a card outlives the database")
			require.Equal(t, card.Plain(), back.Plain())
		})
	}
}

// A notification has one hash to search by; the others are behind Details.
func TestANotificationHasOneHash(t *testing.T) {
	t.Parallel()
	const sha1, sha256, md5 = "3395856ce81f2b7382dee72602f798b642f14140", "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f", "44d88612fea8a8f36de82e1278abb02f"
	th, al, un := threat(), alert(), unified.Alert{ID: "01911119-abcd-7454-8234-6abcdef67893"}
	th.Info.SHA1, th.Info.SHA256, th.Info.MD5 = sha1, sha256, md5
	al.Source.FileHashSHA1, al.Source.FileHashSHA256, al.Source.FileHashMD5 = sha1, sha256, md5
	un.Process.File.SHA1, un.Process.File.SHA256, un.Process.File.MD5 = sha1, sha256, md5
	for name, c := range map[string]struct{ face, details render.Card }{
		"threat":  {cards.Threat(th, pages{}, deck, cards.Thread{}), cards.ThreatDetails(th, pages{}, deck)},
		"alert":   {cards.Alert(al, pages{}, deck, cards.Thread{}), cards.AlertDetails(al, pages{}, deck)},
		"unified": {cards.Unified(un, pages{}, deck, cards.Thread{}), cards.UnifiedDetails(un, nil, pages{}, deck)},
	} {
		face, details := c.face.Plain(), c.details.Plain()
		require.Contains(t, face, "SHA-1: "+sha1, name)
		require.Contains(t, face, "[Details]", name)
		for _, other := range []string{sha256, md5} {
			require.NotContains(t, face, other, name)
			require.Contains(t, details, other, name)
		}
	}
	un.Process.File.SHA1, un.Process.File.MD5 = "", ""
	require.Contains(t, cards.Unified(un, pages{}, deck, cards.Thread{}).Plain(), "SHA-256: "+sha256, "where there is no SHA-1")
}
