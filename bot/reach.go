package bot

import (
	"context"
	"fmt"

	"s1bot/approvals"
	"s1bot/commands"
)

// wish is what the policy is asked before anybody looked at what an invocation touches.
func (b *Bot) wish(cmd *commands.Command, a ask) approvals.Ask {
	return approvals.Ask{
		Caller: a.who.Person, Command: cmd.Name, Area: cmd.Area, Risk: string(cmd.Risk), Guarded: cmd.Guarded, Channel: a.at.Channel,
		At: b.Now(), Early: true,
	}
}

// touching is the wish with what the invocation touches.
func (b *Bot) touching(ctx context.Context, wish approvals.Ask, plan commands.Plan) (approvals.Ask, error) {
	wish.Early, wish.Targets = false, len(plan.Targets)
	accounts := map[string]string{}
	if b.Policy().ByAccount() {
		var err error
		if accounts, err = b.accounts(ctx, plan.Targets); err != nil {
			return wish, fmt.Errorf("look up the accounts of what %s touches: %w", wish.Command, err)
		}
	}
	for _, t := range plan.Targets {
		reached := approvals.Target{Place: approvals.Place{Account: accounts[t.ID], Site: t.Site}, Host: t.Host, Group: t.Group, Tags: t.Tags}
		switch t.Kind {
		case "agent":
			reached.Host = t.Name
		case "site":
			reached.Site = t.Name
		case "account":
			reached.Account = t.Name
		case "group":
			reached.Group = t.Name
		}
		wish.Reach = append(wish.Reach, reached)
	}
	return wish, nil
}

// accounts are those of endpoints and threats, by id; a policy whose roles are limited to accounts needs them.
func (b *Bot) accounts(ctx context.Context, targets []commands.Target) (map[string]string, error) {
	seen, err := b.see(ctx, targets)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for id, a := range seen.agents {
		found[id] = a.AccountName
	}
	for id, t := range seen.threats {
		found[id] = t.AccountName()
	}
	return found, nil
}

// idsOf are the ids of the targets of a kind.
func idsOf[ID ~string](targets []commands.Target, kind string) []ID {
	var ids []ID
	for _, t := range targets {
		if t.Kind == kind {
			ids = append(ids, ID(t.ID))
		}
	}
	return ids
}
