package delivery

import (
	"context"
	"maps"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
)

const (
	// quietFor is how long after an urgent card urgent replies to it stay in the thread: whom that
	// card called looks there.
	quietFor = 30 * time.Minute
	// broadcastTries is how many times a reply may fail before it is posted to its thread alone: some
	// channels take no other.
	broadcastTries = 2
)

// postCard posts a card. A reply makes no sound, and neither does the edit of a root, so an urgent
// one is shown in the channel as well, unless the channel has just heard of the thread.
//
// reply_broadcast of chat.postMessage is one message in two places, so it is edited and deleted as
// one.
func (s *channelSender) postCard(ctx context.Context, n, root journal.Notice, card render.Card) (ts string, err error) {
	if !n.Urgent || root.TS == "" || n.Tries >= broadcastTries || s.now().Sub(s.lastHeard(root)) < quietFor {
		return s.messages.Post(ctx, n.Where(), n.Thread, n.Key(), card)
	}
	if ts, err = s.messages.Broadcast(ctx, n.Where(), n.Thread, n.Key(), card); err != nil {
		return "", err
	}
	now := s.now()
	maps.DeleteFunc(s.broadcasts, func(_ string, at time.Time) bool { return now.Sub(at) >= quietFor })
	s.broadcasts[root.TS] = now
	s.burst.cards = append(s.burst.cards, now)
	return ts, nil
}

// lastHeard is when the channel heard last of something urgent in a thread. After a restart only
// the root is remembered, and one reply more may be shown.
func (s *channelSender) lastHeard(root journal.Notice) time.Time {
	if !root.Urgent {
		return s.broadcasts[root.TS]
	}
	return pacing.Later(root.Tried, s.broadcasts[root.TS])
}
