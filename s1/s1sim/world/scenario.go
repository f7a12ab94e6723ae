package world

import (
	"cmp"
	"strings"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// A scenario is a made-up attack: what is found on each host that it reaches.
type scenario struct {
	os     string // of the hosts it can reach
	threat ThreatSpec
}

// The list is what a demo shows, so it has one of each: two hosts and one, certain and suspicious,
// with and without techniques, each operating system. Addresses are of the ranges for
// documentation, hashes are drawn.
func scenarios() []scenario {
	mitre := func(tactic string, techniques ...string) []Tactic { return []Tactic{{tactic, techniques}} }
	const downloads, temp = `\Device\HarddiskVolume3\Users\{user}\Downloads\`, `\Device\HarddiskVolume3\Users\{user}\AppData\Local\Temp\`
	return []scenario{
		{"windows", ThreatSpec{Name: "invoice_2291.pdf.exe", Classification: "Trojan", Engine: "executables", Process: "outlook.exe",
			Path: downloads + "invoice_2291.pdf.exe", Arguments: "invoice_2291.pdf.exe /quiet", Indicators: []Indicator{
				{"InfoStealer", "A process read the stored credentials of a browser.", mitre("Credential Access", "T1555.003")},
				{"Evasion", "A file has two extensions, the last of which is executable.", mitre("Defense Evasion", "T1036.007")}}}},
		{"windows", ThreatSpec{Name: "lockfast.exe", Classification: "Ransomware", Engine: "executables", Process: "services.exe",
			Path: `\Device\HarddiskVolume3\ProgramData\lockfast.exe`, Arguments: "lockfast.exe --all-drives", Indicators: []Indicator{
				{"Ransomware", "Shadow copies were deleted.", mitre("Impact", "T1490", "T1486")},
				{"Lateral Movement", "A service was created on another host.", mitre("Lateral Movement", "T1021.002")}}}},
		{"windows", ThreatSpec{Name: "toolbar-setup.exe", Classification: "PUA", Confidence: "suspicious", Engine: "pup", Process: "chrome.exe",
			Path: downloads + "toolbar-setup.exe", Publisher: "Free Toolbars Ltd", Indicators: []Indicator{
				{"General", "The installer brings software that was not asked for.", nil}}}},
		{"windows", ThreatSpec{Name: "update.ps1", Classification: "Malware", Confidence: "suspicious", Engine: "exploits",
			Process: "winword.exe", Path: temp + "update.ps1", Arguments: "powershell.exe -nop -w hidden -f update.ps1", Indicators: []Indicator{
				{"Execution", "An office program started a script host.", mitre("Execution", "T1059.001", "T1204.002")}}}},
		{"linux", ThreatSpec{Name: "kworkerds", Classification: "Cryptominer", Engine: "executables", Process: "sh",
			Path: "/tmp/.x/kworkerds", Arguments: "/tmp/.x/kworkerds -o 203.0.113.77:3333", Indicators: []Indicator{
				{"Persistence", "A cron job was added by a web server.", mitre("Persistence", "T1053.003")},
				{"Impact", "A process mines coins.", mitre("Impact", "T1496")}}}},
		{"macos", ThreatSpec{Name: "Flash Installer.app", Classification: "Adware", Confidence: "suspicious", Engine: "pre_execution_suspicious",
			Process: "Safari", Path: "/Users/{user}/Downloads/Flash Installer.app/Contents/MacOS/installer", Indicators: []Indicator{
				{"General", "The bundle is not notarised.", nil}}}},
		{"windows", ThreatSpec{Name: "lsass-reader.exe", Classification: "Infostealer", Engine: "lateral_movement", Process: "cmd.exe",
			Path: temp + "lsass-reader.exe", Arguments: "lsass-reader.exe out.bin", Indicators: []Indicator{
				{"Credential Theft", "The memory of lsass.exe was read.", mitre("Credential Access", "T1003.001")}}}},
	}
}

// AlertScenarios are the alerts that a console makes up; their rules are those that it has from the beginning.
func AlertScenarios() []AlertSpec {
	return []AlertSpec{
		{Rule: "Office program starts a script host", Severity: "High", Event: "PROCESSCREATION",
			Process: "powershell.exe", Parent: "winword.exe",
			Command: "powershell.exe -nop -w hidden -enc SQBFAFgA", Query: `SrcProcParentName In ("winword.exe", "excel.exe")`, Treat: "Suspicious"},
		{Rule: "Connection to a known bad address", Severity: "Critical", Event: "IPCONNECT", Process: "rundll32.exe", Parent: "explorer.exe",
			Command: "rundll32.exe theme.dll,Start", Query: `DstIP = "203.0.113.66"`, Treat: "Malicious",
			Seen: map[string]string{"srcPort": "49913", "dstIp": "203.0.113.66", "dstPort": "443", "netEventDirection": "OUTGOING"}},
		{Rule: "New local administrator", Severity: "Medium", Event: "PROCESSCREATION", Process: "net.exe", Parent: "cmd.exe",
			Command: "net localgroup administrators helpdesk2 /add", Query: `SrcProcCmdLine ContainsCIS "localgroup administrators"`},
		{Rule: "Scheduled task by a user", Severity: "Low", Event: "TASKREGISTER", Process: "schtasks.exe", Parent: "cmd.exe",
			Command: "schtasks.exe /create /tn Updater /sc minute", Query: `EventType = "Task Register"`},
	}
}

// stagedAlert plays an alert on a host that the rule is about.
func (w *scenes) stagedAlert(a AlertSpec) AlertSpec {
	if hosts := w.hosts("windows"); len(hosts) > 0 {
		a.Agent = hosts[0].Id
		a.User = `CORP\` + cmp.Or(wire.Text(hosts[0].Obj, "lastLoggedInUserName"), "administrator")
	}
	return a
}

// hosts are the endpoints that an attack can reach, in any order.
func (w *endpoints) hosts(os string) []*store.Row {
	hosts := w.AgentRows.Where(func(o wire.Object) bool { return Online(o) && wire.Text(o, "osType") == os })
	w.rng.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	return hosts
}

// staged plays a scenario on up to n hosts: one storyline, one hash, each with its own user and path.
func (w *scenes) staged(s scenario, n int) []ThreatSpec {
	hosts := w.hosts(s.os)
	t := s.threat
	t.Storyline, t.SHA1, t.SHA256, t.MD5 = strings.ToUpper(w.Hex(16)), w.Hex(40), w.Hex(64), w.Hex(32)
	var out []ThreatSpec
	for _, h := range hosts[:min(n, len(hosts))] {
		user := cmp.Or(wire.Text(h.Obj, "lastLoggedInUserName"), "administrator")
		t.Agent, t.Path, t.User = h.Id, strings.ReplaceAll(s.threat.Path, "{user}", user), `CORP\`+user
		if s.os != "windows" {
			t.User = user
		}
		out = append(out, t)
	}
	return out
}
