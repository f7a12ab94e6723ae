package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// A unified alert may be a threat or a rule alert as well, and is one card then. Most likely its external id is the other's id; no source
// says so outright, so the endpoint or the file must agree, too. Who comes first tells:
//
//	unified first:  the console lists the other one already ──▶ its own feed delivers it; the unified row is noted and silent
//	                it does not (late, or a path that is retired) ──▶ the unified card is delivered, with a claim on the other id
//	other first:    the journal has it ──▶ the unified row is silent
//	other later:    the journal has a claim, and the two agree ──▶ the other row is silent
//
// A claim is a silent notice of the unified alerts under the other's id. The last look into the journal and the writing are one turn of all
// feeds of a console, so that no two of them find the journal empty; only one process writes, the one with the lease.
//
// The rule one must not break: a doubt is told. Two cards for one thing are a nuisance, none for one of two things is a loss.

// A Group is the feeds of one console, which must not tell the same thing twice.
type Group struct {
	turn    pacing.Turn
	unified atomic.Bool // unified alerts are being read: they stand in for feeds whose path is retired
}

// NewGroup makes the group of a console's feeds.
func NewGroup() *Group { return &Group{turn: pacing.NewTurn()} }

// A twinOf is the threat or rule alert that an item may be as well.
type twinOf struct {
	id   string
	same func(uuids []string, sha1 string) bool
}

// claimOn is the id under which a unified alert lays claim to a threat or a rule alert.
func claimOn(id string) string { return "of-" + id }

// identityOf is what twins are compared by.
type identityOf struct {
	uuids []string
	sha1  string
}

// threatIdentity and alertIdentity are by which endpoint and which file: of the former the console keeps two, as it is now and as it was when
// the thing was found, and either may be missing.
func threatIdentity(t s1.Threat) identityOf {
	return identityOf{[]string{t.Realtime.AgentUUID, t.Detection.AgentUUID}, t.Info.SHA1}
}

func alertIdentity(a s1.Alert) identityOf {
	return identityOf{[]string{a.Realtime.UUID, a.Detection.UUID}, a.Source.FileHashSHA1}
}

// resolveTwins asks the console for the threats and rule alerts that new unified alerts may be. One that is listed and agrees is left to its
// own feed; where the question has no answer, the item waits a while like one whose endpoint cannot be looked up.
func (f *Feed) resolveTwins(ctx context.Context, items []item, versions map[string]string) []item {
	var ids []string
	for _, it := range items {
		if _, seen := versions[it.id]; it.twin != nil && !seen {
			ids = append(ids, it.twin.id)
		}
	}
	if len(ids) == 0 {
		return items
	}
	listed, err := f.listedTwins(ctx, ids)
	for i, it := range items {
		if it.twin == nil {
			continue
		}
		if who, ok := listed[it.twin.id]; ok && it.twin.same(who.uuids, who.sha1) {
			items[i].elsewhere = true
		} else if err != nil {
			items[i].lookupErr = err
		}
	}
	return items
}

// listedTwins are those of the ids that the console lists as threats or rule alerts. A list that is refused or retired has none to tell of.
func (f *Feed) listedTwins(ctx context.Context, ids []string) (map[string]identityOf, error) {
	listed := map[string]identityOf{}
	var problem error
	note := func(err error) {
		if err != nil && !refuses(err) {
			problem = fmt.Errorf("look up what unified alerts are as threats and rule alerts: %w", err)
		}
	}
	for some := range slices.Chunk(ids, idsPerCall) {
		q := s1.Query{}.With("ids", some...).WithLimit(pageSize)
		threats, err := f.console.ThreatsPage(ctx, q)
		note(err)
		for _, t := range threats.Items {
			listed[string(t.Identity())] = threatIdentity(t)
		}
		alerts, err := f.console.AlertsPage(ctx, q)
		note(err)
		for _, a := range alerts.Items {
			listed[string(a.Identity())] = alertIdentity(a)
		}
	}
	return listed, problem
}

// recordOnce writes a batch down after a last look whether another feed has told of the same things
// meanwhile.
//
// The group's turn is taken only where something is about to be told: most pages bring nothing new,
// and the feeds read side by side then.
func (f *Feed) recordOnce(ctx context.Context, batch journal.Batch, items []item) error {
	if len(batch.Fresh) == 0 {
		return f.record(ctx, batch)
	}
	if err := f.group.turn.Take(ctx); err != nil {
		return err
	}
	defer f.group.turn.Give()
	posted, err := f.postedElsewhere(ctx, batch.Fresh, items)
	if err != nil {
		return err
	}
	batch.Fresh = f.once(batch.Fresh, items, posted)
	return f.record(ctx, batch)
}

// once leaves out of fresh notices what another feed has had posted, and adds the claims of what is
// posted here.
//
// A silenced item is one row without a channel, however many its routes had named: the journal must
// know it, or the next poll tells it.
func (f *Feed) once(fresh []journal.Notice, items []item, posted map[string]bool) (kept []journal.Notice) {
	silenced := map[string]bool{}
	for _, n := range fresh {
		switch {
		case n.State != journal.Due || !posted[n.ID]:
			kept = append(kept, n)
		case !silenced[n.ID]:
			silenced[n.ID] = true
			kept = append(kept, journal.Notice{Source: n.Source, ID: n.ID, State: journal.Silent, Created: n.Created})
		}
	}
	for _, it := range items {
		i := slices.IndexFunc(kept, func(n journal.Notice) bool { return n.ID == it.id && n.State == journal.Due })
		if it.twin != nil && i >= 0 {
			kept = append(kept, journal.Notice{Source: f.kept, ID: claimOn(it.twin.id), State: journal.Silent, Group: it.id, Created: kept[i].Created})
		}
	}
	return kept
}

// postedElsewhere are the ids of fresh items that another feed has had posted.
func (f *Feed) postedElsewhere(ctx context.Context, fresh []journal.Notice, items []item) (map[string]bool, error) {
	due := map[string]bool{}
	for _, n := range fresh {
		due[n.ID] = due[n.ID] || n.State == journal.Due
	}
	items = slices.DeleteFunc(slices.Clone(items), func(it item) bool { return !due[it.id] })
	if f.source == journal.Unified {
		return f.postedAsRows(ctx, items)
	}
	return f.claimed(ctx, items)
}

// postedAsRows are the unified alerts that the journal has as a threat or a rule alert.
func (f *Feed) postedAsRows(ctx context.Context, items []item) (map[string]bool, error) {
	posted := map[string]bool{}
	twins := slices.DeleteFunc(items, func(it item) bool { return it.twin == nil })
	for _, source := range []journal.Source{journal.Threats, journal.Alerts} {
		bodies, err := f.bodies(ctx, source, mapSlice(twins, func(it item) string { return it.twin.id }))
		if err != nil {
			return nil, err
		}
		for _, it := range twins {
			if body, ok := bodies[it.twin.id]; ok {
				who := rowIdentity(source, body)
				posted[it.id] = posted[it.id] || it.twin.same(who.uuids, who.sha1)
			}
		}
	}
	return posted, nil
}

// rowIdentity is that of a row as the journal keeps it. A row that cannot be read agrees with nothing, so that its item is told rather than left
// out.
func rowIdentity(source journal.Source, body json.RawMessage) identityOf {
	var t s1.Threat
	var a s1.Alert
	if source == journal.Threats && json.Unmarshal(body, &t) == nil {
		return threatIdentity(t)
	}
	if source == journal.Alerts && json.Unmarshal(body, &a) == nil {
		return alertIdentity(a)
	}
	return identityOf{}
}

// claimed are the threats or rule alerts to which a unified alert that was posted lays claim, and which are the same thing.
func (f *Feed) claimed(ctx context.Context, items []item) (map[string]bool, error) {
	posted, claims := map[string]bool{}, map[string]string{}
	for some := range slices.Chunk(mapSlice(items, func(it item) string { return claimOn(it.id) }), idsPerCall) {
		found, err := f.journal.Notices(ctx, journal.Query{Source: journal.Unified.Of(f.kept.Console()), IDs: some})
		if err != nil {
			return nil, fmt.Errorf("read the claims of unified alerts: %w", err)
		}
		for _, n := range found {
			claims[n.ID] = n.Group
		}
	}
	if len(claims) == 0 {
		return posted, nil
	}
	bodies, err := f.bodies(ctx, journal.Unified, mapValues(claims))
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		var a unified.Alert
		who := rowIdentity(f.source, it.body)
		if body, ok := bodies[claims[claimOn(it.id)]]; ok && json.Unmarshal(body, &a) == nil {
			posted[it.id] = a.SameThing(who.uuids, who.sha1)
		}
	}
	return posted, nil
}

// bodies are the rows that the journal has of a source under these ids.
func (f *Feed) bodies(ctx context.Context, source journal.Source, ids []string) (map[string]json.RawMessage, error) {
	bodies := map[string]json.RawMessage{}
	for some := range slices.Chunk(ids, idsPerCall) {
		found, err := f.journal.Notices(ctx, journal.Query{Source: source.Of(f.kept.Console()), IDs: some})
		if err != nil {
			return nil, fmt.Errorf("read %d %s from the journal: %w", len(some), source.Plural(), err)
		}
		for _, n := range found {
			if n.Body != nil {
				bodies[n.ID] = n.Body
			}
		}
	}
	return bodies, nil
}

// mapValues are the values of a map, in no order.
func mapValues(m map[string]string) (values []string) {
	for _, v := range m {
		values = append(values, v)
	}
	return values
}
