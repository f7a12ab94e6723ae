package approvals

import (
	"context"
	"slices"
	"time"
)

// An Uncounted is a decision that was made and does not count, because nobody can tell yet whether
// its person may decide.
//
// Somebody clicks Approve while Slack can't say whether they are in the group. The click is kept
// (bot/inbound) and asked again; meanwhile the card says whose decision waits for what, or a second
// approver would take the silence for a click that got lost.
type Uncounted struct {
	User     string    `json:"user"`
	Action   string    `json:"action"`   // approved, denied or withdrew
	Question string    `json:"question"` // as in CannotTell
	Until    time.Time `json:"until"`    // when it is given up
}

// AddUncounted shows on a pending request that a decision waits for an answer. It is nobody's step,
// so the trail has nothing of it: it gets the decision when it counts, or the refusal when it never
// does.
func (c Cards) AddUncounted(ctx context.Context, idOrRef string, u Uncounted) (Request, error) {
	return c.changeUncounted(ctx, idOrRef, func(r *Request) bool {
		if r.State != Pending || slices.Contains(r.Uncounted, u) {
			return false
		}
		r.Uncounted = append(r.withoutUncounted(u.User), u)
		return true
	})
}

// RemoveUncounted ends that: the decision of a person is over without counting.
func (c Cards) RemoveUncounted(ctx context.Context, idOrRef, user string) (Request, error) {
	return c.changeUncounted(ctx, idOrRef, func(r *Request) bool {
		rest := r.withoutUncounted(user)
		gone := len(rest) < len(r.Uncounted)
		r.Uncounted = rest
		return gone
	})
}

// changeUncounted has the cards drawn again where do changes something.
//
// Rev is raised here by hand, because a step without entries leaves it alone.
func (c Cards) changeUncounted(ctx context.Context, idOrRef string, do func(*Request) bool) (Request, error) {
	r, err := c.ledger.step(ctx, idOrRef, func(r *Request, now time.Time) ([]Entry, error) {
		if !do(r) {
			return nil, errUnchanged
		}
		r.Rev, r.Moved, r.Looks = r.Rev+1, now, 0
		return nil, nil
	})
	return c.ledger.told(r, err)
}

// withoutUncounted are the others' decisions that wait.
func (r *Request) withoutUncounted(user string) []Uncounted {
	return slices.DeleteFunc(slices.Clone(r.Uncounted), func(u Uncounted) bool { return u.User == user })
}
