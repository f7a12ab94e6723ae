package delivery

import (
	"encoding/json"
	"fmt"

	"s1bot/notifier/journal"
	"s1bot/render"
	"s1bot/s1"
)

// A template draws what the journal keeps of one source's items.
type template struct {
	card func(body json.RawMessage, under render.Thread) (render.Card, error)
	row  func(body json.RawMessage) (render.DigestRow, error)
}

// templates are those of the console's sources.
func templates(links render.Links, actions render.CardActions) map[journal.Source]template {
	return map[journal.Source]template{
		journal.Threats: {
			card(func(t s1.Threat, under render.Thread) render.Card { return render.ThreatCard(t, links, actions, under) }),
			row(func(t s1.Threat) render.DigestRow { return render.ThreatRow(t, links) }),
		},
		journal.Alerts: {
			card(func(a s1.Alert, under render.Thread) render.Card { return render.AlertCard(a, links, actions, under) }),
			row(func(a s1.Alert) render.DigestRow { return render.AlertRow(a, links) }),
		},
	}
}

// card reads a body back and draws it.
func card[T any](draw func(T, render.Thread) render.Card) func(json.RawMessage, render.Thread) (render.Card, error) {
	return func(body json.RawMessage, under render.Thread) (render.Card, error) {
		var row T
		if err := json.Unmarshal(body, &row); err != nil {
			return render.Card{}, fmt.Errorf("read a row of the journal: %w", err)
		}
		return draw(row, under), nil
	}
}

// row reads a body back for a digest.
func row[T any](list func(T) render.DigestRow) func(json.RawMessage) (render.DigestRow, error) {
	return func(body json.RawMessage) (render.DigestRow, error) {
		var row T
		if err := json.Unmarshal(body, &row); err != nil {
			return render.DigestRow{}, fmt.Errorf("read a row of the journal: %w", err)
		}
		return list(row), nil
	}
}
