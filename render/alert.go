package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/s1"
)

// AlertCard shows an alert of a custom detection rule, and what is in its thread.
func AlertCard(a s1.Alert, links Links, under Thread) Card {
	id := a.Identity()
	url := links.AlertURL(id)
	card := Card{Tone: alertTone(a), Title: alertTitle(a), Text: alertText(a)}
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
		wide("Target path", or(said(a.Target.FilePath), a.Target.ProcessImagePath)),
		wide("Target command line", a.Target.ProcessCmdLine),
		wide("Target SHA-1", a.Target.FileHashSHA1),
		wide("Connection", connection(a)),
		wide("DNS", joined(" → ", a.Info.DNSRequest, a.Info.DNSResponse)),
		wide("Registry", joined(" = ", or(said(a.Info.RegistryPath), a.Info.RegistryKeyPath), a.Info.RegistryValue)),
		wide("Module", a.Info.ModulePath),
		wide("Storyline", or(said(a.Source.Storyline), a.TopStoryline)),
	))
	if text := joined(": ", joined(" / ", a.Info.IndicatorCategory, a.Info.IndicatorName), a.Info.IndicatorDescription); text != "" {
		card.Parts = append(card.Parts, Note{Text("Indicator: " + text)})
	}
	if text := joined(": ", a.Rule.Description, a.Rule.S1QL); text != "" {
		card.Parts = append(card.Parts, Note{Text("Rule: " + cut(text, maxCell))})
	}
	card.Parts = append(card.Parts, found(first(a.Info.CreatedAt, a.Info.ReportedAt), "alert", string(id), url))
	card = card.over(under, AlertRow(a, links), "of this rule on this host")
	card.Actions = append(alertActions(a, id), opener(url)...)
	return card
}

func alertTone(a s1.Alert) Tone {
	switch {
	case a.Info.IncidentStatus == s1.StatusResolved, a.Info.AnalystVerdict == s1.VerdictFalsePositive:
		return Good
	case a.Rule.Severity == s1.SeverityCritical, a.Rule.Severity == s1.SeverityHigh:
		return Critical
	case a.Rule.Severity == s1.SeverityLow, a.Rule.Severity == s1.SeverityInfo:
		return Info
	}
	return Warning
}

func alertTitle(a s1.Alert) string {
	title := or(said(a.Rule.Severity.Label()), "Alert") + " · " + or(a.Name(), "unnamed rule")
	if a.Info.IncidentStatus == s1.StatusResolved {
		title += " · resolved"
	}
	return title
}

// alertText is the notification: "High alert: Encoded PowerShell on DESKTOP-1, powershell.exe, unresolved".
func alertText(a s1.Alert) string {
	text := joined(" ", a.Rule.Severity.Label(), "alert: ") + or(a.Name(), "unnamed rule") + " on " + or(said(a.Host()), "an unknown host")
	return joined(", ", text, a.Source.Name, strings.ToLower(a.Info.IncidentStatus.Label()))
}

func alertPlace(a s1.Alert, links Links) Line {
	now := a.Realtime
	place := joined(" · ", or(said(a.Detection.OSName), now.OS), or(said(a.Detection.MachineType), now.MachineType),
		joined(" / ", a.Detection.SiteName, a.Detection.GroupName))
	if now.IsActive || now.IsDecommissioned || now.UUID+now.Name+now.OS != "" { // some consoles leave out what is true now
		place = joined(" · ", place, state(now.IsActive, now.IsDecommissioned, ""))
	}
	return Line{linked(a.Host(), links.AgentURL(now.ID)), Text(after(place))}
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
	from := joined(":", or(said(a.Info.SrcIP), a.Info.SrcMachineIP), a.Info.SrcPort)
	to := joined(":", a.Info.DstIP, a.Info.DstPort)
	if to == "" {
		return ""
	}
	return joined(" ", joined(" → ", from, to), strings.ToLower(a.Info.NetEventDirection))
}

func alertActions(a s1.Alert, id s1.AlertID) []Action {
	var actions []Action
	if id.Valid() {
		ids := object("alert-ids", []s1.AlertID{id})
		actions = append(actions,
			Menu{Label: "Verdict", Param: "analyst-verdict", Options: choices(a.Info.AnalystVerdict),
				Do: Invocation{Command: "update-alert-analyst-verdict", Args: ids}},
			Menu{Label: "Status", Param: "status", Options: choices(a.Info.IncidentStatus),
				Do: Invocation{Command: "update-alert-incident-status", Args: ids}})
	}
	agent := endpoint(a.Realtime.ID, a.Detection.UUID, a.Realtime.UUID)
	reachable := agent != "" && !a.Realtime.IsDecommissioned
	if reachable {
		actions = append(actions, isolation(agent, ""))
	}
	actions = append(actions, relatedEvents(a)...)
	if reachable {
		actions = append(actions, Button{Label: "Endpoint", Do: Invocation{Command: "get-agent-info", Args: object("agent-ids", []string{agent})}})
	}
	return append(actions, blockHash(a)...)
}

// blockHash opens the form that keeps the file behind the alert from running, filled as far as the alert says.
func blockHash(a s1.Alert) []Action {
	if !sha1.MatchString(a.Source.FileHashSHA1) {
		return nil
	}
	given := []any{"threat-hashes", []string{a.Source.FileHashSHA1}}
	if system := s1.OSType(strings.ToLower(a.Detection.OSFamily)); slices.ContainsFunc(system.Choices(), func(c s1.Choice) bool { return c.Value == string(system) }) {
		given = append(given, "os-type", system)
	}
	if site := a.Detection.SiteID; site.Valid() {
		given = append(given, "site-id", site)
	}
	return []Action{Button{Label: "Block hash", Do: Invocation{Command: "block-hash", How: Open, Args: object(given...)}}}
}

var sha1 = regexp.MustCompile(`^[0-9a-f]{40}$`)

// beside is how long before and after an alert related events are looked for.
const beside = time.Hour

// relatedEvents looks for what else the alert's storyline did at that time. A storyline that could say something else in a query
// is none.
func relatedEvents(a s1.Alert) []Action {
	story, at := a.Storyline(), first(a.Info.CreatedAt, a.Info.ReportedAt)
	if !storyline.MatchString(story) || at.IsZero() {
		return nil
	}
	return []Action{Button{Label: "Related events", Do: Invocation{Command: "query", Args: object(
		"query", fmt.Sprintf("SrcProcStorylineId = %q", story),
		"start-time", at.Add(-beside).UTC().Format(time.RFC3339), "end-time", at.Add(beside).UTC().Format(time.RFC3339))}}}
}

var storyline = regexp.MustCompile(`^[A-Za-z0-9-]{4,64}$`)
