package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1"
)

// Passwords of archives pass through the bot and are kept nowhere: a delivery is written down without them, arguments carry marks
// in their place, and the values travel in the memory of the one ask that they came with. What must wait for an approval has
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

// confide tells one person something that nobody else may read. Who waits for the answer is told where they wait; anybody else in
// their direct messages, for an ephemeral message reaches only those who are there.
func (b *Bot) confide(ctx context.Context, user string, asking *ask, card render.Card) error {
	if asking != nil && asking.at.ResponseURL != "" && b.post.Respond(ctx, asking.at.ResponseURL, false, card) == nil {
		return nil
	}
	if asking != nil && asking.at.Channel != "" && b.post.PostEphemeral(ctx, asking.at.Channel, asking.at.Thread, user, card) == nil {
		return nil
	}
	if _, _, err := b.post.Post(ctx, user, "", "", card); err != nil {
		return fmt.Errorf("tell %s a password: %w", user, err)
	}
	return nil
}

// errUnsealed says why a password cannot wait.
const errUnsealed = "this needs an approval, and its password would have to wait in the database unsealed: S1BOT_SECRET_KEY is not set"

// errDoubtful says it of what may hold a password.
const errDoubtful = "this needs an approval, and this value may hold a password, which would have to wait in the database unsealed: S1BOT_SECRET_KEY is not set"

// passwordParam is the parameter whose value the bot makes where it is left out.
const passwordParam = "password"

// mayWait refuses, and writes down, what would have to wait with a password where there is no key to seal it with.
func (b *Bot) mayWait(ctx context.Context, cmd *catalog.Command, wish policy.Input, plan catalog.Plan, ruling policy.Decision) error {
	if !b.cannotWait(plan, ruling) {
		return nil
	}
	_ = b.refuse(ctx, wish, policy.Decision{Effect: policy.Deny, Rule: ruling.Rule, Why: sentence(errUnsealed)})
	param, problem, hint := sorted(plan.Secrets)[0], errDoubtful, "ask an administrator of this app for the key; plain words such as --force or --processes chrome need none"
	if param == passwordParam {
		problem, hint = errUnsealed, "leave it out: the bot makes one when it runs, and tells you alone"
	}
	return &catalog.UsageError{Command: cmd.Name, Param: param, Problem: problem, Hint: hint, Given: &render.Invocation{Command: cmd.Name, Args: plan.Args}}
}

func (b *Bot) cannotWait(plan catalog.Plan, ruling policy.Decision) bool {
	return ruling.Effect == policy.Approve && len(plan.Secrets) > 0 && !b.Ledger.Seals()
}

// sealed is a request with the passwords that its run needs. Where there is no key they are in memory alone, which is enough for
// what runs at once.
func (b *Bot) sealed(req approvals.Request, secrets catalog.Secrets) (approvals.Request, error) {
	if len(secrets) == 0 || !b.Ledger.Seals() {
		return req, nil
	}
	plain := map[string]string{}
	for name, secret := range secrets {
		plain[name] = secret.Reveal()
	}
	body, err := json.Marshal(plain)
	if err != nil {
		return req, fmt.Errorf("seal the passwords of %s: %w", req.Command, err)
	}
	return b.Ledger.Seal(req, body)
}

// secretsOf are the passwords of a request that runs: those that who asks has just given, else those that it waited with.
func (b *Bot) secretsOf(req approvals.Request, asking *ask) (catalog.Secrets, error) {
	if asking != nil && len(asking.secrets) > 0 {
		return asking.secrets, nil
	}
	body, err := b.Ledger.Unseal(req)
	if err != nil || body == nil {
		return nil, err
	}
	var plain map[string]string
	if json.Unmarshal(body, &plain) != nil {
		return nil, approvals.ErrSealed
	}
	secrets := catalog.Secrets{}
	for name, value := range plain {
		secrets[name] = s1.NewSecret(value)
	}
	return secrets, nil
}
