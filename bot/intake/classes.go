package intake

import (
	"log/slog"
	"time"

	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/render"
)

// Classes of the intake: what Slack waits for within 3 s.
const (
	envelopeClass   fairqueue.Class = iota // written down and acknowledged
	suggestionClass                        // search boxes, whose acknowledgement is an answer of the console's
	formClass                              // forms, whose acknowledgement says what is wrong in them
)

// Classes of work on what was written down.
//
// Their order does not rank them: each has its own slots and none waits for another.
const (
	DecisionClass fairqueue.Class = iota // on requests: nothing holds it up but the console, which is asked again before anything runs
	StopClass                            // decisions after which nothing runs: they ask the console nothing, and wait for no decision that does
	AnswerClass                          // what is answered without the console, once what came with it has its acknowledgement
	CommandClass                         // may wait for the console
	choreClass                           // what nobody waits for
	tellingClass                         // the end of what ran; these wait longest for their turn
)

// intakeLimits bound the classes of the intake. Envelopes wait for nothing but the database,
// which writes down in one transaction what came together (see bot/store), so they need no limit
// per person. A search box asks anew as somebody types, and each question goes to the console: of
// these a person has four at once and eight in line, and what is beyond gets no options. The same holds for
// forms, of which one beyond is not checked before it is written down.
func intakeLimits() []fairqueue.Limit {
	return []fairqueue.Limit{
		envelopeClass:   {Name: "envelopes", Slots: 64},
		suggestionClass: {Name: "suggestions", Slots: 32, PerOwner: 4, Backlog: 8},
		formClass:       {Name: "forms", Slots: 128, PerOwner: 4, Backlog: 8},
	}
}

// workLimits bound work in each pool, that is on each console. A command may hang on the console
// for as long as workLimit: four of one person then hold up that person's next ones and nobody
// else's. Decisions have no backlog that could refuse one: a word on a request is never turned away
// for being one too many. What stops something has slots of its own: who approved twenty requests of a
// console that hangs, and then learns why they should not run, types freeze.
func workLimits() []fairqueue.Limit {
	return []fairqueue.Limit{
		DecisionClass: {Name: "decisions", Slots: 128, PerOwner: 16},
		StopClass:     {Name: "stops", Slots: 64, PerOwner: 16},
		AnswerClass:   {Name: "answers", Slots: 64, PerOwner: 8, Yields: true},
		CommandClass:  {Name: "commands", Slots: 256, PerOwner: 4, Backlog: 50, Yields: true},
		choreClass:    {Name: "chores", Slots: 32, Yields: true},
		tellingClass:  {Name: "tellings", Slots: 32, Yields: true}, // up to patience for each message: they would hold up all chores
	}
}

// Bounds of the work that the bot does at once and for how long.
//
// envelopeLimit is no deadline but an end for what hangs: within it, writing down has a shorter limit
// of its own, saveLimit. What takes longer than workLimit is made a job (see bot/jobs), which has
// no such end.
const (
	envelopeLimit = 10 * time.Second // the acknowledgement itself is due within 3 s
	WorkLimit     = 5 * time.Minute
)

// NewQueue is the queue of envelopes and search boxes; see receiver.
func NewQueue(log *slog.Logger) *fairqueue.Queue {
	return fairqueue.New(fairqueue.Config{Classes: intakeLimits(), Timeout: envelopeLimit, Log: log})
}

// NewWork is the queue of the work on what was written down; see scheduler.
func NewWork(log *slog.Logger) *fairqueue.Queue {
	return fairqueue.New(fairqueue.Config{Classes: workLimits(), Timeout: WorkLimit, Log: log})
}

// Classify tells which slots a delivery needs and whose it is. What cannot be read is answered
// without the console.
//
// It looks at words and never asks anything: it runs in the slot of an envelope, before the next
// one is taken.
func Classify(v Words, d inbound.Delivery) (class fairqueue.Class, user string) {
	switch d.Kind {
	case inbound.Slash:
		return classOfLine(v, d.Command.Text), d.Command.User
	case inbound.Event:
		if !d.Message.Asks() {
			return choreClass, ""
		}
		return classOfLine(v, d.Message.Line), d.Message.User
	case inbound.Submission:
		return classOfDo(v, d.Payload.Form.Do, d.Payload.FormErr), d.Payload.User.ID
	case inbound.Click:
		if len(d.Payload.Clicks) > 0 { // Slack sends one at a time
			return classOfDo(v, d.Payload.Clicks[0].Do, d.Payload.Clicks[0].Err), d.Payload.User.ID
		}
	}
	return AnswerClass, d.Payload.User.ID
}

// classOfLine goes by the first word of what was typed.
func classOfLine(v Words, line string) fairqueue.Class {
	word, _ := exchange.FirstWord(exchange.WithoutSlashWord(line))
	own, ok := v.Word(word)
	return own.class(ok)
}

// classOfDo goes by what a button or a form carries. A form opens at once: its fields ask the
// console later.
func classOfDo(v Words, do render.Invocation, err error) fairqueue.Class {
	own, ok := v.Word(do.Command)
	if err != nil || do.Command == "" || do.How == render.Open && !own.Decides {
		return AnswerClass
	}
	return own.class(ok)
}

// class is that of what a word asks for, which is one of the bot's own if known.
func (w Word) class(known bool) fairqueue.Class {
	switch {
	case w.Decides && !w.Console:
		return StopClass
	case w.Decides:
		return DecisionClass
	case !known, w.Console:
		return CommandClass
	}
	return AnswerClass
}
