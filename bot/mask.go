package bot

import (
	"encoding/json"

	"s1bot/commands/catalog"
	"s1bot/commands/slash"
)

// Passwords of archives pass through the bot and are kept nowhere: a delivery is written down without them, arguments carry marks
// in their place, and the values travel in the memory of the one interaction that they came with. What must wait for an approval has
// them sealed in its row (see approvals.Ledger.Seal) until it ends; without a key it is refused.

// masked is a delivery as the database may have it. What is no delivery with a password in it stays as it is.
func (b *Bot) masked(kind string, payload json.RawMessage) json.RawMessage {
	var body map[string]any
	if json.Unmarshal(payload, &body) != nil {
		return payload
	}
	changed := false
	switch kind {
	case "slash_commands":
		changed = b.maskText(body)
	case "events_api":
		event, _ := body["event"].(map[string]any)
		m := readEvent(payload)
		_, what := b.meant(m)
		if changed = b.maskText(event); changed || what == doubtful {
			delete(event, "blocks") // the same words once more
		}
		if what == doubtful { // nobody can tell what stands in it; what is left is doubtful, too
			event["text"], changed = "<@"+b.self.User+"> `"+catalog.Mark+"`", true
		}
	default: // what was typed into a form comes with its submission, with clicks in it, and when it is closed
		view, _ := body["view"].(map[string]any)
		changed = b.maskForm(view)
		changed = b.maskForm(body) || changed // fields of a message
	}
	if !changed {
		return payload
	}
	clean, err := json.Marshal(body)
	if err != nil {
		return nil // rather nothing than a password
	}
	return clean
}

func (b *Bot) maskText(in map[string]any) bool {
	text, _ := in["text"].(string)
	clean := slash.Mask(b.Catalog, text)
	if clean == text {
		return false
	}
	in["text"] = clean
	return true
}

// maskForm looks at state.values[block][action].value of a view or a message; a block is called as its parameter.
func (b *Bot) maskForm(in map[string]any) bool {
	state, _ := in["state"].(map[string]any)
	blocks, _ := state["values"].(map[string]any)
	changed := false
	for name, block := range blocks {
		elements, _ := block.(map[string]any)
		for _, e := range elements {
			element, _ := e.(map[string]any)
			if text, ok := element["value"].(string); ok && b.Catalog.Hides(name, text) {
				element["value"], changed = catalog.Mark, true
			}
		}
	}
	return changed
}
