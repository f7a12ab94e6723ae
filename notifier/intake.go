package notifier

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"s1bot/s1"
)

// batch compares items with the journal: what is new becomes a notice, what changed is noted.
func (f *feed) batch(ctx context.Context, cursor Cursor, items []item, surveying surveying) (Batch, error) {
	batch := Batch{Source: f.source, Cursor: cursor}
	versions, err := f.versions(ctx, items)
	if err != nil {
		return batch, err
	}
	asleep, err := f.snoozed(ctx)
	if err != nil {
		return batch, err
	}
	items = news(items, versions)
	if !surveying { // what is history is not told, so it does not matter where
		if items, err = f.locate(ctx, items, versions); err != nil {
			return batch, err
		}
	}
	known := maps.Clone(versions)
	for _, it := range items {
		version, seen := known[it.id]
		switch {
		case !seen:
			if notices := f.notices(cursor, it, surveying, asleep); len(notices) > 0 {
				batch.Fresh = append(batch.Fresh, notices...)
				known[it.id] = notices[0].Version
			}
		case version != "" && version != it.version:
			batch.Changed = append(batch.Changed, f.shell(it))
			known[it.id] = it.version
		}
	}
	slices.SortStableFunc(batch.Fresh, func(a, b Notice) int { return a.Created.Compare(b.Created) })
	return batch, nil
}

// versions looks items up, however many a page has.
func (f *feed) versions(ctx context.Context, items []item) (map[string]string, error) {
	versions := map[string]string{}
	for some := range slices.Chunk(items, pageSize) {
		known, err := f.journal.Versions(ctx, f.source, each(some, func(it item) string { return it.id }))
		if err != nil {
			return nil, fmt.Errorf("look up %d %ss: %w", len(items), f.source, err)
		}
		maps.Copy(versions, known)
	}
	return versions, nil
}

// surveying tells whether this is the first look at a source, where what is older than the beginning is history.
type surveying bool

// notices are what an item that nobody has seen before becomes: one for each channel that its routes name. What is older than
// the journal's memory is not new: it was told and forgotten, or it was there before the first start and has changed since.
func (f *feed) notices(cursor Cursor, it item, surveying surveying, asleep []Snooze) []Notice {
	n := f.shell(it)
	n.State, n.Urgent = Due, it.urgent
	history := n.Created.Before(cursor.Since)
	if n.Created.IsZero() {
		n.Created, history = f.now(), true
	}
	silent := Notice{Source: n.Source, ID: n.ID, State: Silent, Created: n.Created}
	switch {
	case bool(surveying) && history:
		return []Notice{silent}
	case bool(surveying): // the next pass tells it, once its endpoint is looked up
		return nil
	case n.Created.Before(cursor.Since.Add(-lateness)):
		return nil
	}
	if quiet, ok := muting(asleep, it.facts, f.now()); ok {
		silent.Group = quiet.ID // so that it can be counted
		return []Notice{silent}
	}
	way := f.routes().walk(it.facts, f.channel, f.now())
	if f.waits(it, way.decided()) {
		return nil
	}
	var all []Notice
	for _, d := range way.ends(f.operators) {
		n.Channel, n.Mention = d.Channel, d.Mention
		all = append(all, n)
	}
	if len(all) == 0 {
		return []Notice{silent}
	}
	return all
}

// snoozed are the snoozes of now.
func (f *feed) snoozed(ctx context.Context) ([]Snooze, error) {
	asleep, err := f.journal.Snoozes(ctx, f.now())
	if err != nil {
		return nil, fmt.Errorf("read what is snoozed: %w", err)
	}
	return asleep, nil
}

// shell is the console's side of a notice.
func (f *feed) shell(it item) Notice {
	return Notice{Source: f.source, ID: it.id, Group: it.group, Created: it.created, Version: it.version, Body: it.body}
}

// record writes a batch, if there is anything in it, and rings for the tellers.
func (f *feed) record(ctx context.Context, batch Batch) error {
	if err := f.journal.Record(ctx, batch); err != nil {
		return fmt.Errorf("write %d new and %d changed %ss to the journal: %w", len(batch.Fresh), len(batch.Changed), f.source, err)
	}
	if len(batch.Fresh)+len(batch.Changed) > 0 {
		f.logger.Debug("feed", "new", len(batch.Fresh), "changed", len(batch.Changed))
		f.wake(f.channels()...)
	}
	return nil
}

// Refresh reads things again that kind and ids name, if they are this feed's: "threat", "alert", or "agent" for the threats of endpoints.
// It returns when the journal knows.
func (f *feed) Refresh(ctx context.Context, kind string, ids []string) error {
	read, ok := f.rereading(kind)
	if !ok || len(ids) == 0 || len(f.channels()) == 0 {
		return nil
	}
	if err := f.turn.take(ctx); err != nil {
		return err
	}
	defer f.turn.give()
	items, err := read(ctx, ids)
	if err != nil {
		return err
	}
	batch, err := f.batch(ctx, Cursor{}, items, false)
	batch.Fresh = nil // what is new comes with the next poll, in its order
	if err != nil || len(batch.Changed) == 0 {
		return err
	}
	return f.record(ctx, batch)
}

func (f *feed) rereading(kind string) (func(context.Context, []string) ([]item, error), bool) {
	switch {
	case kind == string(f.source):
		return f.byID, true
	case kind == "agent" && f.agents != "":
		return f.ofAgents, true
	}
	return nil, false
}

// idsPerCall keeps addresses below the 8 KB that proxies take.
const idsPerCall = 100

func (f *feed) byID(ctx context.Context, ids []string) (found []item, err error) {
	for some := range slices.Chunk(ids, idsPerCall) {
		page, err := f.page(ctx, s1.Query{}.With("ids", some...).WithLimit(pageSize))
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
	}
	return found, nil
}

// ofAgents reads the latest items of some endpoints.
func (f *feed) ofAgents(ctx context.Context, ids []string) ([]item, error) {
	newest := s1.Query{}.With(f.agents, ids...).SortedBy(f.passes[0].sort, s1.Descending).WithLimit(pageSize)
	page, err := f.page(ctx, newest)
	return page.Items, err
}

// A turn is a mutex that can be waited for as long as a context lasts.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// rest waits for d, or until woken, or until ctx ends.
func rest(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-ctx.Done():
	}
}
