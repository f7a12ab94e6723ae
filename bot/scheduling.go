package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"s1bot/approvals/workflow"
	"s1bot/bot/fairqueue"
	"s1bot/render"
)

// Classes of the intake: what Slack waits for within 3 s.
const (
	envelopeClass   fairqueue.Class = iota // written down and acknowledged
	suggestionClass                        // search boxes, whose acknowledgement is an answer of the console's
)

// Classes of work on what was written down.
const (
	decisionClass fairqueue.Class = iota // on requests, and what is answered without the console: nobody's slow command holds it up
	commandClass                         // may wait for the console
	choreClass                           // what nobody waits for
)

func intakeLimits() []fairqueue.Limit {
	return []fairqueue.Limit{
		envelopeClass:   {Name: "envelopes", Slots: 64},
		suggestionClass: {Name: "suggestions", Slots: 32, PerOwner: 4, Backlog: 8},
	}
}

func workLimits() []fairqueue.Limit {
	return []fairqueue.Limit{
		decisionClass: {Name: "decisions", Slots: 128, PerOwner: 16},
		commandClass:  {Name: "commands", Slots: 256, PerOwner: 4, Backlog: 50},
		choreClass:    {Name: "chores", Slots: 32},
	}
}

// chore does what nobody waits for.
func (b *Bot) chore(do func(context.Context)) {
	_ = b.work.Push(fairqueue.Work{Class: choreClass, Do: do}) // a class without a bound refuses nothing
}

// work on a delivery begins when its person's turn comes. Who has too much waiting is told so, and the delivery is done with.
func (b *Bot) schedule(d delivery) {
	class, user := b.classify(d)
	wait := b.watchWait(d)
	err := b.work.Push(fairqueue.Work{Class: class, Owner: user, Ref: d.key, Keep: d.again || d.tries > 0, Do: func(ctx context.Context) {
		wait.stop()
		b.process(ctx, d)
	}, Stopped: func(ctx context.Context) {
		wait.stop()
		b.tell(ctx, d, render.Notice("I'm restarting. Your command is saved, and I'll continue with it in a moment."))
	}})
	if err != nil {
		wait.stop()
	}
	var busy *fairqueue.BusyError
	if errors.As(err, &busy) {
		b.Meter.Command("other", "busy") // which one is not worth reading again
		b.chore(func(ctx context.Context) {
			b.tell(ctx, d, render.Notice(fmt.Sprintf("I'm busy with your earlier commands (%d running, %d waiting), so I didn't start this one. Try again when some have finished.", busy.Running, busy.Waiting)))
			if err := b.Inbox.Finish(ctx, d.key); err != nil {
				b.Log.Error("cannot mark a delivery as done", "envelope_id", d.key, "err", err)
			}
		})
	}
}

// A waitWatch tells a person that their command has not begun, when it waits for longer than a person waits without a word.
type waitWatch struct {
	timer *time.Timer
	told  sync.WaitGroup
}

func (b *Bot) watchWait(d delivery) *waitWatch {
	w := &waitWatch{}
	w.told.Add(1)
	w.timer = time.AfterFunc(slowAfter, func() {
		defer w.told.Done()
		b.tell(context.Background(), d, render.Notice("Still waiting: earlier commands are running. The answer will appear here."))
	})
	return w
}

// stop returns when nothing is being said any more, so that the answer comes after it.
func (w *waitWatch) stop() {
	if w.timer.Stop() {
		w.told.Done()
	}
	w.told.Wait()
}

// classify tells which slots a delivery needs and whose it is. What cannot be read is answered without the console.
func (b *Bot) classify(d delivery) (class fairqueue.Class, user string) {
	switch d.kind {
	case "slash_commands":
		var c slashCommand
		_ = json.Unmarshal(d.payload, &c)
		return classOfLine(c.Text), c.User
	case "events_api":
		m := readEvent(d.payload)
		line, _ := b.meant(m)
		return classOfLine(line), m.User
	case "block_actions", "view_submission":
		var in interactionPayload
		if json.Unmarshal(d.payload, &in) != nil {
			return decisionClass, ""
		}
		if d.kind == "view_submission" {
			answer, err := b.readForm(in)
			return classOfDo(answer.Do, err), in.User.ID
		}
		if len(in.Actions) == 0 {
			return decisionClass, in.User.ID
		}
		inv, err := render.ReadAction(in.Actions[0], b.seal.click) // Slack sends one at a time
		return classOfDo(inv, err), in.User.ID
	}
	return decisionClass, ""
}

// classOfLine goes by the first word of what was typed.
func classOfLine(line string) fairqueue.Class {
	word, _ := firstWord(withoutSlashWord(line))
	if own, ok := builtins()[word]; ok && !own.console {
		return decisionClass
	}
	return commandClass
}

// classOfDo goes by what a button or a form carries. A form opens at once: its fields ask the console later.
func classOfDo(do render.Invocation, err error) fairqueue.Class {
	own, ok := builtins()[do.Command]
	if err != nil || do.Command == "" || do.How == render.Open || ok && !own.console {
		return decisionClass
	}
	return commandClass
}

// tell answers the person of a delivery, outside the work on it.
func (b *Bot) tell(ctx context.Context, d delivery, card render.Card) {
	a := interaction{from: d}
	switch d.kind {
	case "slash_commands":
		var c slashCommand
		_ = json.Unmarshal(d.payload, &c)
		a.Interaction = c.interaction(d.key)
	case "events_api":
		m := readEvent(d.payload)
		a.Interaction, a.silent = m.interaction(d.key), m.byApp()
	default:
		var in interactionPayload
		_ = json.Unmarshal(d.payload, &in)
		a.Interaction = workflow.Interaction{User: in.User.ID, At: in.origin(d.key)}
		if d.kind == "view_submission" {
			if answer, err := b.readForm(in); err == nil {
				a.At = answer.Origin
			}
		}
	}
	if a.User != "" {
		b.reply(ctx, a, card)
	}
}

// farewellLimit is for how long a process that stops begins to tell those who wait; what is under way then ends with the drain.
const farewellLimit = 5 * time.Second

// handBack gives what waits to another process, or to the next start, and tells whom it is for.
func (b *Bot) handBack(dropped []fairqueue.Work) {
	ctx, cancel := context.WithTimeout(context.Background(), farewellLimit)
	defer cancel()
	var keys []string
	for _, w := range dropped {
		if w.Stopped != nil {
			keys = append(keys, w.Ref)
		}
	}
	if err := b.Inbox.Release(ctx, keys); err != nil {
		b.Log.Warn("cannot hand over what waits; it is taken up when this process counts as gone", "err", err)
	}
	var told sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, w := range dropped {
		if w.Stopped == nil || ctx.Err() != nil {
			continue
		}
		slots <- struct{}{}
		told.Go(func() { defer func() { <-slots }(); w.Stopped(ctx) })
	}
	told.Wait()
}
