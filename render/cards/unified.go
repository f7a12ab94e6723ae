package cards

import (
	"cmp"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1/unified"
)

// Unified is a unified alert's notification, and the root of its thread: what it is and how bad,
// where and whom it is about, what is still open, what to search for, and what can be done.
// UnifiedDetails has the rest.
//
// Other products find other things than processes, so any of these facts may be missing, and a card
// may be about a user without a host.
func Unified(a unified.Alert, links Links, actions Actions, under Thread) render.Card {
	card := unifiedCard(a, links)
	card.Parts = append(card.Parts, unifiedState(a), facts(
		wide("Path", a.Process.File.Path),
		wide("Command line", render.Cut(said(a.Process.CommandLine), maxCommand)),
		oneHash(a.Process.File.SHA1, a.Process.File.SHA256, a.Process.File.MD5),
		fact("Attacker", joined(" · ", a.Detected.Attacker.IP, a.Detected.Attacker.Host)),
		wide("Observables", render.Cut(unifiedObservables(a), maxCommand)),
	))
	if about := said(a.Description); about != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(render.Cut(about, maxAbout))})
	}
	card.Parts = append(card.Parts, foundUnified(a, links))
	card = over(card, under, UnifiedRow(a, links), "of this storyline or name")
	if a.ID.Valid() {
		card.Actions = actions.shallow().forUnified(a)
	}
	card.Actions = append(card.Actions, opener(links.UnifiedURL(string(a.ID)))...)
	return card
}

// UnifiedDetails is everything about a unified alert with the notes on it, as an answer to one
// person.
//
// Notes come with it because they are a list of their own at the console: whoever opens the details
// wants to know what others found.
func UnifiedDetails(a unified.Alert, notes []unified.Note, links Links, actions Actions) render.Card {
	card := unifiedCard(a, links)
	card.Parts = append(card.Parts, facts(
		fact("Status", a.Status.Label()),
		fact("Verdict", a.Verdict.Label()),
		fact("Assignee", a.Assignee.Label()),
		fact("Classification", a.Classification),
		fact("Confidence", a.Confidence.Label()),
		fact("Result", a.Result.Label()),
		fact("Product", a.Product()),
		fact("Attack surface", joined(", ", a.AttackSurfaces...)),
		fact("Analytics", joined(" · ", a.Analytics.Category, a.Analytics.Name)),
		fact("Process", a.Process.File.Name),
		fact("Parent", a.Process.ParentName),
		fact("Attacker", joined(" · ", a.Detected.Attacker.IP, a.Detected.Attacker.Host)),
		fact("Ticket", a.TicketID),
		moment("First seen", a.FirstSeenAt),
		moment("Last seen", a.LastSeenAt),
		moment("Changed", a.UpdatedAt),
		wide("Path", a.Process.File.Path),
		wide("Command line", a.Process.CommandLine),
		wide("SHA-1", a.Process.File.SHA1),
		wide("SHA-256", a.Process.File.SHA256),
		wide("MD5", a.Process.File.MD5),
		wide("Storyline", a.Storyline),
		wide("External id", a.ExternalID),
	))
	for _, n := range []string{said(a.Description), unifiedIndicators(a), unifiedObservables(a)} {
		if n != "" {
			card.Parts = append(card.Parts, render.Note{render.Text(render.Cut(n, 2*maxRule))})
		}
	}
	if len(notes) > 0 {
		card.Parts = append(card.Parts, UnifiedNoteTable(notes))
	}
	card.Parts = append(card.Parts, foundUnified(a, links))
	if a.ID.Valid() {
		card.Actions = actions.deep().forUnified(a)
	}
	return card
}

// unifiedCard is what both begin with: what it is and how bad, and whom or what it is about.
func unifiedCard(a unified.Alert, links Links) render.Card {
	title := cmp.Or(said(a.Severity.Label()), "Alert") + " · " + unifiedName(a)
	switch {
	case a.Status == unified.StatusResolved:
		title += " · resolved"
	case a.Verdict.False():
		title = notClosed + " · " + unifiedName(a)
	}
	text := joined(" ", a.Severity.Label(), "alert: ") + unifiedName(a)
	if about := joined(", ", a.Host(), a.User()); about != "" {
		text += " on " + about
	}
	text = joined(", ", text, a.Product(), strings.ToLower(a.Status.Label()))
	return render.Card{Tone: unifiedTone(a), Title: title, Text: text, Parts: []render.Part{unifiedPlace(a)}}
}

// unifiedName is the alert's name, or words in its place.
func unifiedName(a unified.Alert) string {
	return cmp.Or(said(strings.TrimSpace(a.Name)), "unnamed alert")
}

// unifiedTone is as for alerts, by the severity of the source.
func unifiedTone(a unified.Alert) render.Tone {
	switch {
	case a.Status == unified.StatusResolved:
		return render.Good
	case a.Verdict.False():
		return render.Info
	case a.Severity == unified.SeverityCritical, a.Severity == unified.SeverityHigh:
		return render.Critical
	case a.Severity == unified.SeverityLow, a.Severity == unified.SeverityInfo:
		return render.Info
	}
	return render.Warning
}

// unifiedPlace is what the alert is about: a host, a user, or both, and where that belongs.
//
// An asset without an agent is not said to be offline: nobody asks it for a sign of life.
func unifiedPlace(a unified.Alert) render.Line {
	asset := a.Asset()
	subject := cmp.Or(said(asset.Name), said(a.User()), unknown)
	user := said(a.User())
	if user == subject {
		user = ""
	}
	words := joined(" · ", user, cmp.Or(said(asset.OSVersion), said(asset.Category)), joined(" / ", a.Site(), a.Group()))
	if asset.AgentUUID != "" && asset.Connectivity != "" {
		words = joined(" · ", words, state(asset.Connectivity == "ONLINE", asset.Decommissioned, ""))
	}
	return render.Line{render.Bold(subject), render.Text(after(words))}
}

// unifiedState is how far the work on an alert is, with what is still open in bold.
func unifiedState(a unified.Alert) render.Line {
	var line stateLine
	line.add(a.Result == "UNMITIGATED", a.Result.Label())
	line.add(a.Status != unified.StatusResolved, a.Status.Label())
	if a.Verdict == unified.VerdictUndefined || a.Verdict == "" {
		line.add(true, "verdict "+unified.VerdictUndefined.Label())
	} else {
		line.add(false, a.Verdict.Label())
	}
	if who := a.Assignee.Label(); who != "" {
		line.add(false, "assigned to "+who)
	}
	line.add(false, a.Product())
	line.add(false, joined(", ", a.Confidence.Label(), strings.ToLower(a.Classification)))
	if a.TicketID != "" {
		line.add(false, "ticket "+a.TicketID)
	}
	if a.HasNotes {
		line.add(false, "has notes")
	}
	return render.Line(line)
}

func foundUnified(a unified.Alert, links Links) render.Note {
	return found(first(a.DetectedAt, a.CreatedAt), "unified alert", string(a.ID), links.UnifiedURL(string(a.ID)))
}

// unifiedIndicators names what was noticed, with MITRE's numbers and names: "Persistence: …
// (T1548.001 Setuid and Setgid)".
func unifiedIndicators(a unified.Alert) string {
	var words []string
	for _, i := range a.Indicators {
		var techniques []string
		for _, attack := range i.Attacks {
			if words := cmp.Or(attack.Technique.Words(), attack.Tactic.Words()); words != "" && !slices.Contains(techniques, words) {
				techniques = append(techniques, words)
			}
		}
		text := joined(": ", i.Title, i.Message)
		if len(techniques) > 0 {
			text += " (" + strings.Join(techniques, ", ") + ")"
		}
		if text != "" && !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "Indicators: " + strings.Join(words, " · ")
}

// unifiedObservables are addresses, hashes and names that the source listed, as text: none of them
// is a link.
func unifiedObservables(a unified.Alert) string {
	var words []string
	for _, o := range a.Observables {
		if o.Value != "" {
			words = append(words, joined(" ", strings.ToLower(o.Type), o.Value))
		}
	}
	return strings.Join(words, " · ")
}

// UnifiedEndpoint is the word by which commands find the alert's endpoint, if it can still be told
// something; else empty.
func UnifiedEndpoint(a unified.Alert) string {
	if asset := a.Asset(); !asset.Decommissioned {
		return endpoint("", asset.AgentUUID)
	}
	return ""
}

// UnifiedTable lists unified alerts.
func UnifiedTable(alerts []unified.Alert, links Links) render.Table {
	t := newTable("Alert", "About", "Severity", "Product", "Status", "Verdict", "Assignee", "Detected")
	for _, a := range alerts {
		t.add(
			render.Line{linked(a.Name, links.UnifiedURL(string(a.ID)))},
			cell(joined(", ", a.Host(), a.User())), cell(a.Severity.Label()), cell(a.Product()),
			cell(a.Status.Label()), cell(a.Verdict.Label()), cell(a.Assignee.Label()),
			render.Line{render.At(first(a.DetectedAt, a.CreatedAt))})
	}
	return t.Table
}

// UnifiedNoteTable lists the notes on a unified alert.
func UnifiedNoteTable(notes []unified.Note) render.Table {
	t := newTable("Note", "By", "Written")
	for _, n := range notes {
		t.add(cell(n.Text), cell(n.Author.Label()), render.Line{render.At(n.CreatedAt.Time)})
	}
	return t.Table
}

// UnifiedKind is what digests call unified alerts.
//
// The journal and buttons have another word for them; this one is read by people.
const UnifiedKind = "unified alert"

// UnifiedRow is a unified alert as a digest lists it.
func UnifiedRow(a unified.Alert, links Links) DigestRow {
	return DigestRow{
		Kind: UnifiedKind, ID: string(a.ID), Name: unifiedName(a), Level: cmp.Or(said(a.Severity.Label()), "Alert"), Host: cmp.Or(said(a.Host()), said(a.User())),
		Site: a.Site(), Group: a.Group(), Status: joined(", ", a.Status.Label(), a.Result.Label()), Verdict: a.Verdict.Label(), Storyline: a.Storyline, Agent: UnifiedEndpoint(a),
		Created: first(a.CreatedAt, a.DetectedAt), URL: links.UnifiedURL(string(a.ID)), Gravity: unifiedGravity(a), Tone: unifiedTone(a),
	}
}

// unifiedGravity is as for alerts; whether it was stopped, these do not always tell.
func unifiedGravity(a unified.Alert) int {
	levels := []unified.Severity{unified.SeverityInfo, unified.SeverityLow, unified.SeverityMedium, unified.SeverityHigh, unified.SeverityCritical}
	gravity := max(slices.Index(levels, a.Severity), 0) * graveLevel
	switch {
	case a.Status == unified.StatusResolved, a.Verdict.False():
		return gravity
	case a.Status == unified.StatusInProgress:
		return gravity + graveOpen
	}
	return gravity + graveOpen + graveFresh
}
