package delivery

import (
	"encoding/json"
	"fmt"

	"s1bot/notifier/journal"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// A template draws what the journal keeps of one source's items.
//
// It reads the body back with the program's own types, so a row that an older version wrote is
// drawn by today's rules.
type template struct {
	card func(body json.RawMessage, under cards.Thread) (render.Card, error)
	row  func(body json.RawMessage) (cards.DigestRow, error)
}

// templates are those of the consoles' sources.
func templates(consoles []Console, actions cards.Actions) map[journal.Source]template {
	all := map[journal.Source]template{}
	for _, c := range consoles {
		for kind, t := range templatesOf(c.Links, actions) {
			all[kind.Of(c.Mark)] = t.on(c)
		}
	}
	return all
}

// templatesOf are those of one console's sources.
func templatesOf(links cards.Links, actions cards.Actions) map[journal.Source]template {
	return map[journal.Source]template{
		journal.Threats: {
			card(func(t s1.Threat, under cards.Thread) render.Card { return cards.Threat(t, links, actions, under) }),
			row(func(t s1.Threat) cards.DigestRow { return cards.ThreatRow(t, links) }),
		},
		journal.Alerts: {
			card(func(a s1.Alert, under cards.Thread) render.Card { return cards.Alert(a, links, actions, under) }),
			row(func(a s1.Alert) cards.DigestRow { return cards.AlertRow(a, links) }),
		},
		journal.Unified: {
			card(func(a unified.Alert, under cards.Thread) render.Card { return cards.Unified(a, links, actions, under) }),
			row(func(a unified.Alert) cards.DigestRow { return cards.UnifiedRow(a, links) }),
		},
	}
}

// on draws the items of a console: what can be clicked on a card acts there.
func (t template) on(c Console) template {
	return template{
		card: func(body json.RawMessage, under cards.Thread) (render.Card, error) {
			drawn, err := t.card(body, under)
			return drawn.On(c.Name).Named(c.Label), err
		},
		row: func(body json.RawMessage) (cards.DigestRow, error) {
			listed, err := t.row(body)
			listed.Console, listed.ConsoleLabel = c.Name, c.Label
			return listed, err
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
