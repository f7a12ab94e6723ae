package feed

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
	"s1bot/s1"
)

// batch compares items with the journal: what is new becomes a notice, what changed is noted.
//
// The order keeps the dear things to what needs them: the journal is asked about all rows, the
// console about the endpoints of those that it has not seen or that have changed. A row that stands
// twice on a page, as rows do when the list shifts between two pages, counts once. Fresh ones are
// sorted by creation, because the journal numbers them in this order and channels get them by
// number.
func (f *Feed) batch(ctx context.Context, cursor journal.Cursor, items []item, surveying surveying) (journal.Batch, error) {
	batch := journal.Batch{Source: f.kept, Cursor: cursor}
	versions, err := f.versions(ctx, items)
	if err != nil {
		return batch, err
	}
	asleep, err := f.snoozed(ctx)
	if err != nil {
		return batch, err
	}
	items = unseen(items, versions)
	if !surveying { // what is history is not delivered, so it does not matter where
		if items, err = f.resolveEndpoints(ctx, items, versions); err != nil {
			return batch, err
		}
		items = f.resolveTwins(ctx, items, versions)
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
			batch.Changed = append(batch.Changed, f.consoleSide(it))
			known[it.id] = it.version
		}
	}
	slices.SortStableFunc(batch.Fresh, func(a, b journal.Notice) int { return a.Created.Compare(b.Created) })
	return batch, nil
}

// versions looks items up, however many a page has.
func (f *Feed) versions(ctx context.Context, items []item) (map[string]string, error) {
	versions := map[string]string{}
	for some := range slices.Chunk(items, pageSize) {
		known, err := f.journal.Versions(ctx, f.kept, mapSlice(some, func(it item) string { return it.id }))
		if err != nil {
			return nil, fmt.Errorf("look up %d %s: %w", len(items), f.source.Plural(), err)
		}
		maps.Copy(versions, known)
	}
	return versions, nil
}

// surveying reports whether this is the first look at a source, where what is older than the beginning is history.
type surveying bool

// notices are what an item that nobody has seen before becomes: one for each channel that its
// routes name. What is older than the journal's memory is not new: it was delivered and forgotten,
// or it was there before the first start and has changed since.
//
// An item without a time stamp counts as history to the survey and as new to every later poll:
// better one message too many than a blind spot for rows with a broken clock. Whatever is decided
// here is final: a route that changes later moves nothing that was written down.
func (f *Feed) notices(cursor journal.Cursor, it item, surveying surveying, asleep []journal.Snooze) []journal.Notice {
	n := f.consoleSide(it)
	n.State, n.Urgent = journal.Due, it.urgent
	history := n.Created.Before(cursor.Since)
	if n.Created.IsZero() {
		n.Created, history = f.now(), true
	}
	silent := journal.Notice{Source: n.Source, ID: n.ID, State: journal.Silent, Created: n.Created}
	switch {
	case bool(surveying) && history:
		return []journal.Notice{silent}
	case bool(surveying): // the next pass delivers it, once its endpoint is looked up
		return nil
	case n.Created.Before(cursor.Since.Add(-maxIndexDelay)):
		return nil
	}
	it.facts.Console, it.facts.Mark = f.name, f.kept.Console()
	if it.elsewhere {
		return []journal.Notice{silent}
	}
	if quiet, ok := routing.SnoozedBy(asleep, it.facts, f.now()); ok {
		silent.Group = quiet.ID // so that it can be counted
		f.observer.Notified(string(f.source), "muted")
		return []journal.Notice{silent}
	}
	way := f.routes().Walk(it.facts, f.channel, f.now())
	if f.deferred(it, way.Decided() && it.twin == nil) {
		return nil
	}
	var all []journal.Notice
	for _, d := range way.Targets(f.operators()) {
		n.Channel, n.Mention = d.Channel, d.Mention
		all = append(all, n)
	}
	if len(all) == 0 {
		f.observer.Notified(string(f.source), "muted")
		return []journal.Notice{silent}
	}
	return all
}

// snoozed are the snoozes of now.
func (f *Feed) snoozed(ctx context.Context) ([]journal.Snooze, error) {
	asleep, err := f.journal.Snoozes(ctx, f.now())
	if err != nil {
		return nil, fmt.Errorf("read what is snoozed: %w", err)
	}
	return asleep, nil
}

// consoleSide is the console's side of a notice.
func (f *Feed) consoleSide(it item) journal.Notice {
	return journal.Notice{Source: f.kept, ID: it.id, Group: it.group, Created: it.created, Version: it.version, Body: it.body}
}

// record writes a batch, if there is anything in it, and wakes the channels.
func (f *Feed) record(ctx context.Context, batch journal.Batch) error {
	if err := f.journal.Record(ctx, batch); err != nil {
		return fmt.Errorf("write %d new and %d changed %s to the journal: %w", len(batch.Fresh), len(batch.Changed), f.source.Plural(), err)
	}
	if len(batch.Fresh)+len(batch.Changed) > 0 {
		f.logger.Debug("feed", "new", len(batch.Fresh), "changed", len(batch.Changed))
		f.wake(append(f.channels(), f.operators())...)
	}
	return nil
}

// Refresh reads things again that kind and ids name, if they are this feed's: "threat", "alert", or
// "agent" for the threats of endpoints. It returns when the journal knows.
//
// The turn is held from the question to the write. Without it a page that was read before the
// change could be written after it, and the card would go back to what was.
func (f *Feed) Refresh(ctx context.Context, kind string, ids []string) error {
	read, ok := f.readerOf(kind)
	if !ok || len(ids) == 0 || len(f.channels()) == 0 {
		return nil
	}
	if err := f.turn.Take(ctx); err != nil {
		return err
	}
	defer f.turn.Give()
	if ids = f.own(ids); len(ids) == 0 && kind != "agent" {
		return nil
	}
	items, err := read(ctx, ids)
	if err != nil {
		return err
	}
	batch, err := f.batch(ctx, journal.Cursor{}, items, false)
	batch.Fresh = nil // what is new comes with the next poll, in its order
	if err != nil || len(batch.Changed) == 0 {
		return err
	}
	return f.record(ctx, batch)
}

// readerOf is how a feed reads again what a kind names; false where that is none of its own. Alerts are not refreshed by endpoint: the
// console has no filter for that.
func (f *Feed) readerOf(kind string) (func(context.Context, []string) ([]item, error), bool) {
	switch {
	case kind == string(f.routed):
		return f.byID, true
	case kind == "agent" && f.agents != "":
		return f.ofAgents, true
	}
	return nil, false
}

// own are those of ids that are of this feed's form: alerts have digits, unified ones have not.
func (f *Feed) own(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return s1.ValidID(id) == (f.source == journal.Unified) })
}

// idsPerCall keeps addresses below the 8 KB that proxies take.
const idsPerCall = 100

// byID reads items by their ids. What is gone from the console is left out, and its card stays as it was.
func (f *Feed) byID(ctx context.Context, ids []string) (found []item, err error) {
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
func (f *Feed) ofAgents(ctx context.Context, ids []string) ([]item, error) {
	newest := s1.Query{}.With(f.agents, ids...).SortedBy(f.passes[0].sort, s1.Descending).WithLimit(pageSize)
	page, err := f.page(ctx, newest)
	return page.Items, err
}
