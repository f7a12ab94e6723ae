package delivery

import (
	"encoding/json"
	"fmt"

	"s1bot/notifier/journal"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

// A template draws what the journal keeps of one source's items.
type template struct {
	card func(body json.RawMessage, under cards.Thread) (render.Card, error)
	row  func(body json.RawMessage) (cards.DigestRow, error)
}

// templates are those of the console's sources.
func templates(links cards.Links, actions cards.Actions) map[journal.Source]template {
	return map[journal.Source]template{
		journal.Threats: {
			card(func(t s1.Threat, under cards.Thread) render.Card { return cards.Threat(t, links, actions, under) }),
			row(func(t s1.Threat) cards.DigestRow { return cards.ThreatRow(t, links) }),
		},
		journal.Alerts: {
			card(func(a s1.Alert, under cards.Thread) render.Card { return cards.Alert(a, links, actions, under) }),
			row(func(a s1.Alert) cards.DigestRow { return cards.AlertRow(a, links) }),
		},
	}
}

// card reads a body back and draws it.
func card[T any](draw func(T, cards.Thread) render.Card) func(json.RawMessage, cards.Thread) (render.Card, error) {
	return func(body json.RawMessage, under cards.Thread) (render.Card, error) {
		var row T
		if err := json.Unmarshal(body, &row); err != nil {
			return render.Card{}, fmt.Errorf("read a row of the journal: %w", err)
		}
		return draw(row, under), nil
	}
}

// row reads a body back for a digest.
func row[T any](list func(T) cards.DigestRow) func(json.RawMessage) (cards.DigestRow, error) {
	return func(body json.RawMessage) (cards.DigestRow, error) {
		var row T
		if err := json.Unmarshal(body, &row); err != nil {
			return cards.DigestRow{}, fmt.Errorf("read a row of the journal: %w", err)
		}
		return list(row), nil
	}
}
