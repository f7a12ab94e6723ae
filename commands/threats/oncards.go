package threats

import (
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/observables"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.

func verdictOnCards() []cards.Action {
	return []cards.Action{{Place: 10, Label: "Verdict", Param: "analyst-verdict", Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"threat-ids": []s1.ThreatID{t.Identity()}}), Options: cards.OtherChoices(t.Info.AnalystVerdict)}, t.Identity().Valid()
	}}}
}

func mitigateOnCards() []cards.Action {
	return []cards.Action{{Place: 20, Label: "Mitigate", Param: "mitigate-action", Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"filter": map[string]any{"ids": []s1.ThreatID{t.Identity()}}}), Options: mitigations(t)}, t.Identity().Valid()
	}}}
}

// mitigations are the actions that the threat's endpoint can do: rollback needs Windows' shadow
// copies. The card offers what the button then can do, instead of a request that Plan refuses.
func mitigations(t s1.Threat) []render.Option {
	var out []render.Option
	windows := strings.Contains(strings.ToLower(string(t.Realtime.OSType)+t.OS()), "windows")
	for _, c := range s1.MitigateAction("").Choices() {
		if c.Value != string(s1.MitigateRollback) || windows {
			out = append(out, render.Option{Label: c.Label, Value: c.Value})
		}
	}
	return out
}

// markOnCards stands beside the mitigations: it makes a threat of a suspicion, with all that the
// policy has for threats.
func markOnCards() []cards.Action {
	return []cards.Action{{Place: 21, Label: "Mark as threat", Menu: "Mitigate", Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"threat-ids": []s1.ThreatID{t.Identity()}})}, t.Identity().Valid() && t.Info.ConfidenceLevel == s1.ConfidenceSuspicious
	}}}
}

func eventsOnCards() []cards.Action {
	return []cards.Action{{Place: 34, Label: "Related events", Menu: "Look up", Deep: true, Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"threat-id": t.Identity()})}, t.Identity().Valid()
	}}}
}

func analysisOnCards() []cards.Action {
	return []cards.Action{{Place: 40, Label: "Details", How: render.View, Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"threat-id": t.Identity()})}, t.Identity().Valid()
	}}}
}

func threatsOnCards() []cards.Action {
	return []cards.Action{
		{Place: 34, Label: "Raw JSON", Menu: "Look up", Deep: true, How: render.Raw, Threat: func(t s1.Threat) (cards.Filling, bool) {
			return cards.Filling{Args: catalog.Marshal(map[string]any{"custom-input": map[string]any{"ids": []s1.ThreatID{t.Identity()}}})}, t.Identity().Valid()
		}},
		{Place: 40, Label: "Threats", Agent: func(a s1.Agent) (cards.Filling, bool) {
			return cards.Filling{Args: catalog.Marshal(map[string]any{"custom-input": map[string]any{"agentIds": []s1.AgentID{a.ID}}})}, true
		}},
	}
}

// threatsOnObservables lists the threats of a file, or of an endpoint by its name. The console's key for hashes knows SHA-1 alone;
// its search knows the others. A search by query may find the hash in other fields too, so the list
// is of threats that have to do with it.
func threatsOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 10, Label: "Threats", Fill: func(o observables.Observable) (any, bool) {
		key := map[observables.Kind]string{
			observables.SHA1: "contentHashes", observables.MD5: "query", observables.SHA256: "query", observables.Word: "computerName__contains",
		}[o.Kind]
		return map[string]any{"custom-input": map[string]any{key: o.Value}}, key != ""
	}}}
}

// The present status is not offered again: Slack reports no choice of what is chosen already.
func statusOnCards() []cards.Action {
	return []cards.Action{{Place: 35, Label: "Status", Param: "status", Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"threat-ids": []s1.ThreatID{t.Identity()}}), Options: cards.OtherChoices(t.Info.IncidentStatus)}, t.Identity().Valid()
	}}}
}

func addNoteOnCards() []cards.Action {
	return []cards.Action{{Place: 51, Label: "Add note", How: render.Open, Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"filter": map[string]any{"ids": []s1.ThreatID{t.Identity()}}})}, t.Identity().Valid()
	}}}
}

// notesOnCards is no entry of a menu: Slack's menus do nothing when the same is chosen again, and
// notes are read again.
func notesOnCards() []cards.Action {
	return []cards.Action{{Place: 52, Label: "Notes", Deep: true, Threat: func(t s1.Threat) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"threat-id": t.Identity()})}, t.Identity().Valid()
	}}}
}
