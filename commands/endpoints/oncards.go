package endpoints

import (
	"s1bot/commands/catalog"
	"s1bot/commands/observables"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// What of this area stands on cards. An action is left out of a card whose thing cannot fill it.

// onEndpoint fills an endpoint in by the word that commands find it by; "" is one that cannot be
// told anything.
func onEndpoint(word string) (cards.Filling, bool) {
	return cards.Filling{Args: catalog.Marshal(map[string]any{"agent-ids": []string{word}})}, word != ""
}

// inService fills in an endpoint that can still be told something. A decommissioned endpoint keeps
// its card, without buttons that could not reach it.
func inService(a s1.Agent) (cards.Filling, bool) {
	args, _ := onEndpoint(string(a.ID))
	return args, !a.IsDecommissioned
}

// disconnectOnCards offers isolation where the endpoint is not isolated, as far as the card's own
// row tells. Alerts do not tell it at all: the button is there, and the plan says then what is so.
func disconnectOnCards() []cards.Action {
	return []cards.Action{{
		Place: 30, Label: "Disconnect host", Style: render.Danger,
		Threat: func(t s1.Threat) (cards.Filling, bool) {
			args, ok := onEndpoint(cards.ThreatEndpoint(t))
			return args, ok && t.Identity().Valid() && !t.Isolated()
		},
		Alert:   func(a s1.Alert) (cards.Filling, bool) { return onEndpoint(cards.AlertEndpoint(a)) }, // alerts do not say whether it is isolated
		Unified: func(a unified.Alert) (cards.Filling, bool) { return onEndpoint(cards.UnifiedEndpoint(a)) },
		Agent: func(a s1.Agent) (cards.Filling, bool) {
			args, ok := inService(a)
			return args, ok && !a.Isolated()
		},
	}}
}

// reconnectOnCards has the same place as disconnectOnCards: a card shows the one that would change
// something. Alerts have no such button, because they do not say whether there is anything to end.
func reconnectOnCards() []cards.Action {
	return []cards.Action{{
		Place: 30, Label: "Reconnect host",
		Threat: func(t s1.Threat) (cards.Filling, bool) {
			args, ok := onEndpoint(cards.ThreatEndpoint(t))
			return args, ok && t.Identity().Valid() && t.Isolated()
		},
		Agent: func(a s1.Agent) (cards.Filling, bool) {
			args, ok := inService(a)
			return args, ok && a.Isolated()
		},
	}}
}

// infoOnCards opens what is known of the endpoint. On a threat's card it is an entry of the menu
// "Look up", since the buttons beside the verdict are for what is decided.
func infoOnCards() []cards.Action {
	return []cards.Action{
		{Place: 34, Label: "Endpoint", Menu: "Look up", Deep: true, Threat: func(t s1.Threat) (cards.Filling, bool) {
			args, ok := onEndpoint(cards.ThreatEndpoint(t))
			return args, ok && t.Identity().Valid()
		}},
		{Place: 42, Label: "Endpoint", Deep: true, Alert: func(a s1.Alert) (cards.Filling, bool) { return onEndpoint(cards.AlertEndpoint(a)) }},
		{Place: 42, Label: "Endpoint",
			Unified: func(a unified.Alert) (cards.Filling, bool) { return onEndpoint(cards.UnifiedEndpoint(a)) }},
		{Place: 60, Label: "Raw JSON", How: render.Raw, Agent: func(a s1.Agent) (cards.Filling, bool) { return onEndpoint(string(a.ID)) }},
	}
}

func applicationsOnCards() []cards.Action {
	return []cards.Action{{Place: 41, Label: "Applications", Agent: func(a s1.Agent) (cards.Filling, bool) { return onEndpoint(string(a.ID)) }}}
}

// agentsOnObservables lists the endpoints that have an address, and those that have a name among theirs.
func agentsOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{
		{Place: 10, Label: "Endpoints", Fill: func(o observables.Observable) (any, bool) {
			return map[string]any{"query": o.Value}, o.Kind == observables.IPv4 || o.Kind == observables.IPv6
		}},
		{Place: 20, Label: "Search endpoints", Fill: func(o observables.Observable) (any, bool) {
			return map[string]any{"computer-name": o.Value}, o.Kind == observables.Word && len([]rune(o.Value)) > 1
		}},
	}
}

// named fills the endpoint of a name in.
func named(o observables.Observable) (any, bool) {
	return map[string]any{"agent-ids": []string{o.Value}}, o.Kind == observables.Word
}

func infoOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 5, Label: "Endpoint", Fill: named}}
}

func disconnectOnObservables() []catalog.ObservableAction {
	return []catalog.ObservableAction{{Place: 60, Label: "Disconnect host", Style: render.Danger, How: render.Open, Fill: named}}
}

func scanOnCards() []cards.Action {
	return []cards.Action{{Place: 50, Label: "Scan", Agent: inService}}
}

func messageOnCards() []cards.Action {
	return []cards.Action{{Place: 51, Label: "Message the user", How: render.Open, Agent: func(a s1.Agent) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"host-names-or-internal-ips": []s1.AgentID{a.ID}})}, !a.IsDecommissioned
	}}}
}

func restartOnCards() []cards.Action {
	return []cards.Action{{Place: 52, Label: "Restart", Agent: inService}}
}
