package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"s1bot/approvals"
	"s1bot/commands"
)

// lookAgain resolves once more what a request that waited touches, just before it runs, and asks the policy once more: what was
// shown is what runs, less what has gone since. What else is different is told on the card; it is never more than was approved.
func (b *Bot) lookAgain(ctx context.Context, cmd *commands.Command, call *commands.Call, req approvals.Request) (approvals.Request, error) {
	shown := planOf(req).Targets
	seen, err := b.see(ctx, shown)
	if err != nil || len(shown) == 0 {
		return req, b.mayStill(ctx, cmd, req, shown) // the console will say so itself, and in the words of the command
	}
	e := effect{}
	var left []commands.Target
	for _, t := range shown {
		if seen.has(t) {
			left = append(left, t)
			if cmd.Timed && seen.agents[t.ID].Isolated() {
				e.Before = append(e.Before, t.ID)
			}
			continue
		}
		e.Gone = append(e.Gone, t.ID)
		e.Changed = append(e.Changed, t.Name+" is gone and was left out")
	}
	if len(left) == 0 {
		return req, &commands.UsageError{Command: cmd.Name, Problem: "nothing is left of what was approved: the console no longer has it", Hint: "nothing was done"}
	}
	args := req.Args
	if len(e.Gone) > 0 {
		if args, err = without(req.Args, e.Gone); err != nil {
			return req, err
		}
	}
	touched := left
	if now, err := cmd.Prepare(ctx, call, args); err == nil {
		e.Changed = append(e.Changed, differences(left, now.Targets)...)
		touched = now.Targets
	}
	if err := b.mayStill(ctx, cmd, req, touched); err != nil {
		return req, err
	}
	return b.noteDifferences(ctx, req, args, len(left), e)
}

// mayStill asks the policy about a request that waited, as things are now: who asked may have lost their role, something may be
// protected since, the policy may want more approvals than were given. Where Slack does not say, what it said then holds.
func (b *Bot) mayStill(ctx context.Context, cmd *commands.Command, req approvals.Request, targets []commands.Target) error {
	who, err := b.people.who(ctx, req.Requester)
	if err != nil || who.unsure {
		b.Log.Warn("Slack does not say which roles a requester has now; what it said before holds", "request_id", req.ID, "err", err)
		return nil
	}
	wish := b.wish(cmd, ask{who: who, at: origin{Channel: req.Channel}})
	wish.At = req.Created
	if wish, err = b.touching(ctx, wish, commands.Plan{Targets: targets, Also: planOf(req).Also}); err != nil {
		return err
	}
	ruling := b.Policy().Again(wish, req)
	switch {
	case ruling.Err() != nil:
		return &approvals.RefusedError{Why: "Since it was asked for, this is not allowed any more, and nothing was done. " + ruling.Why, Rule: ruling.Rule}
	case ruling.Met(req):
		return nil
	}
	return b.enough(ctx, req, ruling)
}

// enough counts the approvals of a request anew, under a ruling that is not the one it waited under.
func (b *Bot) enough(ctx context.Context, req approvals.Request, ruling approvals.Ruling) error {
	var approvers []approvals.Person
	for _, d := range req.Approvals {
		who, err := b.people.who(ctx, d.User)
		if err != nil || who.unsure {
			return errors.Join(errNobody, err)
		}
		approvers = append(approvers, who.Person)
	}
	if missing := ruling.Missing(req, approvers); missing > 0 {
		why := fmt.Sprintf("Nothing was done: the policy changed while this waited, and now it lacks %s from: %s. Ask again.", plural(missing, "approval"), wanted(ruling))
		return &approvals.RefusedError{Why: why, Rule: ruling.Rule}
	}
	return nil
}

// noteDifferences writes down what was found, before it runs.
func (b *Bot) noteDifferences(ctx context.Context, req approvals.Request, args json.RawMessage, left int, e effect) (approvals.Request, error) {
	if len(e.Changed)+len(e.Before) == 0 {
		return req, nil
	}
	body, err := json.Marshal(e)
	if err != nil {
		return req, fmt.Errorf("write down what is different: %w", err)
	}
	if len(e.Gone) == 0 {
		return b.Ledger.Observe(ctx, req.ID, body)
	}
	return b.Ledger.Adjust(ctx, req.ID, args, left, body)
}

// differences tells what of the targets is no longer as it was shown.
func differences(shown, now []commands.Target) []string {
	var found []string
	for _, was := range shown {
		i := slices.IndexFunc(now, func(t commands.Target) bool { return t.Kind == was.Kind && t.ID == was.ID })
		if i < 0 {
			continue
		}
		is := now[i]
		if is.Name != was.Name {
			found = append(found, fmt.Sprintf("%s is called %s now", was.Name, is.Name))
		}
		if place(is) != place(was) {
			found = append(found, fmt.Sprintf("%s is in %s now", was.Name, place(is)))
		}
		if is.State != was.State {
			found = append(found, fmt.Sprintf("%s is %s now", was.Name, is.State))
		}
		for _, w := range is.Warnings {
			if !slices.Contains(was.Warnings, w) {
				found = append(found, was.Name+": "+w)
			}
		}
	}
	return found
}

// without removes ids from the lists in arguments. A list that would be empty is refused: to the console it means everything.
func without(args json.RawMessage, ids []string) (json.RawMessage, error) {
	var value any
	d := json.NewDecoder(bytes.NewReader(args))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("read the arguments: %w", err)
	}
	value, err := prune(value, ids)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func prune(value any, ids []string) (any, error) {
	var err error
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			if v[key], err = prune(v[key], ids); err != nil {
				return nil, err
			}
		}
	case []any:
		kept := slices.DeleteFunc(slices.Clone(v), func(item any) bool {
			id, ok := item.(string)
			return ok && slices.Contains(ids, id)
		})
		if len(kept) == 0 && len(v) > 0 {
			return nil, &commands.UsageError{Problem: "nothing is left of what was approved", Hint: "nothing was done"}
		}
		for i := range kept {
			if kept[i], err = prune(kept[i], ids); err != nil {
				return nil, err
			}
		}
		return kept, nil
	}
	return value, nil
}
