package approvals

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// RecordEffect records what the console says about a request later: how much of it is applied, or
// whether it ran. It is part of the trail; the same again is not.
//
// A watch looks every few seconds and mostly sees what it saw before. Comparing the text keeps the
// trail to what changed, and the cards from being edited for nothing: chat.update is a Tier 3
// method, about 50 a minute for the whole workspace. Was is the request as the caller has read it, or
// its ID alone. What was seen of a run is not written over a later one, whose task is another.
func (l *Ledger) RecordEffect(ctx context.Context, was Request, effect json.RawMessage) (Request, error) {
	r, err := l.stepFrom(ctx, was, func(r *Request, now time.Time) ([]Entry, error) {
		earlier := was.Version > 0 && was.Fence != r.Fence
		if earlier || string(r.Effect) == string(effect) {
			return nil, errUnchanged
		}
		r.Effect = effect
		return []Entry{entry(*r, now, ActionObserved, "", map[string]any{"requester": r.Requester, "effect": effect})}, nil
	})
	return l.told(r, err)
}

// Adjust changes what an approved request will do to what is left of it: args with fewer ids than
// were approved, never more. Observed is what was found then.
//
// Only the process that runs the request may, after its claim and before the console is called. The
// entry holds the old hash beside the new one, so that the trail shows what was approved and what
// ran; Pinned accepts the new one from then on.
func (l *Ledger) Adjust(ctx context.Context, id string, args json.RawMessage, targets int, effect json.RawMessage) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if r.State != Running || r.Owner != l.owner {
			return nil, ErrLeaseLost
		}
		if targets > r.Targets {
			return nil, fmt.Errorf("%w: more targets than were approved", ErrInvalid)
		}
		was := digest(r.Args)
		r.Args, r.Targets, r.Effect = args, targets, effect
		return []Entry{entry(*r, now, ActionObserved, "", map[string]any{
			"requester": r.Requester, "effect": effect, "targets": targets, "args_sha256": digest(args), "args_sha256_before": was})}, nil
	})
	if err == nil {
		l.changed(r)
	}
	return r, err
}
