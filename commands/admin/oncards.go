package admin

import (
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.
func activitiesOnCards() []render.CardAction {
	return []render.CardAction{{Place: 42, Label: "Activities", Agent: func(a s1.Agent) (render.Filling, bool) {
		return render.Filling{Args: catalog.Marshal(map[string]any{"filter": map[string]any{"agentIds": []s1.AgentID{a.ID}}, "limit": 100})}, true
	}}}
}
