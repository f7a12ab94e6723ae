package notifier

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

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
	// patience is how long a call to Slack may take, with whatever pauses Slack asks for.
	patience = 2 * time.Minute
	// grace is how long a post may go on after the end was asked for; the program gives all of it 20 seconds.
	grace = 10 * time.Second
)

// An outlet is what every teller works with.
type outlet struct {
	journal   deliveryJournal
	messages  Messenger
	files     Uploader
	templates map[Source]template
	burst     int
	operators string
	lanes     *lanes
	wake      func(channels ...string) // the tellers of channels
	now       func() time.Time
	logger    *slog.Logger
}

// A teller posts to one channel and edits what it posted. It alone saves notices of that channel.
type teller struct {
	outlet
	channel string
	bell    chan struct{}

	postAt, editAt time.Time // the earliest next post and edit
	failures       int       // posts in a row
	closed         time.Time // until then the channel is not tried, for it took no messages; zero if it does
	crowd          crowd
	aloud          map[string]time.Time // by the ts of a root: when a reply to it was last shown in the channel
}

// newTeller begins with a pause: the process before this one may have posted a moment ago.
func newTeller(o outlet, channel string) *teller {
	return &teller{outlet: o, channel: channel, bell: make(chan struct{}, 1), aloud: map[string]time.Time{}, postAt: o.now().Add(postPause), editAt: o.now().Add(editPause)}
}

func (t *teller) ring() {
	select {
	case t.bell <- struct{}{}:
	default:
	}
}

// run works until ctx ends. Neither a failure nor a panic ends it: other cards have to be told.
func (t *teller) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		var wait time.Duration
		var err error
		if caught := panics.Try(func() { wait, err = t.work(ctx) }); caught != nil {
			err = caught.AsError()
		}
		switch {
		case err == nil || ctx.Err() != nil:
			failures = 0
		case errors.Is(err, ErrConflict): // somebody else was faster; read it again
			wait = time.Second
		default:
			failures++
			t.complain(failures, "telling fails; it is tried again", err)
			wait = backoff(failures)
		}
		rest(ctx, wait, t.bell)
	}
}

// complain logs the first of several failures in a row.
func (t *teller) complain(failures int, what string, err error) {
	level := slog.LevelDebug
	if failures == 1 {
		level = slog.LevelWarn
	}
	t.logger.Log(context.Background(), level, what, "channel", t.channel, "err", err)
}

// work does one post and one round of edits, as far as they are due, and returns how long nothing will be.
func (t *teller) work(ctx context.Context) (time.Duration, error) {
	posted, err := t.postNext(ctx)
	if err != nil {
		return 0, err
	}
	edited, err := t.editNext(ctx)
	return min(posted, edited), err
}

// postNext posts the next notice if its time has come; it returns when to look again.
func (t *teller) postNext(ctx context.Context) (time.Duration, error) {
	if wait := t.postAt.Sub(t.now()); wait > 0 {
		return wait, nil
	}
	due, err := t.journal.Notices(ctx, Query{Channel: t.channel, Want: ToPost, Ready: t.now(), Limit: 1})
	if err != nil || len(due) == 0 {
		return idle, err
	}
	if wait, err := t.gather(ctx, due[0]); wait > 0 || err != nil {
		return wait, err
	}
	err = t.post(ctx, due[0])
	return max(t.postAt.Sub(t.now()), 0), err
}

// editNext looks at what changed since it was told; it edits one message at most.
func (t *teller) editNext(ctx context.Context) (time.Duration, error) {
	if wait := t.editAt.Sub(t.now()); wait > 0 {
		return wait, nil
	}
	changed, err := t.journal.Notices(ctx, Query{Channel: t.channel, Want: ToEdit, Limit: editBatch})
	if err != nil {
		return 0, err
	}
	var same []Notice
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
