package bot

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

// Classes of the intake: what Slack waits for within 3 s.
const (
	envelopeClass   fairqueue.Class = iota // written down and acknowledged
	suggestionClass                        // search boxes, whose acknowledgement is an answer of the console's
)

// Classes of work on what was written down.
//
// Their order does not rank them: each has its own slots and none waits for another.
const (
	decisionClass fairqueue.Class = iota // on requests: nothing holds it up
	answerClass                          // what is answered without the console, once what came with it has its acknowledgement
	commandClass                         // may wait for the console
	choreClass                           // what nobody waits for
)

// intakeLimits bound the two classes of the intake. Envelopes wait for nothing but the database,
// which writes down in one transaction what came together (see bot/store), so they need no limit
// per person. A search box asks anew as somebody types, and each question goes to the console: of
// these a person has four at once and eight in line, and what is beyond gets no options.
func intakeLimits() []fairqueue.Limit {
	return []fairqueue.Limit{
		envelopeClass:   {Name: "envelopes", Slots: 64},
		suggestionClass: {Name: "suggestions", Slots: 32, PerOwner: 4, Backlog: 8},
	}
}

// workLimits bound work in each pool, that is on each console. A command may hang on the console
// for as long as workLimit: four of one person then hold up that person's next ones and nobody
// else's. Decisions have no backlog that could refuse one: a word on a request is never turned away
// for being one too many.
func workLimits() []fairqueue.Limit {
	return []fairqueue.Limit{
		decisionClass: {Name: "decisions", Slots: 128, PerOwner: 16},
		answerClass:   {Name: "answers", Slots: 64, PerOwner: 8, Yields: true},
		commandClass:  {Name: "commands", Slots: 256, PerOwner: 4, Backlog: 50, Yields: true},
		choreClass:    {Name: "chores", Slots: 32, Yields: true},
	}
}

// chores do what nobody waits for.
//
// They have no owner and no bound in number, so they are for what the bot itself has to do:
// whatever a person can ask for has to go through a bounded class first.
type chores struct{ work *fairqueue.Queue }

func (c chores) push(do func(context.Context)) { c.pushFor("", do) }

// pushFor is push for what may wait for a console.
func (c chores) pushFor(console string, do func(context.Context)) {
	_ = c.work.Push(fairqueue.Work{Class: choreClass, Pool: console, Do: do}) // a class without a bound refuses nothing
}

// conclude is pushFor for telling the end of what ran, which a process that stops still does: handBack for what waits by then, and the
// caller, whose work the stop waits for, for what is refused.
func (c chores) conclude(ctx context.Context, console string, do func(context.Context)) {
	if c.work.Push(fairqueue.Work{Class: choreClass, Pool: console, Do: do, Stopped: do}) != nil {
		do(ctx)
	}
}

// A scheduler gives deliveries their turn.
//
// It is the only one that begins with a delivery, for the first time (intake), after a pause
// (takeUpLater) and after a crash (resume), and the only one that finishes it in the inbox.
type scheduler struct {
	chores
	first     *acksFirst
	inbox     Inbox
	reader    inbound.Reader
	handler   *handler
	people    workflow.People
	responder *exchange.Responder
	words     vocabulary
	pools     pools
	meter     run.Meter
	log       *slog.Logger
}

// schedule begins with a delivery when its person's turn comes. Who has too much waiting is told
// so, and the delivery is done with.
//
// Keep is for what was taken on before: refusing it now with "too much waits" would break the word
// that was given. The wait is watched from here on, for it is the time in line that a person does
// not understand.
func (s *scheduler) schedule(ctx context.Context, d inbound.Delivery) {
	class, user := s.words.classify(d)
	wait := s.watchWait(d)
	err := s.work.Push(fairqueue.Work{Class: class, Pool: s.pools.Of(ctx, d, class), Owner: user, Ref: d.Key, Keep: d.Again || d.Tries > 0, Do: func(ctx context.Context) {
		wait.stop()
		if class == decisionClass {
			first, done := s.first.decide(ctx)
			defer done()
			ctx = first
		}
		s.process(ctx, d)
	}, Stopped: func(ctx context.Context) {
		wait.stop()
		s.tell(ctx, d, render.Notice("I'm restarting. Your command is saved, and I'll continue with it in a moment."))
	}})
	if err != nil {
		wait.stop()
	}
	var busy *fairqueue.BusyError
	if errors.As(err, &busy) {
		s.meter.Command("other", "busy") // which one is not worth reading again
		// Done with first, said second: in the other order a crash between the two would have the command
		// run after a restart, though its person was told that it was not begun.
		s.push(func(ctx context.Context) {
			if err := s.inbox.Finish(ctx, d.Key); err != nil {
				s.log.ErrorContext(ctx, "cannot mark a delivery as done", "envelope_id", d.Key, "err", err)
			}
			s.tell(ctx, d, render.Notice(fmt.Sprintf("I'm busy with your earlier commands (%d running, %d waiting), so I didn't start this one. Try again when some have finished.", busy.Running, busy.Waiting)))
		})
	}
}

// A waitWatch tells a person that their command has not begun, when it waits for longer than a person waits without a word.
type waitWatch struct {
	timer *time.Timer
	said  sync.WaitGroup
}

func (s *scheduler) watchWait(d inbound.Delivery) *waitWatch {
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

// takeUpLater works again on decisions that were put off and are due.
func (s *scheduler) takeUpLater(ctx context.Context, now time.Time) {
	for _, d := range s.handler.postponer.later.due(now) {
		s.schedule(ctx, d)
	}
}

// classify tells which slots a delivery needs and whose it is. What cannot be read is answered
// without the console.
//
// It looks at words and never asks anything: it runs in the slot of an envelope, before the next
// one is taken.
func (v vocabulary) classify(d inbound.Delivery) (class fairqueue.Class, user string) {
	switch d.Kind {
	case inbound.Slash:
		return v.classOfLine(d.Command.Text), d.Command.User
	case inbound.Event:
		if !d.Message.Asks() {
			return choreClass, ""
		}
		return v.classOfLine(d.Message.Line), d.Message.User
	case inbound.Submission:
		return v.classOfDo(d.Payload.Form.Do, d.Payload.FormErr), d.Payload.User.ID
	case inbound.Click:
		if len(d.Payload.Clicks) > 0 { // Slack sends one at a time
			return v.classOfDo(d.Payload.Clicks[0].Do, d.Payload.Clicks[0].Err), d.Payload.User.ID
		}
	}
	return answerClass, d.Payload.User.ID
}

// classOfLine goes by the first word of what was typed.
func (v vocabulary) classOfLine(line string) fairqueue.Class {
	word, _ := exchange.FirstWord(exchange.WithoutSlashWord(line))
	own, ok := v[word]
	return own.class(ok)
}

// classOfDo goes by what a button or a form carries. A form opens at once: its fields ask the console later.
func (v vocabulary) classOfDo(do render.Invocation, err error) fairqueue.Class {
	own, ok := v[do.Command]
	if err != nil || do.Command == "" || do.How == render.Open && !own.decides() {
		return answerClass
	}
	return own.class(ok)
}

// class is that of what a word asks for, which is one of the bot's own if known.
func (b builtin) class(known bool) fairqueue.Class {
	switch {
	case !known, b.console:
		return commandClass
	case b.decides():
		return decisionClass
	}
	return answerClass
}

// tell answers the person of a delivery, outside the work on it.
func (s *scheduler) tell(ctx context.Context, d inbound.Delivery, card render.Card) {
	ctx = inbound.WithReference(ctx, d.Key)
	if a := sender(d); a.User != "" {
		s.responder.Reply(ctx, a, card)
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

// farewellLimit is for how long a process that stops begins to tell those who wait; what is under way then ends with the drain.
const farewellLimit = 5 * time.Second

// handBack gives what waits to another process, or to the next start, and tells whom it is for.
// What ran is told to its end.
//
// The release comes before the telling: the inbox is what another process reads, and the telling
// may use up the whole limit. Who is not reached in time reads nothing now, and the answer once
// another process has it.
func (s *scheduler) handBack(dropped []fairqueue.Work) {
	ctx, cancel := context.WithTimeout(context.Background(), farewellLimit)
	defer cancel()
	var keys []string
	for _, w := range dropped {
		if w.Stopped != nil && w.Ref != "" {
			keys = append(keys, w.Ref)
		}
	}
	if err := s.inbox.Release(ctx, keys); err != nil {
		s.log.WarnContext(ctx, "cannot hand over waiting work; another process takes over once this one is considered gone", "err", err)
	}
	var stopped sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, w := range dropped {
		if w.Stopped == nil || ctx.Err() != nil {
			continue
		}
		slots <- struct{}{}
		stopped.Go(func() { defer func() { <-slots }(); w.Stopped(ctx) })
	}
	stopped.Wait()
}

// process works on a delivery and marks it done. What panics is not tried again: it would panic at
// every start.
//
// Finish is called on a context that is not cancelled with the work's: at the end of its time-out
// the work is over and must not be begun again by the next round.
func (s *scheduler) process(ctx context.Context, d inbound.Delivery) {
	ctx = inbound.WithReference(ctx, d.Key)
	done := true
	defer func() {
		if !done {
			return // it is taken up again: here, or after a restart
		}
		if err := s.inbox.Finish(context.WithoutCancel(ctx), d.Key); err != nil {
			s.log.ErrorContext(ctx, "cannot mark a delivery as done", "envelope_id", d.Key, "err", err)
		}
	}()
	if err := s.handler.handle(s.people.Gate(ctx), d); errors.Is(err, errPostponed) {
		done = false
	} else if err != nil {
		s.log.ErrorContext(ctx, "a delivery failed", "envelope_id", d.Key, "kind", d.Kind, "err", err)
	}
}

// resume takes up what an earlier run saved and did not finish.
func (s *scheduler) resume(ctx context.Context) error {
	return s.inbox.Unfinished(ctx, func(key, kind string, payload []byte, at time.Time) error {
		s.schedule(ctx, s.reader.Saved(key, kind, payload, at))
		return nil
	})
}
