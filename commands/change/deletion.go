package change

import (
	"cmp"
	"context"
	"fmt"

	"s1bot/commands/catalog"
	"s1bot/s1"
)

// A Deletion takes things away for good, and tells what became of each.
//
// The console counts what it deleted and names none of it, and what is gone can be read no more. So
// the first things are read before, for their names, and where fewer went than were asked for all
// are read again: what is still there was not deleted. The console gives no reason for those; the
// likeliest is that they lie outside the scope of the token's role.
type Deletion[T any, ID ~string] struct {
	Noun   string // "exclusion"
	Short  string // what the second mention of them says: "item" for "blocklist item"; Noun when empty
	Try    string // what an error says was tried; "delete" when empty
	Done   string // "taken off"; "deleted" when empty
	Target func(*catalog.Call, T) catalog.Target
	Read   func(ctx context.Context, ids []ID) ([]T, error)
	Send   func(ctx context.Context, ids []ID) (s1.ActionResult, error)
	There  func(T) (ID, bool) // the id of what was read; false where it is as good as gone
}

// Run deletes what the ids name. Before are the first of them as they were.
func (d Deletion[T, ID]) Run(ctx context.Context, call *catalog.Call, ids []ID) (c Outcome, before []T, err error) {
	short, try, done := cmp.Or(d.Short, d.Noun), cmp.Or(d.Try, "delete"), cmp.Or(d.Done, "deleted")
	before, _ = d.Read(ctx, ids[:min(len(ids), MaxShown)]) // without their names, the ids stand in the outcome
	result, err := d.Send(ctx, ids)
	if err != nil {
		return Outcome{}, before, fmt.Errorf("%s %d %ss: %w", try, len(ids), short, err)
	}
	c = Outcome{
		Noun: d.Noun, Done: done, Result: result, Targets: Known(call, d.Noun, ids, before, d.Target), States: eachGone(ids, done),
		Why: "The " + short + "s are gone already, or the bot's token isn't allowed to change them.",
	}
	if result.Affected < len(ids) {
		c.States = nil // which of them nobody knows; the numbers tell
		if still, err := d.Read(ctx, ids); err == nil {
			c.States = remains(ids, still, d.There)
		}
	}
	return c, before, nil
}
