package cards

import (
	"cmp"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// maxRule is how much of a rule's text a card shows: what it looks for is told by the first lines.
const maxRule = 300

// Alert shows an alert of a custom detection rule, and what is in its thread.
func Alert(a s1.Alert, links Links, actions Actions, under Thread) render.Card {
	id := a.Identity()
	url := links.AlertURL(id)
	card := render.Card{Tone: alertTone(a), Title: alertTitle(a), Text: alertText(a)}
	card.Parts = append(card.Parts, alertPlace(a, links), facts(
		fact("Status", a.Info.IncidentStatus.Label()),
		fact("Verdict", a.Info.AnalystVerdict.Label()),
		fact("Event", a.Info.EventType),
		fact("Treated as", treatedAs(a)),
		fact("Process", numbered(a.Source.Name, a.Source.PID)),
		fact("User", a.User()),
		fact("Source", a.Info.Source),
		fact("Parent", numbered(a.Parent.Name, a.Parent.PID)),
		fact("Target", numbered(a.Target.ProcessName, a.Target.ProcessPID)),
		fact("Login", joined(`\`, a.Info.LoginAccountDomain, a.Info.LoginsUserName)),
		wide("Path", a.Source.FilePath),
		wide("Command line", a.Source.CommandLine),
		wide("SHA-1", a.Source.FileHashSHA1),
		wide("SHA-256", a.Source.FileHashSHA256),
		wide("MD5", a.Source.FileHashMD5),
		wide("Parent command line", a.Parent.CommandLine),
		wide("Target path", cmp.Or(said(a.Target.FilePath), a.Target.ProcessImagePath)),
		wide("Target command line", a.Target.ProcessCmdLine),
		wide("Target SHA-1", a.Target.FileHashSHA1),
		wide("Connection", connection(a)),
		wide("DNS", joined(" → ", a.Info.DNSRequest, a.Info.DNSResponse)),
		wide("Registry", joined(" = ", cmp.Or(said(a.Info.RegistryPath), a.Info.RegistryKeyPath), a.Info.RegistryValue)),
		wide("Module", a.Info.ModulePath),
		wide("Storyline", cmp.Or(said(a.Source.Storyline), a.TopStoryline)),
	))
	if text := joined(": ", joined(" / ", a.Info.IndicatorCategory, a.Info.IndicatorName), a.Info.IndicatorDescription); text != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("Indicator: " + text)})
	}
	if text := joined(": ", a.Rule.Description, a.Rule.S1QL); text != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("Rule: " + render.Cut(text, maxRule))})
	}
	card.Parts = append(card.Parts, found(first(a.Info.CreatedAt, a.Info.ReportedAt), "alert", string(id), url))
	card = over(card, under, AlertRow(a, links), "of this rule on this host")
	card.Actions = append(actions.forAlert(a), opener(url)...)
	return card
}

func alertTone(a s1.Alert) render.Tone {
	switch {
	case a.Info.IncidentStatus == s1.StatusResolved, a.Info.AnalystVerdict == s1.VerdictFalsePositive:
		return render.Good
	case a.Rule.Severity == s1.SeverityCritical, a.Rule.Severity == s1.SeverityHigh:
		return render.Critical
	case a.Rule.Severity == s1.SeverityLow, a.Rule.Severity == s1.SeverityInfo:
		return render.Info
	}
	return render.Warning
}

func alertTitle(a s1.Alert) string {
	title := cmp.Or(said(a.Rule.Severity.Label()), "Alert") + " · " + cmp.Or(strings.TrimSpace(a.Name()), "unnamed rule")
	if a.Info.IncidentStatus == s1.StatusResolved {
		title += " · resolved"
	}
	return title
}

// alertText is the notification: "High alert: Encoded PowerShell on DESKTOP-1, powershell.exe, unresolved".
func alertText(a s1.Alert) string {
	text := joined(" ", a.Rule.Severity.Label(), "alert: ") + cmp.Or(strings.TrimSpace(a.Name()), "unnamed rule") + " on " + cmp.Or(said(a.Host()), "an unknown host")
	return joined(", ", text, a.Source.Name, strings.ToLower(a.Info.IncidentStatus.Label()))
}

func alertPlace(a s1.Alert, links Links) render.Line {
	now := a.Realtime
	place := joined(" · ", cmp.Or(said(a.Detection.OSName), now.OS), cmp.Or(said(a.Detection.MachineType), now.MachineType),
		joined(" / ", a.Detection.SiteName, a.Detection.GroupName))
	if now.IsActive || now.IsDecommissioned || now.UUID+now.Name+now.OS != "" { // some consoles leave out what is true now
		place = joined(" · ", place, state(now.IsActive, now.IsDecommissioned, ""))
	}
	return render.Line{linked(a.Host(), links.AgentURL(now.ID)), render.Text(after(place))}
}

func numbered(name, pid string) string {
	if name = said(name); name != "" && said(pid) != "" {
		return name + " (" + pid + ")"
	}
	return name
}

// treatedAs is what a hit of the rule counts as, where it counts as anything.
func treatedAs(a s1.Alert) string {
	if strings.EqualFold(a.Rule.TreatAsThreat, "undefined") {
		return ""
	}
	return a.Rule.TreatAsThreat
}

// connection is who spoke to whom.
func connection(a s1.Alert) string {
	from := joined(":", cmp.Or(said(a.Info.SrcIP), a.Info.SrcMachineIP), a.Info.SrcPort)
	to := joined(":", a.Info.DstIP, a.Info.DstPort)
	if to == "" {
		return ""
	}
	return joined(" ", joined(" → ", from, to), strings.ToLower(a.Info.NetEventDirection))
}

// AlertEndpoint is the word by which commands find the alert's endpoint, if it can still be told something; else empty.
func AlertEndpoint(a s1.Alert) string {
	if a.Realtime.IsDecommissioned {
		return ""
	}
	return endpoint(a.Realtime.ID, a.Detection.UUID, a.Realtime.UUID)
}
