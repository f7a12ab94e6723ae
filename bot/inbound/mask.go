package inbound

import (
	"encoding/json"

	"s1bot/commands/catalog"
	"s1bot/commands/slash"
)

// Passwords of archives pass through the bot and are kept nowhere: a delivery is written down
// without them, arguments carry marks in their place, and the values travel in the memory of the
// one interaction that they came with. What must wait for an approval has them sealed in its row
// (see approvals.Ledger.Seal) until it ends; without a key it is refused.

// Masked is d as the database may have it. What is no delivery with a password in it stays as it
// is. This is the one place that handles raw JSON: what is kept must be whole, with all that the
// bot does not read.
//
// A message's blocks repeat its text and are dropped with it; the event is read again without them
// and means the same, except that what was doubtful stays doubtful by the marked text that replaces
// it.
func (r Reader) Masked(d Delivery) json.RawMessage {
	if r.plain(d) {
		return d.raw
	}
	var body map[string]any
	if json.Unmarshal(d.raw, &body) != nil {
		return d.raw
	}
	changed := false
	switch d.Kind {
	case Slash:
		changed = r.maskText(body)
	case Event:
		event, _ := body["event"].(map[string]any)
		doubtful := d.Message.Meaning == Doubtful
		if changed = r.maskText(event); changed || doubtful {
			delete(event, "blocks") // the same words once more
		}
		if doubtful { // nobody can tell what stands in it; what is left is doubtful, too
			user, _ := r.Self()
			event["text"], changed = "<@"+user+"> `"+catalog.Mark+"`", true
		}
	default: // what was typed into a form comes with its submission, with clicks in it, and when it is closed
		view, _ := body["view"].(map[string]any)
		changed = r.maskForm(view)
		changed = r.maskForm(body) || changed // fields of a message
	}
	if !changed {
		return d.raw
	}
	clean, err := json.Marshal(body)
	if err != nil {
		return nil // rather nothing than a password
	}
	return clean
}

// plain tells of a slash command or an interaction that nothing in it must be masked, as nearly
// none has: who waits for the acknowledgement need not wait for the whole of it to be taken apart.
// Of what it cannot read so it does not say so.
//
// An event is never plain, since its blocks may say what its text does not.
func (r Reader) plain(d Delivery) bool {
	switch {
	case d.Err != nil, d.Kind == Event:
		return false
	case d.Kind == Slash:
		return slash.Mask(r.Catalog, d.Command.Text) == d.Command.Text
	}
	type fields struct {
		State struct {
			Values map[string]map[string]struct{ Value any }
		}
	}
	var body struct {
		fields
		View fields
	}
	if json.Unmarshal(d.raw, &body) != nil {
		return false
	}
	for _, in := range []fields{body.fields, body.View} {
		for name, block := range in.State.Values {
			for _, element := range block {
				if text, ok := element.Value.(string); ok && r.Catalog.Hides(name, text) {
					return false
				}
			}
		}
	}
	return true
}

func (r Reader) maskText(in map[string]any) bool {
	text, _ := in["text"].(string)
	clean := slash.Mask(r.Catalog, text)
	if clean == text {
		return false
	}
	in["text"] = clean
	return true
}

// maskForm looks at state.values[block][action].value of a view or a message; a block is called as
// its parameter.
func (r Reader) maskForm(in map[string]any) bool {
	state, _ := in["state"].(map[string]any)
	blocks, _ := state["values"].(map[string]any)
	changed := false
	for name, block := range blocks {
		elements, _ := block.(map[string]any)
		for _, e := range elements {
			element, _ := e.(map[string]any)
			if text, ok := element["value"].(string); ok && r.Catalog.Hides(name, text) {
				element["value"], changed = catalog.Mark, true
			}
		}
	}
	return changed
}
