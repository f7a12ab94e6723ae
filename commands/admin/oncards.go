package admin

import (
	"s1bot/commands/catalog"
	"s1bot/render/cards"
	"s1bot/s1"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.

func activitiesOnCards() []cards.Action {
	return []cards.Action{{Place: 42, Label: "Activities", Agent: func(a s1.Agent) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"filter": map[string]any{"agentIds": []s1.AgentID{a.ID}}, "limit": 100})}, true
	}}}
}
