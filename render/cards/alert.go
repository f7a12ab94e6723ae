package cards

import (
	"cmp"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// maxRule is how much of a rule's text a card shows: what it looks for is told by the first lines.
const maxRule = 300

// How much a notification shows of a command line, and of what a rule or an alert is about; details
// have more.
//
// A notification has about a phone's screen: a command line of a PowerShell attack alone would fill
// it three times.
const (
	maxCommand = 200
	maxAbout   = 150
)

// Alert is the notification of an alert of a custom detection rule, and the root of its thread:
// what it is and how bad, where, what is still open, what happened, what to search for, and what
// can be done. All of it fits a phone's screen; AlertDetails has the rest.
//
// So there is one fact about what the process did, and one hash: the two by which people go on
// searching.
func Alert(a s1.Alert, links Links, actions Actions, under Thread) render.Card {
	card := alertCard(a, links)
	card.Parts = append(card.Parts, alertState(a), facts(
		wide("Process", joined(", from ", numbered(a.Source.Name, a.Source.PID), a.Parent.Name)),
		wide("Command line", render.Cut(said(a.Source.CommandLine), maxCommand)),
		alertDeed(a, 0), alertDeed(a, 1),
		oneHash(a.Source.FileHashSHA1, a.Source.FileHashSHA256, a.Source.FileHashMD5),
	))
	if about := said(a.Rule.Description); about != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("Rule: " + render.Cut(about, maxAbout))})
	}
	card.Parts = append(card.Parts, foundAlert(a, links))
	card = over(card, under, AlertRow(a, links), "of this rule on this host")
	card.Actions = append(actions.shallow().forAlert(a), opener(links.AlertURL(a.Identity()))...)
	return card
}

// alertCard is what both begin with: what it is and how bad, and where.
func alertCard(a s1.Alert, links Links) render.Card {
	return render.Card{Tone: alertTone(a), Title: alertTitle(a), Text: alertText(a), Parts: []render.Part{alertPlace(a, links)}}
}

// alertState is how far the work on an alert is, with what is still open in bold, and what the rule
// looks for.
func alertState(a s1.Alert) render.Line {
	var line stateLine
	line.add(a.Info.IncidentStatus != s1.StatusResolved, a.Info.IncidentStatus.Label())
	if a.Info.AnalystVerdict == s1.VerdictUndefined || a.Info.AnalystVerdict == "" {
		line.add(true, "verdict "+s1.VerdictUndefined.Label())
	} else {
		line.add(false, "verdict "+a.Info.AnalystVerdict.Label())
	}
	if as := treatedAs(a); as != "" {
		line.add(false, "treated as "+strings.ToLower(as))
	}
	line.add(false, a.Info.EventType)
	return render.Line(line)
}

// alertDeed is the first or second thing that the event tells of what the process did; empty where it
// tells no more.
//
// Of an event of the network or the registry the process's own path says little; that is the
// fallback.
func alertDeed(a s1.Alert, n int) render.Field {
	deeds := facts(
		wide("Connection", connection(a)), wide("DNS", joined(" → ", a.Info.DNSRequest, a.Info.DNSResponse)),
		wide("Registry", joined(" = ", cmp.Or(said(a.Info.RegistryPath), a.Info.RegistryKeyPath), a.Info.RegistryValue)),
		wide("Target", render.Cut(cmp.Or(said(a.Target.FilePath), said(a.Target.ProcessCmdLine), said(a.Target.ProcessImagePath), a.Target.ProcessName), maxCommand)),
		wide("Module", a.Info.ModulePath), wide("Login", joined(`\`, a.Info.LoginAccountDomain, a.Info.LoginsUserName)),
	)
	switch {
	case n < len(deeds):
		return deeds[n]
	case n > 0:
		return render.Field{}
	}
	return wide("Path", a.Source.FilePath)
}

// foundAlert is the small print: when, and the id by which commands take it.
func foundAlert(a s1.Alert, links Links) render.Note {
	id := a.Identity()
	return found(first(a.Info.CreatedAt, a.Info.ReportedAt), "alert", string(id), links.AlertURL(id))
}

// AlertDetails is everything about an alert, as an answer to one person.
//
// Facts are told under the console's own names, in the order of the process tree: what ran, what
// started it, what it did.
func AlertDetails(a s1.Alert, links Links, actions Actions) render.Card {
	card := alertCard(a, links)
	card.Parts = append(card.Parts, facts(
		fact("Status", a.Info.IncidentStatus.Label()),
		fact("Verdict", a.Info.AnalystVerdict.Label()),
		fact("Event", a.Info.EventType),
		fact("Treated as", treatedAs(a)),
		fact("Process", numbered(a.Source.Name, a.Source.PID)),
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
	card.Parts = append(card.Parts, foundAlert(a, links))
	card.Actions = append(actions.deep().forAlert(a), opener(links.AlertURL(a.Identity()))...)
	return card
}

// alertTone is how bad it is, by the rule's severity; what somebody has dealt with is good,
// whatever the rule says.
//
// A severity that the console does not tell, or that is new, is a warning.
func alertTone(a s1.Alert) render.Tone {
	switch {
	case a.Info.IncidentStatus == s1.StatusResolved:
		return render.Good
	case a.Info.AnalystVerdict == s1.VerdictFalsePositive:
		return render.Info
	case a.Rule.Severity == s1.SeverityCritical, a.Rule.Severity == s1.SeverityHigh:
		return render.Critical
	case a.Rule.Severity == s1.SeverityLow, a.Rule.Severity == s1.SeverityInfo:
		return render.Info
	}
	return render.Warning
}

// alertTitle has the severity first and the rule's name; "resolved" at the end, so that a list of
// cards can be scanned.
func alertTitle(a s1.Alert) string {
	if a.Info.AnalystVerdict == s1.VerdictFalsePositive && a.Info.IncidentStatus != s1.StatusResolved {
		return notClosed + " · " + cmp.Or(strings.TrimSpace(a.Name()), "unnamed rule")
	}
	title := cmp.Or(said(a.Rule.Severity.Label()), "Alert") + " · " + cmp.Or(strings.TrimSpace(a.Name()), "unnamed rule")
	if a.Info.IncidentStatus == s1.StatusResolved {
		title += " · resolved"
	}
	return title
}

// alertText is the notification: "High alert: Encoded PowerShell on DESKTOP-1, powershell.exe,
// unresolved".
//
// It is all that a locked phone shows, so it has what somebody needs in order to decide whether to
// get up.
func alertText(a s1.Alert) string {
	text := joined(" ", a.Rule.Severity.Label(), "alert: ") + cmp.Or(strings.TrimSpace(a.Name()), "unnamed rule") + " on " + cmp.Or(said(a.Host()), "an unknown host")
	return joined(", ", text, a.Source.Name, strings.ToLower(a.Info.IncidentStatus.Label()))
}

// alertPlace is where: host, user, system, site and group. Whether the host is online is said only
// if the console told anything of the present.
func alertPlace(a s1.Alert, links Links) render.Line {
	now := a.Realtime
	place := joined(" · ", a.User(), cmp.Or(said(a.Detection.OSName), now.OS), cmp.Or(said(a.Detection.MachineType), now.MachineType),
		joined(" / ", a.Detection.SiteName, a.Detection.GroupName))
	if now.IsActive || now.IsDecommissioned || now.UUID+now.Name+now.OS != "" { // some consoles leave out what is true now
		place = joined(" · ", place, state(now.IsActive, now.IsDecommissioned, ""))
	}
	return render.Line{linked(a.Host(), links.AgentURL(now.ID)), render.Text(after(place))}
}

// numbered is a process with its number, where both are known.
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

// AlertEndpoint is the word by which commands find the alert's endpoint, if it can still be told
// something; else empty.
//
// What is decommissioned cannot be told anything any more, and no command should be offered for it.
func AlertEndpoint(a s1.Alert) string {
	if a.Realtime.IsDecommissioned {
		return ""
	}
	return endpoint(a.Realtime.ID, a.Detection.UUID, a.Realtime.UUID)
}
