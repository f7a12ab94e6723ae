package approvals

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
)

// A memory is a Store that ends with the test. It keeps rows as bytes, as a database does, so that nothing is shared by accident.
type memory struct {
	mu    sync.Mutex
	rows  map[string]row // by id
	trail []Entry
	head  Mark
	fail  func(op string) error // what goes wrong; may be nil
}

type row struct {
	version int64
	body    []byte
}

func newMemory() *memory { return &memory{rows: map[string]row{}} }

func (m *memory) broken(ctx context.Context, op string) error {
	if m.fail == nil {
		return ctx.Err()
	}
	return cmp.Or(ctx.Err(), m.fail(op))
}

func (m *memory) Insert(ctx context.Context, r Request, e Entry) (Request, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.broken(ctx, "insert"); err != nil {
		return r, false, err
	}
	for _, old := range m.all() {
		switch {
		case old.Key == r.Key:
			return old, false, nil
		case old.ID == r.ID, old.Ref == r.Ref:
			return r, false, ErrDuplicate
		}
	}
	asked := slices.DeleteFunc(m.all(), func(old Request) bool { return old.Requester != r.Requester || old.Created.Before(r.Seen.Since) })
	if !r.Seen.Since.IsZero() && len(asked) != r.Seen.Requests {
		return r, false, ErrConflict
	}
	r.Version = 1
	m.put(r, e)
	return r, true, nil
}

func (m *memory) Swap(ctx context.Context, r Request, entries ...Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.broken(ctx, "swap "+string(r.State)); err != nil {
		return err
	}
	if m.rows[r.ID].version != r.Version {
		return ErrConflict
	}
	r.Version++
	m.put(r, entries...)
	return nil
}

func (m *memory) Append(ctx context.Context, entries ...Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.broken(ctx, "append"); err != nil {
		return err
	}
	m.append(entries...)
	return nil
}

func (m *memory) put(r Request, entries ...Entry) {
	body, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	m.rows[r.ID] = row{r.Version, body}
	m.append(entries...)
}

func (m *memory) append(entries ...Entry) {
	for _, e := range entries {
		e = e.After(m.head)
		m.trail, m.head = append(m.trail, e), e.Mark()
	}
}

// all are the requests, oldest first.
func (m *memory) all() []Request {
	var rs []Request
	for _, row := range m.rows {
		var r Request
		if err := json.Unmarshal(row.body, &r); err != nil {
			panic(err)
		}
		r.Version = row.version
		rs = append(rs, r)
	}
	slices.SortFunc(rs, func(a, b Request) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return rs
}

func (m *memory) Find(ctx context.Context, q Query) ([]Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.broken(ctx, "find"); err != nil {
		return nil, err
	}
	rs := slices.DeleteFunc(m.all(), func(r Request) bool { return !q.matches(r) })
	if q.Limit > 0 && len(rs) > q.Limit {
		rs = rs[:q.Limit]
	}
	return rs, nil
}

func (q Query) matches(r Request) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(q.ID, r.ID) && is(q.Ref, r.Ref) && is(q.Key, r.Key) && is(q.Requester, r.Requester) &&
		(len(q.States) == 0 || slices.Contains(q.States, r.State)) && (len(q.Commands) == 0 || slices.Contains(q.Commands, r.Command)) && (!q.Behind || r.Behind()) && !r.Created.Before(q.Since) &&
		(q.Due.IsZero() || !r.Due().IsZero() && !r.Due().After(q.Due))
}

func (m *memory) Audit(_ context.Context, q AuditQuery) (Trail, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	others := func(e Entry) bool { return q.Request != "" && e.Request != q.Request }
	return Trail{Head: m.head, Entries: each(slices.DeleteFunc(slices.Clone(m.trail), others))}, nil
}

func each(entries []Entry) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// told is the trail as lines: "alice asked", "approved", …
func (m *memory) told() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var lines []string
	for _, e := range m.trail {
		lines = append(lines, fmt.Sprintf("%s %s", cmp.Or(e.Actor, "bot"), e.Action))
	}
	return lines
}
