package notifier

import (
	"context"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render/streak"
)

// Leases picks one of several processes: it alone reads the console and posts to Slack.
//
// It is a row with an owner, an end and a fence. A process that was stopped for a minute and wakes up
// believes that it has the lease; its writes carry the old fence and fail, so it can neither move a
// cursor nor mark a notice. What it can still do is finish a post that is under way, and the look for
// unconfirmed posts is for that.
type Leases interface {
	// Lease takes the lease, or renews it, if nobody else holds it; fence is 0 if somebody does. It grows with every new holder.
	Lease(ctx context.Context, c journal.Claim) (fence int64, err error)

	// Release gives back what owner holds.
	Release(ctx context.Context, owner string) error

	// Fenced returns the journal for the holder with fence: once there is another, its writes fail with ErrFenced.
	Fenced(fence int64) Journal
}

const (
	// leaseFor is how long a process that died keeps others waiting.
	leaseFor = 9 * time.Second
	// leaseEvery is how often the holder renews, and how often others ask.
	leaseEvery = 3 * time.Second
)

// holdLease runs work with the journal of whoever holds the lease, whenever this process does, until ctx ends.
func (n *Notifier) holdLease(ctx context.Context, work func(context.Context, Journal)) {
	leases := n.config.Leases
	var asking streak.Streak
	for first := true; ctx.Err() == nil; first = false {
		asked := time.Now()
		fence, err := leases.Lease(ctx, journal.Claim{Owner: n.config.Owner, For: leaseFor, First: first})
		switch {
		case err == nil:
			asking.Over(n.config.Logger, time.Now(), "the notifier's lease can be asked for again")
		case ctx.Err() == nil:
			asking.Failed(n.config.Logger, time.Now(), "can't ask for the notifier's lease, retrying", err)
		}
		if fence == 0 {
			pacing.Rest(ctx, leaseEvery, nil)
			continue
		}
		n.config.Logger.Info("this process posts notifications", "fence", fence)
		n.serve(ctx, leases, fence, asked, work)
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), leaseEvery)
	defer done()
	if err := leases.Release(ctx, n.config.Owner); err != nil {
		n.config.Logger.Warn("can't release the notifier's lease; another process waits until it expires", "err", err)
	}
}

// serve works until ctx ends or the lease is lost.
//
// It counts from the moment before it asked, not from the answer: the lease may have begun then. If
// no renewal gets through it stops a little before the end, so that two processes never believe at
// the same time that they have it, as long as their clocks run at one speed.
func (n *Notifier) serve(ctx context.Context, leases Leases, fence int64, since time.Time, work func(context.Context, Journal)) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(ctx, leases.Fenced(fence))
	}()
	for ctx.Err() == nil {
		pacing.Rest(ctx, leaseEvery, nil)
		asked := time.Now()
		got, err := leases.Lease(ctx, journal.Claim{Owner: n.config.Owner, For: leaseFor})
		switch {
		case err == nil && got == fence:
			since = asked
		case err == nil && ctx.Err() == nil:
			n.config.Logger.Warn("another process posts notifications now", "fence", fence)
			stop()
		case time.Since(since) > leaseFor-leaseEvery/2:
			n.config.Logger.Warn("can't renew the notifier's lease, so this process posts no notifications for now", "fence", fence, "err", err)
			stop()
		}
	}
	<-done
}
