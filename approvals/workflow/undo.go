package workflow

import (
	"context"
	"fmt"
	"slices"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// undo is what takes back what a request did to endpoints, as its command's value in the catalog
// says: on the console where that was.
//
// It is an invocation like any typed one, with a request, rules and approvals of its own; nothing
// is undone by a shorter way.
func (c *Config) undo(req approvals.Request, targets []catalog.Target) (inv render.Invocation, known bool) {
	cmd, ok := c.Catalog.Find(req.Command)
	if !ok {
		return inv, false
	}
	back, ok := c.Catalog.Find(cmd.Undo)
	if !ok {
		return inv, false
	}
	return render.Invocation{Command: back.Name, Console: req.Console, Args: catalog.Marshal(map[string]any{back.Main: effect.IDsOf[s1.AgentID](targets, "agent")})}, true
}

// undoActions offer to end an isolation at once.
func (c *Config) undoActions(req approvals.Request, still requestcards.Remainder) []render.Action {
	if inv, known := c.undo(req, still.Targets); known {
		return []render.Action{render.Button{Label: "Reconnect", Do: inv}}
	}
	return nil
}

// undone tells the requests that req has taken back that it has: their cards must not go on saying
// that an endpoint is isolated, and until when.
//
// It does so once all endpoints of req are back, and only of requests all of whose endpoints are among
// them: of the others a part is isolated still, which their cards go on telling.
func (w *Watcher) undone(ctx context.Context, req approvals.Request, e effect.Effect) error {
	names := w.undoneBy(req.Command)
	if len(names) == 0 || e.Applied == 0 || len(e.Waiting)+len(e.Partly)+len(e.Failed)+len(e.Unseen) > 0 {
		return nil
	}
	back := map[string]bool{}
	for _, t := range plans.Of(req).Targets {
		back[t.ID] = true
	}
	all, err := w.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Done}, Commands: names, Since: req.Started.Add(-memory)})
	if err != nil {
		return fmt.Errorf("look for what %s undoes: %w", req.Ref, err)
	}
	for _, other := range all {
		targets := slices.DeleteFunc(plans.Of(other).Targets, func(t catalog.Target) bool { return slices.Contains(effect.Of(other).Gone, t.ID) })
		rest := slices.ContainsFunc(targets, func(t catalog.Target) bool { return !back[t.ID] })
		if other.Undone != nil || rest || !slices.Contains(names, other.Command) || !w.onSame(other, req) {
			continue
		}
		words := plans.Names(targets, 3) + text.Agree(len(targets), " was ", " were ") + e.Done + " (" + req.Ref + ")"
		after, err := w.Ledger.Undo(ctx, other.ID, req, words)
		if err != nil {
			return fmt.Errorf("write down that %s undoes %s: %w", req.Ref, other.Ref, err)
		}
		if after.Rev != other.Rev {
			w.publisher.show(ctx, other.ID)
		}
	}
	return nil
}

// undoneBy are the commands that a command takes back.
func (c *Config) undoneBy(command string) (names []string) {
	for _, cmd := range c.Catalog.Commands() {
		if cmd.Undo == command {
			names = append(names, cmd.Name)
		}
	}
	return names
}
