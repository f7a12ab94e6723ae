package cards

import (
	"cmp"
	"fmt"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// Agent shows an endpoint: what it is and where, whether it can be reached, what is wrong with it,
// and what can be done. Without a valid id there is nothing that a command could act on, and no
// button.
func Agent(a s1.Agent, links Links, actions Actions) render.Card {
	url := links.AgentURL(a.ID)
	name := cmp.Or(said(a.ComputerName), "unnamed endpoint")
	status := state(a.Online(), a.IsDecommissioned, a.NetworkStatus)
	card := render.Card{Tone: agentTone(a), Title: name, Text: joined(", ", name, a.SiteName, status, threatCount(a.ActiveThreats))}
	card.Parts = []render.Part{
		render.Line{linked(name, url), render.Text(after(joined(" · ", a.OSName, a.MachineType, joined(" / ", a.SiteName, a.GroupName), status)))},
		facts(
			fact("Threats", threatCount(a.ActiveThreats)),
			fact("User", a.User()),
			fact("Network", a.NetworkStatus.Label()),
			fact("Addresses", strings.Join(a.IPs(), ", ")),
			fact("External address", a.ExternalIP),
			fact("Domain", a.Domain),
			fact("Account", a.AccountName),
			fact("Agent", joined(", ", a.AgentVersion, updateState(a))),
			fact("Policy mode", joined(" / ", a.MitigationMode, a.MitigationModeSuspicious)),
			fact("Scan", a.ScanStatus),
			fact("Tags", strings.Join(a.TagNames(), ", ")),
			fact("Needs", strings.Join(a.UserActionsNeeded, ", ")),
			wide("UUID", a.UUID),
		),
		seen(a),
	}
	if a.ID.Valid() {
		card.Actions = actions.forAgent(a)
	}
	return card
}

// seen is the last sign of life, as a distance and as a moment: "offline" alone does not tell an
// hour from a month.
func seen(a s1.Agent) render.Note {
	at := a.LastActiveDate.Time
	if at.IsZero() {
		return render.Note{render.Text("agent " + cmp.Or(string(a.ID), "without an id") + ", never seen")}
	}
	return render.Note{render.Text("Last seen "), render.Since(at), render.Text(" ("), render.At(at), render.Text(") · agent " + string(a.ID))}
}

// agentTone is how bad it is. What is decommissioned is nobody's trouble any more, whatever was
// found on it.
//
// Isolated is a warning and not critical: somebody has acted, and what is left is to end it.
func agentTone(a s1.Agent) render.Tone {
	switch {
	case a.IsDecommissioned:
		return render.Neutral
	case a.Infected, a.ActiveThreats > 0:
		return render.Critical
	case a.Isolated():
		return render.Warning
	}
	return render.Info
}

func threatCount(n int) string {
	switch n {
	case 0:
		return "no active threat"
	case 1:
		return "1 active threat"
	}
	return fmt.Sprintf("%d active threats", n)
}

func updateState(a s1.Agent) string {
	switch {
	case a.AgentVersion == "":
		return ""
	case a.IsUpToDate:
		return "up to date"
	}
	return "outdated"
}
