package bot

import (
	"context"
	"fmt"
	"slices"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/s1"
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
	hosts, err := b.hosts(ctx, plan.Targets)
	if err != nil {
		return wish, fmt.Errorf("look up the hosts of what %s touches: %w", wish.Command, err)
	}
	wish.Early, wish.Targets, wish.Reach = false, len(plan.Targets), nil
	for _, t := range slices.Concat(plan.Targets, plan.Also) {
		wish.Reach = append(wish.Reach, reached(t, hosts[t.Agent]))
	}
	return wish, nil
}

// marked is a plan that says which of its targets the policy protects. The wish is that of touching.
func (b *Bot) marked(wish approvals.Ask, plan commands.Plan) commands.Plan {
	policy := b.Policy()
	plan.Targets = slices.Clone(plan.Targets)
	for i := range plan.Targets {
		plan.Targets[i].Protected = policy.Protects(wish, wish.Reach[i])
	}
	return plan
}

// reached is what the policy looks at of a thing and, where it is a threat or an alert, of the host that it is on.
func reached(t commands.Target, host s1.Agent) approvals.Target {
	at := approvals.Target{
		Place: approvals.Place{Account: first(t.Account, host.AccountName), Site: first(t.Site, host.SiteName)},
		Host:  t.Host, Group: first(t.Group, host.GroupName), Tags: append(host.TagNames(), t.Tags...),
	}
	switch t.Kind {
	case "agent":
		at.Host = t.Name
	case "site":
		at.Site = t.Name
	case "account":
		at.Account = t.Name
	case "group":
		at.Group = t.Name
	}
	return at
}

// hosts are the endpoints that threats and alerts are on, by id. The console says of a threat which site it is in, of an alert not
// even that, of neither which tags its host has; a policy that asks for these needs to know.
func (b *Bot) hosts(ctx context.Context, targets []commands.Target) (map[string]s1.Agent, error) {
	var ids []s1.AgentID
	for _, t := range targets {
		if t.Agent != "" && !slices.Contains(ids, s1.AgentID(t.Agent)) {
			ids = append(ids, s1.AgentID(t.Agent))
		}
	}
	found := map[string]s1.Agent{}
	if len(ids) == 0 || !b.Policy().ByPlace() {
		return found, nil
	}
	agents, err := b.Console.AgentsByID(ctx, ids)
	for _, a := range agents {
		found[string(a.ID)] = a
	}
	return found, err
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
