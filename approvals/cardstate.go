package approvals

import "context"

// RecordShown records that the messages of r that were edited tell of r as it was at its Rev. Where
// it is not recorded, Recover returns the request until it is.
//
// R is the row as it was drawn, not as it is now. Between the drawing and this call somebody may
// have made another step, and the cards do not show that one: it is r's Rev that is written, and
// the row stays behind until it is drawn again.
func (c Cards) RecordShown(ctx context.Context, r Request, cards []CardRef) error {
	return c.updateFrom(ctx, r, func(q *Request) bool { return q.markShown(r.Rev, cards) })
}

// RecordTold records that those who waited for the end of r know of it, and which messages they have
// of it; those are copies from now on.
//
// R is the request of which they were told. One that was interrupted and reopened meanwhile (another
// state, or another fence) has an end of its own to tell.
func (c Cards) RecordTold(ctx context.Context, r Request, copies ...CardRef) error {
	return c.update(ctx, r.ID, func(q *Request) bool {
		news := !q.Delivered && q.State == r.State && q.Fence == r.Fence
		q.Delivered = q.Delivered || news
		added := q.addCopies(copies)
		return news || added
	})
}

// markShown reports whether any message is known newer now.
//
// An edit that finishes late must not set a message back to an older Rev, hence the comparison. A
// freeze changes a card without changing the row, so at the same Rev the freeze that the message
// tells of still counts.
func (r *Request) markShown(rev int64, shown []CardRef) (changed bool) {
	mark := func(own []CardRef) []CardRef {
		own = append([]CardRef(nil), own...)
		for i, c := range own {
			for _, s := range shown {
				if c.same(s) && (c.Shown < rev || c.Shown == rev && c.Freeze != s.Freeze) {
					own[i].Shown, own[i].Freeze, own[i].Ended, changed = rev, s.Freeze, s.Ended, true
				}
			}
		}
		return own
	}
	r.Cards, r.Copies = mark(r.Cards), mark(r.Copies)
	return changed
}
