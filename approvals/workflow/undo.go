package workflow

import (
	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
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
