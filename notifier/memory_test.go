package notifier

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// A memory is a Journal that forgets with the test. It keeps the contract to the letter, and fails when told to.
type memory struct {
	mu      sync.Mutex
	cursors map[Source]json.RawMessage
	rows    []Notice
	seq     int64
	snoozes []Snooze
	fault   fault
}

// A fault decides what happens to an operation: nothing, an error in its place, or an error after it was done.
type fault func(op string) (before, after error)

func (f fault) of(op string) (error, error) {
	if f == nil {
		return nil, nil
	}
	return f(op)
}

// Lease gives the lease to whoever asks: where two processes run, both work.
func (m *memory) Lease(context.Context, Claim) (int64, error) { return 1, nil }

func (m *memory) Release(context.Context, string) error { return nil }

func (m *memory) Fenced(int64) Journal { return m }

func (m *memory) Snoozes(_ context.Context, now time.Time) (asleep []Snooze, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.snoozes {
		if now.Before(s.Until) {
			for _, n := range m.rows {
				if n.State == Silent && n.Channel == "" && n.Group == s.ID {
					s.Quiet++
				}
			}
			asleep = append(asleep, s)
		}
	}
	slices.SortFunc(asleep, func(a, b Snooze) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.ID, b.ID)) })
	return asleep, nil
}

func (m *memory) SetSnooze(_ context.Context, s Snooze) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.snoozes = append(slices.DeleteFunc(m.snoozes, func(one Snooze) bool { return one.ID == s.ID }), s)
	return nil
}

func newMemory() *memory { return &memory{cursors: map[Source]json.RawMessage{}} }

func (m *memory) Cursor(_ context.Context, source Source) (c Cursor, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.fault.of("cursor"); err != nil || m.cursors[source] == nil {
		return c, err
	}
	return c, json.Unmarshal(m.cursors[source], &c)
}

func (m *memory) Versions(_ context.Context, source Source, ids []string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.fault.of("versions"); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	versions := map[string]string{}
	for _, n := range m.rows {
		if n.Source == source && wanted[n.ID] {
			versions[n.ID] = n.Version
		}
	}
	return versions, nil
}

func (m *memory) Record(_ context.Context, b Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.fault.of("record")
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
	for i, n := range m.rows {
		known[string(n.Source)+n.ID+n.Channel] = i
	}
	for _, n := range b.Fresh {
		key := string(n.Source) + n.ID + n.Channel
		if _, ok := known[key]; ok {
			continue
		}
		m.seq++
		n.Seq = m.seq
		known[key] = len(m.rows)
		m.rows = append(m.rows, n)
	}
	for _, c := range b.Changed {
		for i := range m.rows {
			if n := &m.rows[i]; n.Source == c.Source && n.ID == c.ID && n.State != Silent {
				n.Group, n.Version, n.Body = c.Group, c.Version, c.Body
			}
		}
	}
	if !b.Forget.IsZero() {
		m.rows = slices.DeleteFunc(m.rows, func(n Notice) bool {
			ours := n.Source == b.Source || n.Source == Digests || n.Source == Files || n.Source == Notes
			return ours && n.Created.Before(b.Forget) && (n.State == Told || n.State == Silent || n.State == Listed)
		})
	}
	return after
}

func (m *memory) Notices(_ context.Context, q Query) ([]Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.fault.of("notices"); err != nil {
		return nil, err
	}
	var found []Notice
	for _, n := range m.rows {
		if q.matches(n) {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b Notice) int {
		switch q.Want {
		case ToPost:
			return cmp.Or(rank(a)-rank(b), a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.Seq, b.Seq))
		case ToEdit:
			return cmp.Or(a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.Seq, b.Seq))
		}
		return cmp.Compare(a.Seq, b.Seq)
	})
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

func (q Query) matches(n Notice) bool {
	switch {
	case q.Source != "" && q.Source != n.Source, q.Channel != "" && q.Channel != n.Channel, q.Group != "" && q.Group != n.Group:
		return false
	case len(q.IDs) > 0 && !slices.Contains(q.IDs, n.ID):
		return false
	case q.Digest != "" && q.Digest != n.Digest, q.TS != "" && q.TS != n.TS, n.Seq <= q.After:
		return false
	case !q.Ready.IsZero() && n.NotBefore.After(q.Ready):
		return false
	}
	switch q.Want {
	case ToPost:
		return n.State == Due || n.State == Sending
	case ToEdit:
		return n.State == Told && n.Shown != n.Version
	case Roots:
		return n.State == Told && n.Thread == ""
	}
	return true
}

func (m *memory) Save(_ context.Context, notices ...Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.fault.of("save")
	if before != nil {
		return before
	}
	at := make([]int, len(notices))
	for i, n := range notices {
		at[i] = slices.IndexFunc(m.rows, func(r Notice) bool { return r.Seq == n.Seq })
		if at[i] < 0 || m.rows[at[i]].Rev != n.Rev {
			return ErrConflict
		}
	}
	for i, n := range notices {
		r := &m.rows[at[i]]
		n.Group, n.Created, n.Version, n.Body, n.Urgent, n.Mention, n.Digest = r.Group, r.Created, r.Version, r.Body, r.Urgent, r.Mention, r.Digest
		n.Rev++
		*r = n
	}
	return after
}

// set changes it while others use it.
func (m *memory) set(change func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func rank(n Notice) int {
	switch {
	case n.Source == Digests, n.Source == Files:
		return -1
	case n.Urgent:
		return 0
	}
	return 1
}

func waiting(n Notice, channel string) bool {
	return n.Channel == channel && n.State == Due && n.Tries == 0 && (n.Source == Threats || n.Source == Alerts)
}

func (m *memory) Backlog(_ context.Context, channel string) (b Backlog, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err, _ := m.fault.of("backlog"); err != nil {
		return b, err
	}
	for _, n := range m.rows {
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

func (m *memory) Gather(_ context.Context, g Gathering) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.fault.of("gather")
	if before != nil {
		return before
	}
	listed := 0
	for i := range m.rows {
		n := &m.rows[i]
		if !waiting(*n, g.Digest.Channel) || n.Seq > g.Through {
			continue
		}
		n.Digest = g.Digest.ID
		if !n.Urgent || n.Seq > g.CardsUntil {
			n.State = Listed
			n.Rev++
			listed++
		}
	}
	if listed == 0 {
		return after
	}
	for _, n := range []Notice{g.Digest, g.File} {
		m.seq++
		n.Seq = m.seq
		m.rows = append(m.rows, n)
	}
	return after
}
