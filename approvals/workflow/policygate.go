package workflow

import (
	"context"
	"errors"
	"slices"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/policyinput"
	"s1bot/commands/catalog"
)

// Decide asks the policy, with what the ledger knows of the caller's last hour.
//
// What only reads costs no budget and is not counted, which spares a query for each of the many
// reads.
func (g *Gate) Decide(ctx context.Context, input policy.Input) policy.Decision {
	return g.decideBy(ctx, input, g.Policy().Decide)
}

// decideBy is Decide by one of the policy's ways to decide.
func (g *Gate) decideBy(ctx context.Context, input policy.Input, decide func(policy.Input) policy.Decision) policy.Decision {
	if input.Risk != string(catalog.Read) {
		spent, err := g.Ledger.LastHour(ctx, input.Caller.ID, input.Console)
		if err != nil {
			g.Log.ErrorContext(ctx, "cannot read the budget of a person", "user", input.Caller.ID, "err", err)
			return policy.Decision{Effect: policy.Unanswered, Open: "I can't read your requests of the last hour from the database"}
		}
		input.LastHour = spent // and Submit sees to it that nothing else was spent meanwhile
	}
	return decide(input)
}

// Refuse says no and writes that to the audit trail.
//
// A refusal stands even if the trail can't be written: nothing is done either way, and the person
// must hear it.
func (g *Gate) Refuse(ctx context.Context, input policy.Input, decision policy.Decision) error {
	if err := g.Ledger.Refuse(ctx, input, decision); err != nil {
		g.Log.ErrorContext(ctx, "cannot write a refusal down", "user", input.Caller.ID, "command", input.Command, "err", err)
	}
	return decision.Err()
}

// frozen says no to a change while everything is frozen, or where nobody can tell.
func (g *Gate) frozen(ctx context.Context) error {
	freeze, frozen, err := g.Ledger.Frozen(ctx)
	if frozen {
		err = errors.Join(err, &approvals.FrozenError{Freeze: freeze})
	}
	return err
}

// Input is what the policy is asked before anybody looked at what an interaction touches.
//
// Early is set; withTargets takes it away. A question that somebody forgot to complete is therefore
// never taken for the final one.
func (g *Gate) Input(cmd *catalog.Command, in Interaction) policy.Input {
	return policy.Input{
		Caller: in.Who.Person, Command: cmd.Name, Area: cmd.Area, Risk: string(cmd.Risk), Guarded: cmd.Guarded, Channel: in.At.Channel,
		Console: g.consoleName(in.Do.Console), At: g.Now(), Early: true,
	}
}

// consoleName is how rules call the console that an invocation carries; empty, which no rule can
// tell, where it is not configured.
func (g *Gate) consoleName(carried string) string {
	on, err := g.Consoles.Carried(carried)
	if err != nil {
		return ""
	}
	return on.Name
}

// withTargets adds to input what the plan touches, as far as it is known.
func (g *Gate) withTargets(ctx context.Context, input policy.Input, plan catalog.Plan) policy.Input {
	return policyinput.Source{Consoles: g.Consoles, Policy: g.Policy}.WithTargets(ctx, input, plan)
}

// markProtected says of each target of a plan whether the policy protects it; input is that of
// withTargets.
//
// Input.Reach has the targets first and in the plan's order.
func (g *Gate) markProtected(input policy.Input, plan catalog.Plan) catalog.Plan {
	policy := g.Policy()
	plan.Targets = slices.Clone(plan.Targets)
	for i := range plan.Targets {
		plan.Targets[i].Protected = policy.Protects(input, input.Reach[i])
	}
	return plan
}

// approversOf are the people who approved a request so far, as Slack says of them now.
func (g *Gate) approversOf(ctx context.Context, req approvals.Request) []policy.Person {
	var people []policy.Person
	for _, d := range req.Approvals {
		people = append(people, g.People.Afresh(ctx, d.User).Person)
	}
	return people
}

// A Gate asks the policy, with all that it must know.
//
// It is used by everything here that asks, so that the same facts are put to the policy for a
// request, its preview, its run and its end.
type Gate struct{ *Config }
