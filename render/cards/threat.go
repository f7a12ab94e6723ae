package cards

import (
	"cmp"
	"fmt"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// Threat shows a threat: what it is and how bad, where, the facts, what can be done, and what is in its thread.
func Threat(t s1.Threat, links Links, actions Actions, under Thread) render.Card {
	card := ThreatDetails(t, links, actions)
	card = over(card, under, ThreatRow(t, links), "in this storyline")
	card.Actions = append(card.Actions, opener(links.ThreatURL(t.Identity()))...)
	return card
}

// ThreatDetails is the card as an answer to one person. The way to the console is the link in its last line: that leaves room to
// share it.
func ThreatDetails(t s1.Threat, links Links, actions Actions) render.Card {
	id := t.Identity()
	url := links.ThreatURL(id)
	card := render.Card{Tone: threatTone(t), Title: threatTitle(t), Text: threatText(t)}
	card.Parts = append(card.Parts, threatPlace(t, links), facts(
		fact("Status", t.Info.IncidentStatus.Label()),
		fact("Verdict", t.Info.AnalystVerdict.Label()),
		fact("Action", mitigation(t)),
		fact("Engine", strings.Join(t.EngineTitles(), ", ")),
		fact("Process", t.Info.OriginatorProcess),
		fact("Classification", t.Info.Classification),
		fact("IP", t.Realtime.IPv4),
		fact("Ticket", t.Info.ExternalTicketID),
		wide("Path", t.Info.FilePath),
		wide("Arguments", t.Info.MaliciousProcessArguments),
		wide("SHA-1", t.Info.SHA1),
		wide("SHA-256", t.Info.SHA256),
		wide("MD5", t.Info.MD5),
		wide("Storyline", t.Info.Storyline),
	))
	for _, n := range []string{techniques(t), indicators(t), surroundings(t)} {
		if n != "" {
			card.Parts = append(card.Parts, render.Note{render.Text(n)})
		}
	}
	card.Parts = append(card.Parts, found(first(t.Info.IdentifiedAt, t.Info.CreatedAt), "threat", string(id), url))
	if id.Valid() {
		card.Actions = actions.forThreat(t)
	}
	return card
}

func threatTone(t s1.Threat) render.Tone {
	switch {
	case t.Info.IncidentStatus == s1.StatusResolved, t.Info.AnalystVerdict == s1.VerdictFalsePositive:
		return render.Good
	case t.Info.ConfidenceLevel == s1.ConfidenceMalicious:
		return render.Critical
	}
	return render.Warning
}

// level is how sure the console is, in a word.
func level(t s1.Threat) string {
	switch t.Info.ConfidenceLevel {
	case s1.ConfidenceMalicious, s1.ConfidenceSuspicious:
		return t.Info.ConfidenceLevel.Label()
	}
	return cmp.Or(said(t.Info.Classification), "Threat")
}

func threatTitle(t s1.Threat) string {
	title := level(t) + " · " + cmp.Or(strings.TrimSpace(t.Name()), "unnamed")
	if t.Info.IncidentStatus == s1.StatusResolved {
		title += " · resolved"
	}
	return title
}

// threatText is the notification: "Malicious: evil.exe on DESKTOP-1 (Paris), not mitigated".
func threatText(t s1.Threat) string {
	text := level(t) + ": " + cmp.Or(strings.TrimSpace(t.Name()), "unnamed") + " on " + cmp.Or(said(t.Host()), "an unknown host")
	if site := said(t.SiteName()); site != "" {
		text += " (" + site + ")"
	}
	for _, state := range []string{t.Info.MitigationStatus.Label(), resolved(t)} {
		if state != "" {
			text += ", " + strings.ToLower(state)
		}
	}
	return text
}

func resolved(t s1.Threat) string {
	if t.Info.IncidentStatus == s1.StatusResolved {
		return t.Info.IncidentStatus.Label()
	}
	return ""
}

// threatPlace is where: host, user, system, site and group, and whether the host can be reached.
func threatPlace(t s1.Threat, links Links) render.Line {
	place := joined(" · ", t.User(), t.OS(), joined(" / ", t.SiteName(), t.GroupName()))
	if now := t.Realtime; now.IsActive || now.IsDecommissioned || now.AgentUUID+now.AgentVersion+now.OSName+string(now.NetworkStatus) != "" { // else nothing is known of now
		place = joined(" · ", place, state(t.Online(), t.Realtime.IsDecommissioned, t.Realtime.NetworkStatus))
	}
	return render.Line{linked(t.Host(), links.AgentURL(t.AgentID())), render.Text(after(place))}
}

// mitigation is what became of the threat and what was done for it: "Mitigated (kill, quarantine failed)".
func mitigation(t s1.Threat) string {
	var done []string
	for _, r := range t.MitigationStatus {
		word := strings.ReplaceAll(r.Action, "_", " ")
		if r.Status != "success" {
			word = joined(" ", word, r.Status)
		}
		done = append(done, word)
	}
	text := t.Info.MitigationStatus.Label()
	if actions := joined(", ", done...); actions != "" {
		text += " (" + actions + ")"
	}
	return text
}

// techniques are the attacker's, by tactic: "Credential Access T1555.003 · Impact T1486, T1490".
func techniques(t s1.Threat) string {
	var tactics []string
	names, seen := map[string][]string{}, map[string]bool{}
	for _, i := range t.Indicators {
		for _, tactic := range i.Tactics {
			for _, technique := range tactic.Techniques {
				if technique.Name == "" || seen[technique.Name] {
					continue
				}
				seen[technique.Name] = true
				if names[tactic.Name] == nil {
					tactics = append(tactics, tactic.Name)
				}
				names[tactic.Name] = append(names[tactic.Name], technique.Name)
			}
		}
	}
	var words []string
	for _, tactic := range tactics {
		words = append(words, joined(" ", tactic, strings.Join(names[tactic], ", ")))
	}
	return listed("Techniques: ", words, 6)
}

func indicators(t s1.Threat) string {
	var names []string
	for _, i := range t.Indicators {
		names = append(names, joined(": ", i.Category, strings.TrimSuffix(i.Description, ".")))
	}
	return listed("Indicators: ", names, 3)
}

// surroundings is the container or pod in which the threat was found.
func surroundings(t s1.Threat) string {
	container := joined(" of ", t.Container.Name, t.Container.Image)
	pod := joined(" / ", t.Kubernetes.Cluster, t.Kubernetes.Namespace, t.Kubernetes.Pod)
	if text := joined(" · ", container, pod); text != "" {
		return "Container: " + text
	}
	return ""
}

// listed names at most n of names and counts the others.
func listed(label string, names []string, n int) string {
	text := joined(" · ", names[:min(len(names), n)]...)
	if text == "" {
		return ""
	}
	if more := len(names) - n; more > 0 {
		text += fmt.Sprintf(" · … %d more", more)
	}
	return label + text
}

// ThreatEndpoint is the word by which commands find the threat's endpoint, if it can still be told something; else empty.
func ThreatEndpoint(t s1.Threat) string {
	if t.Realtime.IsDecommissioned {
		return ""
	}
	return endpoint(t.AgentID(), t.Realtime.AgentUUID, t.Detection.AgentUUID)
}
