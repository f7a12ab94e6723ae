package bot

import (
	"context"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/library"
	"s1bot/bot/run"
)

// columnsWords remember which columns people choose.
type columnsWords struct {
	store  library.Columns
	runner *run.Runner
}

func (w columnsWords) builtins() []builtin {
	return []builtin{{name: run.ColumnsWord, button: "choose Columns in the ⋯ menu of a list", clicked: w.choose}}
}

// choose remembers what was chosen, and draws the list anew. What the list shows is a matter of the
// person and the kind of thing, not of the one list: the next list of the kind has them too. Titles
// are stored and not positions, so that a new column in a later version moves none.
func (w columnsWords) choose(ctx context.Context, a exchange.Interaction) error {
	p := a.Choice
	if p.Kind == "" || p.List.Command == "" {
		return workflow.ErrGone
	}
	titles := p.Columns[:min(len(p.Columns), run.MaxColumns)]
	if p.Reset {
		titles = nil
	}
	if err := w.store.ChooseColumns(ctx, a.User, p.Kind, titles); err != nil {
		return err
	}
	a.Do = p.List
	return w.runner.Invoke(ctx, a)
}
