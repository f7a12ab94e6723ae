package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// A rig is a runner whose database, Slack and commands are one value, which writes down what happened in words.
type rig struct {
	runner *Runner

	mu   sync.Mutex
	said []string
	rows map[string]*row
	run  func(context.Context, Hooks) (render.Card, error)
	// What Slack says no to: post, edit, replace.
	refuses map[string]error
	watch   func(context.Context, workflow.Watch) error
}

type row struct {
	owner     string
	body      []byte
	until     time.Time
	cancelled bool
}

func newRig(run func(context.Context, Hooks) (render.Card, error)) *rig {
	r := &rig{rows: map[string]*row{}, run: run, refuses: map[string]error{}}
	r.runner = r.process()
	return r
}

// process is one more process on the same database.
func (r *rig) process() *Runner {
	return New(Config{Store: r, Messages: r, Responder: r, Commands: commandsOf{r}, Watcher: watcherOf{r}, Log: slog.New(slog.DiscardHandler)})
}

func (r *rig) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *rig) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.said...)
}

func (r *rig) left() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.rows)
}

func (r *rig) Add(_ context.Context, id, owner string, body []byte, until time.Time) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows[id] != nil {
		return false, nil
	}
	r.rows[id] = &row{owner: owner, body: body, until: until}
	return true, nil
}

func (r *rig) Claim(_ context.Context, owner string, now, until time.Time) (string, []byte, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, job := range r.rows {
		if !job.until.After(now) {
			job.owner, job.until = owner, until
			return id, job.body, true, nil
		}
	}
	return "", nil, false, nil
}

func (r *rig) Save(_ context.Context, id, owner string, body []byte, until time.Time) (held, cancelled bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	job := r.rows[id]
	if job == nil || job.owner != owner {
		return false, false, nil
	}
	job.body, job.until = body, until
	return true, job.cancelled, nil
}

func (r *rig) Cancel(_ context.Context, id string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows[id] == nil {
		return false, nil
	}
	r.rows[id].cancelled = true
	return true, nil
}

func (r *rig) Finish(_ context.Context, id, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.rows, id)
	return nil
}

func (r *rig) Post(_ context.Context, channel, thread, _ string, card render.Card) (string, string, error) {
	if err := r.refuses["post"]; err != nil {
		return "", "", err
	}
	r.note("post %s/%s: %s", channel, thread, card.Text)
	if post.IsPerson(channel) {
		channel = "D" + channel[1:]
	}
	return channel, "1.1", nil
}

func (r *rig) Edit(_ context.Context, channel, ts string, card render.Card) error {
	r.note("edit %s/%s: %s", channel, ts, card.Text)
	return r.refuses["edit"]
}

func (r *rig) Replace(_ context.Context, channel, ts, _ string, card render.Card) error {
	if err := r.refuses["replace"]; err != nil {
		return err
	}
	r.note("replace %s/%s: %s", channel, ts, card.Text)
	return nil
}

func (r *rig) Deliver(_ context.Context, user string, _ render.Origin, card render.Card) (post.Sent, error) {
	r.note("deliver %s: %s", user, card.Text)
	return post.Sent{}, nil
}

func (r *rig) InPlaceOfDirect(_ context.Context, user string, _ render.Origin, _ error, card render.Card) error {
	r.note("aside %s: %s", user, card.Text)
	return nil
}

func (r *rig) ShownAt(_ context.Context, user string, _ render.Origin, m post.Sent) {
	r.note("follow %s at %s/%s", user, m.Channel, m.TS)
}

type commandsOf struct{ *rig }

func (c commandsOf) Run(ctx context.Context, _ Job, hooks Hooks) (render.Card, error) {
	return c.run(ctx, hooks)
}

func (c commandsOf) Explain(_ Job, err error) (render.Card, error) {
	return render.Notice("failed: " + err.Error()), nil
}
func (c commandsOf) Ended(Job, render.Card) { c.note("counted") }

type watcherOf struct{ *rig }

func (w watcherOf) Watch(ctx context.Context, what workflow.Watch, _ func(json.RawMessage) error) error {
	return w.watch(ctx, what)
}

// hunt is a job as somebody asks for it in a channel.
func hunt() Job {
	return Job{Do: render.Invocation{Command: "query"}, User: "U1", Origin: render.Origin{Channel: "C1", Key: "k1"}}
}

// inBubble starts a job and waits until nothing moves any more.
func inBubble(t *testing.T, r func(*testing.T) *rig, job Job, then func(*testing.T, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		made := r(t)
		require.NoError(t, made.runner.Start(t.Context(), job))
		synctest.Wait()
		then(t, made)
		made.runner.Close()
	})
}

func quick(card string, err error) func(*testing.T) *rig {
	return func(*testing.T) *rig {
		return newRig(func(context.Context, Hooks) (render.Card, error) { return render.Notice(card), err })
	}
}

func TestAJobThatShowedNothingTellsItsEndInItsPersonsMessages(t *testing.T) {
	t.Parallel()
	inBubble(t, quick("found 3", nil), hunt(), func(t *testing.T, r *rig) {
		require.Equal(t, []string{"counted", "deliver U1: found 3"}, r.told())
		require.Zero(t, r.left())
	})
	inThread := hunt()
	inThread.Origin.Thread = "5.5"
	inBubble(t, quick("found 3", nil), inThread, func(t *testing.T, r *rig) {
		require.Equal(t, []string{"counted", "post C1/5.5: found 3"}, r.told())
	})
}

func TestAJobThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	inBubble(t, quick("", errors.New("no such query")), hunt(), func(t *testing.T, r *rig) {
		require.Equal(t, []string{"counted", "deliver U1: failed: no such query"}, r.told())
		require.Zero(t, r.left())
	})
}

func TestACommandThatPanicsEndsItsJobWithAnError(t *testing.T) {
	t.Parallel()
	panics := func(*testing.T) *rig {
		return newRig(func(context.Context, Hooks) (render.Card, error) { panic("out of range") })
	}
	inBubble(t, panics, hunt(), func(t *testing.T, r *rig) {
		require.Len(t, r.told(), 2)
		require.Contains(t, r.told()[1], "out of range")
		require.Zero(t, r.left())
	})
}

// The same key makes one job: Slack, or a person, may bring it twice.
func TestTheSameKeyMakesOneJob(t *testing.T) {
	t.Parallel()
	runs := 0
	waits := func(*testing.T) *rig {
		return newRig(func(ctx context.Context, _ Hooks) (render.Card, error) {
			runs++
			<-ctx.Done()
			return render.Card{}, ctx.Err()
		})
	}
	inBubble(t, waits, hunt(), func(t *testing.T, r *rig) {
		require.NoError(t, r.runner.Start(t.Context(), hunt()))
		synctest.Wait()
		require.Equal(t, 1, runs)
	})
}

// stepping shows progress each time the test says so, and ends with the last.
func stepping(steps chan string) func(*testing.T) *rig {
	return func(*testing.T) *rig {
		return newRig(func(ctx context.Context, hooks Hooks) (render.Card, error) {
			for {
				select {
				case <-ctx.Done():
					return render.Card{}, ctx.Err()
				case step, more := <-steps:
					if !more {
						return render.Notice("found 3"), nil
					}
					if err := hooks.Save(json.RawMessage(`"` + step + `"`)); err != nil {
						return render.Card{}, err
					}
					hooks.Progress(render.Notice(step))
				}
			}
		})
	}
}

// One message tells of a job: posted once, edited no faster than Slack takes it, and in the end replaced by the outcome.
func TestAJobHasOneMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		steps := make(chan string)
		r := stepping(steps)(t)
		require.NoError(t, r.runner.Start(t.Context(), hunt()))
		for _, step := range []string{"10 %", "20 %", "30 %"} {
			steps <- step
			synctest.Wait()
		}
		require.Equal(t, []string{"post U1/: 10 %", "follow U1 at D1/1.1"}, r.told(), "the rest waits for its turn")
		time.Sleep(editPause + time.Millisecond) // of the bubble's clock
		synctest.Wait()
		require.Equal(t, "edit D1/1.1: 30 %", r.told()[2], "only the newest counts")
		close(steps)
		synctest.Wait()
		require.Equal(t, []string{"counted", "replace D1/1.1: found 3"}, r.told()[3:])
		r.runner.Close()
	})
}

// A job is cancelled by a button here or in another process, which its next sign of life notices.
func TestAJobCanBeCancelledFromAnywhere(t *testing.T) {
	t.Parallel()
	for _, elsewhere := range []bool{false, true} {
		inBubble(t, stepping(nil), hunt(), func(t *testing.T, r *rig) {
			runner := r.runner
			if elsewhere {
				runner = r.process()
				defer runner.Close()
			}
			found, err := runner.Cancel(t.Context(), "Jk1")
			require.NoError(t, err)
			require.True(t, found)
			if elsewhere {
				synctest.Wait()
				require.Empty(t, r.told())
				time.Sleep(jobPulse + time.Millisecond) // of the bubble's clock
			}
			synctest.Wait()
			require.Equal(t, []string{"counted", "deliver U1: Cancelled."}, r.told())
			require.Zero(t, r.left())
			found, err = runner.Cancel(t.Context(), "Jk1")
			require.NoError(t, err)
			require.False(t, found, "it is over")
		})
	}
}

// A process that stops says nothing: the next one goes on from where the job was, with the message that it has.
func TestAnotherProcessGoesOnWithAJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		steps := make(chan string)
		r := stepping(steps)(t)
		require.NoError(t, r.runner.Start(t.Context(), hunt()))
		steps <- "10 %"
		synctest.Wait()
		r.runner.Close()
		require.Equal(t, []string{"post U1/: 10 %", "follow U1 at D1/1.1"}, r.told())
		require.Equal(t, 1, r.left())
		var kept Job
		require.NoError(t, json.Unmarshal(r.rows["Jk1"].body, &kept))
		require.Equal(t, `"10 %"`, string(kept.Saved))

		next := r.process()
		next.Adopt(t.Context())
		synctest.Wait()
		close(steps)
		synctest.Wait()
		require.Equal(t, []string{"counted", "replace D1/1.1: found 3"}, r.told()[2:])
		require.Zero(t, r.left())
		next.Close()
	})
}

// Who has lost a job to another process, because it was silent for too long, tells nothing of it.
func TestAJobThatIsNotOursAnyMoreTellsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, stepping(nil), hunt(), func(t *testing.T, r *rig) {
		r.mu.Lock()
		r.rows["Jk1"].owner = "another process"
		r.mu.Unlock()
		time.Sleep(jobPulse + time.Millisecond) // of the bubble's clock
		synctest.Wait()
		require.Empty(t, r.told())
		require.Equal(t, 1, r.left(), "it is the other one's")
		require.Empty(t, r.runner.workers, "nobody works on it here")
	})
}

// A row that this version cannot read would stop all others at each start.
func TestAJobThatCannotBeReadIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := quick("x", nil)(t)
		r.rows["Jbad"] = &row{body: []byte(`{"do":7}`)}
		r.runner.Adopt(t.Context())
		require.Zero(t, r.left())
		require.Empty(t, r.told())
		r.runner.Close()
	})
}

// Where Slack rejects a direct message for good, the person hears once where the end will be told; what passes is tried again.
func TestAJobWithoutDirectMessagesSaysWhereItsEndIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"for good": {slack.SlackErrorResponse{Err: "messages_tab_disabled"}, []string{"aside U1: I can't show the progress of this. You'll get the result here when it's done."}},
		"passing":  {slack.StatusCodeError{Code: 503}, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			steps := make(chan string)
			r := stepping(steps)(t)
			r.refuses["post"] = c.err
			require.NoError(t, r.runner.Start(t.Context(), hunt()))
			for _, step := range []string{"10 %", "20 %"} {
				steps <- step
				time.Sleep(editPause + time.Millisecond) // of the bubble's clock
				synctest.Wait()
			}
			require.Equal(t, c.want, r.told(), name)
			r.runner.Close()
		})
	}
}

// A message that somebody removed, or a thread that is locked, does not swallow the outcome.
func TestTheEndIsToldAnewWhereItsMessageIsGone(t *testing.T) {
	t.Parallel()
	job := hunt()
	job.Channel, job.TS, job.Origin.Thread = "C1", "1.1", "5.5"
	gone := slack.SlackErrorResponse{Err: "message_not_found"}
	inBubble(t, func(t *testing.T) *rig {
		r := quick("found 3", nil)(t)
		r.refuses["replace"] = gone
		return r
	}, job, func(t *testing.T, r *rig) {
		require.Equal(t, []string{"counted", "post C1/5.5: found 3"}, r.told())
	})
	inBubble(t, func(t *testing.T) *rig {
		r := quick("found 3", nil)(t)
		r.refuses["replace"], r.refuses["post"] = gone, slack.SlackErrorResponse{Err: "is_archived"}
		return r
	}, job, func(t *testing.T, r *rig) {
		require.Equal(t, []string{"counted", "deliver U1: found 3"}, r.told())
	})
	inBubble(t, func(t *testing.T) *rig {
		r := quick("found 3", nil)(t)
		r.refuses["replace"] = &post.FilesError{} // the card stands, and says so itself
		return r
	}, job, func(t *testing.T, r *rig) {
		require.Equal(t, []string{"counted"}, r.told())
		require.Zero(t, r.left())
	})
}

// What a change led to was counted when it ran: following it is no second command.
func TestFollowingAChangeIsNotCountedTwice(t *testing.T) {
	t.Parallel()
	job := hunt()
	job.Follow = true
	inBubble(t, quick("3 isolated", nil), job, func(t *testing.T, r *rig) {
		require.Equal(t, []string{"deliver U1: 3 isolated"}, r.told())
	})
}

// A watch that ends is over; one that is stopped goes on in another process.
func TestAWatchEndsOrIsHandedOver(t *testing.T) {
	t.Parallel()
	job := Job{Watch: "R1", User: "U1", Origin: render.Origin{Key: "run 1"}, Saved: json.RawMessage(`{"n":1}`), Began: time.Unix(1_764_000_000, 0).UTC()}
	var watched workflow.Watch
	inBubble(t, func(t *testing.T) *rig {
		r := newRig(nil)
		r.watch = func(_ context.Context, w workflow.Watch) error { watched = w; return nil }
		return r
	}, job, func(t *testing.T, r *rig) {
		require.Equal(t, workflow.Watch{Request: "R1", Run: "run 1", Requester: "U1", Began: job.Began, Saved: job.Saved}, watched)
		require.Zero(t, r.left())
		require.Empty(t, r.told())
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(nil)
		r.watch = func(ctx context.Context, _ workflow.Watch) error { <-ctx.Done(); return context.Cause(ctx) }
		require.NoError(t, r.runner.Start(t.Context(), job))
		synctest.Wait()
		r.runner.Close()
		require.Equal(t, 1, r.left())
		_, _, ok, _ := r.Claim(t.Context(), "next", time.Now(), time.Now())
		require.True(t, ok, "it is free at once, not when its lease ends")
	})
}

func TestTheCauseOfACancelledJobIsThatAPersonCancelledIt(t *testing.T) {
	t.Parallel()
	var cause error
	inBubble(t, func(*testing.T) *rig {
		return newRig(func(ctx context.Context, _ Hooks) (render.Card, error) {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return render.Notice("stopped at 40 %"), nil // it tidied up, and says with what
		})
	}, hunt(), func(t *testing.T, r *rig) {
		_, err := r.runner.Cancel(t.Context(), "Jk1")
		require.NoError(t, err)
		synctest.Wait()
		require.ErrorIs(t, cause, catalog.ErrCancelled)
		require.Equal(t, []string{"counted", "deliver U1: stopped at 40 %"}, r.told())
	})
}
