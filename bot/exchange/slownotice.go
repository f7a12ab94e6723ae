package exchange

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/bot/post"
	"s1bot/render"
	"s1bot/s1"
)

// Times of a wait. A person waits for SlowAfter without a word from the bot; shorter waits than
// worthWord are over before they are read.
const (
	SlowAfter = 5 * time.Second
	worthWord = 2 * time.Second
	mostWords = 2 // Slack takes five answers to a slash command, and the answer itself must be among them
)

// A slowNotice tells one person why their answer takes long: at once where a call waits for the
// console's rate, else after a while. What it says of a slash command is the message that the
// answer then takes the place of.
//
// mu is held while something is said, on purpose: stop and answered have to wait for it, or the
// notice could stand below the answer.
type slowNotice struct {
	to *Responder
	a  Interaction
	mu sync.Mutex

	timer    *time.Timer
	saying   sync.WaitGroup
	words    int  // said so far
	replaces bool // the next answer takes the place of what was said
	over     bool // the answer is there, or nothing waits any more
}

// NotifySlow begins to watch over the work for a person, until the answer is given or done is called.
func (r *Responder) NotifySlow(ctx context.Context, a *Interaction) (done func()) {
	p := &slowNotice{to: r, a: *a}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(SlowAfter, func() { p.say(ctx, "Still at it: this is taking longer than usual. The answer will appear here.") })
	a.patience = p
	return p.stop
}

// stop ends the words; it returns when none is on its way.
func (p *slowNotice) stop() {
	p.mu.Lock()
	p.timer.Stop()
	p.over = true
	p.mu.Unlock()
	p.saying.Wait()
}

// say tells the person something, unless the answer is there or enough was said. It returns when
// Slack has taken it, so that the answer comes after it.
//
// The timer is stopped by whatever is said first: who knows that the console makes them wait need
// not read that it takes long. A panic here must not take the work with it.
func (p *slowNotice) say(ctx context.Context, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.words == mostWords {
		return
	}
	p.words++
	p.timer.Stop()
	if caught := panics.Try(func() { p.send(context.WithoutCancel(ctx), words) }); caught != nil {
		p.to.Log.ErrorContext(ctx, "cannot post why an answer is slow", "user", p.a.User, "err", caught.Value)
	}
}

// send says it in the place that the answer will have. By the response URL of the person's own
// message the next word, and then the answer, replaces this one; where there is none it is an
// answer like any other. A notice that does not get through is not tried again: the answer matters,
// and may be ready by then.
func (p *slowNotice) send(ctx context.Context, words string) {
	if p.a.At.ResponseURL == "" || !p.a.At.Own || p.a.Silent {
		p.to.Reply(ctx, p.a, render.Notice(words))
		return
	}
	if err := p.to.Post.Respond(ctx, p.a.At.ResponseURL, post.Replacing(p.replaces), render.Notice(words)); err != nil {
		p.to.Log.WarnContext(ctx, "cannot post why an answer is slow", "user", p.a.User, "err", err)
		return
	}
	p.replaces = true
}

// answered ends the words, and tells whether the answer takes the place of what was said. It does
// so once.
//
// A nil notice is one of an interaction that nobody watches over, such as the notices' own.
func (p *slowNotice) answered() (replaces bool) {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
	replaces, p.over, p.replaces = p.replaces, true, false
	return replaces
}

// Awaiting is ctx for the calls to the console that a person waits for.
//
// They share the time that they may go without an answer: the person waits for their sum. It hands the
// call a function that returns at once; the words are sent beside it, for the wait is
// counted in seconds and Slack may take some.
func (a Interaction) Awaiting(ctx context.Context) context.Context {
	ctx = s1.WithPatience(ctx)
	if a.patience == nil {
		return ctx
	}
	return s1.WithWaitNotice(ctx, func(w s1.Wait) {
		if w.For >= worthWord {
			a.patience.saying.Go(func() { a.patience.say(ctx, waitWords(w)) }) // Slack is not what the call waits for
		}
	})
}

// waitWords say for how long a call waits, and why.
func waitWords(w s1.Wait) string {
	span := fmt.Sprintf("%d s", int((w.For+time.Second-1)/time.Second))
	if w.Answered {
		return "Waiting " + span + ": the console is busy or having problems, and I'll try again then. The answer will appear here."
	}
	return fmt.Sprintf("Waiting %s: the console allows only %s of this kind (%s). The answer will appear here.", span, w.Limit, w.Path)
}
