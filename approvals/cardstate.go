package approvals

import (
	"context"
	"errors"
	"time"
)

// RecordShown records that the messages of r that were edited tell of r as it was at its Rev. With
// told, those who waited for the end know of it. Where it is not recorded, Recover returns the
// request until it is.
//
// R is the row as it was drawn, not as it is now. Between the drawing and this call somebody may
// have made another step, and the cards do not show that one: it is r's Rev that is written, and
// the row stays behind until it is drawn again. The same goes for told: an interrupted request that
// was reopened meanwhile (another state, or another fence) has an end of its own to tell.
func (c Cards) RecordShown(ctx context.Context, r Request, cards []CardRef, delivered bool) error {
	was := r
	if delivered {
		was = Request{ID: r.ID} // the messages about the end were written down since
	}
	_, err := c.ledger.stepFrom(ctx, was, func(q *Request, _ time.Time) ([]Entry, error) {
		news := delivered && !q.Delivered && q.State == r.State && q.Fence == r.Fence // else there is another end to tell
		if !q.markShown(r.Rev, cards) && !news {
			return nil, errUnchanged
		}
		q.Delivered = q.Delivered || news
		return nil, nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
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
					own[i].Shown, own[i].Freeze, changed = rev, s.Freeze, true
				}
			}
		}
		return own
	}
	r.Cards, r.Copies = mark(r.Cards), mark(r.Copies)
	return changed
}
