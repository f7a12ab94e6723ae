package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/run"
	"s1bot/render"
)

// Chores do what nobody waits for.
//
// They have no owner and no bound in number, so they are for what the bot itself has to do:
// whatever a person can ask for has to go through a bounded class first.
type Chores struct{ Work *fairqueue.Queue }

func (c Chores) push(do func(context.Context)) { c.PushFor("", do) }

// PushFor is push for what may wait for a console.
func (c Chores) PushFor(console string, do func(context.Context)) {
	_ = c.Work.Push(fairqueue.Work{Class: choreClass, Pool: console, Do: do}) // a class without a bound refuses nothing
}

// Conclude is PushFor for telling the end of what ran, which a process that stops still does:
// HandBack for what waits by then, and the caller, whose work the stop waits for, for what is
// refused.
func (c Chores) Conclude(ctx context.Context, console string, do func(context.Context)) {
	patiently := func(ctx context.Context) { do(Patient(ctx)) }
	if c.Work.Push(fairqueue.Work{Class: tellingClass, Pool: console, Do: patiently, Stopped: do}) != nil {
		do(ctx)
	}
}

// A Scheduler gives deliveries their turn.
//
// It is the only one that begins with a delivery, for the first time (Receiver), after a pause
// (TakeUpLater) and after a crash (Resume), and the only one that finishes it in the inbox.
type Scheduler struct {
	Chores
	First     *AcksFirst
	Inbox     Inbox
	Reader    inbound.Reader
	Handler   Handler
	Later     *Waiting // what Handler put off
	People    workflow.People
	Responder *exchange.Responder
	Words     Words
	Pools     Pools
	Meter     run.Meter
	Log       *slog.Logger

	running underway
}

// Schedule begins with a delivery when its person's turn comes. Who has too much waiting is told
// so, and the delivery is done with.
//
// Keep is for what was taken on before: refusing it now with "too much waits" would break the word
// that was given. The wait is watched from here on, for it is the time in line that a person does
// not understand.
func (s *Scheduler) Schedule(ctx context.Context, d inbound.Delivery) {
	class, user := Classify(s.Words, d)
	wait := s.watchWait(d)
	err := s.Work.Push(fairqueue.Work{Class: class, Pool: s.Pools.Of(ctx, d, class), Owner: user, Ref: d.Key, Keep: d.Again || d.Tries > 0, Do: func(ctx context.Context) {
		wait.stop()
		if class != choreClass {
			defer s.running.begin(d)()
		}
		if class == DecisionClass || class == StopClass {
			first, done := s.First.decide(ctx)
			defer done()
			ctx = first
		}
		s.Process(ctx, d)
	}, Stopped: func(ctx context.Context) {
		wait.stop()
		s.tell(ctx, d, render.Notice("I'm restarting. Your command is saved, and I'll continue with it in a moment."))
	}})
	if err != nil {
		wait.stop()
	}
	var busy *fairqueue.BusyError
	if errors.As(err, &busy) {
		s.Meter.Command("other", "busy") // which one is not worth reading again
		// Done with first, said second: in the other order a crash between the two would have the command
		// run after a restart, though its person was told that it was not begun.
		s.push(func(ctx context.Context) {
			if err := s.Inbox.Finish(ctx, d.Key); err != nil {
				s.Log.ErrorContext(ctx, "cannot mark a delivery as done", "envelope_id", d.Key, "err", err)
			}
			s.tell(ctx, d, render.Notice(fmt.Sprintf("I'm busy with your earlier commands (%d running, %d waiting), so I didn't start this one. Try again when some have finished.", busy.Running, busy.Waiting)))
		})
	}
}

// A waitWatch tells a person that their command has not begun, when it waits for longer than a
// person waits without a word.
type waitWatch struct {
	timer *time.Timer
	said  sync.WaitGroup
}

func (s *Scheduler) watchWait(d inbound.Delivery) *waitWatch {
	w := &waitWatch{}
	w.said.Add(1)
	w.timer = time.AfterFunc(exchange.SlowAfter, func() {
		defer w.said.Done()
		s.tell(context.Background(), d, render.Notice("Still waiting: earlier commands are running. The answer will appear here."))
	})
	return w
}

// stop returns when nothing is being said any more, so that the answer comes after it.
//
// It may take as long as a call to Slack, in the goroutine of the work itself: an answer a moment
// later is better than "still waiting" below the answer.
func (w *waitWatch) stop() {
	if w.timer.Stop() {
		w.said.Done()
	}
	w.said.Wait()
}

// TakeUpLater works again on decisions that were put off and are due.
func (s *Scheduler) TakeUpLater(ctx context.Context, now time.Time) {
	for _, d := range s.Later.Due(now) {
		s.Schedule(ctx, d)
	}
}

// tell answers the person of a delivery, outside the work on it.
func (s *Scheduler) tell(ctx context.Context, d inbound.Delivery, card render.Card) {
	ctx = inbound.WithReference(ctx, d.Key)
	if a := sender(d); a.User != "" {
		s.Responder.Reply(ctx, a, card)
	}
}

// sender is whose a delivery is, and where its answer goes.
func sender(d inbound.Delivery) exchange.Interaction {
	a := exchange.Interaction{From: d}
	switch d.Kind {
	case inbound.Slash:
		a.Interaction = exchange.FromCommand(d.Command, d.Key)
	case inbound.Event:
		a.Interaction, a.Silent = exchange.FromMessage(d.Message, d.Key), d.Message.ByApp() || !d.Message.Asks()
	default:
		a.Interaction = workflow.Interaction{User: d.Payload.User.ID, At: d.Payload.Origin(d.Key)}
		if d.Kind == inbound.Submission && d.Payload.FormErr == nil {
			a.At = d.Payload.Form.Origin
		}
	}
	return a
}

// farewellLimit is for how long a process that stops begins to tell those who wait; what is under
// way then ends with the drain.
const farewellLimit = 5 * time.Second

// lateAfter is when a process that stops tells those whose command still runs: most have ended by
// then, and of the 20 s that a drain takes at most enough is left to reach them.
const lateAfter = 12 * time.Second

// HandBack gives what waits to another process, or to the next start, and tells whom it is for.
// What runs has the rest of the drain; who still waits for it lateAfter from now is told, too, because
// it may be cut off there.
//
// The release comes before the telling: the inbox is what another process reads, and the telling
// may use up the whole limit. Who is not reached in time reads nothing now, and the answer once
// another process has it.
func (s *Scheduler) HandBack(dropped []fairqueue.Work) {
	time.AfterFunc(lateAfter, s.tellRunning)
	ctx, cancel := context.WithTimeout(context.Background(), farewellLimit)
	defer cancel()
	var keys []string
	for _, w := range dropped {
		if w.Stopped != nil && w.Ref != "" {
			keys = append(keys, w.Ref)
		}
	}
	if err := s.Inbox.Release(ctx, keys); err != nil {
		s.Log.WarnContext(ctx, "cannot hand over waiting work; another process takes over once this one is considered gone", "err", err)
	}
	var farewells []func()
	for _, w := range dropped {
		if w.Stopped != nil {
			farewells = append(farewells, func() { w.Stopped(ctx) })
		}
	}
	sayAll(ctx, farewells)
}

// tellRunning tells those whose commands still run that the process stops.
func (s *Scheduler) tellRunning() {
	ctx, cancel := context.WithTimeout(context.Background(), farewellLimit)
	defer cancel()
	var farewells []func()
	for _, d := range s.running.all() {
		farewells = append(farewells, func() {
			s.tell(ctx, d, render.Notice("I'm restarting while your command is still running. It's saved, and the answer will follow."))
		})
	}
	sayAll(ctx, farewells)
}

// sayAll tells several people something, sixteen at a time, until ctx ends.
func sayAll(ctx context.Context, farewells []func()) {
	var saying sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, say := range farewells {
		if ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		saying.Go(func() { defer func() { <-slots }(); say() })
	}
	saying.Wait()
}

// Process works on a delivery and marks it done. What panics is not tried again: it would panic at
// every start.
//
// Finish is called on a context that is not cancelled with the work's: at the end of its time-out
// the work is over and must not be begun again by the next round.
func (s *Scheduler) Process(ctx context.Context, d inbound.Delivery) {
	ctx = inbound.WithReference(ctx, d.Key)
	done := true
	defer func() {
		if !done {
			return // it is taken up again: here, or after a restart
		}
		if err := s.Inbox.Finish(context.WithoutCancel(ctx), d.Key); err != nil {
			s.Log.ErrorContext(ctx, "cannot mark a delivery as done", "envelope_id", d.Key, "err", err)
		}
	}()
	if err := s.Handler.Handle(s.People.Gate(ctx), d); errors.Is(err, ErrPostponed) {
		done = false
	} else if err != nil {
		s.Log.ErrorContext(ctx, "a delivery failed", "envelope_id", d.Key, "kind", d.Kind, "err", err)
	}
}

// TakeUpLeftovers takes up what an earlier run saved and did not finish.
func (s *Scheduler) TakeUpLeftovers(ctx context.Context) error {
	return s.Inbox.Unfinished(ctx, func(key, kind string, payload []byte, at time.Time) error {
		s.Schedule(ctx, s.Reader.Saved(key, kind, payload, at))
		return nil
	})
}
