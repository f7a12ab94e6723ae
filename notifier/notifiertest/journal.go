package notifiertest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"s1bot/notifier"
	"s1bot/notifier/journal"
)

// A Memory is a Journal that forgets with the test. It keeps the contract to the letter, and fails
// when told to.
//
// Where the real store has a rule that a wrong caller would break, this one has it as well: Save
// compares Rev and refuses the whole call, Record leaves existing notices alone, cursors come back
// through JSON. What it leaves out is the lease (every process has it) and the order of commits.
type Memory struct {
	mu      sync.Mutex
	cursors map[journal.Source]json.RawMessage
	Rows    []journal.Notice
	seq     int64
	snoozes []journal.Snooze
	Fault   Fault
}

// A Fault decides what happens to an operation: nothing, an error in its place, or an error after
// it was done.
//
// The second kind is the one that matters: a write that took hold and whose answer got lost looks
// to its caller like one that did not. Ops of the journal are cursor, versions, record, notices,
// save, backlog, gather; of Slack post, edit, delete, find, attach; of the console threats, alerts,
// unified.
type Fault func(op string) (before, after error)

func (f Fault) of(op string) (error, error) {
	if f == nil {
		return nil, nil
	}
	return f(op)
}

// Lease gives the lease to whoever asks: where two processes run, both work.
func (m *Memory) Lease(context.Context, journal.Claim) (int64, error) { return 1, nil }

// Release does nothing: nobody was kept out.
func (m *Memory) Release(context.Context, string) error { return nil }

// Fenced is the journal itself, which no lease guards.
func (m *Memory) Fenced(int64) notifier.Journal { return m }

// Snoozes are those that have not ended, with how many notices each held back.
func (m *Memory) Snoozes(_ context.Context, now time.Time) (asleep []journal.Snooze, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.snoozes {
		if now.Before(s.Until) {
			for _, n := range m.Rows {
				if n.State == journal.Silent && n.Channel == "" && n.Group == s.ID {
					s.Quiet++
				}
			}
			asleep = append(asleep, s)
		}
	}
	slices.SortFunc(asleep, func(a, b journal.Snooze) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.ID, b.ID)) })
	return asleep, nil
}

// SetSnooze writes one down, in place of one with the same ID.
func (m *Memory) SetSnooze(_ context.Context, s journal.Snooze) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.snoozes = append(slices.DeleteFunc(m.snoozes, func(one journal.Snooze) bool { return one.ID == s.ID }), s)
	return nil
}

// NewMemory is an empty journal.
func NewMemory() *Memory { return &Memory{cursors: map[journal.Source]json.RawMessage{}} }

// Cursor returns what Record was given last, through JSON as a database keeps it.
func (m *Memory) Cursor(_ context.Context, source journal.Source) (c journal.Cursor, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.Fault.of("cursor"); err != nil || m.cursors[source] == nil {
		return c, err
	}
	return c, json.Unmarshal(m.cursors[source], &c)
}

// Versions returns the version of each id that is known.
func (m *Memory) Versions(_ context.Context, source journal.Source, ids []string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.Fault.of("versions"); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	versions := map[string]string{}
	for _, n := range m.Rows {
		if n.Source == source && wanted[n.ID] {
			versions[n.ID] = n.Version
		}
	}
	return versions, nil
}

// Record writes a batch, all or nothing.
func (m *Memory) Record(_ context.Context, b journal.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.Fault.of("record")
	if before != nil {
		return before
	}
	cursor, err := json.Marshal(b.Cursor)
	if err != nil {
		return err
	}
	if !b.Cursor.Since.IsZero() {
		m.cursors[b.Source] = cursor
	}
	known := map[string]int{}
	for i, n := range m.Rows {
		known[string(n.Source)+n.ID+n.Channel] = i
	}
	for _, n := range b.Fresh {
		key := string(n.Source) + n.ID + n.Channel
		if _, ok := known[key]; ok {
			continue
		}
		m.seq++
		n.Seq = m.seq
		known[key] = len(m.Rows)
		m.Rows = append(m.Rows, n)
	}
	for _, c := range b.Changed {
		for i := range m.Rows {
			if n := &m.Rows[i]; n.Source == c.Source && n.ID == c.ID && n.State != journal.Silent {
				n.Group, n.Version, n.Body = c.Group, c.Version, c.Body
			}
		}
	}
	if !b.Forget.IsZero() {
		m.Rows = slices.DeleteFunc(m.Rows, func(n journal.Notice) bool {
			ours := n.Source == b.Source || n.Source == journal.Digests || n.Source == journal.Files || n.Source == journal.Notes
			return ours && n.Created.Before(b.Forget) && (n.State == journal.Delivered || n.State == journal.Silent || n.State == journal.Listed)
		})
	}
	return after
}

// Notices returns copies of the notices that match.
func (m *Memory) Notices(_ context.Context, q journal.Query) ([]journal.Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.Fault.of("notices"); err != nil {
		return nil, err
	}
	var found []journal.Notice
	for _, n := range m.Rows {
		if matches(q, n) {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b journal.Notice) int {
		switch q.Want {
		case journal.ToPost:
			return cmp.Or(rank(a)-rank(b), a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.Seq, b.Seq))
		case journal.ToEdit:
			return cmp.Or(a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.Seq, b.Seq))
		}
		return cmp.Compare(a.Seq, b.Seq)
	})
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

// matches is the WHERE of the real journals in Go. Both are held against the same suite
// (bot/store), so a case that is added here is one there.
func matches(q journal.Query, n journal.Notice) bool {
	switch {
	case q.Source != "" && q.Source != n.Source, q.Channel != "" && q.Channel != n.Channel, q.Group != "" && q.Group != n.Group:
		return false
	case len(q.IDs) > 0 && !slices.Contains(q.IDs, n.ID), len(q.Agents) > 0 && (n.Agent == "" || !slices.Contains(q.Agents, n.Agent)):
		return false
	case q.Digest != "" && q.Digest != n.Digest, q.TS != "" && q.TS != n.TS, n.Seq <= q.After:
		return false
	case !q.Ready.IsZero() && n.NotBefore.After(q.Ready):
		return false
	}
	switch q.Want {
	case journal.ToPost:
		return n.State == journal.Due || n.State == journal.Sending
	case journal.ToEdit:
		return n.State == journal.Delivered && n.Shown != n.Version
	case journal.Roots:
		return n.State == journal.Delivered && n.Thread == ""
	}
	return true
}

// Save writes Slack's side of notices, all or none; the console's side stays as the feeds wrote it.
//
// That a sender can't overwrite the console's side even by mistake is part of the contract; see
// package journal.
func (m *Memory) Save(_ context.Context, notices ...journal.Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.Fault.of("save")
	if before != nil {
		return before
	}
	at := make([]int, len(notices))
	for i, n := range notices {
		at[i] = slices.IndexFunc(m.Rows, func(r journal.Notice) bool { return r.Seq == n.Seq })
		if at[i] < 0 || m.Rows[at[i]].Rev != n.Rev {
			return journal.ErrConflict
		}
	}
	for i, n := range notices {
		r := &m.Rows[at[i]]
		n.Group, n.Created, n.Version, n.Body, n.Urgent, n.Mention, n.Digest = r.Group, r.Created, r.Version, r.Body, r.Urgent, r.Mention, r.Digest
		n.Rev++
		*r = n
	}
	return after
}

// Set changes it while others use it.
func (m *Memory) Set(change func(*Memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

// rank is the order in which notices are posted: digests and their files before all, then what is
// urgent.
func rank(n journal.Notice) int {
	switch {
	case n.Source == journal.Digests, n.Source == journal.Files:
		return -1
	case n.Urgent:
		return 0
	}
	return 1
}

// waiting reports whether a notice belongs to a channel's backlog: due, never tried, and not one of
// our own messages.
func waiting(n journal.Notice, channel string) bool {
	return n.Channel == channel && n.State == journal.Due && n.Tries == 0 && n.Source != journal.Digests && n.Source != journal.Files && n.Source != journal.Notes
}

// Backlog counts what waits for a channel and was never tried.
func (m *Memory) Backlog(_ context.Context, channel string) (b journal.Backlog, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.Fault.of("backlog"); err != nil {
		return b, err
	}
	for _, n := range m.Rows {
		if !waiting(n, channel) {
			continue
		}
		if n.Urgent {
			b.Urgent++
		} else {
			b.Others++
		}
		b.Last = max(b.Last, n.Seq)
		if b.Oldest.IsZero() || n.Created.Before(b.Oldest) {
			b.Oldest = n.Created
		}
	}
	return b, nil
}

// Gather makes a digest of a channel's backlog, all or nothing.
func (m *Memory) Gather(_ context.Context, g journal.Gathering) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.Fault.of("gather")
	if before != nil {
		return before
	}
	listed := 0
	for i := range m.Rows {
		n := &m.Rows[i]
		if !waiting(*n, g.Digest.Channel) || n.Seq > g.Through {
			continue
		}
		n.Digest = g.Digest.ID
		if !n.Urgent || n.Seq > g.CardsUntil {
			n.State = journal.Listed
			n.Rev++
			listed++
		}
	}
	if listed == 0 {
		return after
	}
	for _, n := range []journal.Notice{g.Digest, g.File} {
		m.seq++
		n.Seq = m.seq
		m.Rows = append(m.Rows, n)
	}
	return after
}
