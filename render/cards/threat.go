package cards

import (
	"cmp"
	"fmt"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// Threat is a threat's notification, and the root of its thread: what it is and how bad, where,
// what is still open, what to search for, what can be done, and what is in its thread. All of it
// fits a phone's screen; ThreatDetails has the rest.
//
// What is bold is what somebody still has to do: the eye finds it among forty cards.
func Threat(t s1.Threat, links Links, actions Actions, under Thread) render.Card {
	card := threatCard(t, links)
	card.Parts = append(card.Parts, threatState(t), facts(
		wide("Path", t.Info.FilePath),
		wide("From", t.Info.OriginatorProcess),
		oneHash(t.Info.SHA1, t.Info.SHA256, t.Info.MD5),
	), append(leading(techniques(t, 4)), foundThreat(t, links)...))
	card = over(card, under, ThreatRow(t, links), "in this storyline")
	if t.Identity().Valid() {
		card.Actions = actions.shallow().forThreat(t)
	}
	card.Actions = append(card.Actions, opener(links.ThreatURL(t.Identity()))...)
	return card
}

// ThreatDetails is everything about a threat, as an answer to one person. The way to the console is
// the link in its last line: that leaves room to share it.
//
// The facts are those of the specification's field mapping, the most telling first.
func ThreatDetails(t s1.Threat, links Links, actions Actions) render.Card {
	card := threatCard(t, links)
	card.Parts = append(card.Parts, facts(
		fact("Status", t.Info.IncidentStatus.Label()),
		fact("Verdict", t.Info.AnalystVerdict.Label()),
		fact("Action", mitigation(t)),
		fact("Engine", strings.Join(t.EngineTitles(), ", ")),
		fact("Process", t.Info.OriginatorProcess),
		fact("Classification", t.Info.Classification),
		fact("IP", t.Realtime.IPv4),
		fact("Ticket", t.Info.ExternalTicketID),
		fact("Publisher", t.Info.PublisherName),
		fact("Signature", strings.TrimSpace(strings.Join(signature(t), " "))),
		moment("Found", t.Info.IdentifiedAt),
		moment("Reported", t.Info.CreatedAt),
		wide("Path", t.Info.FilePath),
		wide("Arguments", t.Info.MaliciousProcessArguments),
		wide("SHA-1", t.Info.SHA1),
		wide("SHA-256", t.Info.SHA256),
		wide("MD5", t.Info.MD5),
		wide("Storyline", t.Info.Storyline),
	))
	for _, n := range []string{labelled("Techniques: ", techniques(t, 6)), indicators(t), surroundings(t)} {
		if n != "" {
			card.Parts = append(card.Parts, render.Note{render.Text(n)})
		}
	}
	card.Parts = append(card.Parts, foundThreat(t, links))
	if t.Identity().Valid() {
		card.Actions = actions.deep().forThreat(t)
	}
	return card
}

// threatCard is what both begin with: what it is and how bad, and where.
func threatCard(t s1.Threat, links Links) render.Card {
	return render.Card{Tone: threatTone(t), Title: threatTitle(t), Text: threatText(t), Parts: []render.Part{threatPlace(t, links)}}
}

// threatState is how far the work on a threat is: "Not mitigated · Unresolved · verdict Undefined ·
// Behavioral AI", with what is still open in bold.
//
// Verdict undefined is open work, not a verdict.
func threatState(t s1.Threat) render.Line {
	var line stateLine
	line.add(!t.Mitigated(), mitigation(t))
	line.add(t.Info.IncidentStatus != s1.StatusResolved, t.Info.IncidentStatus.Label())
	if t.Info.AnalystVerdict == s1.VerdictUndefined {
		line.add(true, "verdict "+t.Info.AnalystVerdict.Label())
	} else {
		line.add(false, t.Info.AnalystVerdict.Label())
	}
	line.add(false, joined(", ", t.EngineTitles()...))
	if ticket := said(t.Info.ExternalTicketID); ticket != "" {
		line.add(false, "ticket "+ticket)
	}
	return render.Line(line)
}

// A stateLine says how far the work on something is, with what is still open in bold.
type stateLine render.Line

// add ends the line with words, if there are any.
func (l *stateLine) add(open bool, words string) {
	if words = said(words); words == "" {
		return
	}
	if len(*l) > 0 {
		*l = append(*l, render.Text(" · "))
	}
	if open {
		*l = append(*l, render.Bold(words))
		return
	}
	*l = append(*l, render.Text(words))
}

// oneHash is the one hash of a notification: the SHA-1 that consoles search by, else what there is.
func oneHash(sha1, sha256, md5 string) render.Field {
	switch {
	case said(sha1) != "":
		return wide("SHA-1", sha1)
	case said(sha256) != "":
		return wide("SHA-256", sha256)
	}
	return wide("MD5", md5)
}

// signature is what the console says of the file's signature and of the certificate behind it.
func signature(t s1.Threat) []string {
	return []string{said(t.Info.FileVerificationType), said(t.Info.CertificateID)}
}

// foundThreat is the small print: when, and the id by which commands take it.
func foundThreat(t s1.Threat, links Links) render.Note {
	id := t.Identity()
	return found(first(t.Info.IdentifiedAt, t.Info.CreatedAt), "threat", string(id), links.ThreatURL(id))
}

// threatTone is how bad it is. Resolved is good; a mitigated threat still has its colour until
// somebody has looked, and a false positive is no alarm, but not done with until it is resolved.
func threatTone(t s1.Threat) render.Tone {
	switch {
	case t.Info.IncidentStatus == s1.StatusResolved:
		return render.Good
	case t.Info.AnalystVerdict == s1.VerdictFalsePositive:
		return render.Info
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

// notClosed is what the title of a false positive says that nobody has resolved: its level counts no
// more, and it is not done with either.
const notClosed = "False positive, not closed yet"

// threatTitle has the level, the classification where that says more, and the name.
func threatTitle(t s1.Threat) string {
	if t.Info.AnalystVerdict == s1.VerdictFalsePositive && t.Info.IncidentStatus != s1.StatusResolved {
		return notClosed + " · " + cmp.Or(strings.TrimSpace(t.Name()), "unnamed")
	}
	kind := said(t.Info.Classification)
	if kind == level(t) {
		kind = ""
	}
	title := joined(" · ", level(t), kind) + " · " + cmp.Or(strings.TrimSpace(t.Name()), "unnamed")
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

// resolved is the word for it, for the notification alone.
func resolved(t s1.Threat) string {
	if t.Info.IncidentStatus == s1.StatusResolved {
		return t.Info.IncidentStatus.Label()
	}
	return ""
}

// threatPlace is where: host, user, system, site and group, and whether the host can be reached.
//
// Consoles answer some lists without what is true of the endpoint now; "offline" would be made up
// then.
func threatPlace(t s1.Threat, links Links) render.Line {
	place := joined(" · ", t.User(), t.OS(), joined(" / ", t.SiteName(), t.GroupName()))
	if now := t.Realtime; now.IsActive || now.IsDecommissioned || now.AgentUUID+now.AgentVersion+now.OSName+string(now.NetworkStatus) != "" { // else nothing is known of now
		place = joined(" · ", place, state(t.Online(), t.Realtime.IsDecommissioned, t.Realtime.NetworkStatus))
	}
	return render.Line{linked(t.Host(), links.AgentURL(t.AgentID())), render.Text(after(place))}
}

// mitigation is what became of the threat and what was done for it: "Mitigated (kill, quarantine
// failed)".
//
// Success goes without saying; every other outcome stands behind its action.
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

// techniques are the attacker's, at most so many tactics: "Credential Access T1555.003 · Impact
// T1486, T1490". The console says the numbers of techniques and the names of their tactics; the
// numbers alone say nothing to whom has not learned them.
func techniques(t s1.Threat, most int) string {
	var tactics []string
	names := map[string][]string{}
	for tactic, technique := range t.Techniques() {
		if names[tactic.Name] == nil {
			tactics = append(tactics, tactic.Name)
		}
		names[tactic.Name] = append(names[tactic.Name], technique.Name)
	}
	var words []string
	for _, tactic := range tactics {
		words = append(words, joined(" ", tactic, strings.Join(names[tactic], ", ")))
	}
	return listed("", words, most)
}

// indicators are what the engines noticed, the first three.
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

// labelled puts a label before words, if there are any.
func labelled(label, words string) string {
	if words == "" {
		return ""
	}
	return label + words
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

// ThreatEndpoint is the word by which commands find the threat's endpoint, if it can still be told
// something; else empty.
//
// The id of now counts before that of the detection: an endpoint that was installed anew has
// another one.
func ThreatEndpoint(t s1.Threat) string {
	if t.Realtime.IsDecommissioned {
		return ""
	}
	return endpoint(t.AgentID(), t.Realtime.AgentUUID, t.Detection.AgentUUID)
}
