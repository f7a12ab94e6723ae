package notifier

import (
	"context"
	"maps"
	"time"

	"s1bot/render"
)

const (
	// quietFor is how long after an urgent card urgent replies to it stay in the thread: whom that card called looks there.
	quietFor = 30 * time.Minute
	// aloudTries is how many times a reply may fail before it is posted to its thread alone: some channels take no other.
	aloudTries = 2
)

// show posts a card. A reply makes no sound, and neither does the edit of a root, so an urgent one is shown in the channel as well,
// unless the channel has just heard of the thread.
func (t *teller) show(ctx context.Context, n, root Notice, card render.Card) (ts string, err error) {
	if !n.Urgent || root.TS == "" || n.Tries >= aloudTries || t.now().Sub(t.heard(root)) < quietFor {
		return t.messages.Post(ctx, n.Where(), n.Thread, n.key(), card)
	}
	if ts, err = t.messages.Broadcast(ctx, n.Where(), n.Thread, n.key(), card); err != nil {
		return "", err
	}
	now := t.now()
	maps.DeleteFunc(t.aloud, func(_ string, at time.Time) bool { return now.Sub(at) >= quietFor })
	t.aloud[root.TS] = now
	t.crowd.cards = append(t.crowd.cards, now)
	return ts, nil
}

// heard is when the channel heard last of something urgent in a thread. After a restart only the root is remembered, and one reply more
// may be shown.
func (t *teller) heard(root Notice) time.Time {
	if !root.Urgent {
		return t.aloud[root.TS]
	}
	return latest(root.Tried, t.aloud[root.TS])
}
