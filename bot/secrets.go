package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/render"
)

// Passwords of archives pass through the bot and are kept nowhere: a delivery is written down without them, arguments carry marks
// in their place, and the values travel in the memory of the one ask that they came with.

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
		if changed = b.maskText(event); changed {
			delete(event, "blocks") // the same words once more
		}
	case "view_submission":
		changed = b.maskForm(body)
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
	clean := b.Catalog.Mask(text)
	if clean == text {
		return false
	}
	in["text"] = clean
	return true
}

// maskForm looks at view.state.values[block][action].value; a block is called as its parameter.
func (b *Bot) maskForm(body map[string]any) bool {
	view, _ := body["view"].(map[string]any)
	state, _ := view["state"].(map[string]any)
	blocks, _ := state["values"].(map[string]any)
	changed := false
	for name, block := range blocks {
		elements, _ := block.(map[string]any)
		if !b.Catalog.Secret(name) {
			continue
		}
		for _, e := range elements {
			if element, ok := e.(map[string]any); ok && element["value"] != nil {
				element["value"], changed = commands.Mark, true
			}
		}
	}
	return changed
}

// confide tells one person something that nobody else may read. Who waits for the answer is told where they wait; anybody else in
// their direct messages, for an ephemeral message reaches only those who are there.
func (b *Bot) confide(ctx context.Context, user string, asking *ask, card render.Card) error {
	if asking != nil && asking.at.ResponseURL != "" && b.post.respond(ctx, asking.at.ResponseURL, false, card) == nil {
		return nil
	}
	if asking != nil && asking.at.Channel != "" && b.post.whisper(ctx, asking.at.Channel, asking.at.Thread, user, card) == nil {
		return nil
	}
	if err := b.post.direct(ctx, user, card); err != nil {
		return fmt.Errorf("tell %s a password: %w", user, err)
	}
	return nil
}

// mayWait refuses to write a password into a row that waits for an approval.
func mayWait(cmd *commands.Command, plan commands.Plan, ruling approvals.Ruling) error {
	if ruling.Effect != approvals.Approve {
		return nil
	}
	for name := range plan.Secrets {
		return &commands.UsageError{
			Command: cmd.Name, Param: name, Problem: "this needs an approval, and a password is not written down to wait for it",
			Hint: "leave it out: the bot makes one when it runs, and tells you alone", Given: &render.Invocation{Command: cmd.Name, Args: plan.Args},
		}
	}
	return nil
}
