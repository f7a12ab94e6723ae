package change

import (
	"context"
	"fmt"
	"slices"
	"time"

	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// A Setting is a value that analysts set on things of one kind: a verdict, a status. It is all that
// tells one such command from another, so that they are literals. The console says how many things
// it changed and, on older versions, not which; so each is looked at afterwards. Setting a value
// twice is harmless, which is why things that have it already stay among the targets: another
// person may change them between the approval and the run.
type Setting[T any, ID ~string] struct {
	Things Things[T, ID]
	Facts  []catalog.Fact  // what is set, as an approver reads it
	Same   string          // what a thing has that needs no change: "this status"
	Try    string          // what an error says was tried: "set the status of"
	Done   string          // what was done: "status set to Resolved"
	State  func(T) Reached // what a thing has now
	Send   func(context.Context, *s1.Client, []ID) (s1.ActionResult, error)
	Warn   func([]T) Warning // what whoever set it should know of the things as they are then; nil: nothing
}

// A Warning is what whoever changed something should know at once, and what they can do about it;
// nothing where it has no words.
type Warning struct {
	Words   string
	Actions []render.Action
}

// on heads a card by the warning, below the outcome.
func (w Warning) on(card render.Card) render.Card {
	if w.Words != "" {
		card.Parts = slices.Insert(card.Parts, 0, render.Part(render.Line{render.Bold("⚠ " + w.Words)}))
		card.Actions = slices.Concat(w.Actions, card.Actions)
	}
	return card
}

// Things is how things of one kind are named before a change and looked at after it.
type Things[T any, ID ~string] struct {
	Noun     string // "threat"
	Identity func(T) ID
	Target   func(*catalog.Call, T) catalog.Target
	Late     func(T) bool // whether the console shows what it took of this thing some seconds later; nil: of none
	After    func(ctx context.Context, call *catalog.Call, ids []ID, result s1.ActionResult, done string) (Outcome, []T)
}

// Plan says what is set on the things, and on how many of them it is set already. The caller pins
// their ids.
func (s Setting[T, ID]) Plan(call *catalog.Call, things []T) catalog.Plan {
	same := 0
	for _, thing := range things {
		if s.State(thing).Yes {
			same++
		}
	}
	return catalog.Plan{
		Targets: catalog.TargetsOf(call, things, s.Things.Target), Facts: s.Facts, Notes: catalog.SameNote(same, s.Things.Noun, s.Same),
	}
}

// Run sets the value on what the ids name, and tells of each what it has then. After is called
// again while things that show late do not show the value yet, at most Rereads times.
func (s Setting[T, ID]) Run(ctx context.Context, call *catalog.Call, ids []ID) (render.Card, error) {
	result, err := s.Send(ctx, call.Console, ids)
	if err != nil {
		return render.Card{}, fmt.Errorf("%s %d %ss: %w", s.Try, len(ids), s.Things.Noun, err)
	}
	c, found := s.Things.After(ctx, call, ids, result, s.Done)
	for try := 1; try < Rereads && s.late(found, result) && Pause(ctx); try++ {
		c, found = s.Things.After(ctx, call, ids, result, s.Done)
	}
	all := result.Affected >= len(ids)
	c.States = States(found, all, s.Things.Identity, s.State)
	if all && len(c.refused()) == 0 {
		c = s.awaitVisible(c, found)
	}
	if s.Warn == nil {
		return c.Card(call), nil
	}
	return s.Warn(found).on(c.Card(call)), nil
}

// late tells whether any of the things may show in a moment what it does not show yet. What the
// console refused never will. Rule alerts and threats show it at once; only unified alerts are
// slow.
func (s Setting[T, ID]) late(found []T, result s1.ActionResult) bool {
	failed := result.Failed()
	return s.Things.Late != nil && result.Affected > 0 && slices.ContainsFunc(found, func(thing T) bool {
		is := s.State(thing)
		return s.Things.Late(thing) && !is.Yes && is.Words != "" && !slices.Contains(failed, string(s.Things.Identity(thing)))
	})
}

const (
	// Rereads and rereadPause: unified alerts show what was changed some seconds later. The number
	// is what collectors of that API do: up to eight reads, one second apart, before they call a
	// change not applied.
	Rereads     = 8
	rereadPause = time.Second
)

// Pause waits before something is read again, and tells whether ctx is still alive.
func Pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(rereadPause):
		return true
	}
}

// awaitVisible says of which things the console took the value and does not show it: its yes alone
// is no success. What it does not tell the value of is taken as it said.
func (s Setting[T, ID]) awaitVisible(c Outcome, found []T) Outcome {
	hidden := map[string]bool{}
	for _, thing := range found {
		is := s.State(thing)
		hidden[string(s.Things.Identity(thing))] = !is.Yes && is.Words != ""
	}
	return c.Await("visible", func(t catalog.Target) (catalog.Progress, string) {
		if hidden[t.ID] {
			return catalog.Waiting, ""
		}
		return catalog.Applied, ""
	})
}
