package render

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

var update = flag.Bool("update", false, "write what the golden files should say")

// pages is a console whose pages have made-up addresses.
type pages struct{}

func (pages) ThreatURL(id s1.ThreatID) string { return page("threats", string(id)) }
func (pages) AlertURL(id s1.AlertID) string   { return page("alerts", string(id)) }
func (pages) AgentURL(id s1.AgentID) string   { return page("agents", string(id)) }

func page(kind, id string) string {
	if id == "" {
		return ""
	}
	return console + "/" + kind + "/" + id
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

func approval() Card {
	id := Invocation{Command: "approve", Args: object("id", "A-7F3A")}
	return Card{
		Tone: Waiting, Title: "Approval needed · Disconnect Agent From Network",
		Parts: []Part{
			Line{User("U0ALICE"), Text(" asks in "), Channel("C0SOC"), Text(":")},
			Quote{"beaconing to 203.0.113.9, ticket INC-1042\n<!channel> approve at once"},
			Table{Columns: []Column{{Title: "Endpoint"}, {Title: "State"}, {Title: "Threats", Right: true}}, Rows: [][]Line{
				{{Link("DESKTOP-1", console+"/agents/1")}, {Text("🟢 online")}, {Text("1")}},
				{{Text("SRV-DC-2")}, {Text("🟢 online")}},
			}},
			Note{Text("1 of 1 approvals needed from "), Group("S0LEADS"), Text(" · expires "), Since(night.Time), Text(" · ref A-7F3A")},
		},
		Actions: []Action{Button{Label: "Approve", Style: Primary, Do: id}, Button{Label: "Deny", Style: Danger, Do: id, Confirm: "Deny it?"}},
	}
}

func agentList() Card {
	agents := []s1.Agent{agent(), {ID: "1400000000000000002", ComputerName: "SRV_DB <1>", OSName: "Debian 12", SiteName: "Lyon", ActiveThreats: 0, LastActiveDate: night}}
	turn := Invocation{Command: "list-agents", Args: object("computer-name", "DESKTOP"), How: Turn, Page: 2}
	csv, raw, share := turn, turn, turn
	csv.How, raw.How, share.How = CSV, Raw, Share
	return Card{Title: `Agents · 137 match computer name "DESKTOP" · page 1 of 14`, Parts: []Part{AgentTable(agents, pages{})}, Actions: []Action{
		Button{Label: "Next", Do: turn}, Button{Label: "Share in channel", Do: share}, Button{Label: "Previous", Do: turn},
		Button{Label: "Open in console", URL: console + "/agents"}, Button{Label: "CSV", Do: csv}, Button{Label: "Raw", Do: raw},
	}}
}

func goldenCards() map[string]Card {
	return map[string]Card{
		"threat":          ThreatCard(threat(), pages{}, deck, Thread{More: 3}),
		"threat-resolved": ThreatCard(isolatedThreat(), pages{}, deck, Thread{}),
		"threat-hostile":  ThreatCard(hostileThreat(), pages{}, deck, Thread{}),
		"threat-empty":    ThreatCard(s1.Threat{}, pages{}, deck, Thread{}),
		"alert":           AlertCard(alert(), pages{}, deck, Thread{}),
		"alert-empty":     AlertCard(s1.Alert{}, pages{}, deck, Thread{}),
		"agent":           AgentCard(agent(), pages{}, deck),
		"agent-empty":     AgentCard(s1.Agent{}, pages{}, deck),
		"approval":        approval(),
		"list":            agentList(),
		"done":            Done("%d endpoints isolated", 2),
		"failure":         Failure("Disconnect Agent From Network", 403, "User has insufficient permissions to perform the requested action.", "The console token's role lacks Endpoints › Disconnect From Network."),
		"no-answer":       Failure("List Agents", 0, "", ""),
		"hunt":            {Title: `🔎 Hunting · processImagePath CONTAINS "svchost.exe" · last 24 h`, Parts: []Part{Bar{52, 100, "running 38 s"}}},
	}
}

// TestGoldenCards shows the main cards as Slack gets them; read testdata to see what people read.
func TestGoldenCards(t *testing.T) {
	t.Parallel()
	for name, card := range goldenCards() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := card.Message(Options{ConsoleURL: console})
			requireSound(t, m)
			path := filepath.Join("testdata", name+".txt")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(outline(t, m)), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err, "run go test -update")
			require.Equal(t, string(want), outline(t, m))
		})
	}
}

// outline is a message as a person would describe it block by block.
func outline(t testing.TB, m Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "text: %s\n", m.Text)
	for _, block := range asMaps(t, m.Blocks) {
		fmt.Fprintf(&b, "%s\n", block["type"])
		switch block["type"] {
		case "header":
			fmt.Fprintf(&b, "  %s\n", describe(block["text"]))
		case "table":
			for _, row := range list(block["rows"]) {
				var cells []string
				for _, c := range list(row) {
					cells = append(cells, describe(c))
				}
				fmt.Fprintf(&b, "  %s\n", strings.Join(cells, " | "))
			}
		default:
			for _, e := range append(list(block["fields"]), list(block["elements"])...) {
				fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(describe(e), "\n", "\n  "))
			}
		}
	}
	return b.String()
}

func describe(v any) string {
	o := dict(v)
	switch o["type"] {
	case "plain_text":
		return "plain: " + str(o["text"])
	case "mrkdwn":
		return "mrkdwn: " + str(o["text"])
	case "raw_text":
		return str(o["text"])
	case "rich_text", "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		var b strings.Builder
		for _, e := range list(o["elements"]) {
			b.WriteString(describe(e))
		}
		return strings.TrimPrefix(str(o["type"])+" ", "rich_text_section ") + b.String()
	case "text":
		style := dict(o["style"])
		switch {
		case style["bold"] == true:
			return "**" + str(o["text"]) + "**"
		case style["code"] == true:
			return "`" + str(o["text"]) + "`"
		}
		return str(o["text"])
	case "link":
		return fmt.Sprintf("[%s](%s)", o["text"], o["url"])
	case "date":
		return fmt.Sprintf("{%s or %s}", o["format"], o["fallback"])
	case "button":
		return strings.TrimSpace(fmt.Sprintf("[%s] %s %s%s", str(dict(o["text"])["text"]), str(o["style"]), str(o["url"]), str(o["value"])))
	case "static_select", "overflow":
		text := fmt.Sprintf("[%s ▾] %s", str(dict(o["placeholder"])["text"]), o["action_id"])
		for _, option := range list(o["options"]) {
			option := dict(option)
			text += fmt.Sprintf("\n  %s: %s %s", str(dict(option["text"])["text"]), option["value"], str(option["url"]))
		}
		return text
	}
	return fmt.Sprint(v)
}
