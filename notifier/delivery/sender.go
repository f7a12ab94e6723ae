package delivery

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render/cards"
	"s1bot/render/streak"
)

const (
	// postPause lies between two posts to a channel: Slack takes about one message a second there
	// (docs.slack.dev/apis/web-api/rate-limits). It is counted from the end of a post, so no two ever
	// arrive closer together.
	postPause = time.Second
	// editPause lies between two edits in a channel: chat.update is a method of tier 3, 50 a minute.
	editPause = 1200 * time.Millisecond
	// drawPause lies between two edits of one message, so that a burst in a thread edits its root no
	// more often than that.
	drawPause = 2 * time.Second
	// closedPause is how often a channel that takes no messages is tried.
	closedPause = time.Minute
	// plainAfter is how many times a card may fail before a plain one is tried in its place.
	plainAfter = 4
	// asideAfter is how many times a notice may fail before those behind it are tried first.
	asideAfter = 5
	// longestWait is how long a notice that keeps failing waits at most.
	longestWait = 10 * time.Minute
	// idle is how often a sender looks for work that nobody rang for: another process may have written
	// it down.
	idle = 15 * time.Second
	// editBatch is how many edits are looked at together: most turn out to change nothing that is
	// visible.
	editBatch = 50
	// CallLimit is how long a call to Slack may take, with whatever pauses Slack asks for.
	CallLimit = 2 * time.Minute
	// grace is how long a post may go on after the end was asked for; the program gives all of it 20
	// seconds.
	grace = 10 * time.Second
)

// dependencies are what every channelSender works with.
type dependencies struct {
	journal    Journal
	messages   Messenger
	files      Uploader
	templates  map[journal.Source]template
	actions    cards.Actions // of digests
	burstLimit int           // more than so many in a minute become a digest
	operators  func() string // channel that stands in for one that is closed; may be empty
	waits      *waitBook     // of the requests that wait for an approval
	pacer      *pacing.Pacer
	wake       func(channels ...string) // the senders of channels
	observer   Observer
	now        func() time.Time
	logger     *slog.Logger
}

// A channelSender posts to one channel and edits what it posted. It alone saves notices of that
// channel, and one goroutine runs it, so its fields need no lock. They are hints: what must survive
// a crash is in the journal.
type channelSender struct {
	dependencies
	channel string
	bell    chan struct{}

	postAt, editAt time.Time // the earliest next post and edit
	closedUntil    time.Time // until then the channel is not tried, for it refused a post; zero if it takes them
	burst          burst
	shownWaits     []cards.Wait         // those that cards of the channel were last marked for
	broadcasts     map[string]time.Time // by the ts of a root: when a reply to it was last shown in the channel

	posting, editing, uploading, saving, asking streak.Streak
}

// newChannelSender begins with a pause: the process before this one may have posted a moment ago.
func newChannelSender(d dependencies, channel string) *channelSender {
	return &channelSender{
		dependencies: d, channel: channel, bell: make(chan struct{}, 1), broadcasts: map[string]time.Time{}, burst: burst{limit: d.burstLimit},
		postAt: d.now().Add(postPause), editAt: d.now().Add(editPause),
	}
}

// ring makes the sender look at the journal; it never waits.
func (s *channelSender) ring() {
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// run works until ctx ends. Neither a failure nor a panic ends it: other cards have to be
// delivered.
//
// A conflict means that another process, or Refresh, wrote the notice between the read and the
// save. What was read is worthless then.
func (s *channelSender) run(ctx context.Context) {
	var outage streak.Streak
	for ctx.Err() == nil {
		var wait time.Duration
		var err error
		if caught := panics.Try(func() { wait, err = s.work(ctx) }); caught != nil {
			err = caught.AsError()
		}
		switch {
		case err == nil || ctx.Err() != nil:
			outage.Over(s.logger, s.now(), "deliveries have resumed", "channel", s.channel)
		case errors.Is(err, journal.ErrConflict): // somebody else was faster; read it again
			wait = time.Second
		default:
			outage.Failed(s.logger, s.now(), "can't deliver to a channel, retrying", err, "channel", s.channel)
			wait = pacing.Backoff(outage.Failures())
		}
		pacing.Rest(ctx, wait, s.bell)
	}
}

// work does one post and one round of edits, as far as they are due, and returns how long nothing
// will be.
func (s *channelSender) work(ctx context.Context) (time.Duration, error) {
	if err := s.followWaits(ctx); err != nil { // a hint on cards; they are delivered without it
		s.asking.Failed(s.logger, s.now(), "can't tell which requests wait, retrying", err, "channel", s.channel)
	} else {
		s.asking.Over(s.logger, s.now(), "cards follow requests again", "channel", s.channel)
	}
	posted, err := s.postNext(ctx)
	if err != nil {
		return 0, err
	}
	edited, err := s.editNext(ctx)
	return min(posted, edited), err
}

// postNext posts the next notice if its time has come; it returns when to look again.
//
// One notice at a time, so that what is urgent and comes later is next and not behind fifty that
// were read already.
func (s *channelSender) postNext(ctx context.Context) (time.Duration, error) {
	if wait := s.postAt.Sub(s.now()); wait > 0 {
		return wait, nil
	}
	due, err := s.journal.Notices(ctx, journal.Query{Channel: s.channel, Want: journal.ToPost, Ready: s.now(), Limit: 1})
	if err != nil || len(due) == 0 {
		return idle, err
	}
	if wait, err := s.digestBacklog(ctx, due[0]); wait > 0 || err != nil {
		return wait, err
	}
	err = s.post(ctx, due[0])
	return max(s.postAt.Sub(s.now()), 0), err
}

// editNext looks at what changed since it was delivered; it edits one message at most.
//
// Most changes in the console are in fields that no card shows; those are saved as shown in one go
// and cost Slack nothing.
func (s *channelSender) editNext(ctx context.Context) (time.Duration, error) {
	if wait := s.editAt.Sub(s.now()); wait > 0 {
		return wait, nil
	}
	changed, err := s.journal.Notices(ctx, journal.Query{Channel: s.channel, Want: journal.ToEdit, Limit: editBatch})
	if err != nil {
		return 0, err
	}
	same, wait, problem := s.editFirst(ctx, changed)
	if len(same) > 0 {
		problem = errors.Join(problem, s.journal.Save(ctx, same...))
	}
	return wait, problem
}

// editFirst edits the first of the notices, which come by when they are due, whose card shows
// something else now. Same are those before it whose card shows what it should, whatever becomes of
// the one after them: to find that out again each round would cost as many drawings.
func (s *channelSender) editFirst(ctx context.Context, changed []journal.Notice) (same []journal.Notice, wait time.Duration, err error) {
	wait = idle
	for _, n := range changed {
		if later := n.NotBefore.Sub(s.now()); later > 0 {
			return same, min(wait, later), nil
		}
		if isUnconfirmed(n) {
			if settled, err := s.confirm(ctx, &n); !settled || err != nil {
				return same, 0, err
			}
		}
		drawing, err := s.draw(ctx, n)
		if err != nil {
			return same, 0, err
		}
		if drawing.fingerprint != n.Fingerprint {
			err = s.edit(ctx, n, drawing)
			return same, max(s.editAt.Sub(s.now()), 0), err
		}
		n.Shown, n.Tries = n.Version, 0
		same, wait = append(same, n), 0
	}
	return same, wait, nil
}
