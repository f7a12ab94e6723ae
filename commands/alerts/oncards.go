package alerts

import (
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
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

// alertDetailsOnCards shows all of an alert over its notification. It opens over the channel: the
// card there need not grow.
func alertDetailsOnCards() []cards.Action {
	return []cards.Action{{Place: 33, Label: "Details", How: render.View, Alert: func(a s1.Alert) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"query": []s1.AlertID{a.Identity()}})}, a.Identity().Valid()
	}}}
}

// onUnified fills in a unified alert.
func onUnified(a unified.Alert, options []render.Option) (cards.Filling, bool) {
	return cards.Filling{Args: catalog.Marshal(map[string]any{"alert-ids": []unified.ID{a.ID}}), Options: options}, a.ID.Valid()
}

// unifiedTriageOnCards are the buttons of a unified alert. A menu offers the other values only: the
// one that holds would be a change that changes nothing and still counts against the caller's
// budget.
func unifiedTriageOnCards() []cards.Action {
	return []cards.Action{
		{Place: 10, Label: "Verdict", Param: "analyst-verdict", Unified: func(a unified.Alert) (cards.Filling, bool) {
			return onUnified(a, cards.OtherChoices(a.Verdict))
		}},
		{Place: 20, Label: "Status", Param: "status", Unified: func(a unified.Alert) (cards.Filling, bool) {
			return onUnified(a, cards.OtherChoices(a.Status))
		}},
		{Place: 36, Label: "Assign", How: render.Open, Unified: func(a unified.Alert) (cards.Filling, bool) { return onUnified(a, nil) }},
	}
}

func unifiedNoteOnCards() []cards.Action {
	return []cards.Action{{Place: 22, Label: "Add note", How: render.Open, Unified: func(a unified.Alert) (cards.Filling, bool) { return onUnified(a, nil) }}}
}

func unifiedDetailsOnCards() []cards.Action {
	return []cards.Action{{Place: 33, Label: "Details", How: render.View, Unified: func(a unified.Alert) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"alert-id": a.ID})}, a.ID.Valid()
	}}}
}

// unifiedListOnCards lists what a digest tells of. The times are those of the digest's first and
// last alert, both included.
func unifiedListOnCards() []cards.Action {
	return []cards.Action{{Place: 10, Label: "List the", Burst: func(b cards.Burst) (cards.Filling, bool) {
		return cards.Filling{Args: catalog.Marshal(map[string]any{"created-after": b.From.UTC(), "created-before": b.To.UTC(), "limit": 1000})}, b.Kind == cards.UnifiedKind
	}}}
}
