package alerts

import (
	"s1bot/commands/catalog"
	"s1bot/render/cards"
	"s1bot/s1"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.
func verdictOnCards() []cards.Action {
	return []cards.Action{{Place: 10, Label: "Verdict", Param: "analyst-verdict", Alert: func(a s1.Alert) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"alert-ids": []s1.AlertID{a.Identity()}}), Options: cards.OtherChoices(a.Info.AnalystVerdict)}, a.Identity().Valid()
	}}}
}

func statusOnCards() []cards.Action {
	return []cards.Action{{Place: 20, Label: "Status", Param: "status", Alert: func(a s1.Alert) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"alert-ids": []s1.AlertID{a.Identity()}}), Options: cards.OtherChoices(a.Info.IncidentStatus)}, a.Identity().Valid()
	}}}
}
