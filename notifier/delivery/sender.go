// Package delivery brings what the journal has to Slack, at Slack's pace, and keeps it up to date there.
package delivery

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"

	"github.com/sourcegraph/conc/panics"
)

const (
	// postPause lies between two posts to a channel: Slack takes about one message a second there
	// (docs.slack.dev/apis/web-api/rate-limits). It is counted from the end of a post, so no two ever arrive closer together.
	postPause = time.Second
	// editPause lies between two edits in a channel: chat.update is a method of tier 3, 50 a minute.
	editPause = 1200 * time.Millisecond
	// drawPause lies between two edits of one message, so that a burst in a thread edits its root no more often than that.
	drawPause = 2 * time.Second
	// closedPause is how often a channel that takes no messages is tried.
	closedPause = time.Minute
	// plainAfter is how many times a card may fail before a plain one is tried in its place.
	plainAfter = 4
	// asideAfter is how many times a notice may fail before those behind it are tried first.
	asideAfter = 5
	// longestWait is how long a notice that keeps failing waits at most.
	longestWait = 10 * time.Minute
	// idle is how often a teller looks for work that nobody rang for: another process may have written it down.
	idle = 15 * time.Second
	// editBatch is how many edits are looked at together: most turn out to change nothing that is visible.
	editBatch = 50
	// CallLimit is how long a call to Slack may take, with whatever pauses Slack asks for.
	CallLimit = 2 * time.Minute
	// grace is how long a post may go on after the end was asked for; the program gives all of it 20 seconds.
	grace = 10 * time.Second
)

// An dependencies is what every teller works with.
type dependencies struct {
	journal    Journal
	messages   Messenger
	files      Uploader
	templates  map[journal.Source]template
	burstLimit int
	operators  string
	pacer      *pacing.Pacer
	wake       func(channels ...string) // the tellers of channels
	now        func() time.Time
	logger     *slog.Logger
}

// A channelSender posts to one channel and edits what it posted. It alone saves notices of that channel.
type channelSender struct {
	dependencies
	channel string
	bell    chan struct{}

	postAt, editAt time.Time // the earliest next post and edit
	failures       int       // posts in a row
	closedUntil    time.Time // until then the channel is not tried, for it took no messages; zero if it does
	burst          burst
	broadcasts     map[string]time.Time // by the ts of a root: when a reply to it was last shown in the channel
}

// newChannelSender begins with a pause: the process before this one may have posted a moment ago.
func newChannelSender(o dependencies, channel string) *channelSender {
	return &channelSender{dependencies: o, channel: channel, bell: make(chan struct{}, 1), broadcasts: map[string]time.Time{}, postAt: o.now().Add(postPause), editAt: o.now().Add(editPause)}
}

func (t *channelSender) ring() {
	select {
	case t.bell <- struct{}{}:
	default:
	}
}

// run works until ctx ends. Neither a failure nor a panic ends it: other cards have to be told.
func (t *channelSender) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		var wait time.Duration
		var err error
		if caught := panics.Try(func() { wait, err = t.work(ctx) }); caught != nil {
			err = caught.AsError()
		}
		switch {
		case err == nil || ctx.Err() != nil:
			failures = 0
		case errors.Is(err, journal.ErrConflict): // somebody else was faster; read it again
			wait = time.Second
		default:
			failures++
			t.logFirst(failures, "telling fails; it is tried again", err)
			wait = pacing.Backoff(failures)
		}
		pacing.Rest(ctx, wait, t.bell)
	}
}

// logFirst logs the first of several failures in a row.
func (t *channelSender) logFirst(failures int, what string, err error) {
	level := slog.LevelDebug
	if failures == 1 {
		level = slog.LevelWarn
	}
	t.logger.Log(context.Background(), level, what, "channel", t.channel, "err", err)
}

// work does one post and one round of edits, as far as they are due, and returns how long nothing will be.
func (t *channelSender) work(ctx context.Context) (time.Duration, error) {
	posted, err := t.postNext(ctx)
	if err != nil {
		return 0, err
	}
	edited, err := t.editNext(ctx)
	return min(posted, edited), err
}

// postNext posts the next notice if its time has come; it returns when to look again.
func (t *channelSender) postNext(ctx context.Context) (time.Duration, error) {
	if wait := t.postAt.Sub(t.now()); wait > 0 {
		return wait, nil
	}
	due, err := t.journal.Notices(ctx, journal.Query{Channel: t.channel, Want: journal.ToPost, Ready: t.now(), Limit: 1})
	if err != nil || len(due) == 0 {
		return idle, err
	}
	if wait, err := t.digestBacklog(ctx, due[0]); wait > 0 || err != nil {
		return wait, err
	}
	err = t.post(ctx, due[0])
	return max(t.postAt.Sub(t.now()), 0), err
}

// editNext looks at what changed since it was told; it edits one message at most.
func (t *channelSender) editNext(ctx context.Context) (time.Duration, error) {
	if wait := t.editAt.Sub(t.now()); wait > 0 {
		return wait, nil
	}
	changed, err := t.journal.Notices(ctx, journal.Query{Channel: t.channel, Want: journal.ToEdit, Limit: editBatch})
	if err != nil {
		return 0, err
	}
	var same []journal.Notice
	var problem error
	wait := idle
	for _, n := range changed {
		if later := n.NotBefore.Sub(t.now()); later > 0 {
			wait = min(wait, later)
			break
		}
		drawing, err := t.draw(ctx, n)
		if err != nil {
			return 0, err
		}
		if drawing.fingerprint != n.Fingerprint {
			problem = t.edit(ctx, n, drawing)
			wait = max(t.editAt.Sub(t.now()), 0)
			break
		}
		n.Shown, n.Tries = n.Version, 0
		same = append(same, n)
		wait = 0
	}
	if len(same) > 0 {
		problem = cmp.Or(problem, t.journal.Save(ctx, same...))
	}
	return wait, problem
}
